//! Find, read and follow the logs of LLM agents.
//!
//! [`run`] wires the follower to a mode: `jsonl` for programs, the others for people. The loop here waits, ends
//! and complains for all of them.
#![forbid(unsafe_code)]

mod account;
mod cli;
mod clock;
mod completion;
mod defects;
mod filter;
mod interruption;
mod jsonl;
mod minimal;
mod row;
mod show;
mod stream;
mod subject;

use std::time::{Duration, Instant};

use anyhow::Result;
use clap::CommandFactory;
use sigil_cli::{Io, Status, failure};
use sigil_input::follow::{Follower, Until};

pub use cli::Args;
use cli::{Config, Mode};
use defects::Defects;
use interruption::{Interruption, Reason};
use show::{Flow, Show};

/// How often what has come is handed on and noted while more keeps coming.
const SAVE_EVERY: Duration = Duration::from_secs(1);

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
    if !config.is_once {
        config.subject.missing().for_each(|id| io.note(format_args!("waiting for session {id} to start")));
    }
    let until = if config.is_once { Until::End } else { Until::Stopped };
    let follower = Follower::new(&config.followed.targets, config.followed.options, until, config.refresh)?;
    let ended = match config.mode {
        Mode::Jsonl | Mode::Dashboard => {
            follow(&config, follower, jsonl::Lines::new(io.stdout(), &config.filter))
        }
        Mode::Stream => follow(&config, follower, stream::Stream::new(&config, io)),
        Mode::Minimal => follow(&config, follower, minimal::Minimal::new(&config, io)),
    };
    let told = ended.defects.tell(config.is_strict, io);
    match ended.result {
        // What was found out holds also if nobody reads it any more.
        Err(error) if !failure::is_broken_pipe(&error) => Err(error),
        _ if told != Status::Success => Ok(told),
        _ if config.until_complete && ended.has_failed => Ok(Status::Negative),
        _ => Ok(Status::Success),
    }
}

/// How following has ended.
struct Ended {
    result: Result<()>,
    defects: Defects,
    /// A session has ended in error.
    has_failed: bool,
}

/// Follows, and shows what comes.
fn follow(config: &Config, mut follower: Follower, mut show: impl Show) -> Ended {
    let result = show_all(config, &mut follower, &mut show);
    Ended {
        result,
        defects: show.defects().cloned().unwrap_or_default(),
        has_failed: show.sessions().is_some_and(|sessions| sessions.have_failed()),
    }
}

fn show_all(config: &Config, follower: &mut Follower, show: &mut impl Show) -> Result<()> {
    let interruption = Interruption::watch(&follower.waker())?;
    let mut saved = Instant::now();
    let mut has_caught_up = false;
    let mut is_stopped = false;
    loop {
        while !is_stopped
            && interruption.reason().is_none()
            && let Some(mut chunk) = follower.next()?
        {
            show.take(&mut chunk)?;
            let now = Instant::now();
            let is_saved_late = now.duration_since(saved) >= SAVE_EVERY;
            if is_saved_late || show.due().is_some_and(|due| now >= due) {
                is_stopped = show.refresh()? == Flow::Stop;
            }
            if is_saved_late {
                follower.save()?;
                saved = now;
            }
        }
        follower.settle(show);
        let reason = interruption.reason();
        if reason == Some(Reason::ReaderLeft) {
            return Ok(());
        }
        if !has_caught_up {
            show.caught_up()?;
            has_caught_up = true;
        }
        is_stopped |= show.refresh()? == Flow::Stop;
        follower.save()?;
        saved = Instant::now();
        let have_ended =
            config.until_complete && show.sessions().is_some_and(|sessions| sessions.have_ended());
        if is_stopped || reason.is_some() || have_ended || follower.is_done() {
            show.finish()?;
            show.refresh()?;
            return Ok(());
        }
        follower.wait(show.due());
    }
}
