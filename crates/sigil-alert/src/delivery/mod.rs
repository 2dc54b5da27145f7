//! Alerts on their way to sinks beside standard output: none is forgotten.
//!
//! Each sink has a thread that takes to it what waits in its queue of the [`Outbox`]. An alert waits there until the
//! sink has taken it, through any number of failures and, as the outbox is part of the state file, through any
//! number of runs. When what is tried is the business of `outbox`, how is that of `carrier` and what it
//! calls; here are the threads and what is said of them. Who saves the outbox is the caller.

mod answer;
mod carrier;
mod exec;
mod file;
mod outbox;
mod payload;
mod secret;
mod sink;
mod state;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod webhook;

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use sigil_store::code;

use crate::alert::Alert;
use answer::Trouble;
use carrier::Carrier;
pub(crate) use outbox::Outbox;
#[allow(unused_imports, reason = "part of a sink")]
pub(crate) use secret::Secret;
pub(crate) use sink::{Sink, WebhookFormat};
use state::Shared;

/// How long programs and files get to be given up.
const GIVING_UP: Duration = Duration::from_millis(250);

/// The sinks at work.
pub(crate) struct Delivery {
    shared: Arc<Shared>,
}

/// What is left when the work has ended.
#[derive(Debug)]
pub(crate) struct Settled {
    /// What still waits, for the state file.
    pub(crate) outbox: Outbox,
    /// The sinks for which something waits.
    pub(crate) waiting: Vec<Waiting>,
}

/// A sink that has not taken everything. Its `Display` is the line that users read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// What the sink is called.
    pub(crate) shown: String,
    /// How many alerts wait for it.
    pub(crate) alerts: usize,
    /// The guide's code.
    pub(crate) code: &'static str,
    /// What the sink does, as it follows its name.
    pub(crate) why: String,
}

impl Delivery {
    /// Starts the threads. What waits in the outbox for these sinks is tried first, as soon as it may be; what waits
    /// for others is kept. A sink that is given twice is one.
    pub(crate) fn start(sinks: Vec<Sink>, outbox: Outbox) -> Self {
        let shared = Arc::new(Shared::new(outbox));
        for sink in sinks {
            let (key, shown) = (sink.key(), sink.shown());
            let carrier = Carrier::new(sink);
            let Some(index) = shared.lock().add_line(key, shown, &carrier) else { continue };
            let worker = Arc::clone(&shared);
            let started =
                thread::Builder::new().name("sink".to_owned()).spawn(move || worker.work(index, &carrier));
            if let Err(why) = started {
                let what = format!("cannot be served ({})", sigil_store::cause::of_io(&why));
                shared.lock().set_trouble(index, &Trouble { code: code::OUT_OF_MEMORY, what });
            }
        }
        Self { shared }
    }

    /// Puts alerts behind what waits for every sink. Does not wait for any.
    pub(crate) fn send(&self, alerts: &[Alert]) {
        if alerts.is_empty() {
            return;
        }
        let now_us = self.shared.now_us();
        self.shared.lock().push(alerts, now_us);
        self.shared.changed.notify_all();
    }

    /// What waits now.
    pub(crate) fn outbox(&self) -> Outbox {
        self.shared.lock().outbox.clone()
    }

    /// A number that grows whenever the outbox changes.
    pub(crate) fn changes(&self) -> u64 {
        self.shared.lock().changes
    }

    /// What has gone wrong since this was last asked, a line for each sink; what goes on going wrong is said once.
    pub(crate) fn troubles(&self) -> Vec<String> {
        self.shared.lock().troubles()
    }

    /// Waits until all is delivered, or until nothing more can be before `until`, and ends the work. What is under way
    /// at `until` is given up, and stays in the outbox.
    pub(crate) fn settle(self, until: Instant) -> Settled {
        let mut state = self.shared.lock();
        state.is_hurried = true;
        self.shared.changed.notify_all();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || !state.is_busy(self.shared.now_us(), left) {
                break;
            }
            state = self.shared.wait(state, left);
        }
        self.shared.stop(&mut state);
        let given_up = Instant::now() + GIVING_UP;
        while state.is_under_way() {
            let left = given_up.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.shared.wait(state, left);
        }
        Settled { outbox: state.outbox.clone(), waiting: state.waiting(self.shared.now_us()) }
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        self.shared.stop(&mut state);
    }
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trouble = Trouble { code: self.code, what: self.why.clone() };
        f.write_str(&trouble.line(&self.shown, self.alerts))
    }
}
