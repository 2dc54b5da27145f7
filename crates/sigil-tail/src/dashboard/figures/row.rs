//! Sessions in a list, and all of them together.

use std::sync::Arc;

use sigil_summary::budget::Standing;
use sigil_summary::{SessionSummary, Status};

use super::{State, Terms};
use crate::monitor::{Monitor, Session};

/// What a model's context holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ContextUse {
    pub(crate) tokens: u64,
    pub(crate) window: Option<u64>,
    pub(crate) model: Option<Arc<str>>,
}

/// A session in a list.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: Arc<str>,
    pub(crate) state: State,
    pub(crate) standing: Standing,
    pub(crate) context: Option<ContextUse>,
    /// In 10^-12 USD.
    pub(crate) cost: Option<u128>,
    pub(crate) per_minute: Option<u64>,
    pub(crate) first_us: Option<i64>,
    pub(crate) last_us: Option<i64>,
}

impl Row {
    fn of(summary: &SessionSummary, session: &Session, terms: &Terms, now_us: i64) -> Self {
        let spent = summary.total().spent(terms.count_all);
        let budget = terms.budgets.session(summary.stated_budget, summary.native);
        let state = State::of(summary, terms, now_us);
        // What has ended went as fast as it did in the end, however long ago that is.
        let rate_us = if state.is_live() { now_us } else { i64::MIN };
        let context = summary.context.as_ref().map(|context| ContextUse {
            tokens: context.tokens,
            window: context.window(&terms.prices),
            model: context.model.clone(),
        });
        Self {
            id: Arc::clone(&summary.id),
            state,
            standing: Standing { used: spent.tokens, budget },
            context,
            cost: spent.cost_pico_usd(),
            per_minute: session.pace.per_minute(rate_us),
            first_us: summary.first.map(|at| at.us),
            last_us: summary.last.map(|at| at.us),
        }
    }

    fn waiting(id: &Arc<str>, terms: &Terms) -> Self {
        Self {
            id: Arc::clone(id),
            state: State::WAITING,
            standing: Standing { used: 0, budget: terms.budgets.session(None, true) },
            context: None,
            cost: None,
            per_minute: None,
            first_us: None,
            last_us: None,
        }
    }
}

/// All sessions: those that are there, then those that are waited for.
pub(crate) fn rows(monitor: &Monitor, terms: &Terms, now_us: i64) -> Vec<Row> {
    let mut rows: Vec<_> =
        monitor.sessions().map(|(summary, session)| Row::of(summary, session, terms, now_us)).collect();
    let nothing = terms.subject.iter().filter(|_| rows.is_empty()).map(|name| Row::waiting(name, terms));
    rows.extend(nothing.collect::<Vec<_>>());
    for id in &terms.expected {
        if !rows.iter().any(|row| row.id == *id) {
            rows.push(Row::waiting(id, terms));
        }
    }
    rows
}

/// All sessions together.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Totals {
    pub(crate) sessions: usize,
    pub(crate) live: usize,
    pub(crate) failed: usize,
    pub(crate) tokens: u64,
    pub(crate) cost: Option<u128>,
    pub(crate) per_minute: u64,
    pub(crate) malformed: u64,
}

impl Totals {
    pub(crate) fn of(rows: &[Row], monitor: &Monitor) -> Self {
        let live = |row: &&Row| row.state.is_live();
        Self {
            sessions: rows.len(),
            live: rows.iter().filter(live).count(),
            failed: rows.iter().filter(|row| row.state.status == Status::Error).count(),
            tokens: monitor.total(),
            cost: rows.iter().filter_map(|row| row.cost).reduce(u128::saturating_add),
            per_minute: rows
                .iter()
                .filter(live)
                .filter_map(|row| row.per_minute)
                .fold(0, u64::saturating_add),
            malformed: monitor.malformed_count(),
        }
    }
}
