//! Which logs are rotated, and how records speak of them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;
use sigil_store::{EXECUTION_LOG, StoredSession, cause, code, rotation};

use super::{directory, parts, whose_part};
use crate::account::Account;
use crate::cli::Terms;
use crate::record::{Action, Record, Status};

/// A log that may have to be rotated.
pub(super) struct Log {
    session_id: Option<String>,
    path: PathBuf,
}

impl Log {
    /// A log that is no session's.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { session_id: None, path }
    }

    pub(super) fn directory(&self) -> &Path {
        directory(&self.path)
    }

    pub(super) fn name(&self) -> &OsStr {
        self.path.file_name().unwrap_or_default()
    }

    /// The path of what is called `name` and is in the same directory.
    pub(super) fn beside(&self, name: &OsStr) -> PathBuf {
        self.path.with_file_name(name)
    }

    /// Where its newest part is once it has been rotated.
    pub(super) fn newest_part(&self) -> PathBuf {
        self.beside(&parts::name(self.name(), 1, ""))
    }

    /// Whether it is there, or anything that it was once.
    fn has_parts(&self) -> bool {
        rotation::parts(&self.path).is_ok_and(|parts| !parts.is_empty())
    }

    pub(super) fn record(&self, action: Action, status: Status) -> Record {
        let mut record = Record::new(action, status);
        record.session_id.clone_from(&self.session_id);
        record.path = Some(self.path.clone());
        record
    }

    /// A record of what was done with the part called `name`.
    pub(super) fn part_record(&self, action: Action, status: Status, name: &OsStr) -> Record {
        let mut record = self.record(action, status);
        record.path = Some(self.beside(name));
        record
    }

    pub(super) fn failed(&self, action: Action, why: &io::Error) -> Record {
        ended(self.record(action, Status::Failed), Status::Failed, reason(why))
    }
}

/// An error as the reason of a record.
pub(super) fn reason(why: &io::Error) -> String {
    format!("{}: {}", code::of_io(why), cause::of_io(why))
}

/// The logs that were named, but for those that cannot be rotated. A link stands for what it leads to.
pub(super) fn named(paths: &[PathBuf], account: &mut Account<'_, '_>) -> Result<Vec<Log>> {
    let mut logs = Vec::new();
    for path in paths {
        let log = Log::new(path.clone());
        let resolved = match fs::symlink_metadata(path) {
            Ok(found) if found.is_symlink() => fs::canonicalize(path),
            // `..` and the like have no name of their own.
            Ok(_) if path.file_name().is_none() => fs::canonicalize(path),
            Ok(_) => Ok(path.clone()),
            // A run that was killed, or a writer that has not come back yet: its parts are looked after.
            Err(why) if why.kind() == io::ErrorKind::NotFound && log.has_parts() => Ok(path.clone()),
            Err(why) => Err(why),
        };
        match resolved {
            Ok(resolved) => match whose_part(&resolved) {
                Some(whose) => {
                    let why = format!("it is a rotated part of {}", sigil_cli::escape::quoted(whose));
                    let record = log.record(Action::Rotate, Status::Spared);
                    account.add(&ended(record, Status::Spared, why))?;
                }
                None => logs.push(Log::new(resolved)),
            },
            Err(why) => account.add(&log.failed(Action::Rotate, &why))?,
        }
    }
    Ok(logs)
}

/// The logs of the sessions that are meant, and `error.log` if all are.
pub(super) fn of_store(terms: &Terms, max_bytes: u64, account: &mut Account<'_, '_>) -> Result<Vec<Log>> {
    let mut logs = Vec::new();
    let mut found: Vec<_> = sessions(terms, account)?
        .into_iter()
        .map(|session| Log { session_id: Some(session.id), path: session.dir.join(EXECUTION_LOG) })
        .collect();
    let error_log = Log::new(terms.store.error_log());
    if terms.sessions.is_empty() && error_log.has_parts() {
        found.push(error_log);
    }
    for log in found {
        let is_due = || fs::metadata(&log.path).is_ok_and(|found| found.len() > max_bytes);
        // What a link leads to may be nobody's session, and nobody's to rename.
        let link = match (log.directory().is_symlink() && log.session_id.is_some(), log.path.is_symlink()) {
            (true, _) => Some("its directory is a symbolic link"),
            (_, true) => Some("it is a symbolic link"),
            _ => None,
        };
        match link {
            None => logs.push(log),
            Some(link) if is_due() => {
                let why = format!("{link}; name the log to rotate what it leads to");
                let record = log.record(Action::Rotate, Status::Left);
                account.add(&ended(record, Status::Left, why))?;
            }
            Some(_) => {}
        }
    }
    Ok(logs)
}

fn sessions(terms: &Terms, account: &mut Account<'_, '_>) -> Result<Vec<StoredSession>> {
    let mut sessions = BTreeMap::new();
    let mut failures = Vec::new();
    let mut take =
        |pattern: Option<&String>, found: Result<Vec<StoredSession>, sigil_store::Error>| match found {
            Ok(found) => sessions.extend(found.into_iter().map(|session| (session.dir.clone(), session))),
            Err(why) => failures.push((pattern.cloned(), why.to_string())),
        };
    if terms.sessions.is_empty() {
        take(None, terms.store.sessions());
    }
    for pattern in &terms.sessions {
        take(Some(pattern), terms.store.find(pattern));
    }
    for (pattern, why) in failures {
        let mut record = ended(Record::new(Action::Rotate, Status::Failed), Status::Failed, why);
        record.session_id = pattern;
        record.path = Some(terms.store.sessions_dir());
        account.add(&record)?;
    }
    Ok(sessions.into_values().collect())
}

/// The record with how it went and why.
pub(super) fn ended(mut record: Record, status: Status, reason: impl Into<String>) -> Record {
    record.status = status;
    record.reason = Some(reason.into());
    record
}
