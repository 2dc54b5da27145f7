//! How sessions went, for programs: performance and findings.

use serde::Serialize;
use sigil_breakdown::json::percentage;
use sigil_input::Source;
use sigil_summary::findings::Thresholds;
use sigil_summary::latency::Latency;
use sigil_summary::{Input, Moment};

use super::milliseconds;
use crate::findings::{Found, Unit, action, meaning, title, unit};
use crate::performance::{Gap, Performance, Trace, Trend};

#[derive(Serialize)]
pub(super) struct PerformanceObject<'a> {
    gaps: GapsObject<'a>,
    events_per_minute: Option<f64>,
    tokens_per_minute: Option<f64>,
    trends: Vec<TrendObject<'a>>,
    stack_traces: u64,
    traces: Vec<TraceObject<'a>>,
}

#[derive(Serialize)]
struct GapsObject<'a> {
    count: u64,
    mean_ms: f64,
    p95_ms: f64,
    longest_ms: f64,
    longest: Option<LongestObject<'a>>,
}

#[derive(Serialize)]
struct LongestObject<'a> {
    session_id: &'a str,
    after: EventObject<'a>,
}

/// An event that shows something.
#[derive(Serialize)]
pub(super) struct EventObject<'a> {
    timestamp: Option<String>,
    component: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_ms: Option<f64>,
    file: &'a str,
    offset: u64,
}

#[derive(Serialize)]
struct TrendObject<'a> {
    component: &'a str,
    session_id: &'a str,
    mean_ms: f64,
    earlier_mean_ms: f64,
    earlier_steps: u64,
    change_percent: Option<f64>,
}

#[derive(Serialize)]
struct TraceObject<'a> {
    name: &'a str,
    count: u64,
    first: Option<EventObject<'a>>,
}

#[derive(Serialize)]
pub(super) struct FindingObject<'a> {
    finding: &'static str,
    severity: &'static str,
    title: &'static str,
    seen: String,
    meaning: &'static str,
    action: Option<&'static str>,
    count: u64,
    sessions: u64,
    examples: Vec<&'a str>,
    evidence: Vec<EventObject<'a>>,
}

#[derive(Serialize)]
pub(super) struct InputObject {
    files: u64,
    bytes: u64,
    lines: u64,
}

impl From<Input> for InputObject {
    fn from(Input { files, bytes, lines }: Input) -> Self {
        Self { files, bytes, lines }
    }
}

impl<'a> EventObject<'a> {
    pub(super) fn of(moment: &'a Moment, unit: Option<Unit>, sources: &'a [Source]) -> Self {
        let file = sources.get(moment.source.0 as usize).map_or("", |source| source.name.as_str());
        Self {
            timestamp: moment.at.map(|at| at.to_string()),
            component: moment.component.as_deref(),
            tokens: (unit == Some(Unit::Tokens)).then_some(moment.value),
            latency_ms: (unit == Some(Unit::Time)).then(|| milliseconds(moment.value)),
            file,
            offset: moment.offset,
        }
    }
}

impl<'a> PerformanceObject<'a> {
    pub(super) fn of(performance: &'a Performance, sources: &'a [Source]) -> Self {
        let Performance { gaps, longest_gap, .. } = performance;
        let two = |figure: Option<f64>| figure.map(percentage);
        Self {
            gaps: GapsObject::of(gaps, longest_gap.as_ref(), sources),
            events_per_minute: two(performance.events_per_minute),
            tokens_per_minute: two(performance.tokens_per_minute),
            trends: performance.trends.iter().map(TrendObject::of).collect(),
            stack_traces: performance.traced,
            traces: performance.traces.iter().map(|trace| TraceObject::of(trace, sources)).collect(),
        }
    }
}

impl<'a> GapsObject<'a> {
    fn of(gaps: &Latency, longest: Option<&'a Gap>, sources: &'a [Source]) -> Self {
        Self {
            count: gaps.count(),
            mean_ms: milliseconds(gaps.mean_us()),
            p95_ms: milliseconds(gaps.percentile_us(95)),
            longest_ms: milliseconds(gaps.max_us()),
            longest: longest.map(|gap| LongestObject {
                session_id: &gap.session_id,
                after: EventObject::of(&gap.after, None, sources),
            }),
        }
    }
}

impl<'a> TrendObject<'a> {
    fn of(trend: &'a Trend) -> Self {
        Self {
            component: &trend.component,
            session_id: &trend.session_id,
            mean_ms: milliseconds(trend.latest.mean_us()),
            earlier_mean_ms: milliseconds(trend.earlier.mean_us()),
            earlier_steps: trend.earlier.count,
            change_percent: trend.change_percent().map(percentage),
        }
    }
}

impl<'a> TraceObject<'a> {
    fn of(trace: &'a Trace, sources: &'a [Source]) -> Self {
        let first = trace.first.as_ref().map(|first| EventObject::of(first, None, sources));
        Self { name: &trace.name, count: trace.count, first }
    }
}

impl<'a> FindingObject<'a> {
    pub(super) fn of(found: &'a Found, limits: &Thresholds, sources: &'a [Source]) -> Self {
        let unit = unit(found.kind);
        let evidence = found.evidence.iter().map(|moment| EventObject::of(moment, unit, sources));
        Self {
            finding: found.kind.name(),
            severity: found.kind.severity().name(),
            title: title(found.kind),
            seen: found.seen(limits),
            meaning: meaning(found.kind),
            action: action(found.kind),
            count: found.count,
            sessions: found.sessions,
            examples: found.examples.iter().map(|id| &**id).collect(),
            evidence: evidence.collect(),
        }
    }
}
