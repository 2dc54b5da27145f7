//! What was found, in one session or in many, and in words: what was seen, what it means, what to do.

use std::sync::Arc;

use sigil_cli::number::{fine_latency, thousands};
use sigil_summary::Moment;
use sigil_summary::findings::{Kind, Naming, Severity, Thresholds};

use crate::totals::Seen;

/// Something that was found.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    /// How often.
    pub(crate) count: u64,
    /// The greatest figure, in tokens or microseconds.
    pub(crate) worst: Option<u64>,
    /// In how many sessions.
    pub(crate) sessions: u64,
    /// The first of them.
    pub(crate) examples: Vec<Arc<str>>,
    /// Events that show it; of several sessions, of the first.
    pub(crate) evidence: Vec<Moment>,
}

/// What was found in sessions, the worst first.
pub(crate) fn found(seen: &Seen) -> Vec<Found> {
    let all = seen.0.iter().map(|(kind, seen)| Found {
        kind: *kind,
        count: seen.count,
        worst: seen.worst,
        sessions: seen.sessions,
        examples: seen.examples.iter().map(|turn| Arc::clone(&turn.session_id)).collect(),
        evidence: seen.evidence.clone(),
    });
    all.collect()
}

impl Found {
    /// What was seen.
    pub(crate) fn seen(&self, limits: &Thresholds) -> String {
        let component = |moment: &Moment| moment.component.as_deref().unwrap_or("?").to_owned();
        let up_to = |figure: &dyn Fn(u64) -> String| {
            self.worst.map_or(String::new(), |worst| format!(", up to {}", figure(worst)))
        };
        let times = |one: &str, many: &str| match self.count {
            1 => format!("1 {one}"),
            count => format!("{} {many}", thousands(count)),
        };
        let is_one = self.sessions == 1;
        match self.kind {
            Kind::FailedAfterRouting => {
                times("session_error right after routing", "session_error right after routing")
            }
            Kind::OverBudget => times("failure after budget_exceeded", "failures after budget_exceeded"),
            Kind::HeavyReasoning => {
                let tokens = thousands(limits.reasoning_tokens);
                let operations = times("operation of", "operations of");
                format!("{operations} {tokens} tokens or more{}", up_to(&thousands))
            }
            Kind::Retries => times("retry_attempt", "retry_attempt"),
            Kind::SlowMemory => {
                let over = fine_latency(limits.memory_latency_us);
                format!("{} longer than {over}{}", times("step", "steps"), up_to(&fine_latency))
            }
            Kind::ReusedId => times("session_start", "session_start"),
            Kind::Name(Naming::Long) => format!("{} characters or more", limits.name_length),
            Kind::Name(Naming::Generic) => "a name that could be anything's".to_owned(),
            Kind::Name(Naming::Meaningless) => "a name that is no word".to_owned(),
            Kind::Sequential if is_one => self.evidence.iter().map(component).collect::<Vec<_>>().join(" → "),
            Kind::LowUsage if is_one => {
                let part = |moment: &Moment| format!("{} {}", component(moment), thousands(moment.value));
                self.evidence.iter().map(part).collect::<Vec<_>>().join(", ")
            }
            Kind::Sequential => "components in the order of the pipeline".to_owned(),
            Kind::LowUsage => format!("no component above {}% of its budget", limits.low_usage_percent),
            Kind::SteadyLatency => {
                let longest =
                    self.worst.map_or(String::new(), |us| format!(", longest {}", fine_latency(us)));
                format!("all steps under {}{longest}", fine_latency(limits.steady_latency_us))
            }
        }
    }
}

/// What it is called.
pub(crate) fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::FailedAfterRouting => "Failed right after routing",
        Kind::OverBudget => "Failed when the budget was used up",
        Kind::HeavyReasoning => "Reasoning with very many tokens",
        Kind::Retries => "Repeated retries",
        Kind::SlowMemory => "Slow memory",
        Kind::ReusedId => "Session id used again",
        Kind::Name(Naming::Generic | Naming::Meaningless) => "Session id says nothing",
        Kind::Name(Naming::Long) => "Session id is long",
        Kind::Sequential => "Components in order",
        Kind::LowUsage => "Few tokens",
        Kind::SteadyLatency => "Steady steps",
    }
}

/// What it means.
pub(crate) fn meaning(kind: Kind) -> &'static str {
    match kind {
        Kind::FailedAfterRouting => "what was asked for could not be told apart from other tasks",
        Kind::OverBudget => "the task needs more tokens than it may use",
        Kind::HeavyReasoning => "the task is complex, or what it is given is wordy",
        Kind::Retries => "something fails now and then and works when tried again",
        Kind::SlowMemory => "very much is retrieved, or a model reads it",
        Kind::ReusedId => "several runs write into one log: their figures are added up",
        Kind::Name(Naming::Generic | Naming::Meaningless) => {
            "nobody will know later what the session was for"
        }
        Kind::Name(Naming::Long) => "it is cut in tables, and hard to type and compare",
        Kind::Sequential => "the pipeline runs as it is meant to",
        Kind::LowUsage => "the session works with little",
        Kind::SteadyLatency => "no step holds the others up",
    }
}

/// What to do; nothing about what is as it should be.
pub(crate) fn action(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::FailedAfterRouting => "say more clearly in the task's description what is to be done",
        Kind::OverBudget => "split the task into smaller ones, or raise its budget",
        Kind::HeavyReasoning => "choose a simpler reasoning strategy, or shorten the context",
        Kind::Retries => "look at the network, and at the status of the API",
        Kind::SlowMemory => "retrieve fewer results, and ask narrower queries",
        Kind::ReusedId => "give each run an id of its own",
        Kind::Name(Naming::Generic | Naming::Meaningless) => {
            "name sessions TYPE-IDENTIFIER-TIMESTAMP, such as lead-analysis-20260111-001"
        }
        Kind::Name(Naming::Long) => "keep ids short: type, identifier and date are enough",
        Kind::Sequential | Kind::LowUsage | Kind::SteadyLatency => return None,
    })
}

/// What the figure of a kind's evidence counts; nothing if it has none.
pub(crate) fn unit(kind: Kind) -> Option<Unit> {
    match kind {
        Kind::HeavyReasoning | Kind::LowUsage => Some(Unit::Tokens),
        Kind::SlowMemory | Kind::SteadyLatency => Some(Unit::Time),
        _ => None,
    }
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Tokens,
    /// Microseconds.
    Time,
}

/// The word for a severity, in text.
pub(crate) fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Advice => "ADVICE",
        Severity::Healthy => "OK",
    }
}
