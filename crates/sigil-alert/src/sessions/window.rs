//! What is remembered of a session's last events, in bounded room.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Into how many parts a window is cut. What is older than the window goes one part after the other.
const PARTS: usize = 12;

/// How many times are remembered at most; more than that in one window is as bad.
const TIMES: usize = 1024;

/// Events and errors of the last window.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Rate {
    parts: [(u32, u32); PARTS],
    /// The number of the newest part, counted from 1970.
    newest: i64,
    /// How long a part is: with another window everything is counted anew.
    #[serde(default)]
    part_us: i64,
}

impl Rate {
    /// Adds an event. One that is older than the window is left out.
    #[inline]
    pub(super) fn add(&mut self, at_us: i64, is_error: bool, window_us: i64) {
        let part_us = (window_us / PARTS as i64).max(1);
        if part_us != self.part_us {
            *self = Self { part_us, ..Self::default() };
        }
        let part = at_us.div_euclid(part_us);
        if part > self.newest {
            let gone = (part - self.newest).min(PARTS as i64);
            for old in 1..=gone {
                self.parts[place(self.newest + old)] = (0, 0);
            }
            self.newest = part;
        } else if self.newest - part >= PARTS as i64 {
            return;
        }
        let (events, errors) = &mut self.parts[place(part)];
        *events = events.saturating_add(1);
        *errors = errors.saturating_add(u32::from(is_error));
    }

    /// Errors in percent of the events; none of fewer events than `at_least`.
    pub(super) fn percent(&self, at_least: u64) -> Option<f64> {
        let sum =
            |one: fn(&(u32, u32)) -> u32| self.parts.iter().map(|part| u64::from(one(part))).sum::<u64>();
        let (events, errors) = (sum(|part| part.0), sum(|part| part.1));
        (events >= at_least.max(1)).then(|| errors as f64 * 100.0 / events as f64)
    }
}

fn place(part: i64) -> usize {
    usize::try_from(part.rem_euclid(PARTS as i64)).unwrap_or(0)
}

/// The times of the last errors.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Times(VecDeque<i64>);

impl Times {
    /// Adds one, wherever it belongs.
    pub(super) fn add(&mut self, at_us: i64) {
        let place = self.0.partition_point(|earlier| *earlier <= at_us);
        self.0.insert(place, at_us);
        if self.0.len() > TIMES {
            self.0.pop_front();
        }
    }

    /// Forgets those that are no longer in any window, the longest of which is `window_us`.
    pub(super) fn forget(&mut self, window_us: i64, now_us: i64) {
        while self.0.front().is_some_and(|at_us| now_us.saturating_sub(*at_us) >= window_us) {
            self.0.pop_front();
        }
    }

    /// How many there are in the window before `now_us`.
    pub(super) fn within(&self, window_us: i64, now_us: i64) -> u64 {
        let is_before = |at_us: &i64| now_us.saturating_sub(*at_us) >= window_us;
        (self.0.len() - self.0.partition_point(is_before)) as u64
    }
}

/// How long the last steps took.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Mean {
    last_us: VecDeque<u64>,
    sum_us: u64,
}

impl Mean {
    pub(super) fn add(&mut self, us: u64, last: u32) {
        // More than a century is no step.
        let us = us.min(1 << 52);
        self.last_us.push_back(us);
        self.sum_us = self.sum_us.saturating_add(us);
        while self.last_us.len() > last as usize {
            let gone = self.last_us.pop_front().unwrap_or(0);
            self.sum_us = self.sum_us.saturating_sub(gone);
        }
    }

    /// The mean in seconds; none of fewer than `at_least`.
    pub(super) fn seconds(&self, at_least: u64) -> Option<f64> {
        let count = self.last_us.len();
        (count as u64 >= at_least.max(1)).then(|| self.sum_us as f64 / count as f64 / 1e6)
    }
}

/// Malformed lines among the last ones.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Share {
    /// Lines and malformed ones of the half window before this one, and of this one.
    before: (u64, u64),
    now: (u64, u64),
}

impl Share {
    /// Adds a line. Tells whether it may have changed anything.
    #[inline]
    pub(crate) fn add(&mut self, is_malformed: bool, last: u32) -> bool {
        self.now.0 += 1;
        self.now.1 += u64::from(is_malformed);
        let is_full = self.now.0 >= u64::from(last.div_ceil(2));
        if is_full {
            self.before = std::mem::take(&mut self.now);
        }
        is_malformed || is_full
    }

    /// Malformed lines in percent; nothing of fewer malformed ones than `at_least`.
    pub(crate) fn percent(&self, at_least: u64) -> f64 {
        let (lines, malformed) = (self.before.0 + self.now.0, self.before.1 + self.now.1);
        if malformed < at_least.max(1) { 0.0 } else { malformed as f64 * 100.0 / lines as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_forgets_what_is_older_than_its_window_and_leaves_out_what_comes_too_late() {
        let mut rate = Rate::default();
        for second in 0..60 {
            rate.add(second * 1_000_000, second < 30, 60_000_000);
        }
        assert_eq!(rate.percent(60), Some(50.0));
        assert_eq!(rate.percent(61), None);
        rate.add(89_000_000, false, 60_000_000);
        rate.add(1_000_000, true, 60_000_000);
        assert_eq!(rate.percent(1), Some(0.0));
    }

    #[test]
    fn errors_that_come_late_count_where_they_belong() {
        let mut times = Times::default();
        for at in [100, 160, 110, 40] {
            times.add(at);
        }
        assert_eq!((times.within(60, 160), times.within(120, 160)), (2, 3));
        times.forget(60, 200);
        assert_eq!(times.within(i64::MAX, 200), 1);
    }

    #[test]
    fn a_mean_is_of_the_last_ones() {
        let mut mean = Mean::default();
        for us in [9_000_000, 1_000_000, 2_000_000] {
            mean.add(us, 2);
        }
        assert_eq!((mean.seconds(2), mean.seconds(3)), (Some(1.5), None));
    }
}
