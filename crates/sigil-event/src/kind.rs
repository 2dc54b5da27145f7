//! What sort of event a line tells of.

/// The guide's ten event types (4.3), and room for every other: the set is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EventType {
    /// A session has begun.
    SessionStart,
    /// A session has ended well.
    SessionComplete,
    /// A session has ended with an error.
    SessionError,
    /// A component's step begins.
    StepStart,
    /// A component's step is done.
    StepComplete,
    /// A component's step has failed.
    StepError,
    /// Tokens were used.
    TokenConsumption,
    /// A budget threshold was crossed.
    BudgetWarning,
    /// A budget is used up.
    BudgetExceeded,
    /// A failed operation is tried again.
    RetryAttempt,
    /// Any other name that tells of an error: the guide counts every type with `error` in it (8.3).
    OtherError,
    /// Anything else, or no type at all.
    #[default]
    Other,
}

impl EventType {
    /// The type of that name.
    #[inline]
    pub fn of(name: &str) -> Self {
        match name {
            "session_start" => Self::SessionStart,
            "session_complete" => Self::SessionComplete,
            "session_error" => Self::SessionError,
            "step_start" => Self::StepStart,
            "step_complete" => Self::StepComplete,
            "step_error" => Self::StepError,
            "token_consumption" => Self::TokenConsumption,
            "budget_warning" => Self::BudgetWarning,
            "budget_exceeded" => Self::BudgetExceeded,
            "retry_attempt" => Self::RetryAttempt,
            other if other.contains("error") => Self::OtherError,
            _ => Self::Other,
        }
    }

    /// Whether the event tells of an error (guide 8.3: `"error" in event_type`).
    pub fn is_error(self) -> bool {
        matches!(self, Self::SessionError | Self::StepError | Self::OtherError)
    }
}
