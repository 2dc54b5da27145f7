//! Retention that cannot lose a log: archives the sessions of a store, prunes, rotates, verifies and restores.
//!
//! [`run`] wires what is asked for to the module that does it. Each of them gives records of what it did,
//! and the account says them.
#![forbid(unsafe_code)]

mod account;
mod age;
mod archiving;
mod cli;
mod contents;
mod gzip;
mod holders;
mod kill_point;
mod listing;
mod lock;
mod packing;
mod pruning;
mod reading;
mod record;
mod remove;
mod rename;
mod restoring;
mod rotate;
mod sameness;
mod selection;
mod unit;
mod verification;

use anyhow::{Result, bail};
use clap::CommandFactory;
use sigil_cli::{Io, Status};

use account::Account;
pub use cli::Args;
use cli::{Task, Terms};

/// The tool's arguments, for man pages and completions.
pub fn command() -> clap::Command {
    Args::command()
}

/// Runs the tool.
///
/// # Errors
/// What users did wrong, or what keeps all of the work from being done; each text begins with the guide's code.
pub fn run(args: Args, io: &mut Io<'_>) -> Result<Status> {
    let request = args.resolve(chrono::Utc::now().timestamp_micros())?;
    io.prefer_color(request.color);
    let terms = &request.terms;
    let mut account = Account::new(io, terms.json);
    if request.needs_store() && !terms.store.root().is_dir() {
        if terms.is_store_named {
            let root = sigil_store::home::shown(terms.store.root());
            bail!("E001_SESSION_NF: there is no log store at {root}");
        }
        // Nothing has been logged yet.
        return account.finish("Nothing to do: there is no log store yet");
    }
    let _lock = if request.changes_store() { Some(lock::lock(terms)?) } else { None };
    let nothing = match &request.action {
        Task::Archive(task) => {
            let finished = archiving::recover(&terms.store, terms.is_dry, &mut account)?;
            archiving::archive(task, terms, &finished, &mut account)?;
            if let Some(days) = task.error_log_days {
                rotate::error_log(days, terms, &mut account)?;
            }
            if let Some(pruning) = &task.pruning {
                // What was not asked for to be archived is as old as it is.
                let all = Terms { sessions: Vec::new(), ..terms.clone() };
                pruning::prune(pruning, &all, &mut account)?;
            }
            "Nothing to archive"
        }
        Task::List => {
            listing::list(terms, &mut account)?;
            return Ok(Status::Success);
        }
        Task::Prune(pruning) => {
            pruning::prune(pruning, terms, &mut account)?;
            "Nothing to prune"
        }
        Task::Restore { what, to } => {
            restoring::restore(what, to.as_deref(), terms, &mut account)?;
            "Nothing to restore"
        }
        Task::Rotate(rotating) => {
            rotate::rotate(rotating, terms, &mut account)?;
            "Nothing to rotate"
        }
        Task::Verify { what } => {
            let verdict = verification::verify(what, terms, &mut account)?;
            account.finish("Nothing to verify")?;
            return Ok(verdict);
        }
    };
    account.finish(nothing)
}
