//! What the lines before a block say about its clock.
//!
//! A naive time in the hour that comes twice each autumn means its first or its second passing, which
//! only the line before can tell. A block that begins in that hour waits until the blocks before it are
//! done. All other blocks never look here but to leave word.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError};

/// The last point in time of each finished block of one source, in microseconds.
#[derive(Default)]
pub(super) struct Clocks {
    ends: Mutex<BTreeMap<u64, (u64, Option<i64>)>>,
    changed: Condvar,
}

impl Clocks {
    /// Leaves word that bytes `start..end` are done.
    pub(super) fn done(&self, start: u64, end: u64, latest_us: Option<i64>) {
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.insert(start, (end, latest_us));
        // Neighbours become one, so that there are never more entries than threads.
        let mut merged = BTreeMap::new();
        let mut last: Option<(u64, u64, Option<i64>)> = None;
        for (start, (end, latest)) in std::mem::take(&mut *ends) {
            last = match last {
                Some((s, e, l)) if e == start => Some((s, end, latest.or(l))),
                Some((s, e, l)) => {
                    merged.insert(s, (e, l));
                    Some((start, end, latest))
                }
                None => Some((start, end, latest)),
            };
        }
        if let Some((s, e, l)) = last {
            merged.insert(s, (e, l));
        }
        *ends = merged;
        drop(ends);
        self.changed.notify_all();
    }

    /// Waits until all before byte `start` is done, and gives the last point in time there.
    pub(super) fn before(&self, start: u64) -> Option<i64> {
        if start == 0 {
            return None;
        }
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let known =
            |ends: &BTreeMap<u64, (u64, Option<i64>)>| ends.get(&0).is_some_and(|(end, _)| *end >= start);
        let ends = self.changed.wait_while(ends, |ends| !known(ends)).unwrap_or_else(PoisonError::into_inner);
        ends.get(&0).and_then(|(_, latest)| *latest)
    }
}
