//! The sum over everything, and what it means for the budget.

use sigil_event::Timestamp;
use sigil_summary::budget::{Budgets, Standing};
use sigil_summary::{Amounts, Component, CountAll, Resolved, Spent};

/// What all sessions together come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Totals {
    /// The session, if it is only one.
    pub(crate) session_id: Option<String>,
    pub(crate) session_count: usize,
    /// Time of the last event.
    pub(crate) timestamp: Option<Timestamp>,
    /// The tokens that count, and the sessions' budgets together.
    pub(crate) standing: Standing,
    pub(crate) restated: u64,
    /// How many of the tokens that count are an estimate.
    pub(crate) estimated: u64,
    /// How the tokens that count divide, and what they cost.
    pub(crate) spent: Spent,
    /// What the last answer left in the context, if there is one session of an agent that tells.
    pub(crate) context_tokens: Option<u64>,
    /// In the order of the pipeline, then by size.
    pub(crate) components: Vec<Component>,
}

impl Totals {
    pub(crate) fn of(resolved: &Resolved, budgets: &Budgets, count_all: CountAll) -> Self {
        let mut total = Amounts::default();
        let sessions = &resolved.sessions;
        sessions.iter().for_each(|session| total.merge(&session.total()));
        let mut components = Component::of(sessions, budgets, count_all);
        components.retain(Component::has_tokens_or_budget);
        let (session_id, context_tokens) = match sessions.as_slice() {
            [one] => (Some(one.id.to_string()), one.context.as_ref().map(|context| context.tokens)),
            _ => (None, None),
        };
        Self {
            session_id,
            session_count: sessions.len(),
            timestamp: sessions.iter().filter_map(|session| session.last).max(),
            standing: Standing { used: total.tokens(count_all), budget: budgets.all(sessions) },
            restated: total.left_out(count_all),
            estimated: total.estimated.tokens,
            spent: total.spent(count_all),
            context_tokens,
            components,
        }
    }
}
