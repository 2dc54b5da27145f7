//! One session's log, in its directory: which parts it has, and what it holds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sigil_cli::escape;
use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_input::Malformed;
use sigil_store::{Complaint, EXECUTION_LOG, SessionId, rotation};
use sigil_summary::component::UNNAMED;
use sigil_summary::{Detail, Resolved, SessionSummary, Summary};

use super::Task;

/// A log and whose it is.
#[derive(Clone, Debug)]
pub(super) struct Log {
    pub(super) directory: PathBuf,
    pub(super) session_id: String,
}

/// What a log holds.
pub(super) struct Reading {
    pub(super) resolved: Resolved,
    /// How many events of each session and component tell of an error.
    pub(super) errors: ErrorCounts,
    /// Whose of the sessions the log is, unless it cannot be told or read.
    session: Option<usize>,
    pub(super) complaints: Vec<Complaint>,
}

/// By session and component.
pub(super) type ErrorCounts = BTreeMap<(String, String), u64>;

impl Log {
    /// The log in a directory, of the session that the directory is named after.
    pub(super) fn in_directory(directory: &Path) -> Self {
        // Where the path ends in no name, as `.` does, the directory has one all the same.
        let named = if directory.file_name().is_some() {
            directory.to_owned()
        } else {
            Path::new(".").join(directory).canonicalize().unwrap_or_else(|_| directory.to_owned())
        };
        let name = named.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let session_id = SessionId::from_file_name(&name).map_or(name, |id| id.as_str().to_owned());
        Self { directory: named, session_id }
    }

    /// Reads it, all its parts.
    pub(super) fn read(&self, task: &Task<'_>, threads: usize) -> Reading {
        let live = self.directory.join(EXECUTION_LOG);
        let parts = rotation::parts(&live).unwrap_or_else(|_| vec![live]);
        let mut inputs = task.inputs.of_files(parts);
        inputs.options.threads = threads.max(1);
        let detail = Arc::new(Detail { logs: inputs.logs(), ..task.detail.clone() });
        let new = || Counting { summary: Summary::new(Arc::clone(&detail)), errors: ErrorCounts::new() };
        let mut whole = new();
        let outcome = inputs.read(new, |part| whole.merge(part));
        let resolved = whole.summary.resolve();
        let places = resolved.defects.iter().map(|defect| (defect.source, defect.line)).collect();
        let malformed = Malformed { count: resolved.defect_count, places };
        let mut complaints = inputs.complaints(&outcome, &malformed, task.is_strict);
        let mut session = None;
        // Of a log that cannot be read to its end the figures would be wrong.
        if outcome.errors.is_empty() {
            session = self.own(&resolved);
            if session.is_none() {
                complaints.push(self.nobodys(resolved.sessions.len()));
            }
        }
        Reading { resolved, errors: whole.errors, session, complaints }
    }

    /// Whose of the sessions the log is: the one of its directory, or the only one. An empty log is nobody's.
    fn own(&self, resolved: &Resolved) -> Option<usize> {
        let by_name = resolved.sessions.iter().position(|session| *session.id == *self.session_id);
        by_name.or((resolved.sessions.len() == 1).then_some(0))
    }

    /// What is to be said of a log that is no session's.
    fn nobodys(&self, sessions: usize) -> Complaint {
        let name = self.directory.join(EXECUTION_LOG).display().to_string();
        let name = escape::for_terminal(&name);
        match sessions {
            0 => Complaint::Note(format!("{name}: no events yet, so no summary")),
            _ => Complaint::Trouble(format!(
                "E010_CONFIG_ERR: {name}: none of its {sessions} sessions has the name of the directory, so it \
                 is not known whose summary to write"
            )),
        }
    }
}

impl Reading {
    /// The session whose log it is.
    pub(super) fn session(&self) -> Option<&SessionSummary> {
        self.resolved.sessions.get(self.session?)
    }
}

/// A summary, and the errors of each component beside it.
struct Counting {
    summary: Summary,
    errors: ErrorCounts,
}

impl Counting {
    fn merge(&mut self, other: Self) {
        self.summary.merge(other.summary);
        for (part, count) in other.errors {
            *self.errors.entry(part).or_default() += count;
        }
    }
}

impl Sink for Counting {
    fn begin(&mut self, source: SourceId, start: u64) {
        self.summary.begin(source, start);
    }

    fn event(&mut self, event: &EventRef<'_>, offset: u64) {
        if event.event_type.is_error() {
            let name = |text: Option<sigil_event::Text<'_>>| {
                text.map_or(UNNAMED.to_owned(), |text| text.decode().into_owned())
            };
            *self.errors.entry((name(event.session_id), name(event.component))).or_default() += 1;
        }
        self.summary.event(event, offset);
    }

    fn defect(&mut self, line: u64, defect: Defect) {
        self.summary.defect(line, defect);
    }

    fn end(&mut self, end: u64, lines: u64) {
        self.summary.end(end, lines);
    }
}
