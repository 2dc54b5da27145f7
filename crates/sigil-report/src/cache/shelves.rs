//! What earlier runs have found out about a large store, of whose sessions few change between two reports.
//!
//! The directories of sessions stand on shelves, a few dozen on each, by a hash of their names. Of each shelf its
//! [`Digest`] is kept. As long as every directory of a shelf and every log in them looks as it did, nothing of
//! them is opened; what stands on other shelves is for whoever reads logs.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{Dir, FileType, Mode, OFlags, openat};
use serde::{Deserialize, Serialize};
use sigil_event::SourceId;
use sigil_input::Source;
use sigil_input::read::Outcome;
use sigil_store::{Store, StoredSession, atomic, threads};
use sigil_summary::{Renumbered, Resolved, SessionSummary};
use twox_hash::XxHash3_128;

use super::stamp::{self, Stamp};
use super::store;
use crate::digest::Digest;
use crate::terms::Terms;

/// What the file begins with.
const MARK: [u8; 8] = *b"SIGSHLF\x01";

/// What every shelf begins with: its length, its number, a checksum of what follows.
const HEAD: usize = 4 + 4 + 16;

/// Smaller stores are read as quickly.
const LEAST_DIRECTORIES: usize = 256;

/// About so many directories stand on a shelf: if one changes, so many sessions are put together anew.
const ON_ONE: usize = 40;

/// How many shelves one thread looks at in turn.
const AT_ONCE: usize = 16;

/// A store as it is now, and what of it need not be looked into.
#[derive(Debug)]
pub(crate) struct Shelves {
    path: PathBuf,
    root: Root,
    /// How many there are.
    count: usize,
    /// What was written about those that have not changed.
    kept: Vec<u8>,
    /// What stands on the others.
    rest: Vec<Directory>,
}

/// A directory of which nothing is known.
#[derive(Debug)]
struct Directory {
    name: String,
    /// The names of the logs in it.
    logs: Vec<String>,
    /// What it looked like before anything in it was read; none if that does not tell all changes.
    looks: Option<u128>,
}

/// What is known of sessions that need not be read.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) digest: Digest,
    /// How many directories they are in.
    pub(crate) directories: usize,
}

/// The directory in which those of sessions are: names below it are found more quickly than whole paths.
#[derive(Debug)]
struct Root(OwnedFd);

/// What one thread has seen.
#[derive(Default)]
struct Looked {
    known: Known,
    kept: Vec<u8>,
    rest: Vec<String>,
}

/// What is kept of a shelf.
#[derive(Debug, Deserialize, Serialize)]
struct Shelf<'a> {
    #[serde(borrow)]
    members: Vec<Member<'a>>,
    digest: &'a [u8],
}

/// A directory on it.
#[derive(Debug, Deserialize, Serialize)]
struct Member<'a> {
    name: &'a str,
    /// The names of the logs in it.
    #[serde(borrow)]
    logs: Vec<&'a str>,
    /// What the directory and the logs look like.
    looks: u128,
}

impl Shelves {
    /// Looks at a store of which it is kept in the file at `path` what is known. Also says which sessions are to be
    /// read; none if that is of no use for a store as small as this, or one that cannot be looked at.
    pub(super) fn look(
        path: PathBuf,
        store: &Store,
        now_ns: i64,
        terms: &Terms,
    ) -> Option<(Self, Known, Vec<StoredSession>)> {
        let names = store.session_names().ok().filter(|names| names.len() >= LEAST_DIRECTORIES)?;
        let root = Root::open(&store.sessions_dir())?;
        let count = (names.len() / ON_ONE).next_power_of_two();
        let mut shelves = vec![Vec::new(); count];
        for name in names {
            let number = number(&name, count);
            shelves[number].push(name);
        }
        let bytes = store::read(&path).unwrap_or_default();
        let (written, _) = records_of(&bytes);
        let mut shelves = shelves.into_iter().enumerate();
        let shares = (0..count.div_ceil(AT_ONCE)).map(|_| shelves.by_ref().take(AT_ONCE).collect());
        let looked = threads::map(shares.collect(), |share: Vec<_>| root.look(share, &written, terms));
        let Looked { known, kept, rest } = Looked::together(looked, terms);
        let sessions = store.sessions_in(rest.clone());
        let rest = root.directories(rest, &sessions, now_ns);
        let shelves = Self { path, root, count, kept, rest };
        Some((shelves, known, sessions))
    }

    /// Writes what has been found out about those that had to be read.
    ///
    /// # Errors
    /// It cannot be written, and why.
    pub(crate) fn add(
        self,
        resolved: &Resolved,
        sources: &[Source],
        outcome: &Outcome,
        digest: impl Fn(&[&SessionSummary]) -> Digest + Sync,
    ) -> Result<(), String> {
        let sessions = self.sessions(resolved, sources, outcome);
        let mut members: Vec<_> = vec![Vec::new(); self.count];
        for directory in &self.rest {
            members[number(&directory.name, self.count)].push(directory);
        }
        let shelves = sessions.into_iter().zip(members).enumerate();
        let shelves = shelves.filter_map(|(number, (sessions, members))| {
            let sessions = sessions.filter(|sessions| !sessions.is_empty())?;
            Some((number, sessions, members))
        });
        let records = threads::map(shelves.collect(), |(number, sessions, members)| {
            let members = members.into_iter().map(|Directory { name, logs, looks }| {
                let logs: Vec<_> = logs.iter().map(String::as_str).collect();
                let (now, _) = self.root.looks(name, logs.iter().copied())?;
                looks.filter(|before| *before == now).map(|looks| Member { name, logs, looks })
            });
            let members = members.collect::<Option<Vec<_>>>()?;
            let digest = postcard::to_allocvec(&digest(&sessions)).ok()?;
            encode(number, &Shelf { members, digest: &digest })
        });
        let records: Vec<_> = records.into_iter().flatten().collect();
        if records.is_empty() {
            return Ok(());
        }
        let directory = self.path.parent().unwrap_or(Path::new("."));
        atomic::create_dir(directory).map_err(|why| why.to_string())?;
        let Some(_lock) = store::lock(directory)? else { return Ok(()) };
        let more: usize = records.iter().map(Vec::len).sum();
        let room = 2 * (self.kept.len() + more);
        // Others may have written since; what they have is as good.
        let end = records_of(&store::read(&self.path).unwrap_or_default()).1;
        if end > 0 && end + more <= room {
            return store::append(&self.path, end, &records.concat());
        }
        atomic::write_soon(&self.path, |out| {
            out.write_all(&MARK)?;
            out.write_all(&self.kept)?;
            records.iter().try_for_each(|record| out.write_all(record))
        })
        .map_err(|why| why.to_string())?;
        store::leave_few(&self.path);
        Ok(())
    }

    /// Leaves nothing of what was known, as it cannot be put together.
    pub(crate) fn forget(self) {
        // If it stays, it is looked at once more.
        let _ = fs::remove_file(self.path);
    }

    /// The sessions of each shelf; none of one that holds what cannot be kept.
    fn sessions<'a>(
        &self,
        resolved: &'a Resolved,
        sources: &[Source],
        outcome: &Outcome,
    ) -> Vec<Option<Vec<&'a SessionSummary>>> {
        let Outcome { errors, left_out, unrecognised, .. } = outcome;
        let errors = errors.iter().filter_map(|why| why.input());
        let others = left_out.iter().chain(unrecognised).map(String::as_str);
        let failed: HashSet<_> = errors.chain(others).collect();
        let shelf = |id: SourceId| {
            let source = sources.get(id.0 as usize)?;
            Some(number(name(source.path()?.parent()?), self.count))
        };
        let mut all: Vec<_> = vec![Some(Vec::new()); self.count];
        let drop = |id: SourceId, all: &mut Vec<_>| {
            shelf(id).into_iter().for_each(|number: usize| all[number] = None);
        };
        let told: HashSet<_> = resolved.sessions.iter().flat_map(|session| &session.sources).collect();
        // A log without a session is another one's tomorrow.
        let is_unfit = |id: &SourceId, source: &Source| failed.contains(&*source.name) || !told.contains(id);
        let ids = (0..).map(SourceId).zip(sources);
        ids.filter(|(id, source)| is_unfit(id, source)).for_each(|(id, _)| drop(id, &mut all));
        resolved.defects.iter().for_each(|defect| drop(defect.source, &mut all));
        for session in &resolved.sessions {
            let directory = |id: &SourceId| sources.get(id.0 as usize)?.path()?.parent();
            let mut directories = session.sources.iter().map(directory);
            let first = directories.next().flatten();
            // A date without a year means another year some day.
            let is_lasting = !session.is_text && directories.all(|directory| directory == first);
            match session.sources.first().and_then(|id| shelf(*id)) {
                Some(number) if is_lasting => all[number].iter_mut().for_each(|shelf| shelf.push(session)),
                _ => session.sources.iter().for_each(|id| drop(*id, &mut all)),
            }
        }
        all
    }
}

/// The shelf for a directory of that name.
fn number(name: &str, count: usize) -> usize {
    XxHash3_128::oneshot(name.as_bytes()) as usize % count.max(1)
}

/// The last part of a path.
fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or("")
}

impl Looked {
    fn together(shares: Vec<Self>, terms: &Terms) -> Self {
        let mut all = Self::default();
        all.known.digest.briefs.reserve(shares.iter().map(|share| share.known.digest.briefs.len()).sum());
        for share in shares {
            all.known.directories += share.known.directories;
            all.known.digest.merge(share.known.digest, terms);
            all.kept.extend(share.kept);
            all.rest.extend(share.rest);
        }
        all
    }
}

impl Root {
    fn open(sessions_dir: &Path) -> Option<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::open(sessions_dir, flags, Mode::empty()).ok().map(Self)
    }

    /// Looks at some shelves, each with its number and the names on it, of which `written` tells what is known.
    fn look(
        &self,
        shelves: Vec<(usize, Vec<String>)>,
        written: &HashMap<usize, &[u8]>,
        terms: &Terms,
    ) -> Looked {
        let mut looked = Looked::default();
        for (number, mut names) in shelves {
            names.sort_unstable();
            let record = written.get(&number).copied();
            match record.and_then(|record| Some((record, self.unchanged(record, &names)?))) {
                Some((record, digest)) => {
                    looked.known.directories += names.len();
                    looked.known.digest.merge(digest, terms);
                    looked.kept.extend_from_slice(record);
                }
                None => looked.rest.extend(names),
            }
        }
        looked
    }

    /// What directories look like that are to be read, with the logs of the sessions in them.
    fn directories(&self, names: Vec<String>, sessions: &[StoredSession], now_ns: i64) -> Vec<Directory> {
        let logs: HashMap<_, _> =
            sessions.iter().map(|session| (name(&session.dir), &session.parts)).collect();
        threads::map(names, |directory| {
            let parts = logs.get(&*directory).into_iter().copied().flatten();
            let logs: Vec<_> = parts.map(|part| name(part).to_owned()).collect();
            let looks = self.looks(&directory, logs.iter().map(String::as_str));
            // What changes at this moment may change once more without looking different.
            let looks = looks.filter(|(_, newest_ns)| stamp::is_settled(*newest_ns, now_ns));
            let looks = looks.filter(|_| !self.has_links(&directory)).map(|(looks, _)| looks);
            Directory { name: directory, logs, looks }
        })
    }

    /// Whether a name in a directory is a link, or may be one. What that leads to may come and go without the
    /// directory looking different.
    fn has_links(&self, directory: &str) -> bool {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = openat(&self.0, directory, flags, Mode::empty());
        let Ok(entries) = opened.and_then(Dir::new) else { return true };
        let is_plain = |kind| matches!(kind, FileType::RegularFile | FileType::Directory);
        !entries.into_iter().all(|entry| entry.is_ok_and(|entry| is_plain(entry.file_type())))
    }

    /// What a directory of a session and the logs in it look like, and when one of them was changed last.
    fn looks<'a>(&self, directory: &str, logs: impl Iterator<Item = &'a str>) -> Option<(u128, i64)> {
        let stamp = Stamp::of_directory_in(&self.0, directory)?;
        let mut looks = stamp.to_bytes().to_vec();
        let mut newest_ns = stamp.newest_ns();
        for log in logs {
            let stamp = Stamp::of_file_in(&self.0, &format!("{directory}/{log}"))?;
            looks.extend(stamp.to_bytes());
            newest_ns = newest_ns.max(stamp.newest_ns());
        }
        Some((XxHash3_128::oneshot(&looks), newest_ns))
    }

    /// What is written about a shelf on which `names` stand now, if nothing of it has changed since.
    fn unchanged(&self, record: &[u8], names: &[String]) -> Option<Digest> {
        let (sum, body) = record.get(8..)?.split_first_chunk::<16>()?;
        if XxHash3_128::oneshot(body) != u128::from_le_bytes(*sum) {
            return None;
        }
        let shelf: Shelf<'_> = postcard::from_bytes(body).ok()?;
        let is_same = |member: &Member<'_>| {
            let looks = self.looks(member.name, member.logs.iter().copied());
            looks.is_some_and(|(looks, _)| looks == member.looks)
        };
        let are_same = shelf.members.iter().map(|member| member.name).eq(names.iter().map(String::as_str))
            && shelf.members.iter().all(is_same);
        // Nobody asks for the sources of what a digest tells.
        let nowhere = Renumbered::One(SourceId(u32::MAX));
        are_same.then(|| nowhere.reading(|| postcard::from_bytes(shelf.digest).ok())).flatten()
    }
}

/// The record of a shelf: its length, its number, a checksum of what follows.
fn encode(number: usize, shelf: &Shelf<'_>) -> Option<Vec<u8>> {
    let body = postcard::to_allocvec(shelf).ok()?;
    let length = u32::try_from(HEAD + body.len()).ok()?;
    let mut record = Vec::with_capacity(HEAD + body.len());
    record.extend(length.to_le_bytes());
    record.extend(u32::try_from(number).ok()?.to_le_bytes());
    record.extend(XxHash3_128::oneshot(&body).to_le_bytes());
    record.extend(body);
    Some(record)
}

/// The records of a file by their numbers, as far as they follow each other, and where the last of them ends. Of
/// those with one number the last counts.
fn records_of(bytes: &[u8]) -> (HashMap<usize, &[u8]>, usize) {
    let mut records = HashMap::new();
    let Some(mut left) = bytes.strip_prefix(&MARK) else { return (records, 0) };
    while let Some((length, rest)) = left.split_first_chunk::<4>()
        && let Some((number, _)) = rest.split_first_chunk::<4>()
        && let length = u32::from_le_bytes(*length) as usize
        && let Some((record, behind)) = left.split_at_checked(length)
        && length >= HEAD
    {
        records.insert(u32::from_le_bytes(*number) as usize, record);
        left = behind;
    }
    (records, bytes.len() - left.len())
}
