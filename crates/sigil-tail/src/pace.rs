//! How fast tokens go: the rate of the last minutes, when the budget will be used up, and the course of it all.
//!
//! Event time only; what time it is now comes as an argument. Its size does not grow with events.

use std::collections::VecDeque;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;

/// How far a rate looks back.
pub(crate) const WINDOW_US: i64 = 5 * MINUTE;

/// Tokens within the window are kept by so much time.
const SLOT_US: i64 = 5 * SECOND;

/// A rate over less time than this says nothing.
const LEAST_US: i64 = SECOND;

/// How many pieces the course has at most. Half as many when they have just become twice as long.
const PIECES: usize = 128;

/// The shortest piece.
const FIRST_PIECE_US: i64 = SECOND / 8;

/// Token movements of one session in time.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    first_us: Option<i64>,
    last_us: i64,
    /// Number of a slot since 1970 and what came in it, in their order; none older than the window.
    slots: VecDeque<(i64, i64)>,
    pieces: Vec<i64>,
    piece_us: i64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first_us: None,
            last_us: i64::MIN,
            slots: VecDeque::new(),
            pieces: Vec::new(),
            piece_us: FIRST_PIECE_US,
        }
    }
}

impl Pace {
    /// Notes that the total moved by `tokens` at `at_us`. Times may go back a little: what comes from before the
    /// beginning counts as of the beginning, what is older than the window counts in the course only.
    pub(crate) fn add(&mut self, at_us: i64, tokens: i64) {
        let first = *self.first_us.get_or_insert(at_us);
        self.last_us = self.last_us.max(at_us);
        if tokens == 0 {
            return;
        }
        self.add_to_slot(at_us.div_euclid(SLOT_US), tokens);
        self.add_to_course(at_us.saturating_sub(first).max(0), tokens);
    }

    fn add_to_slot(&mut self, slot: i64, tokens: i64) {
        let oldest = self.last_us.saturating_sub(WINDOW_US).div_euclid(SLOT_US);
        while self.slots.front().is_some_and(|(number, _)| *number < oldest) {
            self.slots.pop_front();
        }
        if slot < oldest {
            return;
        }
        let index = self.slots.partition_point(|(number, _)| *number < slot);
        match self.slots.get_mut(index) {
            Some((number, sum)) if *number == slot => *sum = sum.saturating_add(tokens),
            _ => self.slots.insert(index, (slot, tokens)),
        }
    }

    fn add_to_course(&mut self, after_us: i64, tokens: i64) {
        while after_us / self.piece_us >= PIECES as i64 {
            self.pieces = self.pieces.chunks(2).map(sum).collect();
            self.piece_us = self.piece_us.saturating_mul(2);
        }
        let index = usize::try_from(after_us / self.piece_us).unwrap_or(0);
        if index >= self.pieces.len() {
            self.pieces.resize(index + 1, 0);
        }
        self.pieces[index] = self.pieces[index].saturating_add(tokens);
    }

    /// Tokens per minute over the window that ends at `now_us`, or since the first event if that is less; nothing
    /// as long as that is no time. Exact to the slot of 5 seconds in which the window begins.
    pub(crate) fn per_minute(&self, now_us: i64) -> Option<u64> {
        let now_us = now_us.max(self.last_us);
        let lasting = now_us.saturating_sub(self.first_us?).min(WINDOW_US);
        if lasting < LEAST_US {
            return None;
        }
        let oldest = now_us.saturating_sub(WINDOW_US).div_euclid(SLOT_US);
        let recent = self.slots.iter().filter(|(number, _)| *number >= oldest);
        let tokens: i128 = recent.map(|(_, tokens)| i128::from(*tokens)).sum();
        let rate = tokens.max(0) * i128::from(MINUTE) / i128::from(lasting);
        Some(u64::try_from(rate).unwrap_or(u64::MAX))
    }

    /// What came in each of at most `columns` pieces of equal time from the first event to the last, and how long
    /// such a piece is. Empty if no tokens have come.
    pub(crate) fn course(&self, columns: usize) -> (Vec<u64>, i64) {
        let Some(first) = self.first_us.filter(|_| !self.pieces.is_empty() && columns > 0) else {
            return (Vec::new(), self.piece_us);
        };
        let lasting = self.last_us.saturating_sub(first).max(0);
        let known = usize::try_from(lasting / self.piece_us).unwrap_or(0) + 1;
        let known = known.max(self.pieces.len());
        let each = known.div_ceil(columns);
        let mut course: Vec<u64> =
            self.pieces.chunks(each).map(|some| u64::try_from(sum(some)).unwrap_or(0)).collect();
        course.resize(known.div_ceil(each).max(course.len()), 0);
        (course, self.piece_us.saturating_mul(each as i64))
    }
}

fn sum(moves: &[i64]) -> i64 {
    moves.iter().fold(0, |sum, tokens| sum.saturating_add(*tokens))
}

/// How long `remaining` tokens last at `per_minute`, in microseconds; nothing if nothing is used.
pub(crate) fn left_us(remaining: u64, per_minute: u64) -> Option<u64> {
    if remaining == 0 {
        return Some(0);
    }
    let us = (u128::from(remaining) * MINUTE as u128).checked_div(u128::from(per_minute))?;
    Some(u64::try_from(us).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pace(moves: &[(i64, i64)]) -> Pace {
        let mut pace = Pace::default();
        moves.iter().for_each(|(at_s, tokens)| pace.add(at_s * SECOND, *tokens));
        pace
    }

    #[test]
    fn a_rate_is_over_what_there_is_and_at_most_the_window() {
        let steady: Vec<_> = (0..=60).map(|s| (s, 10)).collect();
        assert_eq!(pace(&steady[..1]).per_minute(0), None, "a moment is no time");
        assert_eq!(pace(&steady).per_minute(60 * SECOND), Some(610));
        // Nothing has come for four more minutes, then for the whole window.
        assert_eq!(pace(&steady).per_minute(5 * MINUTE), Some(122));
        assert_eq!(pace(&steady).per_minute(11 * MINUTE), Some(0));
        // A clock that is behind the log's does not make it faster.
        assert_eq!(pace(&steady).per_minute(0), Some(610));
    }

    #[test]
    fn what_an_answer_gives_back_slows_down() {
        assert_eq!(pace(&[(0, 500), (30, -200), (60, 0)]).per_minute(MINUTE), Some(300));
        assert_eq!(pace(&[(0, 5), (60, -200)]).per_minute(MINUTE), Some(0));
    }

    #[test]
    fn time_left_follows_from_rate() {
        assert_eq!(left_us(600, 60), Some(10 * MINUTE as u64));
        assert_eq!(left_us(600, 0), None);
        assert_eq!(left_us(0, 0), Some(0));
        assert_eq!(left_us(u64::MAX, 1), Some(u64::MAX));
    }

    #[test]
    fn the_course_reaches_from_the_first_event_to_the_last() {
        let (course, piece) = pace(&[(0, 50), (1, 150), (4, 450), (6, 0)]).course(100);
        assert_eq!((course.len(), piece), (49, SECOND / 8));
        assert_eq!((course[0], course[8], course[32], course[48]), (50, 150, 450, 0));
        let (course, piece) = pace(&[(0, 50), (1, 150), (4, 450), (6, 0)]).course(7);
        assert_eq!((course, piece), (vec![50, 150, 0, 0, 450, 0, 0], SECOND / 8 * 7));
        assert_eq!(Pace::default().course(9).0, [0; 0]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_grows(moves in proptest::collection::vec((0i64..1_000_000, 0i64..1000), 1..200), columns in 1usize..100) {
            let pace = pace(&moves);
            let (course, _) = pace.course(columns);
            prop_assert!(course.len() <= columns);
            prop_assert!(pace.pieces.len() <= PIECES && pace.slots.len() <= 62);
            prop_assert_eq!(course.iter().sum::<u64>(), moves.iter().map(|(_, tokens)| *tokens as u64).sum::<u64>());
        }

        #[test]
        fn no_times_are_too_strange(moves in proptest::collection::vec((any::<i64>(), any::<i64>()), 0..50), now in any::<i64>(), columns in 0usize..100) {
            let mut pace = Pace::default();
            moves.iter().for_each(|(at, tokens)| pace.add(*at, *tokens));
            pace.per_minute(now);
            prop_assert!(pace.course(columns).0.len() <= columns);
            prop_assert!(pace.slots.len() <= 62);
        }

        #[test]
        fn a_rate_is_that_of_the_window_give_or_take_a_slot(moves in proptest::collection::vec((0i64..3600, 0i64..1000), 1..200)) {
            let pace = pace(&moves);
            let now = moves.iter().map(|(at, _)| *at).max().unwrap_or(0).max(300 + moves[0].0);
            // In the order in which they come, a log may be late by more than the window; that is left out.
            let mut sorted = moves.clone();
            sorted.sort_unstable();
            let ordered = self::pace(&sorted);
            let sum = |from: i64| sorted.iter().filter(|(at, _)| *at >= from).map(|(_, tokens)| *tokens as u64).sum::<u64>();
            let lasting = (now - sorted[0].0).clamp(1, 300) as u64;
            if let Some(rate) = ordered.per_minute(now * SECOND) {
                prop_assert!(rate >= sum(now - 300) * 60 / lasting && rate <= sum(now - 305) * 60 / lasting);
            }
            prop_assert!(pace.slots.len() <= 62);
        }
    }
}
