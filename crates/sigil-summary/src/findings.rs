//! What a session's log shows that is worth saying (guide 4.5, 1.3 and 10.1): what was seen, and where.
//!
//! What it means and what to do about it is for whoever shows it.

mod name;

use serde::{Deserialize, Serialize};
use sigil_event::Level;

use crate::budget::Budgets;
use crate::component::{Component, rank};
use crate::ledger::CountAll;
use crate::resolved::{Course, Evidence, Moment, SessionSummary};

pub use name::Naming;

/// From where on something is much, or little.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Tokens of one operation of `reasoning` that are very many.
    pub reasoning_tokens: u64,
    /// Microseconds above which a step of `memory` takes very long.
    pub memory_latency_us: u64,
    /// Microseconds that no step of a steady session reaches.
    pub steady_latency_us: u64,
    /// Retries that are worth a warning.
    pub retries: u64,
    /// Percent of its budget that no component of a thrifty session exceeds.
    pub low_usage_percent: f64,
    /// Characters that a session's id should stay under.
    pub name_length: u64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            reasoning_tokens: 15_000,
            memory_latency_us: 5_000_000,
            steady_latency_us: 3_000_000,
            retries: 2,
            low_usage_percent: 10.0,
            name_length: 64,
        }
    }
}

/// How good or bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something failed.
    Error,
    /// Something should be looked at.
    Warning,
    /// Something could be done better.
    Advice,
    /// All is as it should be.
    Healthy,
}

impl Severity {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Advice => "advice",
            Self::Healthy => "healthy",
        }
    }
}

/// What can be found, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// `session_error` right behind a step of `routing`.
    FailedAfterRouting,
    /// An error behind `budget_exceeded`.
    OverBudget,
    /// Very many tokens in one operation of `reasoning`.
    HeavyReasoning,
    /// Several `retry_attempt`.
    Retries,
    /// A step of `memory` that took very long.
    SlowMemory,
    /// An id under which sessions were begun several times.
    ReusedId,
    /// An id that tells too little, or is too long.
    Name(Naming),
    /// Components in the order of the pipeline.
    Sequential,
    /// Few tokens in every component.
    LowUsage,
    /// No step that takes long.
    SteadyLatency,
}

impl Kind {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::FailedAfterRouting => "failed_after_routing",
            Self::OverBudget => "over_budget",
            Self::HeavyReasoning => "heavy_reasoning",
            Self::Retries => "retries",
            Self::SlowMemory => "slow_memory",
            Self::ReusedId => "reused_id",
            Self::Name(naming) => naming.name(),
            Self::Sequential => "sequential",
            Self::LowUsage => "low_usage",
            Self::SteadyLatency => "steady_latency",
        }
    }

    /// How good or bad it is.
    pub fn severity(self) -> Severity {
        match self {
            Self::FailedAfterRouting | Self::OverBudget => Severity::Error,
            Self::HeavyReasoning | Self::Retries | Self::SlowMemory => Severity::Warning,
            Self::ReusedId | Self::Name(_) => Severity::Advice,
            Self::Sequential | Self::LowUsage | Self::SteadyLatency => Severity::Healthy,
        }
    }
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// How often.
    pub count: u64,
    /// The greatest figure, in the unit of the kind: tokens or microseconds.
    pub worst: Option<u64>,
    /// The first few events that show it.
    pub evidence: Vec<Moment>,
}

impl Finding {
    fn of(kind: Kind, seen: &Evidence) -> Self {
        let worst = seen.worst.as_ref().map(|worst| worst.value).filter(|value| *value > 0);
        Self { kind, count: seen.count, worst, evidence: seen.first.clone() }
    }
}

/// What is found in a session, the worst first; nothing if its course was not followed.
pub fn of(
    session: &SessionSummary,
    budgets: &Budgets,
    limits: &Thresholds,
    count_all: CountAll,
) -> Vec<Finding> {
    let Some(course) = session.course.as_deref() else { return Vec::new() };
    let mut found = Vec::new();
    let mut add = |kind, seen: &Evidence, least: u64| {
        if seen.count >= least.max(1) {
            found.push(Finding::of(kind, seen));
        }
    };
    add(Kind::FailedAfterRouting, &course.misrouted, 1);
    add(Kind::OverBudget, &over_budget(course), 1);
    add(Kind::HeavyReasoning, &course.heavy_reasoning, 1);
    add(Kind::Retries, &course.retries, limits.retries);
    add(Kind::SlowMemory, &course.slow_memory, 1);
    if session.native {
        let said = |kind, count| Finding { kind, count, worst: None, evidence: Vec::new() };
        found.extend((course.starts > 1).then(|| said(Kind::ReusedId, course.starts)));
        found.extend(Naming::of(&session.id, limits.name_length).map(|naming| said(Kind::Name(naming), 1)));
        found.extend(sequential(course));
        found.extend(low_usage(session, course, budgets, limits, count_all));
        found.extend(steady(course, limits));
    }
    found
}

/// The warning and the end of the budget are evidence, too.
fn over_budget(course: &Course) -> Evidence {
    let mut seen = course.overrun.clone();
    let before = course.warned.iter().chain(&course.exceeded).cloned();
    seen.first = before.chain(seen.first).collect();
    seen
}

/// Components that first appear in the order of the pipeline.
fn sequential(course: &Course) -> Option<Finding> {
    let steps: Vec<_> = course.first_steps.iter().filter(|step| is_of_pipeline(step)).cloned().collect();
    let place = |step: &Moment| step.component.as_deref().map(rank);
    if steps.len() < 2 || !steps.is_sorted_by_key(place) {
        return None;
    }
    Some(Finding { kind: Kind::Sequential, count: steps.len() as u64, worst: None, evidence: steps })
}

fn is_of_pipeline(step: &Moment) -> bool {
    step.component.as_deref().is_some_and(|name| rank(name) < crate::budget::COMPONENTS.len())
}

/// Components that have all used little of their budgets.
fn low_usage(
    session: &SessionSummary,
    course: &Course,
    budgets: &Budgets,
    limits: &Thresholds,
    count_all: CountAll,
) -> Option<Finding> {
    let parts = Component::of(std::slice::from_ref(session), budgets, count_all);
    let is_low = |part: &Component| {
        part.allocated
            .is_none_or(|budget| crate::budget::percent_used(part.used, budget) <= limits.low_usage_percent)
    };
    let with_budget = parts.iter().filter(|part| part.allocated.is_some());
    let used: u64 = with_budget.map(|part| part.used).fold(0, u64::saturating_add);
    // What is little of the components' budgets may be all that the session has.
    let whole = budgets.session(session.stated_budget, session.native).unwrap_or(0);
    let is_normal = crate::budget::level(session.tokens(count_all), whole) == Level::Normal;
    if used == 0 || !is_normal || !parts.iter().all(is_low) {
        return None;
    }
    let evidence = course.first_steps.iter().filter(|step| is_of_pipeline(step)).map(|step| {
        let part = parts.iter().find(|part| Some(&*part.name) == step.component.as_deref());
        Moment { value: part.map_or(0, |part| part.used), ..step.clone() }
    });
    let evidence: Vec<_> = evidence.collect();
    let worst = evidence.iter().map(|moment| moment.value).max();
    Some(Finding { kind: Kind::LowUsage, count: evidence.len() as u64, worst, evidence })
}

/// Steps none of which takes long.
fn steady(course: &Course, limits: &Thresholds) -> Option<Finding> {
    let longest = course.longest_steps.iter().max_by_key(|step| step.value)?;
    (longest.value < limits.steady_latency_us).then(|| Finding {
        kind: Kind::SteadyLatency,
        count: 1,
        worst: Some(longest.value),
        evidence: vec![longest.clone()],
    })
}
