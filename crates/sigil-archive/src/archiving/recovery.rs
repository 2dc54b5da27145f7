//! Bringing a store into order after a run that was killed, before anything else is done.
//!
//! Nothing is archived or removed here that a run would not do anew: a session that is still there, under its name or
//! taken aside, gets its name, and the archive that the killed run made of it is withdrawn. Whether it is archived is up
//! to this run. Only a session that was being removed, of which an archive holds all that is left, is removed.

use std::collections::{BTreeSet, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use sigil_store::{Error, Store};

use super::shelf::{Published, Shelf};
use super::underway::{Origin, Stage};
use super::{Candidate, names, removal};
use crate::account::Account;
use crate::contents::{Contents, Depth, Opener, Refusal, Root};
use crate::kill_point::kill_point;
use crate::reading::{Likeness, Strictness, begins, compare};
use crate::record::{Action, Record, Status};
use crate::remove::remove_all;
use crate::restoring;
use crate::unit::{Base, Unit};

/// Brings a store into order, or says what would be done, and gives the ids of the sessions that a killed run was done
/// with but for the last. What cannot be done to one session or day becomes a record, and the rest is done.
///
/// # Errors
/// The store cannot be looked into, or standard output written.
pub(crate) fn recover(store: &Store, is_dry: bool, account: &mut Account<'_, '_>) -> Result<Vec<String>> {
    let shelf = Shelf::look(store, is_dry, account)?;
    let sessions = store.sessions_dir();
    let mut finished = Vec::new();
    // Where it is not there at this moment, as a disk that is not mounted, nothing is known of any session.
    if sessions.is_dir() {
        let left = hidden(&sessions)?;
        if !left.is_empty() || !shelf.published.is_empty() {
            let recovery = Recovery { base: Base::open(&sessions)?, shelf: &shelf, is_dry };
            finished = recovery.all(&left, account)?;
        }
    }
    if !is_dry {
        shelf.clear();
    }
    Ok(finished)
}

struct Recovery<'s> {
    base: Arc<Base>,
    shelf: &'s Shelf,
    is_dry: bool,
}

/// Whether the archive that a killed run made of a session is still of use.
enum Verdict {
    /// The session holds all of it.
    Needless,
    /// It holds what the session does not.
    Needed(String),
    /// That cannot be told now.
    Unknown(String),
}

impl Recovery<'_> {
    /// Goes through the hidden names `left` beside the sessions, and what was published.
    fn all(&self, left: &[OsString], account: &mut Account<'_, '_>) -> Result<Vec<String>> {
        let mut finished = Vec::new();
        for hidden in left {
            // What nobody has archived, nobody was restoring.
            let of = restoring::of_unfinished(hidden).filter(|name| self.shelf.of(name).next().is_some());
            if of.is_some() && !self.is_dry {
                kill_point("recovering-removed");
                let path = self.base.path.join(hidden);
                if let Err(why) = restoring::clear(&path) {
                    account.add(&refused(path, why))?;
                }
            }
        }
        let mut removed = HashSet::new();
        for name in left.iter().filter_map(|name| names::of_removed(name)) {
            kill_point("recovering-removed");
            let record = self.finish_removal(&name);
            if matches!(record.status, Status::Done | Status::Planned) {
                finished.extend(record.session_id.clone());
                removed.insert(name);
            }
            account.add(&record)?;
        }
        let aside: HashSet<_> = left.iter().filter_map(|name| names::of_aside(name)).collect();
        let published = self.shelf.published.iter().map(|one| one.archived.name.clone());
        let names: BTreeSet<_> = aside.iter().cloned().chain(published).collect();
        for name in names {
            if aside.contains(&name) || self.is_there(&name) && !removed.contains(&name) {
                kill_point("recovering");
                account.add(&self.put_back(&name, aside.contains(&name)))?;
            } else if removed.contains(&name) || !self.is_there(&names::removed(&name)) {
                finished.push(Unit::of_session(&self.base, &name).id);
                self.published(&name).for_each(|one| self.forget(one));
            }
        }
        Ok(finished)
    }

    fn is_there(&self, place: &OsStr) -> bool {
        fs::symlink_metadata(self.base.path.join(place)).is_ok()
    }

    /// Removes what is left of a session, if an archive holds all of it.
    fn finish_removal(&self, name: &OsString) -> Record {
        let place = names::removed(name);
        let (mut candidate, looked) = self.look(name, &place);
        let path = self.base.path.join(&place);
        let told = |candidate: &Candidate, status, reason: Option<String>| Record {
            path: Some(path.clone()),
            reason,
            ..candidate.record(Action::Remove, status)
        };
        if let Err(refusal) = looked {
            return told(&candidate, Status::Left, Some(refusal.to_string()));
        }
        let mut archives = self.shelf.of(name).peekable();
        if archives.peek().is_none() {
            let reason = format!(
                "{} is called like a session that is being removed, and no archive holds it; rename it or remove it",
                sigil_store::home::shown(&path)
            );
            return told(&candidate, Status::Left, Some(reason));
        }
        let is_held = archives.any(|archive| {
            let strictness = Strictness::Remains;
            let likeness = compare(&archive.path, &mut candidate.opener, &candidate.contents, strictness);
            likeness.is_ok_and(|likeness| likeness == Likeness::Same)
        });
        if is_held {
            if self.is_dry {
                return told(&candidate, Status::Planned, None);
            }
            return match remove_all(&path) {
                Ok(()) => told(&candidate, Status::Done, None),
                Err(why) => refused(path, why),
            };
        }
        let reason = "a run was killed that was removing it, and no archive holds all of it";
        if self.is_dry {
            return told(&candidate, Status::Left, Some(reason.to_owned()));
        }
        match removal::give_name_back(&self.base, &place, name) {
            Ok(_) => told(&candidate, Status::Left, Some(reason.to_owned())),
            Err(why) => told(&candidate, Status::Failed, Some(failure(&why, reason))),
        }
    }

    /// Gives a session its name back, and withdraws what the killed run has archived of it, unless that holds more.
    fn put_back(&self, name: &OsString, is_aside: bool) -> Record {
        let place = if is_aside { names::aside(name) } else { name.clone() };
        let (mut candidate, looked) = self.look(name, &place);
        if self.is_dry {
            let reason = Some("a run has not come to its end with it".to_owned());
            return Record { reason, ..candidate.record(Action::Recover, Status::Planned) };
        }
        let mut record = candidate.record(Action::Recover, Status::Done);
        for one in self.published(name) {
            let verdict = match &looked {
                Ok(()) => self.verdict(&mut candidate, &place, &one.archived.path),
                Err(refusal) => Verdict::Unknown(refusal.to_string()),
            };
            match verdict {
                Verdict::Needless => {
                    let origin = Origin::New { mark: one.mark.path.clone() };
                    if let Err(why) = removal::withdraw(&one.archived.path, &origin) {
                        let reason = Some(failure(&why, "its archive cannot be withdrawn"));
                        record = Record { status: Status::Failed, reason, ..record };
                    }
                }
                Verdict::Needed(why) => {
                    self.forget(one);
                    record =
                        Record { status: Status::Left, reason: Some(format!("{REASON}: {why}")), ..record };
                }
                // The mark stays, and the next run sees.
                Verdict::Unknown(why) => {
                    let reason = Some(format!("{UNKNOWN}: {why}"));
                    record = Record { status: Status::Left, reason, ..record };
                }
            }
        }
        if !is_aside {
            return record;
        }
        // What has to do with archives is done, so this is the name alone.
        let Stage::Ended(told) = removal::put_back(&candidate, Path::new(""), &Origin::Known, REASON) else {
            return record;
        };
        let is_as_it_was = told.reason.as_deref() == Some(REASON);
        if is_as_it_was { record } else { Record { action: Action::Recover, ..*told } }
    }

    /// Whether the archive at `archive` is still of use beside the session, which is at `place`.
    fn verdict(&self, candidate: &mut Candidate, place: &OsStr, archive: &Path) -> Verdict {
        kill_point("comparing");
        let log = candidate.unit.log.clone();
        let found = begins(archive, &mut candidate.opener, &candidate.contents, &log);
        candidate.opener.close();
        match found {
            Ok(Likeness::Same) => Verdict::Needless,
            Ok(Likeness::Changed) => Verdict::Unknown("it is being changed".to_owned()),
            // A log that is just being rotated begins with nothing that it began with.
            Ok(Likeness::Different(what)) => match self.contents(&candidate.unit.name, place) {
                Ok(now) if candidate.contents.is_still(&now) => Verdict::Needed(what),
                _ => Verdict::Unknown("it is being changed".to_owned()),
            },
            Err(why) => Verdict::Unknown(sigil_store::cause::of_io(&why)),
        }
    }

    fn look(&self, name: &OsStr, place: &OsStr) -> (Candidate, Result<(), Refusal>) {
        let unit = Unit::of_session(&self.base, name);
        let (contents, looked) = match self.contents(name, place) {
            Ok(contents) => (contents, Ok(())),
            Err(refusal) => (Contents::default(), Err(refusal)),
        };
        (Candidate { unit, contents, opener: Opener::new(&self.base) }, looked)
    }

    fn contents(&self, name: &OsStr, place: &OsStr) -> Result<Contents, Refusal> {
        let root = Root { place: place.into(), name: name.into(), depth: Depth::Whole };
        Contents::of(&self.base.fd, &[root])
    }

    fn published(&self, name: &OsStr) -> impl Iterator<Item = &Published> {
        self.shelf.published.iter().filter(move |one| one.archived.name == name)
    }

    /// There is nothing to be decided any more about an archive and its session.
    fn forget(&self, one: &Published) {
        if !self.is_dry {
            let _ = one.mark.remove();
        }
    }
}

/// Why a session and what a killed run has archived of it both stay.
const REASON: &str = "a run was killed that was archiving it, and it is not as it was archived";
const UNKNOWN: &str =
    "a run was killed that was archiving it, and whether it is as it was archived cannot be told";

/// A failure of the system, for a record.
fn failure(why: &io::Error, context: &str) -> String {
    format!("{}: {context}: {}", sigil_store::code::of_io(why), sigil_store::cause::of_io(why))
}

/// Something that stands in the way and could not be removed.
fn refused(path: PathBuf, why: io::Error) -> Record {
    let error = Error::Io { action: "remove", path: path.clone(), source: why };
    let reason = Some(error.to_string());
    Record { path: Some(path), reason, ..Record::new(Action::Remove, Status::Failed) }
}

/// The hidden names in a directory.
fn hidden(directory: &Path) -> Result<Vec<OsString>, Error> {
    let refused = |source| Error::Io { action: "read", path: directory.to_owned(), source };
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(refused)? {
        let name = entry.map_err(refused)?.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            names.push(name);
        }
    }
    Ok(names)
}
