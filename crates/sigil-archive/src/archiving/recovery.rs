//! Finishing what a run began that was killed, before anything else is done.
//!
//! What is left says how far it came. An archive with a second name among the unfinished ones was published, and its
//! session not yet removed: if the session is as it was archived it is removed now, and if it has grown since, the archive
//! is withdrawn. A session that was taken aside gets its name back unless it is removed.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use sigil_store::archived::Archived;
use sigil_store::{Error, Store, atomic};

use super::underway::{self, Origin, Stage, Underway};
use super::{Candidate, names, removal};
use crate::account::Account;
use crate::contents::{Contents, Depth, Opener, Root};
use crate::holders::{FileId, Holders};
use crate::kill_point::kill_point;
use crate::reading::{Likeness, Strictness, compare};
use crate::record::{Action, Record, Status};
use crate::remove::remove_all;
use crate::restoring;
use crate::unit::{Base, Unit};

/// Brings a store into order again. What cannot be done to one session becomes a record, and the rest is done.
///
/// # Errors
/// The store cannot be looked into, or standard output written.
pub(crate) fn recover(store: &Store, account: &mut Account<'_, '_>) -> Result<()> {
    let archived = store.archived()?;
    let published = published(store, &archived, account)?;
    let sessions = store.sessions_dir();
    let left = hidden(&sessions)?;
    for name in left.iter().filter(|name| names::is_removed(name) || restoring::is_unfinished(name)) {
        kill_point("recovering-removed");
        let path = sessions.join(name);
        match remove_all(&path) {
            Ok(()) if restoring::is_unfinished(name) => {}
            Ok(()) => {
                account.add(&Record { path: Some(path), ..Record::new(Action::Remove, Status::Done) })?
            }
            Err(why) => account.add(&refused(Action::Remove, path, why))?,
        }
    }
    let aside: Vec<_> = left.iter().filter_map(|name| names::of_aside(name)).collect();
    if sessions.is_dir() && (!aside.is_empty() || !published.is_empty()) {
        let recovery = Recovery { base: Base::open(&sessions)?, holders: Holders::look(), archived };
        for name in &aside {
            account.add(&recovery.finish(name, &names::aside(name), published.get(name)))?;
        }
        for (name, one) in &published {
            if !aside.contains(name) && sessions.join(name).is_dir() {
                account.add(&recovery.finish(name, name, Some(one)))?;
            }
        }
    }
    for (name, one) in &published {
        // Where the session could not be given its name back, the next run goes on from here.
        if !sessions.join(names::aside(name)).exists() {
            let _ = fs::remove_file(&one.mark);
        }
    }
    for day in store.archive_days()? {
        // It is there as long as an archive in it is in the making.
        names::remove_unfinished_dir(&store.archive_day_dir(day));
    }
    Ok(())
}

/// An archive with its name and the one that it was written under.
struct Published {
    archive: PathBuf,
    mark: PathBuf,
}

/// The archives that were published and whose sessions may be there yet, by the names of these. Others that were in the
/// making go.
fn published(
    store: &Store,
    archived: &[Archived],
    account: &mut Account<'_, '_>,
) -> Result<HashMap<OsString, Published>> {
    let mut published = HashMap::new();
    for day in store.archive_days()? {
        let mut marks = Vec::new();
        for inner in files(&names::unfinished_dir(&store.archive_day_dir(day)))? {
            if inner.is_dir() { marks.extend(files(&inner)?) } else { marks.push(inner) }
        }
        if marks.is_empty() {
            continue;
        }
        let of_day = archived.iter().filter(|one| one.day == day);
        let by_id: HashMap<_, _> = of_day.filter_map(|one| Some((id(&one.path)?, one))).collect();
        for mark in marks {
            if let Some(twin) = id(&mark).and_then(|id| by_id.get(&id)) {
                published.insert(twin.name.clone(), Published { archive: twin.path.clone(), mark });
            } else if let Err(why) = fs::remove_file(&mark) {
                account.add(&refused(Action::Archive, mark, why))?;
            }
        }
    }
    Ok(published)
}

fn id(path: &Path) -> Option<FileId> {
    let found = fs::symlink_metadata(path).ok()?;
    Some((found.dev(), found.ino()))
}

struct Recovery {
    base: Arc<Base>,
    holders: Holders,
    archived: Vec<Archived>,
}

impl Recovery {
    /// Removes the session called `name`, which is at `place` now, if it is in the archive; else sees to it that it is
    /// not, and has its name.
    fn finish(&self, name: &OsString, place: &OsString, published: Option<&Published>) -> Record {
        let unit = Unit::of_session(&self.base, name);
        let root = Root { place: place.into(), name: name.into(), depth: Depth::Whole };
        let looked = Contents::of(&self.base.fd, &[root]);
        let (contents, is_whole) = match looked {
            Ok(contents) => (contents, true),
            Err(_) => (Contents::default(), false),
        };
        let mut candidate = Candidate { unit, contents, opener: Opener::new(&self.base) };
        let archive = if is_whole { self.archive_of(&mut candidate, published) } else { None };
        let at = match (archive, published) {
            (Some(archive), published) => {
                let mine = published.filter(|published| published.archive == archive);
                let origin = mine.map_or(Origin::Known, |mine| Origin::New { mark: mine.mark.clone() });
                self.remove(&candidate, place, archive, origin)
            }
            (None, published) => {
                // If it has everything that the archive has, and more, the archive is not needed.
                let is_more = |published: &&Published| {
                    let found = compare(
                        &published.archive,
                        &mut candidate.opener,
                        &candidate.contents,
                        Strictness::Beginnings,
                    );
                    is_whole && found.is_ok_and(|likeness| likeness == Likeness::Same)
                };
                let needless = published.filter(is_more);
                if place == name {
                    needless.map(|needless| fs::remove_file(&needless.archive));
                    underway::left(&candidate, Action::Archive, REASON.to_owned())
                } else {
                    let archive = needless.map_or(Path::new(""), |needless| &needless.archive);
                    let mark = needless.map(|needless| needless.mark.clone());
                    let origin = mark.map_or(Origin::Known, |mark| Origin::New { mark });
                    removal::put_back(&candidate, archive, &origin, REASON)
                }
            }
        };
        Underway { candidate, at }.finished(Action::Archive)
    }

    /// The archive that holds just what is in a session. It may not have come to the disk before the run was killed.
    fn archive_of(&self, candidate: &mut Candidate, published: Option<&Published>) -> Option<PathBuf> {
        let mine = published.map(|published| &published.archive);
        let of_name = self.archived.iter().filter(|archived| archived.name == candidate.unit.name);
        let mut all = mine.into_iter().chain(of_name.map(|archived| &archived.path));
        let archive = all.find(|path| {
            let likeness = compare(path, &mut candidate.opener, &candidate.contents, Strictness::Contents);
            likeness.is_ok_and(|likeness| likeness == Likeness::Same)
        })?;
        candidate.opener.close();
        let synced = fs::File::open(archive).and_then(|archive| archive.sync_all());
        let synced = synced.and_then(|()| atomic::sync_dir(archive.parent().unwrap_or(Path::new("."))));
        synced.is_ok().then(|| archive.clone())
    }

    fn remove(&self, candidate: &Candidate, place: &OsString, archive: PathBuf, origin: Origin) -> Stage {
        let mut stage = Stage::Published { archive, origin };
        loop {
            stage = match stage {
                Stage::Published { archive, origin } if *place == candidate.unit.name => {
                    removal::take_aside(candidate, archive, origin)
                }
                Stage::Published { archive, origin } => Stage::Aside { archive, origin },
                Stage::Aside { archive, origin } => {
                    kill_point("recovering");
                    // Who has opened a session that still has its name is seen only after it has lost that.
                    let holders =
                        if *place == candidate.unit.name { &Holders::look() } else { &self.holders };
                    removal::look_once_more(candidate, archive, origin, holders)
                }
                Stage::Removable { archive, origin } => {
                    let _ = atomic::sync_dir(&candidate.unit.base.path);
                    removal::remove(candidate, archive, origin)
                }
                other => return other,
            };
        }
    }
}

/// Why a session that a killed run was about to remove stays.
const REASON: &str = "a run was killed that was archiving it, and it is not as it was archived";

/// Something that stands in the way and could not be removed.
fn refused(action: Action, path: PathBuf, why: io::Error) -> Record {
    let error = Error::Io { action: "remove", path: path.clone(), source: why };
    Record { path: Some(path), reason: Some(error.to_string()), ..Record::new(action, Status::Failed) }
}

/// The hidden names in a directory; none if it is not there.
fn hidden(directory: &Path) -> Result<Vec<OsString>, Error> {
    let names = files(directory)?.into_iter().filter_map(|path| path.file_name().map(OsString::from));
    Ok(names.filter(|name| name.as_encoded_bytes().starts_with(b".")).collect())
}

/// What is in a directory; nothing if it is not there.
fn files(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let refused = |source| Error::Io { action: "read", path: directory.to_owned(), source };
    match fs::read_dir(directory) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path()).map_err(refused)).collect(),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(why) => Err(refused(why)),
    }
}
