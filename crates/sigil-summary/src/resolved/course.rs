//! How a session went, named.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sigil_event::{SourceId, Timestamp};

use super::Named;
use crate::course as facts;
use crate::facts::Part;
use crate::latency::Latency;
use crate::mark::{Hits, Mark};
use crate::names::NameId;

/// An event that is named as evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// When.
    pub at: Option<Timestamp>,
    /// Which source it stands in.
    #[serde(with = "crate::source_number")]
    pub source: SourceId,
    /// Its first byte there.
    pub offset: u64,
    /// Its component, if it names one.
    pub component: Option<Arc<str>>,
    /// The figure it is named for: microseconds or tokens; 0 if there is none.
    pub value: u64,
}

/// How often something was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// How often.
    pub count: u64,
    /// The first few times.
    pub first: Vec<Moment>,
    /// The time with the greatest figure.
    pub worst: Option<Moment>,
}

/// Stack traces that are the same but for line numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The type of the exception, and the frames nearest to it.
    pub name: Arc<str>,
    /// How many.
    pub seen: Evidence,
}

/// How a session went (guide 4.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// Between one event and the next in the log, where both have a time and it does not run backwards.
    pub gaps: Latency,
    /// The event before the longest of them; its figure is how long that was.
    pub longest_gap: Option<Moment>,
    /// The first step of each component, in their order.
    pub first_steps: Vec<Moment>,
    /// The longest step of each component, by its name.
    pub longest_steps: Vec<Moment>,
    /// How often the session was begun.
    pub starts: u64,
    /// `retry_attempt`.
    pub retries: Evidence,
    /// Operations of `reasoning` with very many tokens.
    pub heavy_reasoning: Evidence,
    /// Steps of `memory` that took very long.
    pub slow_memory: Evidence,
    /// The first `budget_warning`.
    pub warned: Option<Moment>,
    /// The first `budget_exceeded`.
    pub exceeded: Option<Moment>,
    /// The errors that came first behind a `budget_exceeded`.
    pub overrun: Evidence,
    /// Every `session_error` right behind a step of `routing`.
    pub misrouted: Evidence,
    /// How many messages hold a stack trace.
    pub traced: u64,
    /// The kinds of them, the most frequent first. There may be more than are told apart.
    pub traces: Vec<Trace>,
}

impl Named<'_> {
    fn moment(&mut self, mark: Mark) -> Moment {
        let Mark { at, place, component, value } = mark;
        Moment { at, source: place.source, offset: place.offset, component: self.name(component), value }
    }

    fn evidence(&mut self, hits: Hits) -> Evidence {
        Evidence {
            count: hits.count,
            first: hits.first.into_iter().map(|mark| self.moment(mark)).collect(),
            worst: hits.worst.map(|mark| self.moment(mark)),
        }
    }

    pub(super) fn course(&mut self, course: facts::Course, parts: &[(NameId, Box<Part>)]) -> Course {
        let mut first: Vec<_> = parts.iter().filter_map(|(_, part)| part.first).collect();
        first.sort_by_cached_key(|mark| (mark.order(), self.summary.names.text(mark.component)));
        let mut longest: Vec<_> = parts.iter().filter_map(|(_, part)| part.longest).collect();
        longest.sort_by_key(|mark| self.summary.names.text(mark.component));
        let heavy = if course.heavy_steps.count > 0 { course.heavy_steps } else { course.heavy_consumption };
        let traces = course.traces.into_iter();
        let mut traces: Vec<_> =
            traces.map(|(name, hits)| Trace { name: name.into(), seen: self.evidence(hits) }).collect();
        traces.sort_by(|a, b| (b.seen.count, &a.name).cmp(&(a.seen.count, &b.name)));
        Course {
            gaps: course.gaps,
            longest_gap: course.longest_gap.map(|mark| self.moment(mark)),
            first_steps: first.into_iter().map(|mark| self.moment(mark)).collect(),
            longest_steps: longest.into_iter().map(|mark| self.moment(mark)).collect(),
            starts: course.starts,
            retries: self.evidence(course.retries),
            heavy_reasoning: self.evidence(heavy),
            slow_memory: self.evidence(course.slow_memory),
            warned: course.warned.map(|mark| self.moment(mark)),
            exceeded: course.exceeded.map(|mark| self.moment(mark)),
            overrun: self.evidence(course.overrun),
            misrouted: self.evidence(course.misrouted),
            traced: course.traced,
            traces,
        }
    }
}
