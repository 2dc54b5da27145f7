//! Deleting archives.

mod rules;

use std::fs;

use anyhow::Result;
use sigil_cli::{failure, number};

use crate::account::Account;
use crate::archiving;
use crate::cli::{Pruning, Terms};
use crate::kill_point::kill_point;
use crate::record::{Action, Record, Status};
use crate::selection::meant_of;
pub(crate) use rules::{KeepRules, Sized};

/// Deletes archives.
///
/// # Errors
/// The archive cannot be looked into. What cannot be deleted becomes a record.
pub(crate) fn prune(pruning: &Pruning, terms: &Terms, account: &mut Account<'_, '_>) -> Result<()> {
    let (all, refused) = terms.store.archived_where_readable()?;
    for error in refused {
        account.add(&Record {
            path: Some(terms.store.archive_dir()),
            reason: Some(error.to_string()),
            ..Record::new(Action::Prune, Status::Failed)
        })?;
    }
    let archives = Sized::all(meant_of(all, terms, &terms.sessions)?);
    let today = archiving::day(terms.now_us, terms.zone);
    let (deletions, left_bytes) = rules::deletions(archives, pruning, today);
    for (sized, why) in deletions {
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
