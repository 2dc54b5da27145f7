//! What waits to be delivered, and when it is tried again: the schedule, without a clock.
//!
//! Every sink has a queue. An alert leaves it when the sink has taken it, never before. Within a queue, alerts
//! with one fingerprint stay in order. What a sink refuses for what it is waits aside, with whatever follows it
//! of its fingerprint, so that it holds up nothing else.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::answer::Answer;
use crate::alert::Alert;

/// The first pause after a failure; each further one may be twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);
/// The shortest and the longest time that a sink may ask to be left alone.
const SHORTEST_REQUEST: Duration = Duration::from_secs(1);
const LONGEST_REQUEST: Duration = Duration::from_secs(60 * 60);

/// What waits, by the keys of sinks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Outbox {
    queues: BTreeMap<String, Queue>,
}

/// What waits for one sink. A queue in which nothing waits has nothing to remember, and is removed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Queue {
    /// In the order in which it is delivered.
    waiting: VecDeque<Alert>,
    tries: Tries,
    /// What was refused, each with what follows of its fingerprint. A fingerprint is here or in `waiting`, never in
    /// both.
    aside: VecDeque<Alert>,
    aside_tries: Tries,
    /// How many may go at once, after more were refused together.
    most: Option<usize>,
}

/// How often it has been tried since it last worked, and when it may be tried again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Tries {
    attempts: u32,
    /// In microseconds since 1970.
    not_before_us: i64,
}

/// What a sink takes at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portion {
    pub(super) most: usize,
    /// Whether a fingerprint may stand in it only once.
    pub(super) is_distinct: bool,
}

/// What is to be tried now.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Batch {
    pub(super) alerts: Vec<Alert>,
    /// How often it has been tried in vain.
    pub(super) attempts: u32,
    is_aside: bool,
}

impl Outbox {
    /// Puts an alert behind what waits for a sink.
    pub(super) fn push(&mut self, key: &str, mut alert: Alert) {
        // JSON has no such numbers, and a state file that cannot be read again would lose all that waits.
        for number in [&mut alert.current_value, &mut alert.threshold] {
            *number = if number.is_nan() { 0.0 } else { number.clamp(f64::MIN, f64::MAX) };
        }
        let queue = self.queues.entry(key.to_owned()).or_default();
        let is_aside = queue.aside.iter().any(|other| other.fingerprint == alert.fingerprint);
        if is_aside { &mut queue.aside } else { &mut queue.waiting }.push_back(alert);
    }

    /// How many alerts wait for a sink.
    pub(super) fn waiting(&self, key: &str) -> usize {
        self.queues.get(key).map_or(0, |queue| queue.waiting.len() + queue.aside.len())
    }

    /// Whether something waits for a sink that has not been tried in vain.
    pub(super) fn is_fresh(&self, key: &str) -> bool {
        self.queues.get(key).is_some_and(|queue| !queue.waiting.is_empty() && queue.tries.attempts == 0)
    }

    /// When something is to be tried for a sink, in microseconds since 1970; none if nothing waits.
    pub(super) fn due_us(&self, key: &str, now_us: i64) -> Option<i64> {
        let queue = self.queues.get(key)?;
        let main = (!queue.waiting.is_empty()).then(|| queue.tries.due_us(now_us));
        let aside = (!queue.aside.is_empty()).then(|| queue.aside_tries.due_us(now_us));
        main.into_iter().chain(aside).min()
    }

    /// What is to be tried for a sink now. It stays in the queue until it is [`answered`](Self::answered).
    pub(super) fn next(&self, key: &str, portion: Portion, now_us: i64) -> Option<Batch> {
        let queue = self.queues.get(key)?;
        if !queue.waiting.is_empty() && queue.tries.due_us(now_us) <= now_us {
            let most = queue.most.map_or(portion.most, |most| most.min(portion.most));
            let mut alerts: Vec<Alert> = Vec::new();
            let mut fingerprints = HashSet::new();
            for alert in queue.waiting.iter().take(most.max(1)) {
                if portion.is_distinct && !fingerprints.insert(alert.fingerprint.as_str()) {
                    break;
                }
                alerts.push(alert.clone());
            }
            return Some(Batch { alerts, attempts: queue.tries.attempts, is_aside: false });
        }
        let first = queue.aside.front().filter(|_| queue.aside_tries.due_us(now_us) <= now_us)?;
        Some(Batch { alerts: vec![first.clone()], attempts: queue.aside_tries.attempts, is_aside: true })
    }

    /// Takes note of what came of `batch`, which [`next`](Self::next) gave. `jitter` is a random number from 0 up
    /// to 1.
    pub(super) fn answered(&mut self, key: &str, batch: &Batch, answer: &Answer, now_us: i64, jitter: f64) {
        let Some(queue) = self.queues.get_mut(key) else { return };
        match (answer, batch.is_aside) {
            (Answer::Abandoned, _) => {}
            (Answer::Delivered, false) => queue.took(batch.alerts.len()),
            (Answer::Delivered, true) => queue.took_from_aside(),
            (Answer::Later(after, _), _) => {
                let until_us = now_us.saturating_add(us((*after).clamp(SHORTEST_REQUEST, LONGEST_REQUEST)));
                let tries = if batch.is_aside { &mut queue.aside_tries } else { &mut queue.tries };
                tries.attempts = tries.attempts.saturating_add(1);
                for tries in [&mut queue.tries, &mut queue.aside_tries] {
                    tries.not_before_us = until_us;
                }
            }
            (Answer::Failed(_), false) => queue.tries.failed(now_us, jitter),
            (Answer::Failed(_), true) => queue.aside_tries.failed(now_us, jitter),
            (Answer::Refused(_), false) => queue.refused(&batch.alerts, now_us, jitter),
            (Answer::Refused(_), true) => queue.refused_again(now_us, jitter),
        }
        if queue.waiting.is_empty() && queue.aside.is_empty() {
            self.queues.remove(key);
        }
    }
}

impl Queue {
    fn took(&mut self, count: usize) {
        self.waiting.drain(..count.min(self.waiting.len()));
        self.tries = Tries::default();
        self.most = self.most.and_then(|most| most.checked_mul(2));
    }

    /// What followed it of its fingerprint may go with the others again.
    fn took_from_aside(&mut self) {
        if let Some(taken) = self.aside.pop_front() {
            let (freed, rest) = split(&mut self.aside, &taken.fingerprint);
            self.waiting.extend(freed);
            self.aside = rest;
        }
        self.aside_tries = Tries::default();
    }

    /// Half of it is tried at once; what is refused alone goes aside.
    fn refused(&mut self, batch: &[Alert], now_us: i64, jitter: f64) {
        let [alone] = batch else {
            self.most = Some((batch.len() / 2).max(1));
            return;
        };
        let (refused, rest) = split(&mut self.waiting, &alone.fingerprint);
        if self.aside.is_empty() {
            self.aside_tries.failed(now_us, jitter);
        }
        self.aside.extend(refused);
        self.waiting = rest;
        self.tries = Tries::default();
        if !self.waiting.is_empty() {
            // The reason may be the sink after all: the more it has refused, the longer what follows has to wait.
            let refused: HashSet<&str> = self.aside.iter().map(|alert| alert.fingerprint.as_str()).collect();
            self.tries.attempts = u32::try_from(refused.len().saturating_sub(1)).unwrap_or(u32::MAX);
            self.tries.failed(now_us, jitter);
        }
    }

    /// It goes behind the others, with what follows of its fingerprint.
    fn refused_again(&mut self, now_us: i64, jitter: f64) {
        if let Some(fingerprint) = self.aside.front().map(|alert| alert.fingerprint.clone()) {
            let (refused, rest) = split(&mut self.aside, &fingerprint);
            self.aside = rest;
            self.aside.extend(refused);
        }
        self.aside_tries.failed(now_us, jitter);
    }
}

impl Tries {
    /// When it may be tried. A time that no pause reaches comes from a clock that was wrong.
    fn due_us(&self, now_us: i64) -> i64 {
        if self.not_before_us > now_us.saturating_add(us(LONGEST_REQUEST)) {
            now_us
        } else {
            self.not_before_us
        }
    }

    /// Waits for a random part of a pause that doubles with every failure ("full jitter": Marc Brooker, Exponential
    /// Backoff And Jitter, AWS Architecture Blog, 2015).
    fn failed(&mut self, now_us: i64, jitter: f64) {
        let doublings = self.attempts.min(16);
        let ceiling = (FIRST_PAUSE * 2u32.pow(doublings)).min(LONGEST_PAUSE);
        self.attempts = self.attempts.saturating_add(1);
        self.not_before_us = now_us.saturating_add(us(ceiling.mul_f64(jitter.clamp(0.0, 1.0))));
    }
}

/// Parts a queue into the alerts with a fingerprint and the others, each in order.
fn split(queue: &mut VecDeque<Alert>, fingerprint: &str) -> (VecDeque<Alert>, VecDeque<Alert>) {
    queue.drain(..).partition(|alert| alert.fingerprint == fingerprint)
}

fn us(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
