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

use std::io;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::CommandFactory;
use sigil_cli::{Io, Status};
use sigil_input::follow::{Follower, Target, Until, Waker};
use sigil_summary::{Detail, Selection};

pub use cli::Args;
use cli::{Config, Mode};
use dashboard::{Dashboard, Display, Look, Still, Terms};
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
    match shown(&config, io)? {
        Mode::Dashboard if config.is_once => {
            let (columns, display) = (io.columns(), display(&config, io));
            let (monitor, terms) = (config.monitor(), config.terms());
            follow(&config, |_| Ok(Still::new(monitor, terms, display, columns, io.stdout())))?;
        }
        Mode::Dashboard => {
            let display = display(&config, io);
            let (monitor, terms) = (config.monitor(), config.terms());
            follow(&config, |waker| Dashboard::new(monitor, terms, display, waker, io.stdout()))?;
        }
        Mode::Jsonl | Mode::Stream | Mode::Minimal => {
            follow(&config, |_| Ok(jsonl::Lines::new(io.stdout())))?;
        }
    }
    Ok(Status::Success)
}

/// The mode that standard output is good for.
fn shown(config: &Config, io: &mut Io<'_>) -> Result<Mode> {
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

fn display(config: &Config, io: &Io<'_>) -> Display {
    let palette = io.palette();
    let look = if palette.is_on() && io.is_utf8() { Look::Fine } else { Look::Plain };
    Display { look, palette, refresh: config.refresh }
}

impl Config {
    /// What is behind the dashboard.
    fn monitor(&self) -> Monitor {
        let selection = Selection {
            session: self.followed.session.clone(),
            since_us: self.followed.since_us,
            until_us: self.followed.until_us,
        };
        let detail = Detail {
            selection,
            latency: true,
            prices: Some(Arc::clone(&self.prices)),
            stated_costs: self.stated_costs,
            ..Detail::default()
        };
        Monitor::new(Arc::new(detail), self.count_all, self.budgets.clone())
    }

    /// What the dashboard goes by.
    fn terms(&self) -> Terms {
        let ids = self.followed.targets.iter().filter_map(|target| match target {
            Target::Sessions { patterns, .. } => Some(patterns),
            _ => None,
        });
        let is_id = |pattern: &&String| !pattern.contains(['*', '?', '[']);
        Terms {
            budgets: self.budgets.clone(),
            count_all: self.count_all,
            prices: Arc::clone(&self.prices),
            stale_after_us: self.stale_after.us,
            zone: self.followed.zone,
            expected: ids.flatten().filter(is_id).map(|id| id.as_str().into()).collect(),
            subject: match self.followed.targets.as_slice() {
                [Target::Log(path) | Target::Stream(path)] => Some(path.to_string_lossy().into()),
                [Target::Stdin] => Some("standard input".into()),
                _ => None,
            },
        }
    }
}

/// Follows, and shows what comes.
fn follow<S: Show>(config: &Config, make: impl FnOnce(Waker) -> io::Result<S>) -> Result<()> {
    let until = if config.is_once { Until::End } else { Until::Stopped };
    let mut follower =
        Follower::new(&config.followed.targets, config.followed.options, until, config.refresh)?;
    let mut show = make(follower.waker())?;
    loop {
        while let Some(mut chunk) = follower.next()? {
            show.take(&mut chunk)?;
            if show.due().is_some_and(|due| Instant::now() >= due) && show.refresh()? == Flow::Stop {
                return Ok(());
            }
        }
        follower.settle(&mut show);
        if show.refresh()? == Flow::Stop {
            return Ok(());
        }
        follower.save()?;
        if follower.is_done() {
            show.finish()?;
            return Ok(());
        }
        follower.wait(show.due());
    }
}
