//! Finishing what a run began that was killed, before anything else is done.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use rustix::fs::{RenameFlags, renameat_with};
use sigil_store::{Error, Store, home};

use super::{batch, names};
use crate::account::Account;
use crate::contents::{Contents, Depth, Opener, Root};
use crate::holders::Holders;
use crate::kill_point::kill_point;
use crate::reading::{Likeness, Strictness, compare};
use crate::restoring;
use crate::unit::Base;

/// Brings a store into order again: what was being removed is removed, what was taken aside is removed if it is
/// archived and else gets its name back, and archives that were not finished go.
///
/// # Errors
/// The store cannot be looked into or written to.
pub(crate) fn recover(store: &Store, account: &mut Account<'_, '_>) -> Result<()> {
    let sessions = store.sessions_dir();
    let left: Vec<OsString> = hidden(&sessions)?;
    if !left.is_empty() {
        let base = Base::open(&sessions)?;
        for name in &left {
            if let Some(session) = names::of_aside(name) {
                let is_archived = is_archived(store, &base, name, &session)?;
                if is_archived {
                    let removed = names::removed(&session);
                    renameat_with(&base.fd, name, &base.fd, &removed, RenameFlags::NOREPLACE)
                        .map_err(io::Error::from)?;
                    kill_point("recovering");
                    remove(&sessions.join(removed))?;
                } else {
                    let now = batch::give_name_back(&base, name, &session)?;
                    if now != session {
                        let (was, is) = (sessions.join(&session), sessions.join(&now));
                        account.warn(&format!(
                            "E007_CONTRACT_FAIL: {} was taken aside by a run that was killed, and its name was taken meanwhile: it is {} now",
                            home::shown(&was), home::shown(&is)
                        ));
                    }
                }
            } else if names::is_removed(name) || restoring::is_unfinished(name) {
                kill_point("recovering-removed");
                remove(&sessions.join(name))?;
            }
        }
    }
    for day in store.archive_days()? {
        let dir = store.archive_day_dir(day);
        for name in hidden(&dir)?.into_iter().filter(|name| names::is_unfinished(name)) {
            let path = dir.join(name);
            fs::remove_file(&path).map_err(|source| Error::Io { action: "remove", path, source })?;
        }
    }
    Ok(())
}

/// Whether an archive holds just what was taken aside, which nobody holds open.
fn is_archived(store: &Store, base: &Arc<Base>, aside: &OsString, name: &OsString) -> Result<bool> {
    let root = Root { place: aside.into(), name: name.into(), depth: Depth::Whole };
    let Ok(contents) = Contents::of(&base.fd, &[root]) else { return Ok(false) };
    if contents.is_held(&Holders::look()) {
        return Ok(false);
    }
    let holds = |path: &PathBuf| {
        let likeness = compare(path, &mut Opener::new(base), &contents, Strictness::Contents);
        likeness.is_ok_and(|likeness| likeness == Likeness::Same)
    };
    Ok(store.archived()?.into_iter().any(|archived| archived.name == *name && holds(&archived.path)))
}

fn remove(path: &Path) -> Result<(), Error> {
    fs::remove_dir_all(path).map_err(|source| Error::Io { action: "remove", path: path.to_owned(), source })
}

/// The hidden names in a directory; none if it is not there.
fn hidden(directory: &Path) -> Result<Vec<OsString>, Error> {
    let refused = |source| Error::Io { action: "read", path: directory.to_owned(), source };
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => return Err(refused(why)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(refused)?.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            names.push(name);
        }
    }
    Ok(names)
}
