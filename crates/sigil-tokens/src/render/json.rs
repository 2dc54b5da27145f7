//! For programs: the shape of `tokens.json` (`CLI.md`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use sigil_breakdown::RowObject;
use sigil_breakdown::cost::usd;
use sigil_breakdown::json::{line, percentage};
use sigil_event::{Conversation, Usage};
use sigil_summary::budget::percent_used;
use sigil_summary::{Component, Rows};

use crate::check::Verdict;
use crate::totals::Totals;

#[derive(Serialize)]
struct SummaryObject<'a> {
    session_id: Option<&'a str>,
    sessions: usize,
    timestamp: Option<String>,
    total_budget: Option<u64>,
    total_used: u64,
    total_remaining: Option<u64>,
    utilization_percentage: Option<f64>,
    warning_level: Option<&'static str>,
    restated_tokens: u64,
    estimated_tokens: u64,
    cost_usd: Option<f64>,
    unpriced_tokens: u64,
    context_tokens: Option<u64>,
    usage: Usage,
    components: BTreeMap<&'a str, ComponentObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<RowObject<'a>>>,
}

#[derive(Serialize)]
struct ComponentObject {
    allocated: Option<u64>,
    used: u64,
    utilization: Option<f64>,
    operations: u64,
}

impl From<&Component> for ComponentObject {
    fn from(component: &Component) -> Self {
        let utilization =
            component.allocated.map(|allocated| percentage(percent_used(component.used, allocated)));
        Self {
            allocated: component.allocated,
            used: component.used,
            utilization,
            operations: component.operations,
        }
    }
}

fn object<'a>(totals: &'a Totals, rows: Option<Vec<RowObject<'a>>>) -> SummaryObject<'a> {
    SummaryObject {
        session_id: totals.session_id.as_deref(),
        sessions: totals.session_count,
        timestamp: totals.timestamp.map(|at| at.to_string()),
        total_budget: totals.standing.budget,
        total_used: totals.standing.used,
        total_remaining: totals.standing.remaining(),
        utilization_percentage: totals.standing.percent().map(percentage),
        warning_level: totals.standing.level().map(|level| level.as_str()),
        restated_tokens: totals.restated,
        estimated_tokens: totals.estimated,
        cost_usd: totals.spent.cost_pico_usd().map(usd),
        unpriced_tokens: totals.spent.unpriced_tokens(),
        context_tokens: totals.context_tokens,
        usage: totals.spent.usage,
        components: totals.components.iter().map(|part| (part.name.as_str(), part.into())).collect(),
        rows,
    }
}

/// One object on one line.
pub(crate) fn summary(totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
    line(&object(totals, None), out)
}

/// The same object with `rows`.
pub(crate) fn rows(totals: &Totals, rows: &Rows, out: &mut dyn Write) -> io::Result<()> {
    line(&object(totals, Some(RowObject::of(rows))), out)
}

#[derive(Serialize)]
struct VerdictObject<'a> {
    status: &'static str,
    session_id: Option<&'a str>,
    sessions: usize,
    source: &'static str,
    used: u64,
    estimated_tokens: u64,
    limit: u64,
    percent: f64,
    warn_at: f64,
    critical_at: f64,
}

/// What `--check` found.
pub(crate) fn verdict(verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    let object = VerdictObject {
        status: verdict.state.as_str(),
        session_id: verdict.session_id.as_deref(),
        sessions: verdict.session_count,
        source: verdict.source.as_str(),
        used: verdict.used,
        estimated_tokens: verdict.estimated,
        limit: verdict.limit,
        percent: percentage(verdict.percent),
        warn_at: verdict.thresholds.warn_at,
        critical_at: verdict.thresholds.critical_at,
    };
    line(&object, out)
}

/// One event of a stream, and where the total stands behind it.
#[derive(Serialize)]
pub(crate) struct RunningObject<'a> {
    pub(crate) timestamp: Option<Cow<'a, str>>,
    pub(crate) session_id: Option<Cow<'a, str>>,
    pub(crate) component: Option<Cow<'a, str>>,
    pub(crate) tokens: i64,
    pub(crate) total: u64,
    pub(crate) budget: Option<u64>,
    pub(crate) percent: Option<f64>,
    pub(crate) level: Option<&'static str>,
    /// Said only where it is so.
    #[serde(rename = "estimated", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_estimated: bool,
    /// What was said, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<&'a Conversation<'a>>,
}
