//! How fast it went: gaps between events, throughput, and components' steps against earlier sessions.

use std::collections::BTreeMap;
use std::sync::Arc;

use sigil_summary::Moment;
use sigil_summary::component;
use sigil_summary::latency::Latency;

use crate::figures::Figures;
use crate::totals::{self, Pace, Steps};

/// How many earlier steps a trend needs.
const LEAST_STEPS: u64 = 3;
/// How many kinds of stack traces are told of.
const TRACES: usize = 20;

/// How fast one session went, or many together.
#[derive(Clone, Debug)]
pub(crate) struct Performance {
    /// Between one event and the next of a session.
    pub(crate) gaps: Latency,
    pub(crate) longest_gap: Option<Gap>,
    /// Events in a minute of the sessions' time.
    pub(crate) events_per_minute: Option<f64>,
    pub(crate) tokens_per_minute: Option<f64>,
    /// In the order of the pipeline; of several sessions.
    pub(crate) trends: Vec<Trend>,
    /// The longest step of each component.
    pub(crate) longest_steps: BTreeMap<Arc<str>, Moment>,
    /// How many messages hold a stack trace.
    pub(crate) traced: u64,
    /// The most frequent kinds of them.
    pub(crate) traces: Vec<Trace>,
}

/// A time in which nothing came.
#[derive(Clone, Debug)]
pub(crate) struct Gap {
    pub(crate) session_id: Arc<str>,
    /// The event before; its figure is how long it was.
    pub(crate) after: Moment,
}

/// How long a component's steps took in its latest session, beside those of the sessions before.
#[derive(Clone, Debug)]
pub(crate) struct Trend {
    pub(crate) component: Arc<str>,
    pub(crate) session_id: Arc<str>,
    pub(crate) latest: Steps,
    pub(crate) earlier: Steps,
}

/// Stack traces of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    pub(crate) name: Arc<str>,
    pub(crate) count: u64,
    /// The first of them.
    pub(crate) first: Option<Moment>,
}

impl Performance {
    /// Of sessions that went so, and come to `figures`.
    pub(crate) fn of(pace: &Pace, figures: &Figures) -> Self {
        let traces = pace.traces.iter().map(|(name, (count, first))| Trace {
            name: Arc::clone(name),
            count: *count,
            first: first.as_ref().map(|first| first.moment.clone()),
        });
        let mut traces: Vec<_> = traces.collect();
        traces.sort_by_key(|trace| u64::MAX - trace.count);
        traces.truncate(TRACES);
        let per_minute = |figure: u64| {
            let us = figures.duration_us.filter(|us| *us > 0)?;
            Some(figure as f64 * 60e6 / us as f64)
        };
        let longest_steps = pace.longest_steps.iter();
        Self {
            gaps: pace.gaps.clone(),
            longest_gap: pace
                .longest_gap
                .as_ref()
                .map(|gap| Gap { session_id: Arc::clone(&gap.turn.session_id), after: gap.moment.clone() }),
            events_per_minute: per_minute(figures.counts.events),
            tokens_per_minute: per_minute(figures.standing.used),
            trends: trends(&pace.trends),
            longest_steps: longest_steps
                .map(|(name, step)| (Arc::clone(name), step.moment.clone()))
                .collect(),
            traced: pace.traced,
            traces,
        }
    }
}

impl Trend {
    /// By how many percent a step takes longer now than before; less than zero if it takes shorter.
    pub(crate) fn change_percent(&self) -> Option<f64> {
        let (latest, earlier) = (self.latest.mean_us() as f64, self.earlier.mean_us() as f64);
        (earlier > 0.0).then(|| (latest / earlier - 1.0) * 100.0)
    }
}

/// Those with enough steps in earlier sessions.
fn trends(parts: &BTreeMap<Arc<str>, totals::Trend>) -> Vec<Trend> {
    let enough = parts.iter().filter(|(_, trend)| trend.earlier.count >= LEAST_STEPS);
    let trends = enough.map(|(component, trend)| Trend {
        component: Arc::clone(component),
        session_id: Arc::clone(&trend.turn.session_id),
        latest: trend.latest,
        earlier: trend.earlier,
    });
    let mut trends: Vec<_> = trends.collect();
    trends.sort_by_key(|trend| component::rank(&trend.component));
    trends
}
