//! Events and logs in, alerts out.
//!
//! [`run`] wires what is watched to who is told: `sessions` and `checks` measure, `engine` decides by `rules` what is
//! said, `delivery` takes it to where it belongs, and `state` keeps all of that between runs.
#![forbid(unsafe_code)]

mod alert;
mod checks;
mod cli;
mod delivery;
mod desk;
mod engine;
mod figure;
mod report;
mod rules;
mod sessions;
mod settings;
mod state;
mod watch;

use anyhow::Result;
use clap::CommandFactory;
use sigil_cli::{Io, Status};

pub use cli::Args;
use cli::Task;

/// The tool's arguments, for man pages and completions.
pub fn command() -> clap::Command {
    Args::command()
}

/// Runs the tool.
///
/// # Errors
/// What users did wrong or cannot be read; each text begins with the guide's code.
pub fn run(args: Args, io: &mut Io<'_>) -> Result<Status> {
    // Whoever reads the alerts may leave; who else is told, is told.
    io.outlive_reader();
    match args.resolve(chrono::Utc::now().timestamp_micros())? {
        Task::Rules { rules, json, color } => {
            io.prefer_color(color);
            if json {
                rules::json(&rules, io.stdout())?;
            } else {
                let (palette, columns) = (io.palette(), io.columns());
                rules::text(&rules, palette, columns, io.stdout())?;
            }
            Ok(Status::Success)
        }
        Task::Watch(config) => {
            io.prefer_color(config.color);
            watch::run(*config, io)
        }
    }
}
