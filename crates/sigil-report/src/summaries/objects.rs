//! `tokens.json` and `metrics.json` (`FORMATS.md`), as the orchestrator writes them, and what is known beside.

use std::collections::BTreeMap;

use serde::Serialize;
use sigil_breakdown::cost::usd;
use sigil_breakdown::json::percentage;
use sigil_event::Usage;
use sigil_summary::SessionSummary;
use sigil_summary::budget::percent_used;

use super::log::Reading;
use crate::figures::Figures;
use crate::terms::Terms;
use crate::totals::Totals;

/// The final token summary of a session.
#[derive(Serialize)]
struct Tokens<'a> {
    session_id: &'a str,
    timestamp: Option<String>,
    status: &'static str,
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
    components: BTreeMap<&'a str, ComponentTokens>,
}

#[derive(Serialize)]
struct ComponentTokens {
    allocated: Option<u64>,
    used: u64,
    utilization: Option<f64>,
    operations: u64,
}

/// What a session's steps took and how they ended.
#[derive(Serialize)]
struct Metrics<'a> {
    session_id: &'a str,
    timestamp: Option<String>,
    status: &'static str,
    duration_seconds: Option<f64>,
    events: u64,
    steps_completed: u64,
    steps_failed: u64,
    retries: u64,
    errors: u64,
    components: BTreeMap<&'a str, ComponentMetrics>,
    slowest_component: Option<&'a str>,
    fastest_component: Option<&'a str>,
    average_latency_ms: Option<f64>,
}

#[derive(Default, Serialize)]
struct ComponentMetrics {
    /// Of one operation, in the mean.
    latency_ms: Option<f64>,
    operations: u64,
    errors: u64,
}

/// The names of the files and what shall stand in them; none if it is not known.
pub(super) fn files(read: &Reading, terms: &Terms) -> Option<[(&'static str, Vec<u8>); 2]> {
    let session = read.session()?;
    let figures = Figures::of(&Totals::of([session], terms), terms);
    Some([
        ("tokens.json", text(&tokens(session, &figures))?),
        ("metrics.json", text(&metrics(session, &figures, read))?),
    ])
}

fn text(value: &impl Serialize) -> Option<Vec<u8>> {
    let mut text = serde_json::to_vec(value).ok()?;
    text.push(b'\n');
    Some(text)
}

fn tokens<'a>(session: &'a SessionSummary, figures: &'a Figures) -> Tokens<'a> {
    let components = figures.components.iter().filter(|part| part.has_tokens_or_budget()).map(|part| {
        let utilization = part.allocated.map(|allocated| percentage(percent_used(part.used, allocated)));
        let (allocated, used, operations) = (part.allocated, part.used, part.operations);
        (part.name.as_str(), ComponentTokens { allocated, used, utilization, operations })
    });
    Tokens {
        session_id: &session.id,
        timestamp: figures.last.map(|at| at.to_string()),
        status: session.status.as_str(),
        total_budget: figures.standing.budget,
        total_used: figures.standing.used,
        total_remaining: figures.standing.remaining(),
        utilization_percentage: figures.standing.percent().map(percentage),
        warning_level: figures.standing.level().map(|level| level.as_str()),
        restated_tokens: figures.restated,
        estimated_tokens: figures.estimated,
        cost_usd: figures.spent.cost_pico_usd().map(usd),
        unpriced_tokens: figures.spent.unpriced_tokens(),
        context_tokens: session.context.as_ref().map(|context| context.tokens),
        usage: figures.spent.usage,
        components: components.collect(),
    }
}

fn metrics<'a>(session: &'a SessionSummary, figures: &'a Figures, read: &'a Reading) -> Metrics<'a> {
    let milliseconds = |us: u64| us as f64 / 1e3;
    let mut components: BTreeMap<&str, ComponentMetrics> = BTreeMap::new();
    for part in &figures.latencies {
        let latency_ms = Some(milliseconds(part.latency.mean_us()));
        let operations = part.latency.count();
        components.insert(&*part.component, ComponentMetrics { latency_ms, operations, errors: 0 });
    }
    for part in figures.components.iter().filter(|part| part.operations > 0) {
        components.entry(&part.name).or_default().operations = part.operations;
    }
    for ((_, name), count) in read.errors.iter().filter(|((id, _), _)| **id == *session.id) {
        components.entry(name).or_default().errors = *count;
    }
    let all = figures.latency();
    Metrics {
        session_id: &session.id,
        timestamp: figures.last.map(|at| at.to_string()),
        status: session.status.as_str(),
        duration_seconds: figures.duration_us.map(|us| us as f64 / 1e6),
        events: figures.counts.events,
        steps_completed: figures.counts.steps_completed,
        steps_failed: figures.counts.steps_failed,
        retries: figures.counts.retries,
        errors: figures.counts.errors,
        components,
        slowest_component: figures.slowest().map(|part| &*part.component),
        fastest_component: figures.fastest().map(|part| &*part.component),
        average_latency_ms: (all.count() > 0).then(|| milliseconds(all.mean_us())),
    }
}
