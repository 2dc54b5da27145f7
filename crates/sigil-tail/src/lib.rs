//! Find, read and follow the logs of LLM agents.
//!
//! [`run`] wires the follower to a mode: `jsonl` for programs, the others for people.
#![forbid(unsafe_code)]

mod cli;
mod filter;
mod jsonl;
mod show;

use std::time::Instant;

use anyhow::Result;
use clap::CommandFactory;
use sigil_cli::{Io, Status};
use sigil_input::follow::{Follower, Until};

pub use cli::Args;
use cli::{Config, Mode};
use show::{Flow, Show};

/// The tool's arguments, for man pages and completions.
pub fn command() -> clap::Command {
    Args::command()
}

/// Runs the tool.
///
/// # Errors
/// What users did wrong or cannot be read; each text begins with the guide's code.
pub fn run(args: Args, io: &mut Io<'_>) -> Result<Status> {
    let config = args.resolve(chrono::Utc::now().timestamp_micros(), io.is_terminal())?;
    io.prefer_color(config.color);
    match config.mode {
        Mode::Jsonl | Mode::Dashboard | Mode::Stream | Mode::Minimal => {
            follow(&config, &mut jsonl::Lines::new(io.stdout(), &config.filter))?;
        }
    }
    Ok(Status::Success)
}

/// Follows, and shows what comes.
fn follow(config: &Config, show: &mut impl Show) -> Result<()> {
    let until = if config.is_once { Until::End } else { Until::Stopped };
    let mut follower =
        Follower::new(&config.followed.targets, config.followed.options, until, config.refresh)?;
    loop {
        while let Some(mut chunk) = follower.next()? {
            show.take(&mut chunk)?;
            if show.due().is_some_and(|due| Instant::now() >= due) && show.refresh()? == Flow::Stop {
                return Ok(());
            }
        }
        follower.settle(show);
        if show.refresh()? == Flow::Stop {
            return Ok(());
        }
        follower.save()?;
        if follower.is_done() {
            return Ok(());
        }
        follower.wait(show.due());
    }
}
