//! What becomes of a reading: nothing, an alert that is pending, one that fires, or one that is resolved.
//!
//! Knows rules and figures, and neither where these come from nor who is told.

mod instance;
mod notice;

use chrono_tz::Tz;

use crate::alert::Alert;
use crate::rules::Rules;
pub(crate) use instance::Instances;
pub(crate) use notice::Who;

/// One figure that was measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'a> {
    /// By which rule.
    pub(crate) rule: u16,
    /// What it is about.
    pub(crate) who: Who<'a>,
    /// When, in microseconds since 1970. For one subject it does not run backwards.
    pub(crate) at_us: i64,
    pub(crate) value: f64,
}

/// What the engine goes by, and what it has to say.
pub(crate) struct Engine {
    pub(crate) rules: Rules,
    /// After how long what still fires is told again; never if 0.
    pub(crate) repeat_us: i64,
    /// In which times are told.
    pub(crate) zone: Tz,
    /// What is to be told, in order.
    told: Vec<Alert>,
}

impl Engine {
    pub(crate) fn new(rules: Rules, repeat_us: i64, zone: Tz) -> Self {
        Self { rules, repeat_us, zone, told: Vec::new() }
    }

    /// Whether there is anything to tell.
    pub(crate) fn has_told(&self) -> bool {
        !self.told.is_empty()
    }

    /// Takes what is to be told.
    pub(crate) fn take_told(&mut self) -> Vec<Alert> {
        std::mem::take(&mut self.told)
    }
}
