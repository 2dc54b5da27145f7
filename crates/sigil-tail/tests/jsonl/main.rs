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

use std::ops::Deref;

use sigil_testkit::samples::event;
use sigil_testkit::{self as testkit, Tool};

/// Where the tool is.
const BINARY: &str = env!("CARGO_BIN_EXE_sigil-tail");

/// A place for logs, from which the tool is run.
struct Place(testkit::Place);

impl Deref for Place {
    type Target = testkit::Place;

    fn deref(&self) -> &testkit::Place {
        &self.0
    }
}

impl Place {
    fn new() -> Self {
        Self(testkit::Place::new())
    }

    /// A place that holds `log.jsonl`.
    fn with(bytes: impl AsRef<[u8]>) -> Self {
        let place = Self::new();
        place.file("log.jsonl", bytes);
        place
    }

    /// The tool, running here, so that messages show names relative to this place: what is there, as JSON lines.
    fn tool<'t>(&self) -> Tool<'t> {
        self.0.tool(BINARY).args(["--once", "-m", "jsonl"])
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
