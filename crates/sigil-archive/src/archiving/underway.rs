//! How far sessions have come on their way into the archive, and what became of them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use sigil_cli::failure;

use super::Candidate;
use crate::record::{Action, Record, Status};

/// A session on its way, and how far it has come.
pub(super) struct Underway {
    pub(super) candidate: Candidate,
    pub(super) at: Stage,
}

/// How far a session has come.
pub(super) enum Stage {
    /// It is to be archived.
    Chosen,
    /// Its archive is written, and has a name that nobody knows.
    Written(PathBuf),
    /// Its archive is on the disk and holds what it should.
    Proven(PathBuf),
    /// Its archive has its name.
    Published { archive: PathBuf, origin: Origin },
    /// It has been taken aside.
    Aside { archive: PathBuf, origin: Origin },
    /// It is safe in the archive, and nobody can change it any more.
    Removable { archive: PathBuf, origin: Origin },
    /// It is gone.
    Removed { archive: PathBuf, origin: Origin },
    /// It goes no further.
    Ended(Box<Record>),
}

/// Whose an archive is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// This run has made it, and it has this name beside its own until its session is gone. A later run sees by that whose it
    /// is.
    New { mark: PathBuf },
    /// It was there: an earlier run did not come to removing the session.
    Known,
}

impl Underway {
    /// Takes the session a step further.
    pub(super) fn advance(&mut self, step: impl FnOnce(&mut Candidate, Stage) -> Stage) {
        let stage = std::mem::replace(&mut self.at, Stage::Chosen);
        self.at = step(&mut self.candidate, stage);
    }

    /// The archive of an earlier run.
    pub(super) fn known(&self) -> Option<&Path> {
        match &self.at {
            Stage::Published { archive, origin: Origin::Known } => Some(archive),
            _ => None,
        }
    }

    /// The archive that is written and not on the disk yet.
    pub(super) fn written(&self) -> Option<&Path> {
        match &self.at {
            Stage::Written(path) => Some(path),
            _ => None,
        }
    }

    /// What became of it, after everything that can be done was done.
    pub(super) fn finished(self, action: Action) -> Record {
        let Self { candidate, at } = self;
        let (archive, origin) = match at {
            Stage::Ended(record) => return *record,
            Stage::Published { archive, origin } if action == Action::Copy => (archive, origin),
            Stage::Removed { archive, origin } => (archive, origin),
            _ => {
                let error = anyhow!("E006_COMPONENT_FAIL: it was not taken through all steps");
                return Record {
                    reason: Some(failure::describe(&error)),
                    ..candidate.record(action, Status::Failed)
                };
            }
        };
        let action = if origin == Origin::Known { Action::Remove } else { action };
        let archive_bytes = fs::metadata(&archive).ok().map(|found| found.len());
        Record { archive: Some(archive), archive_bytes, ..candidate.record(action, Status::Done) }
    }
}

/// It has changed since it was looked at, and stays.
pub(super) fn changed(candidate: &Candidate, action: Action) -> Stage {
    left(candidate, action, "it has changed meanwhile".to_owned())
}

/// It stays for that reason.
pub(super) fn left(candidate: &Candidate, action: Action, reason: String) -> Stage {
    Stage::Ended(Box::new(Record { reason: Some(reason), ..candidate.record(action, Status::Left) }))
}

/// It could not be taken further.
pub(super) fn failed(candidate: &Candidate, action: Action, error: &anyhow::Error) -> Stage {
    let reason = Some(failure::describe(error));
    Stage::Ended(Box::new(Record { reason, ..candidate.record(action, Status::Failed) }))
}
