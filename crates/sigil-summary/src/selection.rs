//! Which events a report is about. The ledger sees all of them: it decides first.

use std::fmt;
use std::sync::Arc;

use sigil_event::{EventRef, Timestamp};

use crate::component::UNNAMED;

/// Whether a session is wanted, by its id.
type SessionTest = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Filters that apply after the ledger has decided.
#[derive(Clone, Default)]
pub struct Selection {
    /// First microsecond since 1970 that is wanted.
    pub since_us: Option<i64>,
    /// First microsecond since 1970 that is wanted no more.
    pub until_us: Option<i64>,
    /// Which sessions are wanted; all if none.
    pub session: Option<SessionTest>,
}

impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Selection")
            .field("since_us", &self.since_us)
            .field("until_us", &self.until_us)
            .finish()
    }
}

impl Selection {
    /// Whether everything is wanted.
    pub fn is_everything(&self) -> bool {
        self.since_us.is_none() && self.until_us.is_none() && self.session.is_none()
    }

    /// Whether an event is wanted.
    #[inline]
    pub fn holds(&self, event: &EventRef<'_>) -> bool {
        let holds_its_session = || match event.session_id {
            Some(id) => self.holds_session(&id.decode()),
            None => self.holds_session(UNNAMED),
        };
        self.holds_time(event.at) && (self.session.is_none() || holds_its_session())
    }

    /// Whether an event at that time is wanted. One without a time is not, once times are asked for.
    #[inline]
    pub(crate) fn holds_time(&self, at: Option<Timestamp>) -> bool {
        if self.since_us.is_none() && self.until_us.is_none() {
            return true;
        }
        at.is_some_and(|at| {
            self.since_us.is_none_or(|since| at.us >= since)
                && self.until_us.is_none_or(|until| at.us < until)
        })
    }

    /// Whether an event at that time comes before the end of what is wanted.
    #[inline]
    pub(crate) fn is_past(&self, at: Option<Timestamp>) -> bool {
        self.until_us.is_none_or(|until| at.is_none_or(|at| at.us < until))
    }

    pub(crate) fn holds_session(&self, id: &str) -> bool {
        self.session.as_ref().is_none_or(|wanted| wanted(id))
    }
}
