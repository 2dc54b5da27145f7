//! What a screen says of sessions: plain values, made from the monitor's.

use std::sync::Arc;

use chrono_tz::Tz;
use sigil_cli::Tone;
use sigil_event::Level;
use sigil_summary::budget::{Budgets, COMPONENTS, Standing};
use sigil_summary::component::{self, UNNAMED};
use sigil_summary::latency::Latency;
use sigil_summary::price::Prices;
use sigil_summary::{Component, CountAll, Counts, SessionSummary, Status};

use crate::monitor::{Monitor, RecentEvent, Session};
use crate::pace;

/// How many pieces of a session's course are asked for; the screen shows as many as it has room for.
const COURSE: usize = 128;

/// What is shown under which terms.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) budgets: Budgets,
    pub(crate) count_all: CountAll,
    pub(crate) prices: Arc<Prices>,
    /// A running session is stale when its last event is that old, in microseconds.
    pub(crate) stale_after_us: i64,
    pub(crate) zone: Tz,
    /// Sessions that are waited for.
    pub(crate) expected: Vec<Arc<str>>,
    /// What is said to be waited for where no session is expected by its id.
    pub(crate) subject: Option<Arc<str>>,
}

/// How a session fares, as far as the clock has a say in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) status: Status,
    pub(crate) is_stale: bool,
}

impl State {
    pub(crate) const WAITING: Self = Self { status: Status::Waiting, is_stale: false };

    fn of(summary: &SessionSummary, terms: &Terms, now_us: i64) -> Self {
        let is_old = summary.last.is_some_and(|last| last.us <= now_us.saturating_sub(terms.stale_after_us));
        Self { status: summary.status, is_stale: summary.status == Status::Running && is_old }
    }

    /// Whether it goes on.
    pub(crate) fn is_live(self) -> bool {
        self.status == Status::Running && !self.is_stale
    }

    /// The guide's words for it.
    pub(crate) fn text(self) -> &'static str {
        if self.is_stale { "RUNNING (stale)" } else { self.status.as_str() }
    }

    /// One word for it.
    pub(crate) fn word(self) -> &'static str {
        if self.is_stale { "STALE" } else { self.status.as_str() }
    }

    pub(crate) fn tone(self) -> Tone {
        match self.status {
            _ if self.is_stale => Tone::Warning,
            Status::Waiting => Tone::Faint,
            Status::Running => Tone::Strong,
            Status::Complete => Tone::Good,
            Status::Error => Tone::Bad,
        }
    }
}

/// What a level looks like (guide 3.4).
pub(crate) fn tone(level: Level) -> Tone {
    match level {
        Level::Normal => Tone::Good,
        Level::Elevated => Tone::Warning,
        Level::Critical | Level::Exceeded => Tone::Bad,
    }
}

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
            malformed: monitor.malformed(),
        }
    }
}

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
