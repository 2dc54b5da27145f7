//! The metrics of a report: of one session, or of all together.

use sigil_event::Timestamp;

use super::gen_ai::token_usage;
use super::labels::{bounded, fitted};
use super::parts::{Sums, dollars, sums};
use super::{Histogram, Kind, Metric, Point, Unit, Value};
use crate::figures::Figures;
use crate::report::{Report, SessionReport};

/// What monitoring is told of a report. The guide's `sigil_tokens_total` and `sigil_events_total` have no labels, as
/// in the guide (8.4); what is told apart has names of its own.
pub(crate) fn report(report: &Report<'_>) -> Vec<Metric> {
    let figures = &report.totals;
    let mut metrics = vec![sessions(report)];
    metrics.extend(report.sessions.only().map(|session| info(&session)));
    metrics.extend(sums(&[(Vec::new(), totals(figures))]));
    metrics.extend(counts(report));
    metrics.extend(budget(figures));
    metrics.extend(report.sessions.only().map_or(Vec::new(), |session| context(&session)));
    metrics.extend(times(figures));
    metrics.extend(components(figures));
    metrics.extend(models(figures));
    metrics.extend(latency(figures));
    metrics.extend(token_usage(&figures.models));
    metrics
}

/// By status, those that none has included: a series that is 0 does not look like one that ended.
fn sessions(report: &Report<'_>) -> Metric {
    let states = report.sessions.states();
    let points = states.iter().map(|(state, count)| Point {
        labels: vec![("status", state.name().to_owned())],
        value: Value::Whole(count),
    });
    Metric {
        name: "sigil.sessions",
        help: "Sessions by status.",
        unit: Unit::Sessions,
        kind: Kind::Gauge,
        points: points.collect(),
    }
}

fn info(session: &SessionReport<'_>) -> Metric {
    let labels = vec![("session_id", fitted(session.id))];
    Metric {
        name: "sigil.session",
        help: "The session that all figures are of.",
        unit: Unit::Info,
        kind: Kind::Gauge,
        points: vec![Point { labels, value: Value::Whole(1) }],
    }
}

fn totals(figures: &Figures) -> Sums {
    Sums {
        tokens: figures.standing.used,
        restated: figures.restated,
        estimated: figures.estimated,
        unpriced: figures.spent.unpriced_tokens(),
        cost_pico_usd: figures.spent.cost_pico_usd(),
        usage: figures.spent.usage,
    }
}

fn counts(report: &Report<'_>) -> Vec<Metric> {
    let counts = &report.totals.counts;
    let steps = [("complete", counts.steps_completed), ("error", counts.steps_failed)];
    let steps = steps.map(|(result, count)| Point {
        labels: vec![("result", result.to_owned())],
        value: Value::Whole(count),
    });
    let count = |name, help, value| Metric::counter(name, help, Unit::Events, value);
    vec![
        count("sigil.events", "Events in the log.", counts.events),
        count("sigil.errors", "Events that tell of an error.", counts.errors),
        count("sigil.retries", "Attempts to retry.", counts.retries),
        Metric {
            name: "sigil.steps",
            help: "Steps that ended, by how they did.",
            unit: Unit::Operations,
            kind: Kind::Counter,
            points: steps.into(),
        },
        Metric::counter(
            "sigil.malformed.lines",
            "Lines that could not be read.",
            Unit::Lines,
            report.malformed.count,
        ),
    ]
}

fn budget(figures: &Figures) -> Vec<Metric> {
    let Some((budget, percent)) = figures.standing.budget.zip(figures.standing.percent()) else {
        return Vec::new();
    };
    let (budget, share) = (Value::Whole(budget), Value::Float(percent / 100.0));
    vec![
        Metric::gauge("sigil.budget.tokens", "Tokens that may be used.", Unit::Tokens, budget),
        Metric::gauge("sigil.budget.used", "How much of the budget is used.", Unit::Ratio, share),
    ]
}

fn context(session: &SessionReport<'_>) -> Vec<Metric> {
    let Some(context) = session.context else { return Vec::new() };
    let tokens = Value::Whole(context.tokens);
    let help = "Tokens in the context behind the last answer.";
    let mut metrics = vec![Metric::gauge("sigil.context.tokens", help, Unit::Tokens, tokens)];
    if let Some(window) = session.window.filter(|window| *window > 0) {
        let share = Value::Float(context.tokens as f64 / window as f64);
        let help = "How much of the model's context window is used.";
        metrics.push(Metric::gauge("sigil.context.used", help, Unit::Ratio, share));
    }
    metrics
}

fn times(figures: &Figures) -> Vec<Metric> {
    let seconds = |us: i64| Value::Float(us as f64 / 1e6);
    let moment = |name, help, at: Option<Timestamp>| {
        at.map(|at| Metric::gauge(name, help, Unit::Seconds, seconds(at.us)))
    };
    let duration = figures.duration_us.map(|us| {
        let help = "Time from the first event to the last; of several sessions the sum.";
        Metric::gauge("sigil.duration", help, Unit::Seconds, Value::Float(us as f64 / 1e6))
    });
    let first = "Time of the first event, since 1970.";
    let last = "Time of the last event, since 1970.";
    let moments = [
        duration,
        moment("sigil.first_event.timestamp", first, figures.first),
        moment("sigil.last_event.timestamp", last, figures.last),
    ];
    moments.into_iter().flatten().collect()
}

/// A metric of one count for each name.
fn counter(name: &'static str, help: &'static str, unit: Unit, points: Vec<Point>) -> Option<Metric> {
    (!points.is_empty()).then_some(Metric { name, help, unit, kind: Kind::Counter, points })
}

fn components(figures: &Figures) -> Vec<Metric> {
    let items = figures
        .components
        .iter()
        .map(|part| (vec![("component", part.name.clone())], (part.used, part.operations)));
    let merge = |sum: &mut (u64, u64), (used, operations): (u64, u64)| {
        *sum = (sum.0.saturating_add(used), sum.1.saturating_add(operations));
    };
    let parts = bounded(items, |(used, _)| *used, merge);
    let points = |value: &dyn Fn(&(u64, u64)) -> u64| -> Vec<Point> {
        let points = parts.iter();
        points.map(|(labels, of)| Point { labels: labels.clone(), value: Value::Whole(value(of)) }).collect()
    };
    let tokens = points(&|(used, _)| *used);
    let operations = points(&|(_, operations)| *operations);
    let metrics = [
        counter("sigil.component.tokens", "Tokens by component.", Unit::Tokens, tokens),
        counter("sigil.component.operations", "Operations by component.", Unit::Operations, operations),
    ];
    metrics.into_iter().flatten().collect()
}

fn models(figures: &Figures) -> Vec<Metric> {
    let items = figures.models.iter().map(|model| {
        let of = (model.spent.tokens, model.spent.cost_pico_usd());
        (vec![("model", model.name.clone())], of)
    });
    type Of = (u64, Option<u128>);
    let merge = |sum: &mut Of, (tokens, cost): Of| {
        let cost = [sum.1, cost].into_iter().flatten().reduce(u128::saturating_add);
        *sum = (sum.0.saturating_add(tokens), cost);
    };
    let models = bounded(items, |(tokens, _)| *tokens, merge);
    let tokens = models
        .iter()
        .map(|(labels, (tokens, _))| Point { labels: labels.clone(), value: Value::Whole(*tokens) });
    let costs = models.iter().filter_map(|(labels, (_, cost))| {
        cost.map(|cost| Point { labels: labels.clone(), value: dollars(cost) })
    });
    let metrics = [
        counter("sigil.model.tokens", "Tokens by model.", Unit::Tokens, tokens.collect()),
        counter("sigil.model.cost", "Known cost by model.", Unit::UsDollars, costs.collect()),
    ];
    metrics.into_iter().flatten().collect()
}

fn latency(figures: &Figures) -> Option<Metric> {
    let items = figures
        .latencies
        .iter()
        .map(|part| (vec![("component", part.component.to_string())], part.latency.clone()));
    let parts = bounded(items, |latency| latency.total_us(), |sum, more| sum.merge(&more));
    let points = parts
        .into_iter()
        .map(|(labels, latency)| Point { labels, value: Value::Histogram(Histogram::of(&latency)) });
    let points: Vec<_> = points.collect();
    (!points.is_empty()).then_some(Metric {
        name: "sigil.step.latency",
        help: "How long steps took, by component.",
        unit: Unit::Seconds,
        kind: Kind::Histogram,
        points,
    })
}
