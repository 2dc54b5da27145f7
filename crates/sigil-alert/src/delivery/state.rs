//! What the threads of the sinks and their owner share, and the work of one thread.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sigil_cli::number;

use super::Waiting;
use super::answer::{Answer, Trouble};
use super::carrier::Carrier;
use super::outbox::Outbox;
use crate::alert::Alert;

/// How long a request waits for more alerts that it can tell of.
const GATHERING: Duration = Duration::from_millis(100);

/// The state, and how it is waited for.
pub(super) struct Shared {
    state: Mutex<State>,
    /// Alerts have come, an attempt has ended, or all is to end.
    pub(super) changed: Condvar,
    /// The clock: what it showed at the start, and how long ago that is. Setting the clock of the system changes no
    /// pause.
    started_us: i64,
    started: Instant,
}

/// What waits, and for whom.
pub(super) struct State {
    pub(super) outbox: Outbox,
    pub(super) changes: u64,
    /// No more alerts come: nothing is gained by waiting for them.
    pub(super) is_hurried: bool,
    is_stopped: bool,
    lines: Vec<Line>,
}

/// One sink.
struct Line {
    key: String,
    shown: String,
    gathering: Duration,
    /// What is said of what has not been tried to the end.
    unfinished: Trouble,
    /// Until when the first alert of a request waits for others.
    gathers_until_us: i64,
    is_under_way: bool,
    trouble: Option<Trouble>,
    is_said: bool,
}

impl Shared {
    pub(super) fn new(outbox: Outbox) -> Self {
        let state = State { outbox, changes: 0, is_hurried: false, is_stopped: false, lines: Vec::new() };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            started_us: chrono::Utc::now().timestamp_micros(),
            started: Instant::now(),
        }
    }

    /// Microseconds since 1970.
    pub(super) fn now_us(&self) -> i64 {
        self.started_us.saturating_add(us(self.started.elapsed()))
    }

    /// A thread that failed leaves nothing half done: every change is made in one go.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a change, or as long as that.
    pub(super) fn wait<'a>(&self, state: MutexGuard<'a, State>, most: Duration) -> MutexGuard<'a, State> {
        self.changed.wait_timeout(state, most).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Has all threads end, each after what it is at.
    pub(super) fn stop(&self, state: &mut State) {
        state.is_stopped = true;
        self.changed.notify_all();
    }

    /// The work of one thread: tries what is due for a sink, until all is to end.
    pub(super) fn work(&self, index: usize, carrier: &Carrier) {
        let portion = carrier.portion();
        let mut state = self.lock();
        while !state.is_stopped {
            let now_us = self.now_us();
            let pause_us = state.due_us(index, now_us).map(|due_us| due_us.saturating_sub(now_us));
            match pause_us {
                Some(..=0) => {}
                // The longest pause is a short one, so that no time is too long for the system.
                Some(pause_us) => {
                    state = self.wait(state, Duration::from_micros(pause_us.unsigned_abs()));
                    continue;
                }
                None => {
                    state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                    continue;
                }
            }
            let Some(batch) = state.outbox.next(&state.lines[index].key, portion, now_us) else { continue };
            state.lines[index].is_under_way = true;
            drop(state);
            let answer = carrier.deliver(&batch, &|| self.now_us(), &|| self.lock().is_stopped);
            state = self.lock();
            state.lines[index].is_under_way = false;
            let key = state.lines[index].key.clone();
            state.outbox.answered(&key, &batch, &answer, self.now_us(), random());
            state.note(index, &answer);
            self.changed.notify_all();
        }
    }
}

impl State {
    /// Makes a sink known; none if it is already.
    pub(super) fn add_line(&mut self, key: String, shown: String, carrier: &Carrier) -> Option<usize> {
        if self.lines.iter().any(|line| line.key == key) {
            return None;
        }
        self.lines.push(Line {
            key,
            shown,
            gathering: if carrier.gathers() { GATHERING } else { Duration::ZERO },
            unfinished: carrier.unfinished(),
            gathers_until_us: i64::MIN,
            is_under_way: false,
            trouble: None,
            is_said: false,
        });
        Some(self.lines.len() - 1)
    }

    /// Puts alerts into the queues of all sinks.
    pub(super) fn push(&mut self, alerts: &[Alert], now_us: i64) {
        for line in &mut self.lines {
            if !self.outbox.is_fresh(&line.key) {
                line.gathers_until_us = now_us.saturating_add(us(line.gathering));
            }
            for alert in alerts {
                self.outbox.push(&line.key, alert.clone());
            }
            self.changes += 1;
        }
    }

    /// When something is to be tried for a sink.
    fn due_us(&self, index: usize, now_us: i64) -> Option<i64> {
        let line = &self.lines[index];
        let due_us = self.outbox.due_us(&line.key, now_us)?;
        let gathers = !self.is_hurried && self.outbox.is_fresh(&line.key);
        Some(if gathers { due_us.max(line.gathers_until_us) } else { due_us })
    }

    /// Whether anything is under way, or will be before so much time has passed.
    pub(super) fn is_busy(&self, now_us: i64, left: Duration) -> bool {
        let until_us = now_us.saturating_add(us(left));
        let is_due = |index| self.due_us(index, now_us).is_some_and(|due_us| due_us < until_us);
        self.is_under_way() || (0..self.lines.len()).any(is_due)
    }

    pub(super) fn is_under_way(&self) -> bool {
        self.lines.iter().any(|line| line.is_under_way)
    }

    /// Takes note of what users are to hear of an attempt.
    fn note(&mut self, index: usize, answer: &Answer) {
        match answer {
            Answer::Abandoned => return,
            Answer::Delivered => {
                let line = &mut self.lines[index];
                // As long as something waits, what it waits for has been said.
                if self.outbox.waiting(&line.key) == 0 {
                    line.trouble = None;
                }
            }
            Answer::Later(_, trouble) | Answer::Failed(trouble) | Answer::Refused(trouble) => {
                self.set_trouble(index, trouble);
            }
        }
        self.changes += 1;
    }

    pub(super) fn set_trouble(&mut self, index: usize, trouble: &Trouble) {
        let line = &mut self.lines[index];
        if !line.trouble.as_ref().is_some_and(|before| before.is_like(trouble)) {
            line.is_said = false;
        }
        line.trouble = Some(trouble.clone());
    }

    /// What has not been said yet.
    pub(super) fn troubles(&mut self) -> Vec<String> {
        let mut troubles = Vec::new();
        for line in self.lines.iter_mut().filter(|line| !line.is_said) {
            if let Some(trouble) = &line.trouble {
                troubles.push(trouble.line(&line.shown, self.outbox.waiting(&line.key)));
                line.is_said = true;
            }
        }
        troubles
    }

    /// The sinks for which something waits, and why.
    pub(super) fn waiting(&self, now_us: i64) -> Vec<Waiting> {
        let mut waiting = Vec::new();
        for line in &self.lines {
            let alerts = self.outbox.waiting(&line.key);
            if alerts > 0 {
                let trouble = line.trouble.clone().unwrap_or_else(|| self.untried(line, now_us));
                waiting.push(Waiting {
                    shown: line.shown.clone(),
                    alerts,
                    code: trouble.code,
                    why: trouble.what,
                });
            }
        }
        waiting
    }

    /// Why something waits that has not been answered in this run.
    fn untried(&self, line: &Line, now_us: i64) -> Trouble {
        let due_us = self.outbox.due_us(&line.key, now_us).unwrap_or(now_us);
        match u64::try_from(due_us.saturating_sub(now_us)) {
            Ok(pause_us @ 1..) if !line.is_under_way => {
                let again = number::duration(pause_us);
                let what = format!("took nothing the last time, and is tried again in {again}");
                Trouble { what, ..line.unfinished.clone() }
            }
            _ => line.unfinished.clone(),
        }
    }
}

/// A random number from 0 up to 1, from the keys that the standard library makes for its hash tables.
fn random() -> f64 {
    (RandomState::new().hash_one(0) >> 11) as f64 / (1u64 << 53) as f64
}

fn us(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
