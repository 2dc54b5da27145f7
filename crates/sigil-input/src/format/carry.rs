//! What a piece of a source has to know of the lines before it.

use super::{codex, text};

/// What lines have left behind for those that follow. A piece that has said nothing about a part of it
/// leaves that part as it was.
#[derive(Clone, Debug, Default)]
pub(crate) struct Carry {
    /// The last point in time, in microseconds: a naive time in the hour that comes twice each autumn means
    /// its first or its second passing.
    pub(crate) latest_us: Option<i64>,
    /// Whether a JSON object was shown: what is no object then is no text either.
    pub(super) has_object: Option<bool>,
    /// The Codex thread whose rollout goes on.
    pub(super) thread: Option<Box<codex::Thread>>,
    /// The log of text that goes on.
    pub(super) log: Option<Box<text::Log>>,
}

impl Carry {
    /// What lines behind these, which have left `later`, leave behind both.
    pub(crate) fn then(self, later: Self) -> Self {
        Self {
            latest_us: later.latest_us.or(self.latest_us),
            has_object: later.has_object.or(self.has_object),
            thread: later.thread.or(self.thread),
            log: later.log.or(self.log),
        }
    }
}
