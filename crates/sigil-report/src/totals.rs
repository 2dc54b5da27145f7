//! What sessions come to together, put together from shares in any way: those of threads, or of earlier runs.

mod found;
mod pace;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sigil_event::Timestamp;
use sigil_summary::component::UNNAMED;
use sigil_summary::latency::Latency;
use sigil_summary::{Amounts, Counts, ErrorFact, SessionSummary};

use crate::terms::Terms;
pub(crate) use found::Seen;
pub(crate) use pace::{Pace, Steps, Trend};

/// What sessions come to. Merging does not care about order.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Totals {
    pub(crate) sessions: u64,
    pub(crate) counts: Counts,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    /// The sum of the sessions' own, from first event to last.
    pub(crate) duration_us: Option<u64>,
    /// How many are sessions of Sigil's own.
    pub(crate) native: u64,
    /// The sum of the sessions' budgets, and whether every session has one.
    pub(crate) budget: u64,
    pub(crate) with_budget: u64,
    pub(crate) amounts: Amounts,
    /// By component, and by model; of events that name none, too.
    pub(crate) components: BTreeMap<Arc<str>, Amounts>,
    pub(crate) models: BTreeMap<Option<Arc<str>>, Amounts>,
    /// By hour or second, if those were told apart.
    pub(crate) moments: BTreeMap<Arc<str>, Amounts>,
    /// By component.
    pub(crate) latencies: BTreeMap<Arc<str>, Latency>,
    /// The first ones, as many as are to be shown.
    pub(crate) errors: Vec<ErrorOf>,
    pub(crate) pace: Pace,
    pub(crate) found: Seen,
}

/// An error, and the session it belongs to.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct ErrorOf {
    pub(crate) session_id: Arc<str>,
    pub(crate) fact: ErrorFact,
}

/// Where a session stands among the others: by its first event, those without a time last, then by its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub(crate) struct Turn {
    has_no_time: bool,
    first: Option<Timestamp>,
    pub(crate) session_id: Arc<str>,
}

impl Turn {
    fn of(session: &SessionSummary) -> Self {
        Self {
            has_no_time: session.first.is_none(),
            first: session.first,
            session_id: Arc::clone(&session.id),
        }
    }
}

impl Totals {
    /// What `sessions` come to.
    pub(crate) fn of<'a>(sessions: impl IntoIterator<Item = &'a SessionSummary>, terms: &Terms) -> Self {
        let mut totals = Self::default();
        let mut names = Names::default();
        sessions.into_iter().for_each(|session| totals.add(session, terms, &mut names));
        totals.settle_errors(terms);
        totals
    }

    fn add(&mut self, session: &SessionSummary, terms: &Terms, names: &mut Names) {
        self.sessions += 1;
        self.counts.merge(&session.counts);
        self.first = earliest(self.first, session.first);
        self.last = self.last.max(session.last);
        self.duration_us = sum(self.duration_us, session.duration_us());
        self.native += u64::from(session.native);
        if let Some(budget) = terms.budgets.session(session.stated_budget, session.native) {
            self.budget = self.budget.saturating_add(budget);
            self.with_budget += 1;
        }
        for (cell, amounts) in &session.cells {
            self.amounts.merge(amounts);
            let component = names.of(cell.component.as_ref());
            self.components.entry(component).or_default().merge(amounts);
            self.models.entry(cell.model.clone()).or_default().merge(amounts);
            if let Some(bucket) = &cell.bucket {
                self.moments.entry(Arc::clone(bucket)).or_default().merge(amounts);
            }
        }
        for (component, latency) in &session.latency {
            self.latencies.entry(names.of(component.as_ref())).or_default().merge(latency);
        }
        let errors = session.errors.iter();
        self.errors
            .extend(errors.map(|fact| ErrorOf { session_id: Arc::clone(&session.id), fact: fact.clone() }));
        self.pace.add(session, names);
        self.found.add(session, terms);
    }

    /// Adds what other sessions come to.
    pub(crate) fn merge(&mut self, other: Self, terms: &Terms) {
        self.sessions += other.sessions;
        self.counts.merge(&other.counts);
        self.first = earliest(self.first, other.first);
        self.last = self.last.max(other.last);
        self.duration_us = sum(self.duration_us, other.duration_us);
        self.native += other.native;
        self.budget = self.budget.saturating_add(other.budget);
        self.with_budget += other.with_budget;
        self.amounts.merge(&other.amounts);
        merge_all(&mut self.components, other.components, |sum, more| sum.merge(&more));
        merge_all(&mut self.models, other.models, |sum, more| sum.merge(&more));
        merge_all(&mut self.moments, other.moments, |sum, more| sum.merge(&more));
        merge_all(&mut self.latencies, other.latencies, |sum, more| sum.merge(&more));
        self.errors.extend(other.errors);
        self.settle_errors(terms);
        self.pace.merge(other.pace);
        self.found.merge(other.found);
    }

    /// Leaves the errors that came first. Those of one session are in their order already.
    fn settle_errors(&mut self, terms: &Terms) {
        let turn = |of: &ErrorOf| (of.fact.at.is_none(), of.fact.at);
        self.errors.sort_by(|a, b| (turn(a), &a.session_id).cmp(&(turn(b), &b.session_id)));
        self.errors.truncate(terms.most_errors);
    }
}

/// What stands for a component that no event names exists once.
#[derive(Default)]
struct Names(Option<Arc<str>>);

impl Names {
    fn of(&mut self, name: Option<&Arc<str>>) -> Arc<str> {
        let unnamed = || Arc::clone(self.0.get_or_insert_with(|| UNNAMED.into()));
        name.map_or_else(unnamed, Arc::clone)
    }
}

fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

fn sum(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    one.into_iter().chain(other).reduce(u64::saturating_add)
}

/// Adds figures by their names.
fn merge_all<K: Ord, V>(all: &mut BTreeMap<K, V>, more: BTreeMap<K, V>, merge: impl Fn(&mut V, V)) {
    for (key, value) in more {
        match all.entry(key) {
            std::collections::btree_map::Entry::Vacant(new) => {
                new.insert(value);
            }
            std::collections::btree_map::Entry::Occupied(mut known) => merge(known.get_mut(), value),
        }
    }
}
