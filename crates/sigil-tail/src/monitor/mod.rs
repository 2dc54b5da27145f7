//! What is behind a person's screen: one ledger over all that comes, and of each session the little beside it
//! that a screen shows.
//!
//! It grows with sessions and distinct answers, never with events. It knows no clock: when it is worth the time
//! to ask for [`Monitor::update`] is for whoever shows it.

mod recent;

use std::io::{self, Write};
use std::sync::Arc;

use sigil_cli::Palette;
use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_input::MalformedLines;
use sigil_input::follow::Chunk;
use sigil_summary::budget::Budgets;
use sigil_summary::{CountAll, Detail, Running, SessionSummary};

use crate::completion::Sessions;
use crate::filter::Filter;
use crate::pace::Pace;
pub(crate) use recent::{Recent, RecentEvent};

/// All that comes is one stream: the ledger decides in the order in which it came.
const STREAM: SourceId = SourceId(0);

/// The state of all sessions.
pub(crate) struct Monitor {
    running: Running,
    /// How many events have come. Their numbers are their places in the stream.
    events: u64,
    /// Which of them are shown.
    filter: Filter,
    ends: Sessions,
    malformed: MalformedLines,
    malformed_count: u64,
    /// The file that is being read.
    name: String,
    /// By number of the session in the ledger.
    sessions: Vec<Session>,
    is_changed: bool,
}

impl Sink for Monitor {
    fn begin(&mut self, _: SourceId, _: u64) {}

    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        self.add(event);
    }

    fn defect(&mut self, line: u64, _: Defect) {
        self.note_malformed(line);
    }

    fn end(&mut self, _: u64, _: u64) {}
}

/// One session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    /// What the ledger says, as of the last update; nothing before that.
    pub(crate) summary: Option<Arc<SessionSummary>>,
    pub(crate) recent: Recent,
    pub(crate) pace: Pace,
    pub(crate) last_error: Option<Box<RecentEvent>>,
}

impl Monitor {
    /// Nothing yet. `detail` is what the ledger tells apart.
    pub(crate) fn new(detail: Arc<Detail>, count_all: CountAll, budgets: Budgets) -> Self {
        let mut running = Running::new(detail, count_all, budgets);
        running.begin(STREAM, 0);
        Self {
            running,
            events: 0,
            filter: Filter::default(),
            ends: Sessions::default(),
            malformed: MalformedLines::default(),
            malformed_count: 0,
            name: String::new(),
            sessions: Vec::new(),
            is_changed: false,
        }
    }

    /// The same, showing only events that pass `filter`. All of them count.
    pub(crate) fn showing(self, filter: Filter) -> Self {
        Self { filter, ..self }
    }

    /// The same, in which sessions with these ids are to end.
    pub(crate) fn awaiting(self, ids: &[String]) -> Self {
        Self { ends: Sessions::awaiting(ids.iter().cloned()), ..self }
    }

    /// Takes the events of a chunk.
    pub(crate) fn take(&mut self, chunk: &mut Chunk<'_>) {
        if self.name != chunk.name() {
            chunk.name().clone_into(&mut self.name);
        }
        chunk.decode(self);
    }

    /// Takes an event.
    pub(crate) fn add(&mut self, event: &EventRef<'_>) {
        let moved = self.running.add(event, self.events);
        self.events += 1;
        let (Some(tokens), Some(number)) = (moved, self.running.current_session()) else { return };
        self.is_changed = true;
        self.ends.add(event);
        if number >= self.sessions.len() {
            self.sessions.resize_with(number + 1, Session::default);
        }
        let session = &mut self.sessions[number];
        let is_shown = self.filter.passes(event);
        if is_shown && !recent::is_idle(event, tokens) {
            session.recent.push(event, tokens);
        }
        if let Some(at) = event.at {
            session.pace.add(at.us, tokens);
        }
        if is_shown && event.event_type.is_error() {
            session.last_error.get_or_insert_default().set(event, tokens);
        }
    }

    /// Notes a line that is wrong, counted from 0.
    fn note_malformed(&mut self, line: u64) {
        self.malformed.add(&self.name, line + 1);
        self.malformed_count += 1;
        self.is_changed = true;
    }

    /// Whether something has come since the last update.
    pub(crate) fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// Asks the ledger what the sessions that have changed come to.
    pub(crate) fn update(&mut self) {
        self.is_changed = false;
        for (number, summary) in self.running.changed() {
            if let Some(session) = self.sessions.get_mut(number) {
                session.summary = Some(Arc::new(summary));
            }
        }
    }

    /// The sessions that are known since the last update, in the order in which they came.
    pub(crate) fn sessions(&self) -> impl Iterator<Item = (&SessionSummary, &Session)> {
        self.sessions.iter().filter_map(|session| Some((session.summary.as_deref()?, session)))
    }

    /// All tokens that count.
    pub(crate) fn total(&self) -> u64 {
        self.running.total()
    }

    /// How many lines are wrong.
    pub(crate) fn malformed_count(&self) -> u64 {
        self.malformed_count
    }

    /// The lines that are wrong.
    pub(crate) fn malformed(&self) -> &MalformedLines {
        &self.malformed
    }

    /// Which sessions have ended.
    pub(crate) fn ends(&self) -> &Sessions {
        &self.ends
    }

    /// Writes a block for each session that has ended and of which that has not been told.
    pub(crate) fn tell_ends(&mut self, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
        let running = &self.running;
        self.ends.tell_ends(|id| running.session(id), palette, out)
    }
}

#[cfg(test)]
mod tests;
