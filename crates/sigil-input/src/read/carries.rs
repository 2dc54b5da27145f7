//! What the lines before a block have left behind.
//!
//! Nearly every block can be decoded alone. One that cannot ([`Carry`]) waits until the blocks before it
//! are done. All other blocks never look here but to leave word.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError};

use crate::format::Carry;

/// Finished blocks of one source, by where they begin: where they end, and what they have left behind.
type Ends = BTreeMap<u64, (u64, Carry)>;

#[derive(Default)]
pub(super) struct Carries {
    ends: Mutex<Ends>,
    changed: Condvar,
}

impl Carries {
    /// Leaves word that bytes `start..end` are done.
    pub(super) fn done(&self, start: u64, end: u64, carry: Carry) {
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.insert(start, (end, carry));
        // Neighbours become one, so that there are never more entries than threads.
        let mut merged = Ends::new();
        let mut last: Option<(u64, u64, Carry)> = None;
        for (start, (end, carry)) in std::mem::take(&mut *ends) {
            last = match last {
                Some((s, e, earlier)) if e == start => Some((s, end, earlier.then(carry))),
                Some((s, e, earlier)) => {
                    merged.insert(s, (e, earlier));
                    Some((start, end, carry))
                }
                None => Some((start, end, carry)),
            };
        }
        if let Some((s, e, carry)) = last {
            merged.insert(s, (e, carry));
        }
        *ends = merged;
        drop(ends);
        self.changed.notify_all();
    }

    /// Waits until all before byte `start` is done, and gives what it has left behind.
    pub(super) fn before(&self, start: u64) -> Carry {
        if start == 0 {
            return Carry::default();
        }
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |ends: &Ends| ends.get(&0).is_some_and(|(end, _)| *end >= start);
        let ends = self.changed.wait_while(ends, |ends| !known(ends)).unwrap_or_else(PoisonError::into_inner);
        ends.get(&0).map(|(_, carry)| carry.clone()).unwrap_or_default()
    }
}
