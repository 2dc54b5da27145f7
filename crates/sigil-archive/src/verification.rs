//! Whether archives can be read through.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use sigil_cli::{Status as Exit, failure};
use sigil_store::threads;

use crate::account::Account;
use crate::cli::Terms;
use crate::reading;
use crate::record::{Action, Record, Status};
use crate::selection::named;

/// Reads archives through: those named, else all of the store.
///
/// # Errors
/// The archive cannot be looked into, or a name means nothing.
pub(crate) fn verify(what: &[PathBuf], terms: &Terms, account: &mut Account<'_, '_>) -> Result<Exit> {
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
