//! What can be measured, and what is known of each measure whatever the rule.

use crate::alert::AlertType;

/// What a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    ErrorRate,
    Errors,
    ResponseTime,
    SessionBudget,
    ComponentBudget,
    Latency,
    OperationTokens,
    Retries,
    FailedAfterRouting,
    OverBudget,
    SessionError,
    Silence,
    SessionAge,
    Malformed,
    Growth,
    LineErrors,
    GrowthSpeed,
    StoreSize,
    DiskUse,
    Memory,
    Cpu,
    Io,
}

/// Where a measure's figures come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Events of a session.
    Session,
    /// The lines of the input.
    Input,
    /// Files that are watched.
    File,
    /// The log store.
    Store,
    /// Processes that are watched.
    Process,
}

/// What is known of a measure.
pub(crate) struct Nature {
    pub(crate) name: &'static str,
    pub(crate) measure: Measure,
    pub(crate) scope: Scope,
    pub(crate) alert_type: AlertType,
    pub(crate) unit: &'static str,
    /// Whether a figure has to exceed its threshold; else reaching it is enough.
    pub(crate) exceeds: bool,
    /// What is measured, for people.
    pub(crate) what: &'static str,
    /// Which of `window`, `last` and `at_least` it goes by.
    pub(crate) terms: &'static [&'static str],
}

/// All measures.
pub(crate) const ALL: &[Nature] = {
    use AlertType as Type;
    use Measure as M;
    use Scope as S;
    const fn nature(
        name: &'static str,
        measure: Measure,
        (scope, alert_type): (Scope, AlertType),
        unit: &'static str,
        exceeds: bool,
        terms: &'static [&'static str],
        what: &'static str,
    ) -> Nature {
        Nature { name, measure, scope, alert_type, unit, exceeds, what, terms }
    }
    &[
        nature(
            "error_rate",
            M::ErrorRate,
            (S::Session, Type::Error),
            "%",
            true,
            &["window", "at_least"],
            "errors among a session's events of the last window, of at least so many events",
        ),
        nature(
            "errors",
            M::Errors,
            (S::Session, Type::Error),
            "errors",
            false,
            &["window"],
            "errors of a session in the last window",
        ),
        nature(
            "response_time",
            M::ResponseTime,
            (S::Session, Type::Performance),
            "s",
            true,
            &["last", "at_least"],
            "the mean of the last steps of a session, of at least so many",
        ),
        nature(
            "session_budget",
            M::SessionBudget,
            (S::Session, Type::Budget),
            "%",
            false,
            &[],
            "tokens that a session has used, of its budget",
        ),
        nature(
            "component_budget",
            M::ComponentBudget,
            (S::Session, Type::Budget),
            "%",
            false,
            &[],
            "tokens that a component of a session has used, of its budget",
        ),
        nature(
            "latency",
            M::Latency,
            (S::Session, Type::Performance),
            "s",
            true,
            &[],
            "how long one step took",
        ),
        nature(
            "operation_tokens",
            M::OperationTokens,
            (S::Session, Type::Performance),
            "tokens",
            false,
            &[],
            "tokens of one step or one consumption",
        ),
        nature(
            "retries",
            M::Retries,
            (S::Session, Type::Error),
            "retries",
            false,
            &[],
            "retries of a session without a step that went well between them",
        ),
        nature(
            "failed_after_routing",
            M::FailedAfterRouting,
            (S::Session, Type::Error),
            "",
            false,
            &[],
            "1 when a session ends in an error right behind a step of routing (guide 4.5)",
        ),
        nature(
            "over_budget",
            M::OverBudget,
            (S::Session, Type::Error),
            "",
            false,
            &[],
            "1 when something fails behind budget_exceeded (guide 4.5)",
        ),
        nature(
            "session_error",
            M::SessionError,
            (S::Session, Type::Error),
            "",
            false,
            &[],
            "1 when a session ends in any other error",
        ),
        nature(
            "silence",
            M::Silence,
            (S::Session, Type::Session),
            "s",
            false,
            &[],
            "how long a running session has said nothing",
        ),
        nature(
            "session_age",
            M::SessionAge,
            (S::Session, Type::Session),
            "s",
            false,
            &[],
            "how long a session has been running",
        ),
        nature(
            "malformed",
            M::Malformed,
            (S::Input, Type::Error),
            "%",
            true,
            &["last", "at_least"],
            "malformed lines among the last ones of the input, of at least so many malformed",
        ),
        nature(
            "growth",
            M::Growth,
            (S::File, Type::Growth),
            "%",
            true,
            &["at_least"],
            "how much a watched file has grown since the last check, of files of at least so many bytes",
        ),
        nature(
            "line_errors",
            M::LineErrors,
            (S::File, Type::Error),
            "%",
            true,
            &["at_least"],
            "errors among the lines that a watched file has got since the last check, of at least so many lines",
        ),
        nature(
            "growth_speed",
            M::GrowthSpeed,
            (S::File, Type::Growth),
            "B/min",
            false,
            &["at_least"],
            "how fast a watched file has grown since the last check, if by at least so many bytes",
        ),
        nature(
            "store_size",
            M::StoreSize,
            (S::Store, Type::Growth),
            "B",
            false,
            &[],
            "what the log store takes on the disk",
        ),
        nature(
            "disk_use",
            M::DiskUse,
            (S::Store, Type::Growth),
            "%",
            false,
            &[],
            "how full the file system is that the log store lies on",
        ),
        nature(
            "memory",
            M::Memory,
            (S::Process, Type::Performance),
            "B",
            false,
            &[],
            "resident memory of a process, or of a group",
        ),
        nature(
            "cpu",
            M::Cpu,
            (S::Process, Type::Performance),
            "%",
            false,
            &[],
            "processor time of a process, or of a group, since the last check; 100 is one core",
        ),
        nature(
            "io",
            M::Io,
            (S::Process, Type::Performance),
            "B/s",
            false,
            &[],
            "what a process, or a group, has read from and written to disks since the last check",
        ),
    ]
};

impl Measure {
    /// What is known of it.
    #[inline]
    pub(crate) fn nature(self) -> &'static Nature {
        // They stand in the order of their declaration.
        &ALL[self as usize]
    }

    /// The one that has this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        ALL.iter().find(|nature| nature.name == name).map(|nature| nature.measure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_is_found_by_its_name() {
        for nature in ALL {
            assert_eq!(Measure::named(nature.name), Some(nature.measure));
            assert_eq!(nature.measure.nature().name, nature.name);
        }
    }
}
