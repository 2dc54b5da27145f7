//! `sigil-tail -m jsonl` as a process, one subject per file. Here stands what they share.

mod arguments;
mod as_written;
mod filters;
mod formats;
mod hostile;
mod last;
mod malformed;
mod pipes;
mod streams;

use std::fs;
use std::path::{Path, PathBuf};

use sigil_testkit::Tool;
use tempfile::TempDir;

/// Where the tool is.
const BINARY: &str = env!("CARGO_BIN_EXE_sigil-tail");

/// A place for logs that is gone when the test is over.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory can be made"))
    }

    /// A place that holds `log.jsonl`.
    fn with(bytes: impl AsRef<[u8]>) -> Self {
        let place = Self::new();
        place.file("log.jsonl", bytes);
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file and the directories it is in, and gives back where it is.
    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a file is in a directory"))
            .expect("directories can be made");
        fs::write(&path, bytes).expect("a file can be written");
        path
    }

    /// The tool, running here, so that messages show names relative to this place: what is there, as JSON lines.
    fn tool<'t>(&self) -> Tool<'t> {
        Tool::new(BINARY).current_dir(self.path()).args(["--once", "-m", "jsonl"])
    }

    /// Expects that of `log.jsonl` exactly `expected` comes out with `args`, and nothing is said.
    #[track_caller]
    fn gives(&self, args: &[&str], expected: &[u8]) {
        let output = self.tool().arg("log.jsonl").args(args).run();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), output.stderr_text());
        assert_eq!(out, String::from_utf8_lossy(expected), "{args:?}");
        assert!(output.stdout == expected, "{args:?}: bytes differ that are no UTF-8");
        assert_eq!((&*err, output.status.code()), ("", Some(0)), "{args:?}");
    }
}

/// A line of a log: an event of `session` in `component` with `tokens`, without a time.
fn event(session: &str, event_type: &str, component: &str, tokens: u64) -> String {
    format!(
        "{{\"session_id\":\"{session}\",\"event_type\":\"{event_type}\",\"component\":\"{component}\",\"tokens\":{tokens}}}\n"
    )
}
