//! Find, read and follow the logs of LLM agents.
//!
//! [`run`] wires the follower to a mode: `jsonl` for programs, the others for people. The loop here waits, ends
//! and complains for all of them.
#![forbid(unsafe_code)]

mod account;
mod cli;
mod clock;
mod completion;
mod dashboard;
mod filter;
mod interruption;
mod jsonl;
mod last;
mod minimal;
mod monitor;
mod pace;
mod row;
mod show;
mod stream;
mod subject;

use std::time::Instant;

use anyhow::{Result, bail};
use clap::CommandFactory;
use sigil_cli::io::Voice;
use sigil_cli::{Io, Status, failure};
use sigil_input::checkpoint::Checkpoint;
use sigil_input::follow::{Follower, Until};

pub use cli::Args;
use cli::{Config, Mode};
use dashboard::{Dashboard, Display, Still};
use interruption::{Interruption, Reason, Second};
use jsonl::Lines;
use minimal::Minimal;
use show::{Flow, Show};
use stream::Stream;

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
    let (surface, display) = (Surface::of(io), Display::of(&config, io));
    let (out, voice) = io.channels();
    match mode {
        Mode::Jsonl => follow(&config, &mut follower, Lines::new(out, &config), voice),
        Mode::Dashboard if config.is_once => {
            follow(&config, &mut follower, Still::new(&config, display, out), voice)
        }
        Mode::Dashboard => {
            let dashboard = Dashboard::new(&config, display, follower.waker(), out)?;
            follow(&config, &mut follower, dashboard, voice)
        }
        Mode::Stream => follow(&config, &mut follower, Stream::new(&config, surface, out), voice),
        Mode::Minimal => follow(&config, &mut follower, Minimal::new(&config, surface, out), voice),
    }
}

/// The mode that standard output is good for.
fn suitable(config: &Config, io: &mut Io<'_>) -> Result<Mode> {
    let is_live = config.mode == Mode::Dashboard && !config.is_once;
    if is_live && !io.is_terminal() {
        bail!(
            "E010_CONFIG_ERR: the dashboard needs a terminal to go on; use -m stream, or --once for one picture"
        );
    }
    if is_live && !io.can_rewrite() {
        io.warn("E010_CONFIG_ERR: the dashboard needs a terminal that moves its cursor; this is -m stream");
        return Ok(Mode::Stream);
    }
    Ok(config.mode)
}

/// What is written on, as far as modes for people care.
#[derive(Clone, Copy, Debug)]
struct Surface {
    palette: sigil_cli::Palette,
    /// Those of a terminal.
    columns: Option<usize>,
    /// Whether what was written can be written anew.
    is_screen: bool,
}

impl Surface {
    fn of(io: &Io<'_>) -> Self {
        Self { palette: io.palette(), columns: io.columns(), is_screen: io.can_rewrite() }
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

/// Follows, shows what comes, and says at the end how it went.
fn follow(
    config: &Config,
    follower: &mut Follower,
    mut show: impl Show,
    voice: &mut Voice<'_>,
) -> Result<Status> {
    let shown = show_all(config, follower, &mut show, voice);
    let (is_troubled, result) = match shown {
        Ok(status) => (status == Status::Trouble, Ok(())),
        Err(error) => (false, Err(error)),
    };
    let mut complaints = follower.last_complaints();
    complaints.extend(show.malformed().and_then(|malformed| malformed.complaint(config.is_strict)));
    let told = voice.tell(complaints);
    let has_failed = config.until_complete && show.sessions().is_some_and(|sessions| sessions.have_failed());
    if config.is_once && result.is_ok() && !is_troubled && told == Status::Success {
        config.followed.check_sessions()?;
    }
    match result {
        // What was found out holds also if nobody reads it any more.
        Err(error) if !failure::is_broken_pipe(&error) => Err(error),
        _ if is_troubled || told == Status::Trouble => Ok(Status::Trouble),
        _ if has_failed => Ok(Status::Negative),
        _ => Ok(Status::Success),
    }
}

/// Takes and waits until there is a reason to end. Tells whether something could not be read on the way.
fn show_all(
    config: &Config,
    follower: &mut Follower,
    show: &mut impl Show,
    voice: &mut Voice<'_>,
) -> Result<Status> {
    let second = if show.holds_terminal() { Second::Waits } else { Second::Ends };
    let interruption = Interruption::watch(&follower.waker(), second)?;
    let mut status = Status::Success;
    let mut is_stopped = false;
    loop {
        while !is_stopped
            && interruption.reason().is_none()
            && let Some(mut chunk) = follower.next()
        {
            show.take(&mut chunk)?;
            if show.due().is_some_and(|due| Instant::now() >= due) {
                is_stopped = show.refresh()? == Flow::Stop;
            }
            if follower.is_save_due() && !show.keeps_back() {
                follower.settle(show);
                show.refresh()?;
                follower.save()?;
            }
        }
        follower.settle(show);
        let reason = interruption.reason();
        if reason == Some(Reason::ReaderLeft) {
            // Fails if something was still to be read, which then has not been handed on.
            show.refresh()?;
            follower.save_last()?;
            return Ok(status);
        }
        is_stopped |= reason.is_some() || follower.is_done();
        show.caught_up(is_stopped)?;
        is_stopped |= show.refresh()? == Flow::Stop;
        follower.save()?;
        if show.lets_speak() && voice.tell(follower.complaints()) == Status::Trouble {
            status = Status::Trouble;
        }
        let have_ended = || show.sessions().is_some_and(|sessions| sessions.have_ended());
        is_stopped |= config.until_complete && !follower.awaits_more() && have_ended();
        if is_stopped {
            show.caught_up(true)?;
            show.finish()?;
            show.refresh()?;
            follower.save_last()?;
            return Ok(status);
        }
        follower.wait(show.due());
    }
}
