//! The sum over everything, and what it means for the budget.

use std::collections::BTreeMap;

use sigil_event::{Level, Timestamp, Usage};
use sigil_summary::budget::{self, Budgets, percent_used};
use sigil_summary::{Amounts, CountAll, Resolved};

/// What all sessions together come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Totals {
    /// The session, if it is only one.
    pub(crate) session_id: Option<String>,
    pub(crate) session_count: usize,
    /// Time of the last event.
    pub(crate) timestamp: Option<Timestamp>,
    pub(crate) used: u64,
    pub(crate) restated: u64,
    /// The sessions' budgets together; none if a session has none.
    pub(crate) budget: Option<u64>,
    pub(crate) usage: Usage,
    /// What the last answer left in the context, if there is one session of an agent that tells.
    pub(crate) context_tokens: Option<u64>,
    /// In the order of the pipeline, then by size.
    pub(crate) components: Vec<Component>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Component {
    pub(crate) name: String,
    pub(crate) used: u64,
    pub(crate) allocated: Option<u64>,
    pub(crate) operations: u64,
}

/// What stands for a part that is not named.
pub(crate) const UNNAMED: &str = "(none)";

impl Totals {
    pub(crate) fn of(resolved: &Resolved, budgets: &Budgets, count_all: CountAll) -> Self {
        let mut total = Amounts::default();
        let mut components: BTreeMap<&str, Amounts> = BTreeMap::new();
        for (cell, amounts) in resolved.sessions.iter().flat_map(|session| &session.cells) {
            total.merge(amounts);
            components.entry(cell.component.as_deref().unwrap_or(UNNAMED)).or_default().merge(amounts);
        }
        let sessions = &resolved.sessions;
        let session_budgets =
            sessions.iter().map(|session| budgets.session(session.stated_budget, session.native));
        let with_budget = sessions.iter().filter(|session| session.native).count().max(1) as u64;
        let (session_id, context_tokens) = match sessions.as_slice() {
            [one] => (Some(one.id.clone()), one.context.as_ref().map(|(tokens, _)| *tokens)),
            _ => (None, None),
        };
        Self {
            session_id,
            session_count: sessions.len(),
            timestamp: sessions.iter().filter_map(|session| session.last).max(),
            used: total.tokens(count_all),
            restated: total.restated,
            budget: match sessions.len() {
                0 => budgets.session(None, true),
                _ => session_budgets.sum(),
            },
            usage: total.usage,
            context_tokens,
            components: component_rows(components, budgets, with_budget, count_all),
        }
    }

    pub(crate) fn remaining(&self) -> Option<u64> {
        self.budget.map(|budget| budget.saturating_sub(self.used))
    }

    pub(crate) fn percent(&self) -> Option<f64> {
        self.budget.map(|budget| percent_used(self.used, budget))
    }

    pub(crate) fn level(&self) -> Option<Level> {
        self.budget.map(|budget| budget::level(self.used, budget))
    }
}

fn component_rows(
    components: BTreeMap<&str, Amounts>,
    budgets: &Budgets,
    sessions: u64,
    count_all: CountAll,
) -> Vec<Component> {
    let rows = components.into_iter().map(|(name, amounts)| Component {
        name: name.to_owned(),
        used: amounts.tokens(count_all),
        allocated: budgets.component(name).map(|tokens| tokens.saturating_mul(sessions)),
        operations: amounts.operations(),
    });
    // The orchestrator's own events bring no tokens, as a rule; nothing is to be said of them then.
    let is_shown = |row: &Component| row.used > 0 || row.allocated.is_some();
    let mut rows: Vec<_> = rows.filter(is_shown).collect();
    let rank = |row: &Component| {
        budget::COMPONENTS.iter().position(|(name, _)| *name == row.name).unwrap_or(budget::COMPONENTS.len())
    };
    rows.sort_by(|a, b| (rank(a), b.used, &a.name).cmp(&(rank(b), a.used, &b.name)));
    rows
}
