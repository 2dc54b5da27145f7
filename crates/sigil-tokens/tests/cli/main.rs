//! `sigil-tokens` as a process, one subject per file. Here stands what they share.

mod accidents;
mod archives;
mod bad_arguments;
mod bad_input;
mod bombs;
mod check;
mod check_context;
mod claude_directories;
mod codex;
mod color;
mod cost;
mod damaged;
mod estimate;
mod filters;
mod higress;
mod hostile_input;
mod hostile_text;
mod malformed;
mod operands;
mod pipes;
mod recipe;
mod rotated;
mod running;
mod slow_pipe;
mod store;
mod summary;
mod tables;
mod text;
mod zones;

use std::io::{self, Write};
use std::ops::Deref;
use std::path::Path;

use sigil_testkit::samples::event;
use sigil_testkit::{self as testkit, Tool};

/// Where the tool is.
const BINARY: &str = env!("CARGO_BIN_EXE_sigil-tokens");

/// The tool, without arguments yet.
fn tool<'t>() -> Tool<'t> {
    Tool::new(BINARY)
}

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

    /// A place that holds one file.
    fn with(name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let place = Self::new();
        place.file(name, bytes);
        place
    }

    /// The tool, running here, so that messages show names relative to this place.
    fn tool<'t>(&self) -> Tool<'t> {
        self.0.tool(BINARY)
    }
}

/// A step of component `a` in `session` at `timestamp`.
fn step_at(session: &str, timestamp: &str, tokens: u64) -> String {
    format!(
        "{{\"timestamp\":\"{timestamp}\",\"session_id\":\"{session}\",\"event_type\":\"step_complete\",\"component\":\"a\",\"tokens\":{tokens}}}\n"
    )
}

/// What gzip makes of `bytes`, by the real program.
fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let output = Tool::new("gzip").arg("-c").stdin(bytes).run();
    assert!(output.status.success(), "gzip: {}", output.stderr_text());
    output.stdout
}

/// What a program makes of `bytes`; none, said aloud, where it is not installed.
fn packed(program: &str, args: &[&str], bytes: &[u8]) -> Option<Vec<u8>> {
    if !["/usr/local/bin", "/usr/bin", "/bin"].iter().any(|place| Path::new(place).join(program).exists()) {
        not_run(&format!("{program} is not installed"));
        return None;
    }
    let output = Tool::new(program).args(args).stdin(bytes).run();
    assert!(output.status.success(), "{program}: {}", output.stderr_text());
    Some(output.stdout)
}

/// A tar of what lies in `place`, by the real program with `args`.
fn tar(place: &Place, args: &[&str]) -> Vec<u8> {
    let output = Tool::new("tar").arg("-cf").arg("-").args(args).current_dir(place.path()).run();
    assert!(output.status.success(), "tar: {}", output.stderr_text());
    output.stdout
}

/// Says past the test runner's capture that a test did not run.
fn not_run(why: &str) {
    // Without a standard error nobody is there to be told.
    let _ = writeln!(io::stderr(), "NOT RUN: {why}");
}
