//! What is done with archives that are there: list, verify, prune.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::Result;
use chrono::DateTime;
use serde::Serialize;
use sigil_cli::table::{Column, Table};
use sigil_cli::{Status as Exit, failure, number};
use sigil_store::archived::Archived;
use sigil_store::{Error, nearest, threads};

use crate::account::Account;
use crate::archiving;
use crate::cli::{Pruning, Terms};
use crate::keep::{self, Sized};
use crate::kill_point::kill_point;
use crate::reading;
use crate::record::{Action, Record, Status};

/// An archive as `list --json` shows it.
#[derive(Serialize)]
struct Listed {
    session_id: String,
    date: String,
    archive: String,
    archive_bytes: u64,
    written: String,
}

/// The archives of the store whose session is meant.
///
/// # Errors
/// The archive cannot be read, or a pattern matches nothing.
pub(crate) fn meant(terms: &Terms, patterns: &[String]) -> Result<Vec<Archived>> {
    let all = terms.store.archived()?;
    if patterns.is_empty() {
        return Ok(all);
    }
    for pattern in patterns {
        if !all.iter().any(|archived| is_meant(archived, pattern)) {
            let mut ids: Vec<_> = all.iter().map(Archived::id).collect();
            ids.dedup();
            let close = nearest::closest(pattern, ids.iter().map(String::as_str));
            let suggestions = close.into_iter().map(str::to_owned).collect();
            let (pattern, sessions_dir) = (pattern.clone(), terms.store.archive_dir());
            return Err(Error::SessionNotFound { pattern, sessions_dir, suggestions }.into());
        }
    }
    Ok(all
        .into_iter()
        .filter(|archived| patterns.iter().any(|pattern| is_meant(archived, pattern)))
        .collect())
}

fn is_meant(archived: &Archived, pattern: &str) -> bool {
    let id = archived.id();
    id == pattern || glob::Pattern::new(pattern).is_ok_and(|glob| glob.matches(&id))
}

/// Shows what is in the archive.
///
/// # Errors
/// The archive cannot be read, or standard output written.
pub(crate) fn list(terms: &Terms, account: &mut Account<'_, '_>) -> Result<()> {
    let archives = sized(meant(terms, &terms.sessions)?);
    let time = |sized: &Sized| {
        let written = DateTime::from_timestamp_micros(sized.written_us).unwrap_or_default();
        written.with_timezone(&terms.zone)
    };
    if terms.json {
        for sized in &archives {
            let listed = Listed {
                session_id: sized.archived.id(),
                date: sized.archived.day.to_string(),
                archive: sized.archived.path.to_string_lossy().into_owned(),
                archive_bytes: sized.bytes,
                written: time(sized).to_rfc3339(),
            };
            serde_json::to_writer(account.io().stdout(), &listed)?;
            account.io().stdout().write_all(b"\n")?;
        }
        return Ok(());
    }
    if archives.is_empty() {
        if account.io().is_terminal() {
            writeln!(account.io().stdout(), "The archive is empty")?;
        }
        return Ok(());
    }
    let columns = [
        Column::left("DATE"),
        Column::left("SESSION").yielding(16),
        Column::right("SIZE"),
        Column::left("WRITTEN"),
    ];
    let mut table = Table::new(columns).within(account.io().columns());
    for sized in &archives {
        let number =
            if sized.archived.copy > 1 { format!(" ~{}", sized.archived.copy) } else { String::new() };
        table.row([
            sized.archived.day.to_string(),
            format!("{}{number}", sized.archived.id()),
            number::size(sized.bytes),
            time(sized).format("%Y-%m-%d %H:%M").to_string(),
        ]);
    }
    let palette = account.io().palette();
    let bytes: u64 = archives.iter().map(|sized| sized.bytes).sum();
    let count = number::thousands(archives.len() as u64);
    let noun = if archives.len() == 1 { "archive" } else { "archives" };
    let text = format!("{}{count} {noun}, {}\n", table.text(palette), number::size(bytes));
    account.io().stdout().write_all(text.as_bytes())?;
    Ok(())
}

/// Reads archives through: those named, else all of the store.
///
/// # Errors
/// The archive cannot be looked into, or a name means nothing.
pub(crate) fn verify(what: &[String], terms: &Terms, account: &mut Account<'_, '_>) -> Result<Exit> {
    let paths = named(what, terms)?;
    account.expect(paths.len() as u64, "archive", 1);
    let mut paths = paths.into_iter();
    let mut exit = Exit::Success;
    loop {
        let together: Vec<_> = paths.by_ref().take(16 * terms.jobs).collect();
        if together.is_empty() {
            break;
        }
        let bar = account.bar();
        for record in threads::map_on(terms.jobs, together, |(path, id)| {
            let record = verified(path, id);
            bar.inc(1);
            record
        }) {
            if record.status == Status::Failed {
                exit = Exit::Negative;
            }
            account.add(&record)?;
        }
    }
    account.reached();
    Ok(exit)
}

fn verified(path: PathBuf, id: Option<String>) -> Record {
    let archive_bytes = fs::metadata(&path).ok().map(|found| found.len());
    let record = Record { session_id: id, archive_bytes, ..Record::new(Action::Verify, Status::Done) };
    match reading::check(&path) {
        Ok(checked) => {
            Record { files: Some(checked.files), bytes: Some(checked.bytes), archive: Some(path), ..record }
        }
        Err(why) => {
            let code = match why.kind() {
                std::io::ErrorKind::InvalidData
                | std::io::ErrorKind::InvalidInput
                | std::io::ErrorKind::UnexpectedEof => sigil_store::code::PARSE_FAILED,
                _ => sigil_store::code::of_io(&why),
            };
            let described = failure::describe(&anyhow::Error::from(why));
            let cause = sigil_store::code::split(&described).map_or(described.as_str(), |(_, cause)| cause);
            let reason = Some(format!("{code}: {}: {cause}", sigil_store::home::shown(&path)));
            Record { status: Status::Failed, archive: Some(path), reason, ..record }
        }
    }
}

/// The archives that are meant by paths and ids; all of the store, or those of `-s`, if none is named.
///
/// # Errors
/// One means nothing.
pub(crate) fn named(what: &[String], terms: &Terms) -> Result<Vec<(PathBuf, Option<String>)>> {
    let of_store = |archives: Vec<Archived>| -> Vec<_> {
        archives.into_iter().map(|archived| (archived.path.clone(), Some(archived.id()))).collect()
    };
    if what.is_empty() {
        return Ok(of_store(meant(terms, &terms.sessions)?));
    }
    let mut paths = Vec::new();
    for name in what {
        let path = Path::new(name);
        if path.is_file() {
            paths.push((path.to_owned(), None));
        } else {
            paths.extend(of_store(meant(terms, std::slice::from_ref(name))?));
        }
    }
    Ok(paths)
}

/// Deletes archives.
///
/// # Errors
/// The archive cannot be looked into. What cannot be deleted becomes a record.
pub(crate) fn prune(pruning: &Pruning, terms: &Terms, account: &mut Account<'_, '_>) -> Result<()> {
    let archives = sized(meant(terms, &terms.sessions)?);
    let today = archiving::day(terms.now_us, terms.zone);
    let (doomed, left_bytes) = keep::doomed(archives, pruning, today);
    for (sized, why) in doomed {
        let Sized { archived, bytes, .. } = sized;
        let record = Record {
            session_id: Some(archived.id()),
            archive: Some(archived.path.clone()),
            archive_bytes: Some(bytes),
            reason: Some(why),
            ..Record::new(Action::Prune, Status::Planned)
        };
        if terms.is_dry {
            account.add(&record)?;
            continue;
        }
        kill_point("pruning");
        let record = match fs::remove_file(&archived.path) {
            Ok(()) => Record { status: Status::Done, ..record },
            Err(why) => {
                let reason = Some(failure::describe(&why.into()));
                Record { status: Status::Failed, reason, ..record }
            }
        };
        account.add(&record)?;
        // What else lies in a day's directory keeps it.
        let _ = fs::remove_dir(terms.store.archive_day_dir(archived.day));
    }
    if let Some(max_bytes) = pruning.max_bytes.filter(|max_bytes| left_bytes > *max_bytes) {
        account.warn(&format!(
            "E010_CONFIG_ERR: the archive has {}, more than the {} of --max-size: rules keep the rest",
            number::size(left_bytes),
            number::size(max_bytes)
        ));
    }
    Ok(())
}

fn sized(archives: Vec<Archived>) -> Vec<Sized> {
    let sized = |archived: Archived| {
        // One that has gone meanwhile is no longer of interest.
        let found = fs::metadata(&archived.path).ok()?;
        let written_us = found.mtime().saturating_mul(1_000_000).saturating_add(found.mtime_nsec() / 1_000);
        Some(Sized { archived, written_us, bytes: found.len() })
    };
    archives.into_iter().filter_map(sized).collect()
}
