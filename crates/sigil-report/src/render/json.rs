//! For programs: one object, whatever was read (`CLI.md`).

mod course;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};
use sigil_breakdown::RowObject;
use sigil_breakdown::cost::usd;
use sigil_breakdown::json::{line, percentage};
use sigil_event::Usage;
use sigil_input::Source;
use sigil_summary::budget::percent_used;
use sigil_summary::findings::Thresholds;
use sigil_summary::latency::Latency;

use crate::figures::{Figures, Model};
use crate::findings::Unit;
use crate::report::{Breakdown, Going, Malformed, Report, SessionReport, Sessions};
use crate::totals::ErrorOf;
use crate::view::{State, States};
use course::{EventObject, FindingObject, InputObject, PerformanceObject};

/// Writes the report on one line.
pub(crate) fn report(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let object = ReportObject {
        sessions: SessionObjects(report.sessions),
        totals: TotalsObject {
            sessions: report.sessions.len(),
            states: StatesObject::of(report.sessions.states()),
            left_out: report.sessions.left_out() as u64,
            figures: FiguresObject::of(
                &report.totals,
                &report.going,
                report.sessions.sources(),
                report.sessions.limits(),
            ),
        },
        input: report.input.into(),
        malformed: MalformedObject::of(&report.malformed),
    };
    line(&object, out)
}

/// Writes rows and totals on one line.
pub(crate) fn breakdown(breakdown: &Breakdown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let object = BreakdownObject {
        rows: RowObject::of(&breakdown.rows),
        totals: TotalsObject {
            sessions: breakdown.sessions,
            states: StatesObject::of(breakdown.states),
            left_out: breakdown.rows.rows_left_out,
            figures: SumObject::of(&breakdown.totals),
        },
        malformed: MalformedObject::of(&breakdown.malformed),
    };
    line(&object, out)
}

#[derive(Serialize)]
struct ReportObject<'a> {
    sessions: SessionObjects<'a>,
    totals: TotalsObject<FiguresObject<'a>>,
    input: InputObject,
    malformed: MalformedObject<'a>,
}

#[derive(Serialize)]
struct BreakdownObject<'a> {
    rows: Vec<RowObject<'a>>,
    totals: TotalsObject<SumObject>,
    malformed: MalformedObject<'a>,
}

/// A list of objects, each made when it is written.
struct SessionObjects<'a>(Sessions<'a>);

impl Serialize for SessionObjects<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for session in self.0.iter() {
            list.serialize_element(&SessionObject::of(&session, self.0))?;
        }
        list.end()
    }
}

/// A session: an element of the list, or a line of its own.
#[derive(Serialize)]
pub(super) struct SessionObject<'a> {
    session_id: &'a str,
    status: &'static str,
    stale: bool,
    #[serde(flatten)]
    figures: FiguresObject<'a>,
    context_tokens: Option<u64>,
    error_events: Vec<ErrorObject<'a>>,
}

#[derive(Serialize)]
struct TotalsObject<Figures> {
    sessions: usize,
    states: StatesObject,
    /// Sessions or rows that are not shown.
    left_out: u64,
    #[serde(flatten)]
    figures: Figures,
}

#[derive(Serialize)]
#[serde(transparent)]
struct StatesObject(BTreeMap<&'static str, u64>);

impl StatesObject {
    fn of(states: States) -> Self {
        Self(states.iter().map(|(state, sessions)| (state.name(), sessions)).collect())
    }
}

#[derive(Serialize)]
struct FiguresObject<'a> {
    #[serde(flatten)]
    sum: SumObject,
    models: BTreeMap<&'a str, ModelObject>,
    components: BTreeMap<&'a str, ComponentObject<'a>>,
    slowest_component: Option<&'a str>,
    fastest_component: Option<&'a str>,
    average_latency_ms: Option<f64>,
    performance: PerformanceObject<'a>,
    findings: Vec<FindingObject<'a>>,
}

/// What is known however little is told apart.
#[derive(Serialize)]
struct SumObject {
    first: Option<String>,
    last: Option<String>,
    duration_seconds: Option<f64>,
    events: u64,
    steps_completed: u64,
    steps_failed: u64,
    retries: u64,
    errors: u64,
    total_budget: Option<u64>,
    total_used: u64,
    total_remaining: Option<u64>,
    utilization_percentage: Option<f64>,
    warning_level: Option<&'static str>,
    restated_tokens: u64,
    estimated_tokens: u64,
    cost_usd: Option<f64>,
    unpriced_tokens: u64,
    usage: Usage,
}

#[derive(Serialize)]
struct ModelObject {
    tokens: u64,
    estimated_tokens: u64,
    usage: Usage,
    cost_usd: Option<f64>,
    unpriced_tokens: u64,
}

#[derive(Default, Serialize)]
struct ComponentObject<'a> {
    allocated: Option<u64>,
    used: u64,
    utilization: Option<f64>,
    operations: u64,
    latency_ms: Option<LatencyObject>,
    /// How much of the sessions' time its steps took, in percent; steps at the same time may take more than all.
    time_share: Option<f64>,
    longest_step: Option<EventObject<'a>>,
}

#[derive(Serialize)]
struct LatencyObject {
    count: u64,
    total: f64,
    mean: f64,
    p50: f64,
    p95: f64,
    p99: f64,
    max: f64,
}

#[derive(Serialize)]
struct ErrorObject<'a> {
    timestamp: Option<String>,
    component: Option<&'a str>,
    message: Option<&'a str>,
}

#[derive(Serialize)]
pub(crate) struct MalformedObject<'a> {
    count: u64,
    lines: Vec<LineObject<'a>>,
}

#[derive(Serialize)]
struct LineObject<'a> {
    file: &'a str,
    line: u64,
    why: &'a str,
}

impl<'a> SessionObject<'a> {
    pub(super) fn of(session: &'a SessionReport<'_>, sessions: Sessions<'a>) -> Self {
        Self {
            session_id: session.id,
            status: session.state.status().as_str(),
            stale: session.state == State::Stale,
            figures: FiguresObject::of(
                &session.figures,
                &session.going,
                sessions.sources(),
                sessions.limits(),
            ),
            context_tokens: session.context.map(|context| context.tokens),
            error_events: session.figures.errors.iter().map(ErrorObject::of).collect(),
        }
    }
}

impl<'a> FiguresObject<'a> {
    fn of(figures: &'a Figures, going: &'a Going, sources: &'a [Source], limits: &Thresholds) -> Self {
        let models = figures.models.iter();
        let all = figures.latency();
        Self {
            sum: SumObject::of(figures),
            models: models.map(|model| (model.name.as_str(), model.into())).collect(),
            components: components(figures, going, sources),
            slowest_component: figures.slowest().map(|part| &*part.component),
            fastest_component: figures.fastest().map(|part| &*part.component),
            average_latency_ms: (all.count() > 0).then(|| milliseconds(all.mean_us())),
            performance: PerformanceObject::of(&going.performance, sources),
            findings: going.findings.iter().map(|found| FindingObject::of(found, limits, sources)).collect(),
        }
    }
}

impl From<&Model> for ModelObject {
    fn from(Model { spent, estimated, .. }: &Model) -> Self {
        Self {
            tokens: spent.tokens,
            estimated_tokens: *estimated,
            usage: spent.usage,
            cost_usd: spent.cost_pico_usd().map(usd),
            unpriced_tokens: spent.unpriced_tokens(),
        }
    }
}

impl SumObject {
    fn of(figures: &Figures) -> Self {
        Self {
            first: figures.first.map(|at| at.to_string()),
            last: figures.last.map(|at| at.to_string()),
            duration_seconds: figures.duration_us.map(|us| us as f64 / 1e6),
            events: figures.counts.events,
            steps_completed: figures.counts.steps_completed,
            steps_failed: figures.counts.steps_failed,
            retries: figures.counts.retries,
            errors: figures.counts.errors,
            total_budget: figures.standing.budget,
            total_used: figures.standing.used,
            total_remaining: figures.standing.remaining(),
            utilization_percentage: figures.standing.percent().map(percentage),
            warning_level: figures.standing.level().map(|level| level.as_str()),
            restated_tokens: figures.restated,
            estimated_tokens: figures.estimated,
            cost_usd: figures.spent.cost_pico_usd().map(usd),
            unpriced_tokens: figures.spent.unpriced_tokens(),
            usage: figures.spent.usage,
        }
    }
}

fn components<'a>(
    figures: &'a Figures,
    going: &'a Going,
    sources: &'a [Source],
) -> BTreeMap<&'a str, ComponentObject<'a>> {
    let latencies: BTreeMap<_, _> =
        figures.latencies.iter().map(|part| (&*part.component, &part.latency)).collect();
    let is_shown = |name: &str| latencies.contains_key(name);
    let shown = figures.components.iter().filter(|part| part.has_tokens_or_budget() || is_shown(&part.name));
    let mut objects: BTreeMap<_, _> = shown
        .map(|part| {
            let utilization = part.allocated.map(|allocated| percentage(percent_used(part.used, allocated)));
            let (allocated, used, operations) = (part.allocated, part.used, part.operations);
            let object =
                ComponentObject { allocated, used, utilization, operations, ..ComponentObject::default() };
            (part.name.as_str(), object)
        })
        .collect();
    for (name, latency) in latencies {
        let object = objects.entry(name).or_default();
        object.latency_ms = Some(latency.into());
        let duration_us = figures.duration_us.filter(|us| *us > 0);
        object.time_share = duration_us.map(|us| percentage(percent_used(latency.total_us(), us)));
        let longest = going.performance.longest_steps.get(name);
        object.longest_step = longest.map(|step| EventObject::of(step, Some(Unit::Time), sources));
    }
    objects
}

impl From<&Latency> for LatencyObject {
    fn from(latency: &Latency) -> Self {
        Self {
            count: latency.count(),
            total: milliseconds(latency.total_us()),
            mean: milliseconds(latency.mean_us()),
            p50: milliseconds(latency.percentile_us(50)),
            p95: milliseconds(latency.percentile_us(95)),
            p99: milliseconds(latency.percentile_us(99)),
            max: milliseconds(latency.max_us()),
        }
    }
}

impl<'a> ErrorObject<'a> {
    fn of(error: &'a ErrorOf) -> Self {
        let told = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        Self {
            timestamp: error.fact.at.map(|at| at.to_string()),
            component: told(&error.fact.component),
            message: told(&error.fact.message),
        }
    }
}

impl<'a> MalformedObject<'a> {
    pub(crate) fn of(malformed: &'a Malformed<'_>) -> Self {
        let lines = malformed.lines.iter();
        Self {
            count: malformed.count,
            lines: lines.map(|at| LineObject { file: at.file, line: at.line, why: &at.why }).collect(),
        }
    }
}

fn milliseconds(us: u64) -> f64 {
    us as f64 / 1e3
}
