//! `sigil-tail` for people: stream and minimal modes, and how it waits, ends and complains. Here stands what the
//! tests share.

mod arguments;
mod color;
mod completion;
mod endings;
mod late_start;
mod malformed;
mod minimal;
mod stream;
mod terminal;
mod waiting;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sigil_testkit::{Stream, Tool};
use tempfile::TempDir;

/// How long something may take that is sure to come.
const SOON: Duration = Duration::from_secs(60);
const RULE: &str = "--------------------------------------------------";

/// A log store that is gone when the test is over.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory can be made"))
    }

    /// A store in which session `id` has `log`.
    fn with(id: &str, log: impl AsRef<[u8]>) -> Self {
        let place = Self::new();
        place.append(id, log);
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn log(&self, id: &str) -> PathBuf {
        self.path().join("sessions").join(id).join("execution.jsonl")
    }

    /// Adds to the log of a session, which need not exist.
    fn append(&self, id: &str, lines: impl AsRef<[u8]>) {
        let path = self.log(id);
        fs::create_dir_all(path.parent().expect("a log is in a directory")).expect("directories can be made");
        let file = OpenOptions::new().create(true).append(true).open(path);
        file.and_then(|mut file| file.write_all(lines.as_ref())).expect("a log can be written");
    }

    /// The tool on this store, looking often.
    fn tool<'t>(&self) -> Tool<'t> {
        let tool = Tool::new(env!("CARGO_BIN_EXE_sigil-tail")).current_dir(self.path());
        tool.args(["-l", ".", "--refresh-rate", "0.02"])
    }
}

/// A line of `session`'s log at a second of 2026-01-11T10:15, without a zone.
fn event(
    session: &str,
    second: u32,
    event_type: &str,
    component: &str,
    message: &str,
    tokens: u64,
) -> String {
    let line = serde_json::json!({
        "timestamp": format!("2026-01-11T10:15:{second:02}.500000"), "session_id": session,
        "event_type": event_type, "component": component, "message": message, "tokens": tokens,
    });
    format!("{line}\n")
}

/// Takes lines up to and with one that is `last`.
#[track_caller]
fn lines_until(stream: &mut Stream, last: &str) -> String {
    let mut lines = String::new();
    loop {
        let line = stream.next_line(SOON).unwrap_or_else(|| panic!("no line {last:?} after:\n{lines}"));
        lines.push_str(&line);
        lines.push('\n');
        if line == last {
            return lines;
        }
    }
}

/// Sends a signal to a process by its id.
fn send(signal: &str, id: u32) {
    let output = Tool::new("sh").args(["-c", &format!("kill -{signal} {id}")]).run();
    assert!(output.status.success(), "kill: {}", output.stderr_text());
}
