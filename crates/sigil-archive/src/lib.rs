//! Retention that cannot lose a log: archives the sessions of a store, prunes, rotates, verifies and restores.
//!
//! [`run`] wires what is asked for to the module that does it. Each of them gives [`record::Record`]s of what it did,
//! and [`account::Account`] says them.
#![forbid(unsafe_code)]

mod account;
mod cli;
mod gzip;
mod holders;
mod keep;
mod kill_point;
mod record;
mod rotate;
mod size;

use anyhow::Result;
use clap::CommandFactory;
use sigil_cli::{Io, Status};

use account::Account;
pub use cli::Args;
use cli::Task;

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
    let mut account = Account::new(io, request.terms.json);
    match &request.action {
        Task::Archive(archiving) => {
            if let Some(days) = archiving.error_log_days {
                rotate::error_log(days, &request.terms, &mut account)?;
            }
        }
        Task::Rotate(rotating) => rotate::rotate(rotating, &request.terms, &mut account)?,
        _ => {}
    }
    account.finish("Nothing to do")
}
