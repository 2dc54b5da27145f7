//! `sigil-archive` as a process.
#![expect(clippy::unwrap_used, reason = "tests of processes and files")]

mod arguments;
mod copying;
mod hostile;
mod killed;
mod kinds;
mod real_programs;
mod recovered;
mod restored;
mod sessions;
mod shelf;
mod store;
mod surroundings;
mod together;

use std::io::{self, Write};

use sigil_testkit::Tool;

fn sigil_archive<'t>() -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-archive"))
}

/// Says past the test runner's capture that a test did not run.
fn not_run(test: &str, why: &str) {
    let _ = writeln!(io::stderr(), "NOT RUN: {test}: {why}");
}
