//! What all that is followed comes to: one account over all logs, in the order in which they are read.

use std::io::{self, Write};
use std::sync::Arc;

use sigil_cli::style::Palette;
use sigil_event::{EventRef, SourceId};
use sigil_input::MalformedLines;
use sigil_summary::budget::Standing;
use sigil_summary::{Detail, Running, Selection};

use crate::cli::Config;
use crate::completion::Sessions;

/// Totals, sessions, and lines that are wrong.
pub(crate) struct Account {
    running: Running,
    pub(crate) sessions: Sessions,
    pub(crate) malformed: MalformedLines,
    /// How many events have come. Their logs taken together are one stream, in which this is their place.
    events: u64,
    /// The file that is being read.
    name: String,
}

impl Account {
    /// Nothing yet. Whatever is shown, everything of the sessions that are followed counts.
    pub(crate) fn new(config: &Config) -> Self {
        let session = config.followed.session.clone();
        let selection = Selection { session, ..Selection::default() };
        let detail = Detail { selection, stated_costs: config.stated_costs, ..Detail::default() };
        let mut running = Running::new(Arc::new(detail), config.count_all, config.budgets.clone());
        running.begin(SourceId(0), 0);
        let sessions = Sessions::awaiting(config.subject.awaited.iter().cloned());
        Self { running, sessions, malformed: MalformedLines::default(), events: 0, name: String::new() }
    }

    /// What comes next stands in the file called `name`.
    pub(crate) fn begin(&mut self, name: &str) {
        if self.name != name {
            name.clone_into(&mut self.name);
        }
    }

    /// Adds an event, and says by how much the total has moved and whether a session has ended; nothing if the
    /// event is of no session that is followed.
    #[inline]
    pub(crate) fn add(&mut self, event: &EventRef<'_>) -> Option<(i64, bool)> {
        let added = self.running.add(event, self.events)?;
        self.events += 1;
        Some((added, self.sessions.add(event)))
    }

    /// Notes a line that is wrong, counted from 0.
    pub(crate) fn defect(&mut self, line: u64) {
        self.malformed.add(&self.name, line + 1);
    }

    /// All tokens so far.
    #[inline]
    pub(crate) fn total(&self) -> u64 {
        self.running.total()
    }

    /// What has been used, and of how much.
    pub(crate) fn standing(&self) -> Standing {
        self.running.standing()
    }

    /// Writes a block for each session that has ended and of which that has not been told.
    pub(crate) fn tell_ends(&mut self, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
        let running = &self.running;
        self.sessions.tell_ends(|id| running.session(id), palette, out)
    }
}
