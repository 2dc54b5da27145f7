//! How fast it went: gaps between events, throughput, and components' steps against earlier sessions.

use std::collections::BTreeMap;

use sigil_summary::component::{self, UNNAMED};
use sigil_summary::latency::Latency;
use sigil_summary::{Evidence, Moment, SessionSummary};

use crate::figures::Figures;

/// How many earlier steps a trend needs.
const LEAST_STEPS: u64 = 3;
/// How many kinds of stack traces are told of.
const TRACES: usize = 20;

/// How fast one session went, or many together.
#[derive(Clone, Debug)]
pub(crate) struct Performance<'a> {
    /// Between one event and the next of a session.
    pub(crate) gaps: Latency,
    pub(crate) longest_gap: Option<Gap<'a>>,
    /// Events in a minute of the sessions' time.
    pub(crate) events_per_minute: Option<f64>,
    pub(crate) tokens_per_minute: Option<f64>,
    /// In the order of the pipeline; of several sessions.
    pub(crate) trends: Vec<Trend<'a>>,
    /// The longest step of each component.
    pub(crate) longest_steps: BTreeMap<&'a str, &'a Moment>,
    /// How many messages hold a stack trace.
    pub(crate) traced: u64,
    /// The most frequent kinds of them.
    pub(crate) traces: Vec<Trace<'a>>,
}

/// A time in which nothing came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gap<'a> {
    pub(crate) session_id: &'a str,
    /// The event before; its figure is how long it was.
    pub(crate) after: &'a Moment,
}

/// How long a component's steps took in its latest session, beside those of the sessions before.
#[derive(Clone, Debug)]
pub(crate) struct Trend<'a> {
    pub(crate) component: &'a str,
    pub(crate) session_id: &'a str,
    pub(crate) latest: Latency,
    pub(crate) earlier: Latency,
}

/// Stack traces of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Trace<'a> {
    pub(crate) name: &'a str,
    pub(crate) count: u64,
    /// The first of them.
    pub(crate) first: Option<&'a Moment>,
}

impl<'a> Performance<'a> {
    /// Of sessions that come to `figures`.
    pub(crate) fn of(sessions: &'a [SessionSummary], figures: &Figures<'_>) -> Self {
        let mut gaps = Latency::default();
        let mut longest_gap: Option<Gap<'a>> = None;
        let mut longest_steps: BTreeMap<&str, &Moment> = BTreeMap::new();
        let (mut traced, mut traces) = (0, BTreeMap::<&str, (u64, Option<&Moment>)>::new());
        for session in sessions {
            let Some(course) = session.course.as_deref() else { continue };
            gaps.merge(&course.gaps);
            if let Some(after) = &course.longest_gap
                && longest_gap.is_none_or(|known| known.after.value < after.value)
            {
                longest_gap = Some(Gap { session_id: &session.id, after });
            }
            for step in &course.longest_steps {
                let known = longest_steps.entry(step.component.as_deref().unwrap_or(UNNAMED)).or_insert(step);
                if known.value < step.value {
                    *known = step;
                }
            }
            traced += course.traced;
            for trace in &course.traces {
                let Evidence { count, first, .. } = &trace.seen;
                let known = traces.entry(&trace.name).or_default();
                known.0 += count;
                known.1 = known.1.or(first.first());
            }
        }
        let traces = traces.into_iter().map(|(name, (count, first))| Trace { name, count, first });
        let mut traces: Vec<_> = traces.collect();
        traces.sort_by_key(|trace| u64::MAX - trace.count);
        traces.truncate(TRACES);
        let per_minute = |figure: u64| {
            let us = figures.duration_us.filter(|us| *us > 0)?;
            Some(figure as f64 * 60e6 / us as f64)
        };
        Self {
            gaps,
            longest_gap,
            events_per_minute: per_minute(figures.counts.events),
            tokens_per_minute: per_minute(figures.standing.used),
            trends: trends(sessions),
            longest_steps,
            traced,
            traces,
        }
    }
}

impl Trend<'_> {
    /// By how many percent a step takes longer now than before; less than zero if it takes shorter.
    pub(crate) fn change_percent(&self) -> Option<f64> {
        let (latest, earlier) = (self.latest.mean_us() as f64, self.earlier.mean_us() as f64);
        (earlier > 0.0).then(|| (latest / earlier - 1.0) * 100.0)
    }
}

/// Of each component, its latest session and all before, if those have enough steps. Sessions without a time
/// have no place among them.
fn trends(sessions: &[SessionSummary]) -> Vec<Trend<'_>> {
    let mut order: Vec<_> = sessions.iter().filter(|session| session.first.is_some()).collect();
    order.sort_by(|a, b| (a.first, &a.id).cmp(&(b.first, &b.id)));
    let mut parts: BTreeMap<&str, Trend<'_>> = BTreeMap::new();
    for session in order {
        for (component, latency) in &session.latency {
            let component = component.as_deref().unwrap_or(UNNAMED);
            let none = || Trend {
                component,
                session_id: &session.id,
                latest: Latency::default(),
                earlier: Latency::default(),
            };
            let trend = parts.entry(component).or_insert_with(none);
            trend.earlier.merge(&trend.latest);
            trend.latest = latency.clone();
            trend.session_id = &session.id;
        }
    }
    let mut trends: Vec<_> =
        parts.into_values().filter(|trend| trend.earlier.count() >= LEAST_STEPS).collect();
    trends.sort_by_key(|trend| component::rank(trend.component));
    trends
}
