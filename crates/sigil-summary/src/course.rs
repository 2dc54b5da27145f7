//! How a session went: how long its parts took, the gaps between its events, and the facts that findings
//! are made from (guide 4.5). Merging does not care about order.

use serde::{Deserialize, Serialize};
use sigil_event::{EventRef, EventType};

use crate::few::Few;
use crate::findings::Thresholds;
use crate::latency::Latency;
use crate::mark::{Hits, Mark, earliest, greatest};
use crate::names::Renumbering;
use crate::trace;

/// How many kinds of stack traces are told apart in a session.
const TRACES: usize = 64;

/// How a session went, beside what each component did.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Course {
    /// Between one event and the next in the log, where both have a time and it does not run backwards.
    pub(crate) gaps: Latency,
    /// The event before the longest; its figure is how long that was.
    pub(crate) longest_gap: Option<Mark>,
    /// `session_start`.
    pub(crate) starts: u64,
    /// `retry_attempt`.
    #[serde(with = "crate::sparse")]
    pub(crate) retries: Hits,
    /// Steps of `reasoning` that ended with very many tokens, and consumptions of as many.
    #[serde(with = "crate::sparse")]
    pub(crate) heavy_steps: Hits,
    #[serde(with = "crate::sparse")]
    pub(crate) heavy_consumption: Hits,
    /// Steps of `memory` that took very long.
    #[serde(with = "crate::sparse")]
    pub(crate) slow_memory: Hits,
    /// The first `budget_warning` and the first `budget_exceeded`.
    pub(crate) warned: Option<Mark>,
    pub(crate) exceeded: Option<Mark>,
    /// The first errors behind a `budget_exceeded`, and every `session_error` right behind a step of `routing`.
    #[serde(with = "crate::sparse")]
    pub(crate) overrun: Hits,
    #[serde(with = "crate::sparse")]
    pub(crate) misrouted: Hits,
    /// How many messages hold a stack trace.
    pub(crate) traced: u64,
    /// By type of exception and innermost frames.
    pub(crate) traces: Few<Hits, TRACES>,
}

impl Course {
    /// Adds an event, whose `mark` has no figure yet.
    #[inline]
    pub(crate) fn add(&mut self, event: &EventRef<'_>, mark: Mark, limits: &Thresholds) {
        if let Some(us) = event.metadata.latency_us
            && us > limits.memory_latency_us
            && event.component.is_some_and(|component| component.is("memory"))
        {
            self.slow_memory.add(Mark { value: us, ..mark });
        }
        if let Some(tokens) = event.stated_tokens()
            && tokens >= limits.reasoning_tokens
            && event.component.is_some_and(|component| component.is("reasoning"))
        {
            let hit = Mark { value: tokens, ..mark };
            match event.event_type {
                EventType::StepComplete | EventType::StepError => self.heavy_steps.add(hit),
                EventType::TokenConsumption => self.heavy_consumption.add(hit),
                _ => {}
            }
        }
        match event.event_type {
            EventType::SessionStart => self.starts += 1,
            EventType::RetryAttempt => self.retries.add(mark),
            EventType::BudgetWarning => self.warned = earliest(self.warned, Some(mark)),
            EventType::BudgetExceeded => self.exceeded = earliest(self.exceeded, Some(mark)),
            EventType::StepError | EventType::SessionError | EventType::OtherError => self.trace(event, mark),
            _ => {}
        }
    }

    #[cold]
    fn trace(&mut self, event: &EventRef<'_>, mark: Mark) {
        let Some(message) = event.message else { return };
        let Some(group) = trace::group(&message.decode()) else { return };
        self.traced += 1;
        if let Some(hits) = self.traces.get_or(&group, Hits::default) {
            hits.add(mark);
        }
    }

    /// Adds the time between two events that follow each other.
    #[inline]
    pub(crate) fn add_gap(&mut self, before: Mark, after: Mark) {
        let (Some(from), Some(to)) = (before.at, after.at) else { return };
        let Ok(us) = u64::try_from(to.us.saturating_sub(from.us)) else { return };
        self.gaps.add(us);
        if self.longest_gap.is_none_or(|longest| us >= longest.value) {
            self.longest_gap = greatest(self.longest_gap, Some(Mark { value: us, ..before }));
        }
    }

    pub(crate) fn merge(&mut self, other: Self, names: &Renumbering) {
        let of = |mark: Option<Mark>| mark.map(|mark| mark.renumbered(names));
        self.gaps.merge(&other.gaps);
        self.longest_gap = greatest(self.longest_gap, of(other.longest_gap));
        self.starts += other.starts;
        self.retries.merge(other.retries, names);
        self.heavy_steps.merge(other.heavy_steps, names);
        self.heavy_consumption.merge(other.heavy_consumption, names);
        self.slow_memory.merge(other.slow_memory, names);
        self.warned = earliest(self.warned, of(other.warned));
        self.exceeded = earliest(self.exceeded, of(other.exceeded));
        self.overrun.merge(other.overrun, names);
        self.misrouted.merge(other.misrouted, names);
        self.traced += other.traced;
        for (group, hits) in other.traces.into_iter() {
            if let Some(known) = self.traces.get_or(&group, Hits::default) {
                known.merge(hits, names);
            }
        }
    }
}
