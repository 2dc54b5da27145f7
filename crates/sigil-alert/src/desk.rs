//! Where alerts are handed out: standard output, the sinks, and the state that keeps what has not got there.

use std::time::{Duration, Instant};

use anyhow::{Error, Result};
use sigil_cli::io::Voice;
use sigil_cli::{Io, failure};

use crate::alert::{Alert, Status};
use crate::cli::Format;
use crate::delivery::{Delivery, Outbox, Sink};
use crate::report;
use crate::state::State;
use crate::watch::Watched;

/// How often what has been measured is kept while nothing is told.
const KEEP_EVERY: Duration = Duration::from_secs(30);

/// What is told is kept at once, unless keeping takes more than this part of the time.
const KEEPING_SHARE: u32 = 20;

/// Hands alerts out.
pub(crate) struct Desk {
    format: Format,
    delivery: Delivery,
    state: Option<State>,
    /// How the outbox was when it was kept last.
    kept_changes: u64,
    kept_at: Instant,
    /// How long that took.
    keeping: Duration,
    /// Whether something has been told since.
    is_due: bool,
    /// Whether anything has fired in this run.
    pub(crate) has_fired: bool,
    /// Whether something went wrong that the exit status is to say.
    pub(crate) is_troubled: bool,
}

impl Desk {
    pub(crate) fn new(format: Format, sinks: Vec<Sink>, outbox: Outbox, state: Option<State>) -> Self {
        Self {
            format,
            delivery: Delivery::start(sinks, outbox),
            state,
            kept_changes: 0,
            kept_at: Instant::now(),
            keeping: Duration::ZERO,
            is_due: false,
            has_fired: false,
            is_troubled: false,
        }
    }

    /// Tells alerts, and keeps that they have been told.
    pub(crate) fn tell(&mut self, alerts: &[Alert], watched: &Watched, io: &mut Io<'_>) -> Result<()> {
        if alerts.is_empty() {
            return Ok(());
        }
        self.has_fired |= alerts.iter().any(|alert| alert.status == Status::Firing);
        self.delivery.send(alerts);
        for alert in alerts {
            match self.format {
                Format::Jsonl => {
                    serde_json::to_writer(io.stdout(), alert)?;
                    io.stdout().write_all(b"\n")?;
                }
                Format::Report => io.stdout().write_all(report::text(alert).as_bytes())?,
            }
        }
        io.stdout().flush()?;
        self.is_due = true;
        self.keep_if_due(watched, io);
        Ok(())
    }

    /// Says what sinks have trouble with, and keeps what has changed.
    pub(crate) fn look_after(&mut self, watched: &Watched, io: &mut Io<'_>) {
        for trouble in self.delivery.troubles() {
            io.warn(trouble);
        }
        self.is_due |= self.delivery.changes() != self.kept_changes || self.kept_at.elapsed() >= KEEP_EVERY;
        self.keep_if_due(watched, io);
    }

    fn keep_if_due(&mut self, watched: &Watched, io: &mut Io<'_>) {
        if self.is_due && self.kept_at.elapsed() >= self.keeping * KEEPING_SHARE {
            self.keep(watched, io);
        }
    }

    fn keep(&mut self, watched: &Watched, io: &mut Io<'_>) {
        self.is_due = false;
        self.kept_changes = self.delivery.changes();
        let began = Instant::now();
        let outbox = self.delivery.outbox();
        self.save(watched, outbox, io.channels().1);
        self.kept_at = Instant::now();
        self.keeping = began.elapsed();
    }

    fn save(&mut self, watched: &Watched, outbox: Outbox, voice: &mut Voice<'_>) {
        let Some(state) = &self.state else { return };
        if let Err(error) = watched.save(state, outbox) {
            self.is_troubled = true;
            voice.warn(describe(&error));
        }
    }

    /// Waits for the sinks, at most until `until`, and keeps what they have not taken.
    pub(crate) fn close(mut self, until: Instant, watched: &Watched, io: &mut Io<'_>) -> (bool, bool) {
        let state = self.state.take();
        let settled = self.delivery.settle(until);
        let mut is_troubled = self.is_troubled;
        if let Some(state) = &state
            && let Err(error) = watched.save(state, settled.outbox)
        {
            is_troubled = true;
            io.warn(describe(&error));
        }
        for waiting in settled.waiting {
            is_troubled = true;
            let until_when = if state.is_some() {
                "the next run tries again"
            } else {
                "they are lost but for standard output; --state FILE would keep them"
            };
            io.warn(format_args!("{waiting}; {until_when}"));
        }
        (self.has_fired, is_troubled)
    }
}

fn describe(error: &Error) -> String {
    failure::describe(error)
}
