//! One session as closely as the screen shows it.

use sigil_summary::budget::COMPONENTS;
use sigil_summary::component::{self, UNNAMED};
use sigil_summary::latency::Latency;
use sigil_summary::{Component, Counts, SessionSummary};

use super::{Row, Terms};
use crate::monitor::{Monitor, RecentEvent, Session};
use crate::pace;

/// How many pieces of a session's course are asked for; the screen shows as many as it has room for.
const COURSE: usize = 128;

/// How long the steps of one component took.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Timing {
    pub(crate) component: String,
    pub(crate) latency: Latency,
    pub(crate) is_slowest: bool,
}

/// All that is told of one session.
#[derive(Clone, Debug)]
pub(crate) struct Panel {
    pub(crate) row: Row,
    pub(crate) counts: Counts,
    pub(crate) estimated: u64,
    /// Tokens whose price is not known.
    pub(crate) unpriced: u64,
    pub(crate) elapsed_us: Option<u64>,
    /// Time until the budget is used up.
    pub(crate) left_us: Option<u64>,
    /// In the order of the pipeline, then by size.
    pub(crate) components: Vec<Component>,
    /// In the same order.
    pub(crate) timings: Vec<Timing>,
    /// The sum of all steps' durations.
    pub(crate) total_us: u64,
    /// Tokens in pieces of equal time, and how long such a piece is.
    pub(crate) course: (Vec<u64>, i64),
    /// The oldest first.
    pub(crate) recent: Vec<RecentEvent>,
    pub(crate) last_error: Option<RecentEvent>,
}

impl Panel {
    /// What there is to tell of the session of that row.
    pub(crate) fn of(row: &Row, monitor: &Monitor, terms: &Terms, now_us: i64) -> Self {
        let found = monitor.sessions().find(|(summary, _)| summary.id == row.id);
        let mut panel = Self {
            row: row.clone(),
            counts: Counts::default(),
            estimated: 0,
            unpriced: 0,
            elapsed_us: None,
            left_us: None,
            components: Vec::new(),
            timings: Vec::new(),
            total_us: 0,
            course: (Vec::new(), 0),
            recent: Vec::new(),
            last_error: None,
        };
        match found {
            Some((summary, session)) => panel.fill(summary, session, terms, now_us),
            None => panel.components = components(&[], true, terms),
        }
        panel
    }

    fn fill(&mut self, summary: &SessionSummary, session: &Session, terms: &Terms, now_us: i64) {
        let total = summary.total();
        self.counts = summary.counts;
        self.estimated = total.estimated.tokens;
        self.unpriced = total.spent(terms.count_all).unpriced_tokens();
        self.elapsed_us = match (self.row.state.is_live(), summary.first, summary.last) {
            (true, Some(first), Some(last)) => Some(now_us.max(last.us).abs_diff(first.us)),
            _ => summary.duration_us(),
        };
        if self.row.state.is_live()
            && let Some((remaining, rate)) = self.row.standing.remaining().zip(self.row.per_minute)
        {
            self.left_us = pace::left_us(remaining, rate);
        }
        self.components = components(std::slice::from_ref(summary), summary.native, terms);
        self.timings = timings(summary);
        let all = self.timings.iter().map(|timing| timing.latency.total_us());
        self.total_us = all.fold(0, u64::saturating_add);
        self.course = session.pace.course(COURSE);
        self.recent = session.recent.iter().cloned().collect();
        self.last_error = session.last_error.as_deref().cloned();
    }
}

/// Components with tokens or a budget; of Sigil's own sessions all that have a budget (guide 3.1).
fn components(sessions: &[SessionSummary], native: bool, terms: &Terms) -> Vec<Component> {
    let mut parts = Component::of(sessions, &terms.budgets, terms.count_all);
    parts.retain(Component::has_tokens_or_budget);
    if native {
        for (name, _) in COMPONENTS {
            if !parts.iter().any(|part| part.name == name) {
                let allocated = terms.budgets.component(name);
                let name = name.to_owned();
                parts.push(Component { name, used: 0, estimated: 0, allocated, operations: 0 });
            }
        }
        // Stable, so that those behind the pipeline stay in the order of their size.
        parts.sort_by_key(|part| component::rank(&part.name));
    }
    parts
}

fn timings(summary: &SessionSummary) -> Vec<Timing> {
    let mut timings: Vec<_> = summary
        .latency
        .iter()
        .map(|(component, latency)| Timing {
            component: component.as_deref().unwrap_or(UNNAMED).to_owned(),
            latency: latency.clone(),
            is_slowest: false,
        })
        .collect();
    timings.sort_by_key(|timing| (component::rank(&timing.component), u64::MAX - timing.latency.total_us()));
    // One is not the slowest of anything. Of equals it is the first.
    if timings.len() > 1
        && let Some(slowest) = timings.iter_mut().rev().max_by_key(|timing| timing.latency.mean_us())
    {
        slowest.is_slowest = true;
    }
    timings
}
