//! Find, read and follow the logs of LLM agents.
//!
//! [`run`] wires the follower to a mode: `jsonl` for programs, the others for people.
#![forbid(unsafe_code)]

mod cli;
mod filter;
mod jsonl;
mod last;
mod show;

use std::time::Instant;

use anyhow::Result;
use clap::CommandFactory;
use sigil_cli::{Io, Status};
use sigil_input::checkpoint::Checkpoint;
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
            let mut follower = follower(&config, io)?;
            let mut lines = jsonl::Lines::new(io.stdout(), &config);
            follow(&mut follower, &mut lines)?;
            let mut complaints = follower.last_complaints();
            complaints.extend(lines.complaint());
            Ok(io.tell(complaints))
        }
    }
}

/// What reads what is asked for, from where the run before stopped if that is kept.
fn follower(config: &Config, io: &mut Io<'_>) -> Result<Follower> {
    let checkpoint = match &config.state {
        Some(path) => {
            let (checkpoint, complaint) = Checkpoint::open(path)?;
            io.tell(complaint);
            Some(checkpoint)
        }
        None => None,
    };
    let until = if config.is_once { Until::End } else { Until::Stopped };
    let followed = &config.followed;
    let mut follower = Follower::new(&followed.targets, followed.options, until, config.refresh)?;
    if let Some(checkpoint) = checkpoint {
        follower.keep(checkpoint);
    }
    Ok(follower)
}

/// Follows, and shows what comes.
fn follow(follower: &mut Follower, show: &mut impl Show) -> Result<()> {
    loop {
        while let Some(mut chunk) = follower.next() {
            show.take(&mut chunk)?;
            let is_due = show.due().is_some_and(|due| Instant::now() >= due);
            if is_due && show.refresh()? == Flow::Stop {
                return Ok(());
            }
            if follower.is_save_due() && !show.keeps_back() {
                follower.settle(show);
                show.refresh()?;
                follower.save()?;
            }
        }
        follower.settle(show);
        let is_done = follower.is_done();
        show.caught_up(is_done)?;
        if show.refresh()? == Flow::Stop {
            return Ok(());
        }
        follower.save()?;
        if is_done {
            return Ok(follower.save_last()?);
        }
        follower.wait(show.due());
    }
}
