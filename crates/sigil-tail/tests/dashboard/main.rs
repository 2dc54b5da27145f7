//! The dashboard as a process on a real terminal, and without one.

#![expect(clippy::unwrap_used, reason = "a test that cannot make its files or talk to tmux has failed")]

mod live;
mod restored;
mod screens;
mod still;

use std::fs;
use std::path::{Path, PathBuf};

use sigil_testkit::Tmux;
use sigil_testkit::samples::GuideSession;

/// Long before any clock on which these tests run: nothing is so fresh that the screen tells its age.
pub(crate) const LONG_AGO_MINUTES: i64 = -3 * 365 * 24 * 60;

/// Times on the screen and in the logs are those of UTC.
pub(crate) const UTC: &str = "--timezone utc --input-timezone utc";

/// Starts the tool on a terminal.
pub(crate) fn start_tool(tmux: &Tmux, args: &str) {
    tmux.start_program(&format!("{} {args}", env!("CARGO_BIN_EXE_sigil-tail")));
}

/// Writes the log of a session into the store `root`.
pub(crate) fn write(root: &Path, id: &str, log: &str) -> PathBuf {
    let dir = root.join("sessions").join(id);
    fs::create_dir_all(&dir).unwrap();
    let path = dir.join("execution.jsonl");
    fs::write(&path, log).unwrap();
    path
}

/// The guide's session, long ago.
pub(crate) fn old(id: &str, minutes: i64) -> GuideSession {
    GuideSession::new(id).later(LONG_AGO_MINUTES + minutes)
}

/// A store with a session that is complete, one that broke off, and one that failed.
pub(crate) fn store(root: &Path) {
    write(root, "lead-analysis-001", &old("lead-analysis-001", 0).to_string());
    write(root, "agent-build-acme-001", &old("agent-build-acme-001", 1).running().to_string());
    let failure = "{\"timestamp\":\"2023-01-12T10:20:00\",\"session_id\":\"research-003\",\
        \"event_type\":\"session_error\",\"component\":\"contracts\",\
        \"message\":\"Contract violated: no field \\\"score\\\"\",\"tokens\":230000}\n";
    write(root, "research-003", &(old("research-003", 2).running().to_string() + failure));
}
