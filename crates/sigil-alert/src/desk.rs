//! Where alerts are handed out: standard output, the sinks, and the state that keeps what has not got there.

use std::io;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::Result;
use sigil_cli::{Io, failure};

use crate::alert::{Alert, Status};
use crate::cli::Format;
use crate::delivery::{Delivery, Outbox, Sink};
use crate::report;
use crate::state::State;
use crate::watch::{Watched, lock};

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
    has_fired: bool,
    /// Whether something went wrong that the exit status is to say.
    is_troubled: bool,
    /// Whether standard output takes nothing any more, as on a full disk. Sinks may.
    is_mute: bool,
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
            is_mute: false,
        }
    }

    /// Tells alerts. That they are on their way to sinks is kept before they are written.
    pub(crate) fn tell(&mut self, alerts: &[Alert], watched: &Mutex<Watched>, io: &mut Io<'_>) -> Result<()> {
        if alerts.is_empty() {
            return Ok(());
        }
        self.has_fired |= alerts.iter().any(|alert| alert.status == Status::Firing);
        self.delivery.send(alerts);
        self.is_due = true;
        self.keep_if_due(watched, io);
        if self.is_mute {
            return Ok(());
        }
        match self.write(alerts, io) {
            // Whoever reads has left: that is for the frame of the tool.
            Err(why) if why.kind() != io::ErrorKind::BrokenPipe => {
                self.is_mute = true;
                self.is_troubled = true;
                io.warn(failure::describe(
                    &anyhow::Error::from(why).context("cannot write to standard output"),
                ));
                Ok(())
            }
            written => Ok(written?),
        }
    }

    fn write(&self, alerts: &[Alert], io: &mut Io<'_>) -> io::Result<()> {
        let mut text = Vec::new();
        for alert in alerts {
            match self.format {
                Format::Jsonl => {
                    serde_json::to_writer(&mut text, alert)?;
                    text.push(b'\n');
                }
                Format::Report => text.extend_from_slice(report::text(alert).as_bytes()),
            }
        }
        io.stdout().write_all(&text)?;
        io.stdout().flush()
    }

    /// Says what sinks have trouble with, and keeps what has changed.
    pub(crate) fn look_after(&mut self, watched: &Mutex<Watched>, io: &mut Io<'_>) {
        for trouble in self.delivery.troubles() {
            io.warn(trouble);
        }
        self.is_due |= self.delivery.changes() != self.kept_changes || self.kept_at.elapsed() >= KEEP_EVERY;
        self.keep_if_due(watched, io);
    }

    fn keep_if_due(&mut self, watched: &Mutex<Watched>, io: &mut Io<'_>) {
        if self.is_due && self.kept_at.elapsed() >= self.keeping * KEEPING_SHARE {
            self.is_due = false;
            self.kept_changes = self.delivery.changes();
            let began = Instant::now();
            let outbox = self.delivery.outbox();
            self.is_troubled |= save(self.state.as_ref(), watched, &outbox, io).is_err();
            self.kept_at = Instant::now();
            self.keeping = began.elapsed();
        }
    }

    /// Waits for the sinks, at most until `until`, and keeps what they have not taken. Tells whether anything has fired,
    /// and whether something went wrong.
    pub(crate) fn close(mut self, until: Instant, watched: &Mutex<Watched>, io: &mut Io<'_>) -> (bool, bool) {
        let state = self.state.take();
        let settled = self.delivery.settle(until);
        let mut is_troubled = self.is_troubled;
        is_troubled |= save(state.as_ref(), watched, &settled.outbox, io).is_err();
        for waiting in settled.waiting {
            is_troubled = true;
            let what_then = match &state {
                Some(_) => "the next run tries again",
                None => "nobody tries again; --state FILE would have them kept",
            };
            io.warn(format_args!("{waiting}; {what_then}"));
        }
        (self.has_fired, is_troubled)
    }
}

/// Keeps what is known, and says what keeps it from being kept. Nothing is measured only while it is put into bytes.
fn save(state: Option<&State>, watched: &Mutex<Watched>, outbox: &Outbox, io: &mut Io<'_>) -> Result<(), ()> {
    let Some(state) = state else { return Ok(()) };
    let bytes = lock(watched).kept(outbox);
    bytes.and_then(|bytes| state.save(&bytes)).map_err(|error| io.warn(failure::describe(&error)))
}
