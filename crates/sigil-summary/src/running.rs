//! A total that runs along with a stream.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use sigil_event::{Defect, EventRef, Sink, SourceId};

use crate::budget::{Budgets, Standing};
use crate::ledger::answers::{Counted, Place};
use crate::ledger::stretch::{Settled, Stretch};
use crate::ledger::{CountAll, Statement};
use crate::resolved::SessionSummary;
use crate::summary::{Added, Detail, Summary};

/// A summary of one stream that tells after each event what the ledger has added.
///
/// The total is at any time what [`Summary::resolve`] would give. Where an answer's better snapshot comes
/// after a statement that counted the earlier one, an event may add less than nothing.
#[derive(Clone, Debug)]
pub struct Running {
    summary: Summary,
    count_all: CountAll,
    total: u64,
    /// By session: its part of the total.
    totals: Vec<u64>,
    /// By session: what rules 2 and 3 make of its answers. Sessions without answers are left out.
    undecided: HashMap<u32, Undecided, RandomState>,
    /// By session: the part of the total that is an estimate. Sessions without one are left out.
    estimated: HashMap<u32, u64, RandomState>,
    budgets: SessionBudgets,
    changes: Changes,
}

/// Sessions that have changed.
#[derive(Clone, Debug, Default)]
struct Changes {
    numbers: Vec<u32>,
    /// By session: whether it is among them.
    are_noted: Vec<bool>,
}

impl Changes {
    #[inline]
    fn note(&mut self, session: u32) {
        let index = session as usize;
        if index >= self.are_noted.len() {
            self.are_noted.resize(index + 1, false);
        }
        if !std::mem::replace(&mut self.are_noted[index], true) {
            self.numbers.push(session);
        }
    }

    fn take(&mut self) -> Vec<u32> {
        let numbers = std::mem::take(&mut self.numbers);
        for number in &numbers {
            self.are_noted[*number as usize] = false;
        }
        numbers
    }
}

/// The answers of one session, and what statements restate of them.
#[derive(Clone, Debug, Default)]
struct Undecided {
    /// In the order of the stream. A snapshot that was replaced stays, with no tokens.
    answers: Vec<Counted>,
    settled: Settled,
    restated: u64,
    /// Both as they were before each statement, for answers that change behind one.
    history: Vec<(Settled, u64)>,
    /// How much of that the total knows of.
    taken_back: u64,
}

impl Undecided {
    /// Takes the tokens of a snapshot that counts no more. Statements behind it are decided anew.
    fn remove(&mut self, place: Place) {
        if let Ok(index) = self.answers.binary_search_by_key(&place, |answer| answer.place) {
            self.answers[index].tokens = 0;
        }
        while self.settled.is_behind(place) {
            (self.settled, self.restated) = self.history.pop().unwrap_or_default();
        }
    }

    fn settle(&mut self, stretch: &Stretch) {
        let before = (self.settled.clone(), self.restated);
        let restate = |statement: &Statement, tokens: u64| {
            if statement.cell.is_some() {
                self.restated = self.restated.saturating_add(tokens);
            }
        };
        stretch.settle(&mut self.settled, &self.answers, |_| 0, restate);
        if self.settled.has_gone_beyond(&before.0) {
            self.history.push(before);
        }
    }
}

/// The budgets of the sessions of a stream together.
#[derive(Clone, Debug, Default)]
struct SessionBudgets {
    terms: Budgets,
    /// By session: its budget, if it has one.
    known: HashMap<u32, Option<u64>, RandomState>,
    sum: u64,
    without: usize,
}

impl SessionBudgets {
    /// Notes what is now known of a session.
    fn update(&mut self, session: u32, stated: Option<u64>, is_native: bool) {
        let now = self.terms.session(stated, is_native);
        match self.known.insert(session, now) {
            Some(Some(before)) => self.sum = self.sum.saturating_sub(before),
            Some(None) => self.without -= 1,
            None => {}
        }
        match now {
            Some(now) => self.sum = self.sum.saturating_add(now),
            None => self.without += 1,
        }
    }
}

impl Running {
    /// Nothing yet.
    pub fn new(detail: Arc<Detail>, count_all: CountAll, budgets: Budgets) -> Self {
        Self {
            summary: Summary::of_stream(detail),
            count_all,
            total: 0,
            totals: Vec::new(),
            undecided: HashMap::default(),
            estimated: HashMap::default(),
            budgets: SessionBudgets { terms: budgets, ..SessionBudgets::default() },
            changes: Changes::default(),
        }
    }

    /// Adds one event, and says by how much the total has moved; nothing if the event is none of those
    /// that are asked for.
    pub fn add(&mut self, event: &EventRef<'_>, offset: u64) -> Option<i64> {
        let before = self.total;
        let added = self.summary.add(event, offset);
        self.changes.note(added.session);
        if let Some((session, _)) = added.replaced {
            self.changes.note(session);
        }
        if added.is_selected {
            let (stated, is_native) = self.summary.session_terms(added.session);
            self.budgets.update(added.session, stated, is_native);
        }
        match self.count_all {
            // What rules 2 and 3 take back counts again.
            CountAll::Yes if event.metadata.usage_id.is_none() => {
                let tokens = if added.is_selected { event.stated_tokens().unwrap_or(0) } else { 0 };
                self.move_total(added.session, tokens, 0);
            }
            CountAll::Yes => self.follow_answer(&added),
            CountAll::No => {
                self.follow_answer(&added);
                self.settle(&added, event.metadata.usage_id.is_some());
            }
        }
        self.settle_estimates(&added);
        let difference = i128::from(self.total) - i128::from(before);
        added.is_selected.then(|| i64::try_from(difference).unwrap_or(i64::MAX))
    }

    /// Estimates count until something of their session states tokens.
    fn settle_estimates(&mut self, added: &Added) {
        if added.estimated > 0 {
            let sum = self.estimated.entry(added.session).or_default();
            *sum = sum.saturating_add(added.estimated);
            self.move_total(added.session, added.estimated, 0);
        }
        if !self.estimated.is_empty() && self.summary.states_tokens(added.session) {
            let sum = self.estimated.remove(&added.session).unwrap_or(0);
            self.move_total(added.session, 0, sum);
        }
    }

    /// What a snapshot that counts no more has lost, its own session loses.
    fn follow_answer(&mut self, added: &Added) {
        let loser = added.replaced.map_or(added.session, |(session, _)| session);
        self.move_total(added.session, added.gained, 0);
        self.move_total(loser, 0, added.lost);
    }

    #[inline]
    fn move_total(&mut self, session: u32, gained: u64, lost: u64) {
        let moved = |total: u64| total.saturating_add(gained).saturating_sub(lost);
        self.total = moved(self.total);
        let session = session as usize;
        if session >= self.totals.len() {
            self.totals.resize(session + 1, 0);
        }
        self.totals[session] = moved(self.totals[session]);
    }

    /// Follows what the event changes for statements that look back on answers.
    fn settle(&mut self, added: &Added, is_answer: bool) {
        if let Some((session, place)) = added.replaced {
            self.undecided.entry(session).or_default().remove(place);
        }
        if is_answer {
            // Also one that does not count leaves statements of its session undecided.
            self.undecided.entry(added.session).or_default().answers.extend(added.answer);
        }
        let loser = added.replaced.map(|(session, _)| session).filter(|session| *session != added.session);
        for session in [Some(added.session), loser].into_iter().flatten() {
            self.settle_session(session);
        }
    }

    fn settle_session(&mut self, session: u32) {
        let Some(undecided) = self.undecided.get_mut(&session) else { return };
        let Some(stretch) = self.summary.stretch_of(session) else { return };
        undecided.settle(stretch);
        let (now, before) =
            (undecided.restated, std::mem::replace(&mut undecided.taken_back, undecided.restated));
        self.move_total(session, before, now);
    }

    /// Tokens so far.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The budgets of all sessions so far together; none if one of them has none.
    pub fn budget(&self) -> Option<u64> {
        (self.budgets.without == 0).then_some(self.budgets.sum)
    }

    /// The number of the session that the last event belongs to. Sessions are numbered from 0, as they come.
    pub fn current_session(&self) -> Option<usize> {
        self.summary.current_session().map(|number| number as usize)
    }

    /// The sessions that have changed since this was asked before, by their numbers, as they would be resolved
    /// now. Takes time for those sessions and for all answers that are known, not for all events.
    pub fn changed(&mut self) -> Vec<(usize, SessionSummary)> {
        let numbers = self.changes.take();
        self.summary.decide(&numbers).map(|(number, session)| (number as usize, session)).collect()
    }

    /// Tokens and budgets of all sessions so far together. No session at all has the budget that one would have.
    pub fn standing(&self) -> Standing {
        let budget = if self.budgets.known.is_empty() {
            self.budgets.terms.session(None, true)
        } else {
            self.budget()
        };
        Standing { used: self.total, budget }
    }

    /// Tokens and budget of one session, if it has been seen.
    pub fn session(&self, id: &str) -> Option<Standing> {
        let number = self.summary.number_of(id)?;
        let budget = self.budgets.known.get(&number).copied().flatten();
        Some(Standing { used: self.totals.get(number as usize).copied().unwrap_or(0), budget })
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
