//! Find, read and follow the logs of LLM agents.
//!
//! [`run`] wires the follower to a mode: `jsonl` for programs, the others for people.
#![forbid(unsafe_code)]

mod cli;
mod dashboard;
mod jsonl;
mod monitor;
mod pace;
mod show;

use std::time::Instant;

use anyhow::{Result, bail};
use clap::CommandFactory;
use sigil_cli::{Io, Status};
use sigil_input::checkpoint::Checkpoint;
use sigil_input::follow::{Follower, Until};

pub use cli::Args;
use cli::{Config, Mode};
use dashboard::{Dashboard, Display, Still, Terms};
use monitor::Monitor;
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
    let mode = suitable(&config, io)?;
    let mut follower = follower(&config, io)?;
    match mode {
        Mode::Dashboard => {
            let (monitor, terms, display) =
                (Monitor::of(&config), Terms::of(&config), Display::of(&config, io));
            if config.is_once {
                let columns = io.columns();
                follow(&mut follower, &mut Still::new(monitor, terms, display, columns, io.stdout()))?;
            } else {
                let waker = follower.waker();
                follow(&mut follower, &mut Dashboard::new(monitor, terms, display, waker, io.stdout())?)?;
            }
        }
        Mode::Jsonl | Mode::Stream | Mode::Minimal => {
            follow(&mut follower, &mut jsonl::Lines::new(io.stdout()))?;
        }
    }
    Ok(io.tell(follower.last_complaints()))
}

/// The mode that standard output is good for.
fn suitable(config: &Config, io: &mut Io<'_>) -> Result<Mode> {
    let is_live = config.mode == Mode::Dashboard && !config.is_once;
    if is_live && !io.is_terminal() {
        bail!(
            "E010_CONFIG_ERR: the dashboard needs a terminal to go on; use -m stream, or --once for one picture"
        );
    }
    if is_live && io.is_dumb() {
        io.warn("E010_CONFIG_ERR: the dashboard needs a terminal that moves its cursor; this is -m stream");
        return Ok(Mode::Stream);
    }
    Ok(config.mode)
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
            if follower.is_save_due() {
                follower.settle(show);
                show.refresh()?;
                follower.save()?;
            }
        }
        follower.settle(show);
        if show.refresh()? == Flow::Stop {
            return Ok(());
        }
        follower.save()?;
        if follower.is_done() {
            show.finish()?;
            return Ok(follower.save_last()?);
        }
        follower.wait(show.due());
    }
}
