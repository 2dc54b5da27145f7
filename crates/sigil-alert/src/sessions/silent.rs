//! When to look whether a session has fallen silent.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Times at which sessions are to be looked at, the earliest first. A session that has been given another one since
/// is found by more than one; which holds is for the session to say.
#[derive(Clone, Debug, Default)]
pub(super) struct Deadlines(BinaryHeap<Reverse<(i64, Box<str>)>>);

impl Deadlines {
    pub(super) fn add(&mut self, at_us: i64, session: &str) {
        self.0.push(Reverse((at_us, session.into())));
    }

    /// The earliest one, if it has come by `now_us`.
    pub(super) fn pop_before(&mut self, now_us: i64) -> Option<(i64, Box<str>)> {
        if self.0.peek()?.0.0 > now_us {
            return None;
        }
        self.0.pop().map(|Reverse(deadline)| deadline)
    }
}
