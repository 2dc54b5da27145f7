//! What a report tells monitoring: metrics with labels. Prometheus' text and OTLP are written from the same list.
//!
//! How many series there are is bounded whatever a log holds: see [`labels`].

mod breakdown;
mod gen_ai;
mod labels;
mod parts;
mod report;

use sigil_summary::latency::Latency;

pub(crate) use breakdown::breakdown;
pub(crate) use report::report;

use labels::Label;

/// Upper bounds of the buckets of durations, in seconds: those that the GenAI conventions advise, and three more
/// for steps that take minutes.
const SECONDS: [f64; 17] = [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68,
    655.36,
];

/// One metric: what it is, and its value under each set of labels.
#[derive(Clone, Debug)]
pub(crate) struct Metric {
    /// As OTLP has it: words between dots, without unit and kind.
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    pub(crate) unit: Unit,
    pub(crate) kind: Kind,
    pub(crate) points: Vec<Point>,
}

/// What is counted or measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Tokens,
    Events,
    Sessions,
    Lines,
    Operations,
    Seconds,
    /// A part of a whole: 1 is all of it.
    Ratio,
    UsDollars,
    /// What says something by its labels alone.
    Info,
}

/// How values of different times go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It only grows.
    Counter,
    /// It is what it is now.
    Gauge,
    /// How many values were how large.
    Histogram,
}

/// A value under a set of labels; no two of a metric have the same.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) labels: Vec<Label>,
    pub(crate) value: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Whole(u64),
    Float(f64),
    Histogram(Histogram),
}

/// How many values were how large.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Histogram {
    pub(crate) sum: f64,
    /// Upper bounds of the buckets, the last of which has none.
    pub(crate) bounds: &'static [f64],
    /// How many values are in each bucket.
    pub(crate) counts: Vec<u64>,
}

impl Metric {
    /// A metric of one value.
    fn single(name: &'static str, help: &'static str, unit: Unit, kind: Kind, value: Value) -> Self {
        Self { name, help, unit, kind, points: vec![Point { labels: Vec::new(), value }] }
    }

    fn counter(name: &'static str, help: &'static str, unit: Unit, value: u64) -> Self {
        Self::single(name, help, unit, Kind::Counter, Value::Whole(value))
    }

    fn gauge(name: &'static str, help: &'static str, unit: Unit, value: Value) -> Self {
        Self::single(name, help, unit, Kind::Gauge, value)
    }
}

impl Histogram {
    /// Durations; one that is less than 0.8 % above a bound may be taken to be below it.
    fn of(latency: &Latency) -> Self {
        let up_to = SECONDS.map(|bound| latency.up_to((bound * 1e6).round() as u64));
        let below = [0].into_iter().chain(up_to);
        let counts = up_to.into_iter().chain([latency.count()]).zip(below);
        let counts = counts.map(|(up_to, below)| up_to.saturating_sub(below)).collect();
        Self { sum: latency.total_us() as f64 / 1e6, bounds: &SECONDS, counts }
    }

    /// What is known is only how many there were and what they come to.
    fn of_sum(count: u64, sum: u64) -> Self {
        Self { sum: sum as f64, bounds: &[], counts: vec![count] }
    }

    pub(crate) fn count(&self) -> u64 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

#[cfg(test)]
mod tests;
