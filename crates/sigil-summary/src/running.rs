//! A total that runs along with a stream.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use sigil_event::{Defect, EventRef, Sink, SourceId};

use crate::budget::Budgets;
use crate::ledger::CountAll;
use crate::summary::{Detail, Summary};

/// A summary of one stream that tells after each event what the ledger has added.
///
/// The total is at any time what [`Summary::resolve`] would give. Where an answer's better snapshot comes
/// after a statement that counted the earlier one, an event may add less than nothing.
#[derive(Clone, Debug)]
pub struct Running {
    summary: Summary,
    count_all: CountAll,
    total: u64,
    /// By session: what would be taken back beyond what is decided. Sessions without are left out.
    undecided: HashMap<u32, u64, RandomState>,
    /// The session of the last event.
    last: Option<u32>,
    /// By session, as far as somebody asked: its budget, if it has one.
    budgets: HashMap<u32, Option<u64>, RandomState>,
    budget_sum: u64,
    without_budget: usize,
}

impl Running {
    /// Nothing yet.
    pub fn new(detail: Arc<Detail>, count_all: CountAll) -> Self {
        Self {
            summary: Summary::of_stream(detail),
            count_all,
            total: 0,
            undecided: HashMap::default(),
            last: None,
            budgets: HashMap::default(),
            budget_sum: 0,
            without_budget: 0,
        }
    }

    /// Adds one event, and says by how much the total has moved; nothing if the event is none of those
    /// that are asked for.
    pub fn add(&mut self, event: &EventRef<'_>, offset: u64) -> Option<i64> {
        let before = self.total;
        let added = self.summary.add(event, offset);
        self.last = Some(added.session);
        match self.count_all {
            // What rules 2 and 3 take back counts again.
            CountAll::Yes if event.metadata.usage_id.is_none() => {
                let tokens = if added.is_selected { event.tokens.unwrap_or(0) } else { 0 };
                self.total = self.total.saturating_add(tokens);
            }
            CountAll::Yes => self.move_total(added.gained, added.lost),
            CountAll::No => {
                self.move_total(added.gained, added.lost);
                for session in [Some(added.session), added.loser].into_iter().flatten() {
                    self.settle_undecided(session);
                }
            }
        }
        let difference = i128::from(self.total) - i128::from(before);
        added.is_selected.then(|| i64::try_from(difference).unwrap_or(i64::MAX))
    }

    fn move_total(&mut self, gained: u64, lost: u64) {
        self.total = self.total.saturating_add(gained).saturating_sub(lost);
    }

    fn settle_undecided(&mut self, session: u32) {
        let now = self.summary.undecided_restated(session);
        let before = if now == 0 {
            self.undecided.remove(&session).unwrap_or(0)
        } else {
            self.undecided.insert(session, now).unwrap_or(0)
        };
        self.move_total(before, now);
    }

    /// Tokens so far.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The budgets of all sessions so far together; none if one of them has none. To be asked after each
    /// event, or not at all: it looks only at the session of the last one.
    pub fn budget(&mut self, budgets: &Budgets) -> Option<u64> {
        if let Some(session) = self.last {
            let now = self.summary.session_budget(session, budgets);
            match self.budgets.insert(session, now) {
                Some(Some(before)) => self.budget_sum = self.budget_sum.saturating_sub(before),
                Some(None) => self.without_budget -= 1,
                None => {}
            }
            match now {
                Some(now) => self.budget_sum = self.budget_sum.saturating_add(now),
                None => self.without_budget += 1,
            }
        }
        (self.without_budget == 0).then_some(self.budget_sum)
    }

    /// The summary behind it.
    pub fn into_summary(self) -> Summary {
        self.summary
    }

    /// Passes on what is no event; see [`Sink`].
    pub fn begin(&mut self, source: SourceId, start: u64) {
        self.summary.begin(source, start);
    }

    /// Passes on a wrong line; see [`Sink`].
    pub fn defect(&mut self, line: u64, defect: Defect) {
        self.summary.defect(line, defect);
    }

    /// Passes on the end of a piece; see [`Sink`].
    pub fn end(&mut self, end: u64, lines: u64) {
        self.summary.end(end, lines);
    }
}
