//! What is told: one alert.

use serde::{Deserialize, Serialize};

/// An alert as it goes out, as a line of JSON (`CLI.md`) or in the words of a sink.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Alert {
    /// When it is told: RFC 3339, with the time of the event or the check that caused it.
    pub(crate) timestamp: String,
    pub(crate) alert_type: AlertType,
    pub(crate) severity: Severity,
    pub(crate) status: Status,
    /// The component, the file, the process or the store that is concerned.
    pub(crate) affected_component: String,
    pub(crate) session_id: Option<String>,
    /// The name of the rule.
    pub(crate) rule: String,
    /// One sentence for a person.
    pub(crate) message: String,
    /// What was measured, in `unit`.
    pub(crate) current_value: f64,
    /// What it has reached; of a resolved alert, what it has fallen below.
    pub(crate) threshold: f64,
    /// Such as `%`, `s`, `tokens`, `errors`, `B`; empty for a count of nothing in particular.
    pub(crate) unit: String,
    pub(crate) recommended_action: String,
    /// 16 hexadecimal digits: the same for the same rule and the same subject, in every run.
    pub(crate) fingerprint: String,
    /// When it began to fire: RFC 3339.
    pub(crate) starts_at: String,
}

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AlertType {
    Growth,
    Error,
    Performance,
    Budget,
    Session,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Severity {
    Warning,
    Error,
    Critical,
}

/// Whether it has begun or is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Firing,
    Resolved,
}

impl AlertType {
    /// Its name, as it is told.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Growth => "Growth",
            Self::Error => "Error",
            Self::Performance => "Performance",
            Self::Budget => "Budget",
            Self::Session => "Session",
        }
    }
}

impl Severity {
    /// All of them, the mildest first.
    pub(crate) const ALL: [Self; 3] = [Self::Warning, Self::Error, Self::Critical];

    /// Its name, as it is told.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Warning => "Warning",
            Self::Error => "Error",
            Self::Critical => "Critical",
        }
    }
}

impl Status {
    /// Its name, as it is told.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Resolved => "resolved",
        }
    }
}
