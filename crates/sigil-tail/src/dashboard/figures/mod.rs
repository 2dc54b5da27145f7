//! What a screen says of sessions: plain values, made from the monitor's.

mod panel;
mod row;

use std::sync::Arc;

use chrono_tz::Tz;
pub(crate) use sigil_breakdown::standing::tone;
use sigil_cli::Tone;
use sigil_summary::budget::Budgets;
use sigil_summary::price::Prices;
use sigil_summary::{CountAll, SessionSummary, Status};

pub(crate) use panel::Panel;
pub(crate) use row::{ContextUse, Row, Totals, rows};

/// What is shown under which terms.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) budgets: Budgets,
    pub(crate) count_all: CountAll,
    pub(crate) prices: Arc<Prices>,
    /// A running session is stale when its last event is that old, in microseconds.
    pub(crate) stale_after_us: i64,
    pub(crate) zone: Tz,
    /// Sessions that are waited for.
    pub(crate) expected: Vec<Arc<str>>,
    /// What is said to be waited for where no session is expected by its id.
    pub(crate) subject: Option<Arc<str>>,
}

/// How a session fares, as far as the clock has a say in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) status: Status,
    pub(crate) is_stale: bool,
}

impl State {
    pub(crate) const WAITING: Self = Self { status: Status::Waiting, is_stale: false };

    fn of(summary: &SessionSummary, terms: &Terms, now_us: i64) -> Self {
        let is_old = summary.last.is_some_and(|last| last.us <= now_us.saturating_sub(terms.stale_after_us));
        Self { status: summary.status, is_stale: summary.status == Status::Running && is_old }
    }

    /// Whether it goes on.
    pub(crate) fn is_live(self) -> bool {
        self.status == Status::Running && !self.is_stale
    }

    /// The guide's words for it.
    pub(crate) fn text(self) -> &'static str {
        if self.is_stale { "RUNNING (stale)" } else { self.status.as_str() }
    }

    /// One word for it.
    pub(crate) fn word(self) -> &'static str {
        if self.is_stale { "STALE" } else { self.status.as_str() }
    }

    pub(crate) fn tone(self) -> Tone {
        match self.status {
            _ if self.is_stale => Tone::Warning,
            Status::Waiting => Tone::Faint,
            Status::Running => Tone::Strong,
            Status::Complete => Tone::Good,
            Status::Error => Tone::Bad,
        }
    }
}
