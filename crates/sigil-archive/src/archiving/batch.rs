//! The steps that take sessions from `sessions/` into the archive, many at a time, so that the disk is waited for once.
//!
//! Whoever kills the program leaves every session whole in one of these places, and [`super::recover`] goes on from there:
//!
//! 1. An unfinished archive is written and brought to the disk. *The session is where it was.*
//! 2. It is opened again and compared with the session, byte for byte.
//! 3. It gets its name, and the directory is brought to the disk. *The session is there twice; the next run sees that.*
//! 4. The session is renamed aside: nobody finds it by its name any more.
//! 5. Only now it is looked at once more. If it is as it was and nobody holds it open, nobody can change it any more, and
//!    it is renamed to be removed. Otherwise its archive is withdrawn, and it gets its name back.
//! 6. It is removed.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow};
use indicatif::ProgressBar;
use rustix::fs::{RenameFlags, fsync, renameat_with, syncfs};
use sigil_cli::{escape, failure, number};
use sigil_store::archived::archive_path;
use sigil_store::{atomic, home, threads};

use super::choice::Choice;
use super::pen::Pen;
use super::{Case, names};
use crate::contents::{Contents, Root};
use crate::holders::Holders;
use crate::kill_point::kill_point;
use crate::packing::Packed;
use crate::reading::{Likeness, Strictness, compare};
use crate::record::{Action, Record, Status};
use crate::unit::Unit;

/// From how many files on it is quicker to bring everything to the disk than one file after the other.
const MANY: usize = 8;

/// Takes sessions into the archive of a day.
pub(super) struct Batch<'a> {
    day_dir: &'a Path,
    /// Whether the day's directory could be made, once it was needed.
    has_day: OnceLock<Result<(), String>>,
    /// Archives that there are, by name.
    known: &'a HashMap<OsString, Vec<PathBuf>>,
    choice: &'a Choice,
    pen: Pen,
    jobs: usize,
    bar: ProgressBar,
}

/// A session on its way, and how far it has come.
pub(super) struct Underway {
    pub(super) case: Case,
    at: Stage,
}

/// How far a session has come.
enum Stage {
    /// It is to be archived.
    Chosen,
    /// Its archive is written.
    Written(PathBuf),
    /// Its archive is on the disk and holds what it should.
    Proven(PathBuf),
    /// Its archive has its name.
    Published { archive: PathBuf, origin: Origin },
    /// It has been taken aside.
    Aside { archive: PathBuf, origin: Origin },
    /// It is safe in the archive, and nobody can change it any more.
    Removable { archive: PathBuf, origin: Origin },
    /// It goes no further.
    Ended(Box<Record>),
}

/// Whose an archive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// This run has made it.
    New,
    /// It was there: an earlier run did not come to removing the session.
    Known,
}

impl<'a> Batch<'a> {
    pub(super) fn new(
        day_dir: &'a Path,
        known: &'a HashMap<OsString, Vec<PathBuf>>,
        choice: &'a Choice,
        jobs: usize,
        bar: ProgressBar,
    ) -> Self {
        Self { day_dir, has_day: OnceLock::new(), known, choice, pen: Pen::new(jobs), jobs, bar }
    }

    /// Looks at `units` and writes the archives of those that are chosen: step 1, but for the disk. What becomes of the
    /// others is said.
    pub(super) fn begin(&self, units: Vec<Unit>) -> (Vec<Underway>, Vec<Record>) {
        let begun = threads::map_on(self.jobs, units, |unit| self.begin_one(unit));
        let mut records = Vec::new();
        let mut all = Vec::new();
        for begun in begun {
            match begun {
                Ok(underway) => all.push(underway),
                Err(record) => records.push(*record),
            }
        }
        // What is large is written on all cores, one after the other.
        for underway in &mut all {
            underway.advance(|case, stage| match stage {
                Stage::Chosen => {
                    let size = number::size(case.contents.bytes());
                    self.bar.set_message(format!(", {size} in {}", escape::for_terminal(&case.unit.id)));
                    self.write(case)
                }
                other => other,
            });
        }
        self.bar.set_message("");
        (all, records)
    }

    /// Takes sessions through the rest of the steps, and says what became of each.
    ///
    /// # Errors
    /// What was written cannot be brought to the disk. Every session is where it was then.
    pub(super) fn finish(&self, all: Vec<Underway>) -> Result<Vec<Record>> {
        self.sync(&all).inspect_err(|_| discard(&all))?;
        let mut all = self.each(all, |case, stage| match stage {
            Stage::Written(path) => self.prove(case, path),
            other => other,
        });
        for underway in &mut all {
            underway.advance(|case, stage| match stage {
                Stage::Proven(path) => self.publish(case, &path),
                other => other,
            });
        }
        kill_point("published");
        if all.iter().any(|underway| matches!(underway.at, Stage::Published { origin: Origin::New, .. })) {
            let synced = File::open(self.day_dir).and_then(|dir| Ok(fsync(&dir)?));
            synced.with_context(|| not_synced(self.day_dir))?;
        }
        kill_point("archive-synced");
        if !self.choice.is_copy {
            self.remove(&mut all)?;
        }
        Ok(all.into_iter().map(|underway| self.finished(underway)).collect())
    }

    /// Steps 4 to 6.
    fn remove(&self, all: &mut Vec<Underway>) -> Result<()> {
        for underway in &mut *all {
            underway.advance(take_aside);
        }
        kill_point("all-aside");
        let is_aside = |underway: &&Underway| matches!(underway.at, Stage::Aside { .. });
        let Some(base) = all.iter().find(is_aside).map(|underway| underway.case.unit.base.clone()) else {
            return Ok(());
        };
        let holders = Holders::look();
        for underway in &mut *all {
            underway.advance(|case, stage| match stage {
                Stage::Aside { archive, origin } => self.look_once_more(case, archive, origin, &holders),
                other => other,
            });
        }
        kill_point("all-removable");
        fsync(&base.fd).map_err(io::Error::from).with_context(|| not_synced(&base.path))?;
        kill_point("sessions-synced");
        let underways = std::mem::take(all);
        *all = self.each(underways, |case, stage| match stage {
            Stage::Removable { archive, origin } => remove(case, archive, origin),
            other => other,
        });
        Ok(())
    }

    /// Does `step` with every session, on all cores.
    fn each(&self, all: Vec<Underway>, step: impl Fn(&mut Case, Stage) -> Stage + Sync) -> Vec<Underway> {
        threads::map_on(self.jobs, all, |mut underway| {
            underway.advance(&step);
            self.bar.inc(1);
            underway
        })
    }

    /// Does that with one of them, unless it is one for all cores.
    fn begin_one(&self, unit: Unit) -> Result<Underway, Box<Record>> {
        let mut case = self.choice.look(unit, self.known)?;
        let at = if self.pen.is_for_all(&case) { Stage::Chosen } else { self.write(&mut case) };
        case.opener.close();
        self.bar.inc(1);
        Ok(Underway { case, at })
    }

    fn write(&self, case: &mut Case) -> Stage {
        if let Some(archive) = self.known_archive(case) {
            return Stage::Published { archive, origin: Origin::Known };
        }
        let make_day = || atomic::create_dir(self.day_dir).map_err(|error| error.to_string());
        if let Err(reason) = self.has_day.get_or_init(make_day) {
            return self.failed(case, &anyhow!(reason.clone()));
        }
        let path = names::unfinished(self.day_dir, &case.unit.name);
        kill_point("writing");
        let written = self.pen.write(case, &path);
        if !matches!(written, Ok(Packed::Whole)) {
            let _ = fs::remove_file(&path);
        }
        match written {
            Ok(Packed::Whole) => {
                kill_point("written");
                Stage::Written(path)
            }
            Ok(Packed::Changed) => self.changed(case),
            Err(why) => self.failed(case, &why.into()),
        }
    }

    /// The archive of an earlier run that holds just what is in the session.
    fn known_archive(&self, case: &mut Case) -> Option<PathBuf> {
        if self.choice.is_copy {
            return None;
        }
        let archives = self.known.get(&case.unit.name)?;
        let mut holds = |path: &&PathBuf| {
            let likeness = compare(path, &mut case.opener, &case.contents, Strictness::Contents);
            // One that cannot be read holds nothing that could be relied on.
            likeness.is_ok_and(|likeness| likeness == Likeness::Same)
        };
        archives.iter().find(|path| holds(path)).cloned()
    }

    /// Brings what was written to the disk.
    fn sync(&self, all: &[Underway]) -> Result<()> {
        let written: Vec<_> = all.iter().filter_map(Underway::written).collect();
        let synced = match written.first() {
            Some(one) if written.len() >= MANY => File::open(one).and_then(|one| Ok(syncfs(one)?)),
            _ => written.iter().try_for_each(|path| File::open(path)?.sync_all()),
        };
        kill_point("files-synced");
        synced.with_context(|| not_synced(self.day_dir))
    }

    /// Step 2.
    fn prove(&self, case: &mut Case, path: PathBuf) -> Stage {
        kill_point("proving");
        let likeness = compare(&path, &mut case.opener, &case.contents, Strictness::Everything);
        case.opener.close();
        match likeness {
            Ok(Likeness::Same) => Stage::Proven(path),
            Ok(Likeness::Changed) => {
                let _ = fs::remove_file(&path);
                self.changed(case)
            }
            Ok(Likeness::Different(what)) => {
                let _ = fs::remove_file(&path);
                let text = format!(
                    "E007_CONTRACT_FAIL: what was written is not what was read: {what}; is the disk sound?"
                );
                self.failed(case, &anyhow!(text))
            }
            Err(why) => {
                let _ = fs::remove_file(&path);
                self.failed(case, &anyhow::Error::from(why).context("what was written cannot be read back"))
            }
        }
    }

    /// Step 3: gives an archive the first name that is free.
    fn publish(&self, case: &Case, path: &Path) -> Stage {
        kill_point("publishing");
        for copy in 1.. {
            let archive = archive_path(self.day_dir, &case.unit.name, copy);
            match rename(path, &archive) {
                Ok(()) => return Stage::Published { archive, origin: Origin::New },
                Err(rustix::io::Errno::EXIST) => {}
                Err(why) => {
                    let _ = fs::remove_file(path);
                    return self.failed(case, &io::Error::from(why).into());
                }
            }
        }
        unreachable!("a directory has no room for as many archives as there are numbers")
    }

    /// Step 5.
    fn look_once_more(&self, case: &Case, archive: PathBuf, origin: Origin, holders: &Holders) -> Stage {
        kill_point("looking");
        let unit = &case.unit;
        let aside = names::aside(&unit.name);
        let roots: Vec<Root> =
            unit.roots.iter().map(|root| Root { place: aside.clone().into(), ..root.clone() }).collect();
        let now = Contents::of(&unit.base.fd, &roots);
        let reason = match now {
            Ok(now) if !case.contents.is_still(&now) => "it has changed meanwhile",
            Ok(now) if now.is_held(holders) => "a process holds it open",
            Ok(_) => {
                let removed = names::removed(&unit.name);
                return match renameat_with(
                    &unit.base.fd,
                    &aside,
                    &unit.base.fd,
                    &removed,
                    RenameFlags::NOREPLACE,
                ) {
                    Ok(()) => Stage::Removable { archive, origin },
                    Err(why) => self.put_back(case, &archive, origin, &cause(why)),
                };
            }
            Err(_) => "it has changed meanwhile",
        };
        self.put_back(case, &archive, origin, reason)
    }

    /// Withdraws the archive of a session, if this run made it, and gives the session its name back.
    fn put_back(&self, case: &Case, archive: &Path, origin: Origin, reason: &str) -> Stage {
        kill_point("withdrawing");
        let unfinished = names::unfinished(self.day_dir, &case.unit.name);
        if origin == Origin::New
            && let Err(why) = rename(archive, &unfinished)
        {
            return self
                .failed(case, &anyhow!("{reason}, and its archive cannot be withdrawn: {}", cause(why)));
        }
        kill_point("withdrawn");
        let aside = names::aside(&case.unit.name);
        match give_name_back(&case.unit.base, &aside, &case.unit.name) {
            Ok(name) => {
                kill_point("back");
                if origin == Origin::New {
                    let _ = fs::remove_file(&unfinished);
                }
                let elsewhere = (name != case.unit.name).then(|| {
                    let path = case.unit.base.path.join(&name);
                    format!("; its name was taken meanwhile, so it is {} now", home::shown(&path))
                });
                let reason = format!("{reason}{}", elsewhere.unwrap_or_default());
                Stage::Ended(Box::new(Record {
                    reason: Some(reason),
                    ..case.record(Action::Archive, Status::Left)
                }))
            }
            Err(why) => self.failed(case, &anyhow::Error::from(why).context("cannot give it its name back")),
        }
    }

    fn changed(&self, case: &Case) -> Stage {
        let reason = Some("it has changed meanwhile".to_owned());
        Stage::Ended(Box::new(Record { reason, ..case.record(self.choice.action(), Status::Left) }))
    }

    fn failed(&self, case: &Case, error: &anyhow::Error) -> Stage {
        let reason = Some(failure::describe(error));
        Stage::Ended(Box::new(Record { reason, ..case.record(self.choice.action(), Status::Failed) }))
    }

    /// What became of a session.
    fn finished(&self, underway: Underway) -> Record {
        let Underway { case, at } = underway;
        let (archive, origin) = match at {
            Stage::Ended(record) => return *record,
            Stage::Chosen => (PathBuf::new(), Origin::New),
            Stage::Written(path) | Stage::Proven(path) => (path, Origin::New),
            Stage::Published { archive, origin }
            | Stage::Aside { archive, origin }
            | Stage::Removable { archive, origin } => (archive, origin),
        };
        let action = if origin == Origin::Known { Action::Remove } else { self.choice.action() };
        let archive_bytes = fs::metadata(&archive).ok().map(|found| found.len());
        Record { archive: Some(archive), archive_bytes, ..case.record(action, Status::Done) }
    }
}

impl Underway {
    /// Takes the session a step further.
    fn advance(&mut self, step: impl FnOnce(&mut Case, Stage) -> Stage) {
        let stage = std::mem::replace(&mut self.at, Stage::Chosen);
        self.at = step(&mut self.case, stage);
    }

    /// The archive that is written and not on the disk yet.
    fn written(&self) -> Option<&Path> {
        match &self.at {
            Stage::Written(path) => Some(path),
            _ => None,
        }
    }
}

/// Step 4.
fn take_aside(case: &mut Case, stage: Stage) -> Stage {
    let Stage::Published { archive, origin } = stage else { return stage };
    kill_point("taking-aside");
    let (base, name) = (&case.unit.base.fd, &case.unit.name);
    match renameat_with(base, name, base, names::aside(name), RenameFlags::NOREPLACE) {
        Ok(()) => Stage::Aside { archive, origin },
        Err(why) => {
            // It is archived, and it is still there, as after a run that was killed: the next one sees that.
            let error =
                anyhow::Error::from(io::Error::from(why)).context("it is archived, but cannot be taken away");
            let reason = Some(failure::describe(&error));
            Stage::Ended(Box::new(Record { reason, ..case.record(Action::Archive, Status::Failed) }))
        }
    }
}

/// Step 6.
fn remove(case: &Case, archive: PathBuf, origin: Origin) -> Stage {
    kill_point("removing");
    let path = case.unit.base.path.join(names::removed(&case.unit.name));
    match fs::remove_dir_all(&path) {
        Ok(()) => {
            kill_point("removed");
            Stage::Removable { archive, origin }
        }
        Err(why) => {
            let context = format!("it is archived, but cannot be removed from {}", home::shown(&path));
            let reason = Some(failure::describe(&anyhow::Error::from(why).context(context)));
            Stage::Ended(Box::new(Record { reason, ..case.record(Action::Archive, Status::Failed) }))
        }
    }
}

/// Gives what was taken aside its name back, or another one if that is taken; which, is given back.
pub(super) fn give_name_back(
    base: &crate::unit::Base,
    aside: &OsString,
    name: &OsString,
) -> io::Result<OsString> {
    let mut wanted = name.clone();
    for number in 2.. {
        match renameat_with(&base.fd, aside, &base.fd, &wanted, RenameFlags::NOREPLACE) {
            Ok(()) => return Ok(wanted),
            Err(rustix::io::Errno::EXIST) => {}
            Err(why) => return Err(why.into()),
        }
        wanted = name.clone();
        wanted.push(format!("~{number}"));
    }
    unreachable!("a directory has no room for as many sessions as there are numbers")
}

/// Renames a file, never over another.
fn rename(from: &Path, to: &Path) -> rustix::io::Result<()> {
    renameat_with(rustix::fs::CWD, from, rustix::fs::CWD, to, RenameFlags::NOREPLACE)
}

/// Removes archives that cannot be relied on.
fn discard(all: &[Underway]) {
    for path in all.iter().filter_map(Underway::written) {
        let _ = fs::remove_file(path);
    }
}

fn not_synced(path: &Path) -> String {
    format!("what was written to {} cannot be brought to the disk", home::shown(path))
}

fn cause(why: rustix::io::Errno) -> String {
    sigil_store::cause::of_io(&why.into())
}
