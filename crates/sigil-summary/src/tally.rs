//! What happened under a row, beside tokens.

use serde::{Deserialize, Serialize};
use sigil_event::{EventRef, Timestamp};

/// Events, and what is told of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// All events.
    pub events: u64,
    /// Those that tell of an error.
    pub errors: u64,
    /// Calls of tools.
    pub calls: u64,
    /// Time of the first.
    pub first: Option<Timestamp>,
    /// Time of the last.
    pub last: Option<Timestamp>,
    /// How many tell how long something took.
    pub timed: u64,
    /// How long that took together, in microseconds.
    pub latency_us: u64,
}

impl Tally {
    pub(crate) fn of(event: &EventRef<'_>) -> Self {
        let latency_us = event.metadata.latency_us;
        Self {
            events: 1,
            errors: event.event_type.is_error().into(),
            calls: event.type_name.is_some_and(|name| name.is("tool_call")).into(),
            first: event.at,
            last: event.at,
            timed: latency_us.is_some().into(),
            latency_us: latency_us.unwrap_or(0),
        }
    }

    /// Adds `other`.
    pub fn merge(&mut self, other: &Self) {
        self.events += other.events;
        self.errors += other.errors;
        self.calls += other.calls;
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.max(other.last);
        self.timed += other.timed;
        self.latency_us = self.latency_us.saturating_add(other.latency_us);
    }

    /// How long what is timed took in the mean, in microseconds.
    pub fn mean_latency_us(&self) -> Option<u64> {
        (self.timed > 0).then(|| self.latency_us.saturating_add(self.timed / 2) / self.timed)
    }

    /// From the first event to the last in microseconds.
    pub fn duration_us(&self) -> Option<u64> {
        Some(self.last?.us.abs_diff(self.first?.us))
    }
}
