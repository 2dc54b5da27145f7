//! How fast sessions went.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sigil_summary::latency::Latency;
use sigil_summary::{Moment, SessionSummary};

use super::{Names, Turn, merge_all};

/// How fast sessions went. Of moments that are as good as others, the first session's counts.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Pace {
    /// Between one event and the next of a session.
    pub(crate) gaps: Latency,
    /// The event before the longest.
    pub(crate) longest_gap: Option<MomentOf>,
    /// The longest step of each component.
    pub(crate) longest_steps: BTreeMap<Arc<str>, MomentOf>,
    /// How many messages hold a stack trace.
    pub(crate) traced: u64,
    /// How many of each kind, and the first.
    pub(crate) traces: BTreeMap<Arc<str>, (u64, Option<MomentOf>)>,
    /// By component, of sessions that have a time.
    pub(crate) trends: BTreeMap<Arc<str>, Trend>,
}

/// An event of a session.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct MomentOf {
    pub(crate) turn: Turn,
    pub(crate) moment: Moment,
}

/// How long a component's steps took in the latest session, and in all before it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Trend {
    pub(crate) turn: Turn,
    pub(crate) latest: Steps,
    pub(crate) earlier: Steps,
}

/// How many steps, and how long they took together.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Steps {
    pub(crate) count: u64,
    total_us: u64,
}

impl Pace {
    pub(super) fn add(&mut self, session: &SessionSummary, names: &mut Names) {
        let turn = || Turn::of(session);
        if session.first.is_some() {
            for (component, latency) in &session.latency {
                let latest = Steps { count: latency.count(), total_us: latency.total_us() };
                let new = Trend { turn: turn(), latest, earlier: Steps::default() };
                let component = names.of(component.as_ref());
                merge_all(&mut self.trends, BTreeMap::from([(component, new)]), Trend::merge);
            }
        }
        let Some(course) = session.course.as_deref() else { return };
        self.gaps.merge(&course.gaps);
        if let Some(gap) = &course.longest_gap
            && self.longest_gap.as_ref().is_none_or(|known| known.moment.value <= gap.value)
        {
            longest(&mut self.longest_gap, MomentOf { turn: turn(), moment: gap.clone() });
        }
        for step in &course.longest_steps {
            let component = names.of(step.component.as_ref());
            let known = self.longest_steps.get(&component);
            if known.is_none_or(|known| known.moment.value <= step.value) {
                let new = MomentOf { turn: turn(), moment: step.clone() };
                merge_all(&mut self.longest_steps, BTreeMap::from([(component, new)]), longer);
            }
        }
        self.traced += course.traced;
        for trace in &course.traces {
            let first = trace.seen.first.first();
            let first = first.map(|moment| MomentOf { turn: turn(), moment: moment.clone() });
            let new = BTreeMap::from([(Arc::clone(&trace.name), (trace.seen.count, first))]);
            merge_all(&mut self.traces, new, merge_trace);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.gaps.merge(&other.gaps);
        other.longest_gap.into_iter().for_each(|gap| longest(&mut self.longest_gap, gap));
        merge_all(&mut self.longest_steps, other.longest_steps, longer);
        self.traced += other.traced;
        merge_all(&mut self.traces, other.traces, merge_trace);
        merge_all(&mut self.trends, other.trends, Trend::merge);
    }
}

impl Trend {
    fn merge(&mut self, other: Self) {
        self.earlier.add(other.earlier);
        match other.turn.cmp(&self.turn) {
            Ordering::Greater => {
                self.earlier.add(self.latest);
                (self.turn, self.latest) = (other.turn, other.latest);
            }
            Ordering::Less => self.earlier.add(other.latest),
            // One session's, of components that are called the same.
            Ordering::Equal => self.latest.add(other.latest),
        }
    }
}

impl Steps {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.total_us = self.total_us.saturating_add(other.total_us);
    }

    /// How long one took in the mean, rounded.
    pub(crate) fn mean_us(self) -> u64 {
        let count = self.count.max(1);
        self.total_us.saturating_add(count / 2) / count
    }
}

fn longest(known: &mut Option<MomentOf>, new: MomentOf) {
    match known {
        Some(known) => longer(known, new),
        None => *known = Some(new),
    }
}

fn longer(known: &mut MomentOf, new: MomentOf) {
    let is_longer = new.moment.value > known.moment.value;
    if is_longer || new.moment.value == known.moment.value && new.turn < known.turn {
        *known = new;
    }
}

fn merge_trace(known: &mut (u64, Option<MomentOf>), (count, first): (u64, Option<MomentOf>)) {
    known.0 += count;
    let firsts = known.1.take().into_iter().chain(first);
    known.1 = firsts.min_by(|a, b| a.turn.cmp(&b.turn));
}
