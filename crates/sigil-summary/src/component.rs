//! What the components of sessions come to, and what they may use.

use std::collections::BTreeMap;

use crate::budget::{self, Budgets};
use crate::ledger::{Amounts, CountAll};
use crate::resolved::{Cell, SessionSummary};

/// What stands for a session, a component, a model or another part that no event names.
pub const UNNAMED: &str = "(none)";

/// One component of a session, or of several together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Its name, [`UNNAMED`] for events that name none.
    pub name: String,
    /// The tokens that count.
    pub used: u64,
    /// The part of them that is an estimate.
    pub estimated: u64,
    /// Its budget: for several sessions, that of as many as have Sigil's budget.
    pub allocated: Option<u64>,
    /// See [`Amounts::operations`].
    pub operations: u64,
}

impl Component {
    /// All components of `sessions`, in the order of the pipeline, then by size.
    pub fn of(sessions: &[SessionSummary], budgets: &Budgets, count_all: CountAll) -> Vec<Self> {
        let mut amounts: BTreeMap<&str, Amounts> = BTreeMap::new();
        for (Cell { component, .. }, part) in sessions.iter().flat_map(|session| &session.cells) {
            amounts.entry(component.as_deref().unwrap_or(UNNAMED)).or_default().merge(part);
        }
        let native = sessions.iter().filter(|session| session.native).count() as u64;
        Self::all(amounts.iter().map(|(name, amounts)| (*name, amounts)), native, budgets, count_all)
    }

    /// Components that come to so much together, in sessions of which `native` are of Sigil's own; in the order of
    /// the pipeline, then by size.
    pub fn all<'a>(
        amounts: impl Iterator<Item = (&'a str, &'a Amounts)>,
        native: u64,
        budgets: &Budgets,
        count_all: CountAll,
    ) -> Vec<Self> {
        let rows = amounts.map(|(name, amounts)| Self {
            name: name.to_owned(),
            used: amounts.tokens(count_all),
            estimated: amounts.estimated.tokens,
            allocated: budgets.component(name).map(|tokens| tokens.saturating_mul(native.max(1))),
            operations: amounts.operations(),
        });
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by(|a, b| (rank(&a.name), b.used, &a.name).cmp(&(rank(&b.name), a.used, &b.name)));
        rows
    }

    /// Whether something is to be said of its tokens: the orchestrator's own events bring none, as a rule.
    pub fn has_tokens_or_budget(&self) -> bool {
        self.used > 0 || self.allocated.is_some()
    }
}

/// Where a component stands in the pipeline; those that do not belong to it come last.
pub fn rank(name: &str) -> usize {
    budget::COMPONENTS.iter().position(|(known, _)| *known == name).unwrap_or(budget::COMPONENTS.len())
}
