//! A session in brief: what a row tells of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sigil_event::Timestamp;
use sigil_summary::budget::Standing;
use sigil_summary::{Amounts, Counts, SessionSummary, Status, Sums, Tally};

use crate::terms::Terms;
use crate::view::State;

/// What a row tells of a session.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Brief {
    pub(crate) id: Arc<str>,
    pub(crate) status: Status,
    pub(crate) counts: Counts,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    /// Whether it is a session of Sigil's own, and the budget that its start states.
    pub(crate) native: bool,
    pub(crate) stated_budget: Option<u64>,
    pub(crate) amounts: Amounts,
    /// How many steps were timed, and how long they took together.
    timed: u64,
    latency_us: u64,
}

impl Brief {
    pub(crate) fn of(session: &SessionSummary) -> Self {
        let latencies = || session.latency.iter().map(|(_, latency)| latency);
        Self {
            id: Arc::clone(&session.id),
            status: session.status,
            counts: session.counts,
            first: session.first,
            last: session.last,
            native: session.native,
            stated_budget: session.stated_budget,
            amounts: session.total(),
            timed: latencies().map(|latency| latency.count()).sum(),
            latency_us: latencies().map(|latency| latency.total_us()).fold(0, u64::saturating_add),
        }
    }

    /// How it fares.
    pub(crate) fn state(&self, terms: &Terms) -> State {
        State::of(self.status, self.last, terms)
    }

    /// What it may use, and does.
    pub(crate) fn standing(&self, terms: &Terms) -> Standing {
        let budget = terms.budgets.session(self.stated_budget, self.native);
        Standing { used: self.amounts.tokens(terms.count_all), budget }
    }

    /// Time from its first event to its last in microseconds, if any event has a time.
    pub(crate) fn duration_us(&self) -> Option<u64> {
        Some(self.last?.us.abs_diff(self.first?.us))
    }

    /// What it can be sorted by.
    pub(crate) fn sums(&self) -> Sums {
        let tally = Tally {
            events: self.counts.events,
            errors: self.counts.errors,
            calls: 0,
            first: self.first,
            last: self.last,
            timed: self.timed,
            latency_us: self.latency_us,
        };
        Sums { amounts: self.amounts, tally, sessions: 1 }
    }
}
