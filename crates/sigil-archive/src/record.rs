//! What was done with one session, archive or log: what `--json` writes a line of, and what sums are made of.

use std::path::PathBuf;

use serde::{Serialize, Serializer};
use sigil_store::home;

/// One thing that was done, or not.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Record {
    pub(crate) action: Action,
    pub(crate) status: Status,
    /// Of whose session; none for logs that are nobody's.
    pub(crate) session_id: Option<String>,
    /// What it was done with: a session's directory, or a log.
    #[serde(serialize_with = "path")]
    pub(crate) path: Option<PathBuf>,
    /// The archive, or the rotated part.
    #[serde(serialize_with = "path")]
    pub(crate) archive: Option<PathBuf>,
    /// How many files there are.
    pub(crate) files: Option<u64>,
    /// Their bytes.
    pub(crate) bytes: Option<u64>,
    /// The bytes of the archive, or of the rotated part.
    pub(crate) archive_bytes: Option<u64>,
    /// Why it was not done. For a failure it begins with the guide's code.
    pub(crate) reason: Option<String>,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    /// A session that a killed run was about to remove is where it was before that run.
    Recover,
    Archive,
    Copy,
    /// A session whose archive is there already was removed.
    Remove,
    Prune,
    Rotate,
    Compress,
    /// A rotated part was deleted.
    Delete,
    Restore,
    Verify,
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Done,
    /// It would be done without `--dry-run`.
    Planned,
    /// It is as it was, and that is as it should be; it is worth a warning.
    Left,
    /// It is as it was for a reason that needs no warning.
    Spared,
    /// It could not be done.
    Failed,
}

impl Record {
    /// A record of which only that is known.
    pub(crate) fn new(action: Action, status: Status) -> Self {
        Self {
            action,
            status,
            session_id: None,
            path: None,
            archive: None,
            files: None,
            bytes: None,
            archive_bytes: None,
            reason: None,
        }
    }

    /// What it is about, for a message.
    pub(crate) fn subject(&self) -> String {
        match (&self.session_id, &self.path, &self.archive) {
            (_, Some(path), _) if matches!(self.action, Action::Compress | Action::Delete) => {
                home::shown(path)
            }
            (Some(id), ..) => format!("session {}", sigil_cli::escape::quoted(id)),
            (None, Some(path), _) | (None, None, Some(path)) => home::shown(path),
            (None, None, None) => "all of it".to_owned(),
        }
    }
}

fn path<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    match path {
        Some(path) => serializer.serialize_str(&path.to_string_lossy()),
        None => serializer.serialize_none(),
    }
}
