//! Which members of an archive are logs.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::sync::Arc;

use sigil_store::{EXECUTION_LOG, rotation};

use super::{Archive, Member};
use crate::source::{Found, Source};

/// What the names of logs end in, once rotation and compression are taken off.
const LOG_ENDINGS: [&str; 3] = [".jsonl", ".ndjson", ".log"];

/// The logs in an archive.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) sources: Vec<Source>,
    /// Why there may be more.
    pub(crate) damage: Option<io::Error>,
}

/// Finds the logs in an archive. Of members that have one name the last counts, as when they are unpacked.
/// As on disk, a directory that holds a session's log holds that log, and what else lies there is no part of it.
pub(crate) fn list(archive: &Arc<Archive>) -> Listing {
    let mut members = BTreeMap::new();
    let damage = find(archive, &mut members).err();
    let sessions: HashSet<String> =
        members.keys().filter(|path| is_session_log(path)).map(|path| directory(path).to_owned()).collect();
    let logs = members
        .into_iter()
        .filter(|(path, _)| is_session_log(path) || is_log_name(path) && !sessions.contains(directory(path)));
    let sources = logs.map(|(path, number)| {
        let found = if is_session_log(&path) { Found::Named } else { Found::Walked };
        Source::member(Member { archive: Arc::clone(archive), number, path }, found)
    });
    Listing { sources: sources.collect(), damage }
}

fn find(archive: &Archive, members: &mut BTreeMap<String, usize>) -> io::Result<()> {
    let mut entries = archive.entries()?;
    while let Some(entry) = entries.next()? {
        if entry.is_file() {
            members.insert(entry.path(), entry.number);
        } else {
            // Unpacked, it would take the place of a file before it.
            members.remove(&entry.path());
        }
    }
    Ok(())
}

/// Whether the file at `path` is a log, by its name.
pub(crate) fn is_log_name(path: &str) -> bool {
    let (base, _) = rotation::split(name(path));
    let base = rotation::plain_name(base);
    // What macOS keeps beside a file.
    !base.starts_with("._") && LOG_ENDINGS.iter().any(|ending| base.ends_with(ending))
}

fn is_session_log(path: &str) -> bool {
    rotation::split(name(path)).0 == EXECUTION_LOG
}

fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}
