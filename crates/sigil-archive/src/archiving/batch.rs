//! The steps that take sessions from `sessions/` into the archive, many at a time, so that the disk is waited for once.
//!
//! Whoever kills the program leaves every session whole in one of these places, and [`super::recover`] goes on from there:
//!
//! 1. An archive is written under a hidden name and brought to the disk. *The session is where it was.*
//! 2. It is opened again and compared with the session, byte for byte.
//! 3. It gets its name beside the hidden one, and the directory is brought to the disk. *The session is there twice; the
//!    next run sees that by the hidden name.*
//! 4. The session is renamed aside: nobody finds it by its name any more.
//! 5. Only now it is looked at once more. If it is as it was and nobody holds it open, nobody can change it any more, and
//!    it is renamed to be removed. Otherwise its archive is withdrawn, and it gets its name back.
//! 6. It is removed, and then the hidden name.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow};
use indicatif::ProgressBar;
use rustix::fs::{CWD, syncfs};
use sigil_cli::{escape, failure, number};
use sigil_store::archived::archive_path;
use sigil_store::{atomic, home, threads};

use super::choice::Choice;
use super::underway::{self, Origin, Stage, Underway};
use super::writer::ArchiveWriter;
use super::{Candidate, marks, names, removal};
use crate::holders::Holders;
use crate::kill_point::kill_point;
use crate::reading::{Likeness, Strictness, compare};
use crate::record::{Action, Record, Status};
use crate::rename::rename;

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
    writer: ArchiveWriter,
    jobs: usize,
    bar: ProgressBar,
}

impl<'a> Batch<'a> {
    pub(super) fn new(
        day_dir: &'a Path,
        known: &'a HashMap<OsString, Vec<PathBuf>>,
        choice: &'a Choice,
        jobs: usize,
        bar: ProgressBar,
    ) -> Self {
        Self { day_dir, has_day: OnceLock::new(), known, choice, writer: ArchiveWriter::new(jobs), jobs, bar }
    }

    /// Takes `candidates` through all steps, and says what became of each.
    ///
    /// # Errors
    /// What was written cannot be brought to the disk. No session is lost or half removed then, and the next run goes on.
    pub(super) fn run(&self, candidates: Vec<Candidate>) -> Result<Vec<Record>> {
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let all: Vec<_> =
            candidates.into_iter().map(|candidate| Underway { candidate, at: Stage::Chosen }).collect();
        let mut all = self.each(all, |candidate, stage| match stage {
            Stage::Chosen if !self.writer.is_for_all(candidate) => self.write(candidate),
            other => other,
        });
        // What is large is written on all cores, one after the other.
        for underway in &mut all {
            underway.advance(|candidate, stage| match stage {
                Stage::Chosen => self.write_large(candidate),
                other => other,
            });
        }
        self.sync(&all).inspect_err(|_| discard(&all))?;
        let mut all = self.each(all, |candidate, stage| match stage {
            Stage::Written(path) => self.prove(candidate, path),
            other => other,
        });
        for underway in &mut all {
            underway.advance(|candidate, stage| match stage {
                Stage::Proven(path) => self.publish(candidate, &path),
                other => other,
            });
        }
        kill_point("published");
        self.sync_names(&all)?;
        kill_point("archive-synced");
        if !self.choice.is_copy {
            all = self.remove(all)?;
        }
        let action = self.choice.action();
        Ok(all.into_iter().map(|underway| underway.finished(action)).collect())
    }

    /// Steps 4 to 6.
    fn remove(&self, mut all: Vec<Underway>) -> Result<Vec<Underway>> {
        for underway in &mut all {
            underway.advance(|candidate, stage| match stage {
                Stage::Published { archive, origin } => removal::take_aside(candidate, archive, origin),
                other => other,
            });
        }
        kill_point("all-aside");
        let is_aside = |underway: &&Underway| matches!(underway.at, Stage::Aside { .. });
        let Some(base) = all.iter().find(is_aside).map(|underway| underway.candidate.unit.base.clone())
        else {
            return Ok(all);
        };
        let holders = Holders::look();
        let all = self.each(all, |candidate, stage| match stage {
            Stage::Aside { archive, origin } => removal::look_once_more(candidate, archive, origin, &holders),
            other => other,
        });
        kill_point("all-removable");
        atomic::sync_dir(&base.path).with_context(|| not_synced(&base.path))?;
        kill_point("sessions-synced");
        Ok(self.each(all, |candidate, stage| match stage {
            Stage::Removable { archive, origin } => removal::remove(candidate, archive, origin),
            other => other,
        }))
    }

    /// Does `step` with every session, on all cores.
    fn each(
        &self,
        all: Vec<Underway>,
        step: impl Fn(&mut Candidate, Stage) -> Stage + Sync,
    ) -> Vec<Underway> {
        threads::map_on(self.jobs, all, |mut underway| {
            underway.advance(&step);
            self.bar.inc(1);
            underway
        })
    }

    /// What would become of a candidate.
    pub(super) fn plan(&self, mut candidate: Candidate) -> Record {
        let archive = self.known_archive(&mut candidate);
        let action = if archive.is_some() { Action::Remove } else { self.choice.action() };
        Record { archive, ..candidate.record(action, Status::Planned) }
    }

    fn write_large(&self, candidate: &mut Candidate) -> Stage {
        let size = number::size(candidate.contents.bytes());
        self.bar.set_message(format!(", {size} in {}", escape::for_terminal(&candidate.unit.id)));
        let stage = self.write(candidate);
        self.bar.set_message("");
        stage
    }

    /// Step 1, but for the disk.
    fn write(&self, candidate: &mut Candidate) -> Stage {
        let action = self.choice.action();
        if let Some(archive) = self.known_archive(candidate) {
            candidate.opener.close();
            return Stage::Published { archive, origin: Origin::Known };
        }
        if candidate.unit.name.len() > names::LONGEST_NAME {
            let longest = names::LONGEST_NAME;
            let error = anyhow!(
                "E010_CONFIG_ERR: its name is longer than {longest} bytes, which leaves no room for .tar.gz"
            );
            return underway::failed(candidate, action, &error);
        }
        if let Err(reason) = self.has_day.get_or_init(|| self.make_day()) {
            return underway::failed(candidate, action, &anyhow!(reason.clone()));
        }
        kill_point("writing");
        let written = self.writer.write(candidate, &names::unfinished_dir(self.day_dir));
        candidate.opener.close();
        match written {
            Ok(Some(path)) => {
                kill_point("written");
                Stage::Written(path)
            }
            Ok(None) => underway::changed(candidate, action),
            Err(error) => underway::failed(candidate, action, &error),
        }
    }

    /// Makes the day's directory, and brings it to the disk with those above it.
    fn make_day(&self) -> Result<(), String> {
        let made = atomic::create_dir(self.day_dir.parent().unwrap_or(self.day_dir))
            .map_err(anyhow::Error::from)
            .and_then(|()| names::make_dir(self.day_dir))
            .and_then(|()| names::make_dir(&names::unfinished_dir(self.day_dir)));
        made.map_err(|error| failure::describe(&error))?;
        let above = self.day_dir.ancestors().take(3);
        let synced = above.filter(|path| path.exists()).try_for_each(atomic::sync_dir);
        synced.map_err(|why| failure::describe(&anyhow::Error::from(why).context(not_synced(self.day_dir))))
    }

    /// The archive of an earlier run that holds just what is in the session.
    fn known_archive(&self, candidate: &mut Candidate) -> Option<PathBuf> {
        if self.choice.is_copy {
            return None;
        }
        let archives = self.known.get(&candidate.unit.name)?;
        let mut holds = |path: &&PathBuf| {
            let likeness = compare(path, &mut candidate.opener, &candidate.contents, Strictness::Contents);
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

    /// Brings names of archives to the disk, and those that an earlier run has made, which may not have come to that.
    fn sync_names(&self, all: &[Underway]) -> Result<()> {
        let mut directories = BTreeSet::new();
        if all
            .iter()
            .any(|underway| matches!(underway.at, Stage::Published { origin: Origin::New { .. }, .. }))
        {
            directories.insert(self.day_dir);
        }
        for archive in all.iter().filter_map(Underway::known) {
            let synced = File::open(archive).and_then(|archive| archive.sync_all());
            synced.with_context(|| not_synced(archive))?;
            directories.extend(archive.parent());
        }
        for directory in directories {
            atomic::sync_dir(directory).with_context(|| not_synced(directory))?;
        }
        Ok(())
    }

    /// Step 2.
    fn prove(&self, candidate: &mut Candidate, path: PathBuf) -> Stage {
        kill_point("proving");
        let likeness = compare(&path, &mut candidate.opener, &candidate.contents, Strictness::Everything);
        candidate.opener.close();
        match likeness {
            Ok(Likeness::Same) => Stage::Proven(path),
            Ok(Likeness::Changed) => {
                let _ = fs::remove_file(&path);
                underway::changed(candidate, self.choice.action())
            }
            Ok(Likeness::Different(what)) => {
                let _ = fs::remove_file(&path);
                let text = format!(
                    "E007_CONTRACT_FAIL: what was written is not what was read: {what}; is the disk sound?"
                );
                underway::failed(candidate, self.choice.action(), &anyhow!(text))
            }
            Err(why) => {
                let _ = fs::remove_file(&path);
                underway::failed(
                    candidate,
                    self.choice.action(),
                    &anyhow::Error::from(why).context("what was written cannot be read back"),
                )
            }
        }
    }

    /// Step 3: gives an archive the first name that is free.
    fn publish(&self, candidate: &Candidate, path: &Path) -> Stage {
        kill_point("publishing");
        for copy in 1.. {
            let archive = archive_path(self.day_dir, &candidate.unit.name, copy);
            let published = if self.choice.is_copy {
                rename(CWD, path, CWD, &archive).map(|()| path.to_owned())
            } else {
                share(path, &archive)
            };
            match published {
                Ok(mark) => return Stage::Published { archive, origin: Origin::New { mark } },
                Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
                Err(why) => {
                    let _ = fs::remove_file(path);
                    return underway::failed(candidate, self.choice.action(), &why.into());
                }
            }
        }
        unreachable!("a directory has no room for as many archives as there are numbers")
    }
}

/// Gives an archive its name beside the one that it has, which is its mark. Where files have one name only, the mark is a
/// file of its own.
fn share(path: &Path, archive: &Path) -> io::Result<PathBuf> {
    use io::ErrorKind::{AlreadyExists, PermissionDenied, TooManyLinks, Unsupported};
    match fs::hard_link(path, archive) {
        Ok(()) => Ok(path.to_owned()),
        Err(why) if matches!(why.kind(), PermissionDenied | TooManyLinks | Unsupported) => {
            // What is there is another session's, and no mark may ever say its name.
            if fs::symlink_metadata(archive).is_ok() {
                return Err(AlreadyExists.into());
            }
            let (directory, name) = (path.parent(), archive.file_name());
            let mark = marks::note(directory.unwrap_or(path), name.unwrap_or_default())?;
            kill_point("noted");
            let renamed = rename(CWD, path, CWD, archive);
            renamed.map(|()| mark.clone()).inspect_err(|_| drop(fs::remove_file(&mark)))
        }
        Err(why) => Err(why),
    }
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
