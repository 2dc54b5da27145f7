//! Everything that is checked before a change is taken, step by step, each with its time.
//!
//! A step that fails does not keep the next ones from running: one run shows all there is to mend.

mod step;
mod tally;

use crate::man;
use anyhow::Result;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use step::{Outcome, cargo};
use tally::Tally;

/// Runs all steps in the workspace at `root`; whether all passed.
///
/// The last line on stdout is the [`Tally`] of the tests.
///
/// # Errors
///
/// When stdout cannot be written.
pub(crate) fn run(root: &Path) -> Result<bool> {
    let mut tally = Tally::default();
    let mut steps = Steps { results: Vec::new() };

    steps.run("format", || cargo(root, &["fmt", "--all", "--check"]))?;
    steps.run("clippy", || {
        cargo(root, &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
    })?;
    steps.run("binaries", || cargo(root, &["build", "--workspace", "--locked"]))?;
    steps.run("tests", || tests(root, &mut tally))?;
    steps.run("documentation", || {
        let mut doc = step::cargo_command(root, &["doc", "--workspace", "--no-deps", "--locked"]);
        step::status(doc.env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    steps.run("licences and sources", || {
        cargo(root, &["deny", "--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"])
    })?;
    steps.run("advisories", || advisories(root))?;
    steps.run("man pages", || {
        Ok(if man::check(root)? { Outcome::Passed } else { Outcome::Failed("they drifted".to_owned()) })
    })?;
    steps.run("scripts", || scripts(root))?;

    let passed = steps.summary()?;
    writeln!(io::stdout(), "{tally}")?;
    Ok(passed && tally.ran() > 0 && tally.failed() == 0)
}

struct Steps {
    results: Vec<(&'static str, Outcome, f64)>,
}

impl Steps {
    fn run(&mut self, name: &'static str, step: impl FnOnce() -> Result<Outcome>) -> Result<()> {
        writeln!(io::stdout(), "== {name}")?;
        let start = Instant::now();
        let outcome = step().unwrap_or_else(|error| Outcome::Failed(format!("{error:#}")));
        let seconds = start.elapsed().as_secs_f64();
        writeln!(io::stdout(), "== {name}: {outcome}, {seconds:.1} s\n")?;
        self.results.push((name, outcome, seconds));
        Ok(())
    }

    /// Prints how every step ended; whether none failed.
    fn summary(&self) -> Result<bool> {
        let mut out = io::stdout().lock();
        for (name, outcome, seconds) in &self.results {
            writeln!(out, "{name:<22} {seconds:>7.1} s  {outcome}")?;
        }
        Ok(!self.results.iter().any(|(_, outcome, _)| matches!(outcome, Outcome::Failed(_))))
    }
}

fn tests(root: &Path, tally: &mut Tally) -> Result<Outcome> {
    let mut tests = step::cargo_command(root, &["test", "--workspace", "--locked", "--no-fail-fast"]);
    let ended = step::echoed(&mut tests, |line| tally.add(line))?;
    Ok(match ended {
        Outcome::Passed if tally.ran() == 0 => Outcome::Failed("no test ran".to_owned()),
        // A test program that did not come to its own end has not counted what it left undone.
        Outcome::Failed(_) if tally.failed() == 0 => {
            tally.add_unfinished();
            ended
        }
        _ => ended,
    })
}

/// The database of advisories lies on a server of its own; without it there is nothing to check against.
fn advisories(root: &Path) -> Result<Outcome> {
    let mut fetch = step::cargo_command(root, &["deny", "--locked", "fetch", "db"]);
    if let Outcome::Failed(_) = step::status(fetch.env("GIT_TERMINAL_PROMPT", "0"))? {
        return Ok(Outcome::Skipped("the advisory database cannot be reached".to_owned()));
    }
    cargo(root, &["deny", "--locked", "check", "--disable-fetch", "advisories"])
}

/// The scripts parse, and ShellCheck has nothing to say where it is installed.
fn scripts(root: &Path) -> Result<Outcome> {
    let shell = scripts_ending(root, "sh")?;
    for script in &shell {
        if let failed @ Outcome::Failed(_) = step::status(Command::new("sh").arg("-n").arg(script))? {
            return Ok(failed);
        }
    }
    for script in scripts_ending(root, "py")? {
        let compile = "import sys; compile(open(sys.argv[1], encoding='utf-8').read(), sys.argv[1], 'exec')";
        let mut python = Command::new("python3");
        if let failed @ Outcome::Failed(_) = step::status(python.args(["-c", compile]).arg(script))? {
            return Ok(failed);
        }
    }
    if Command::new("shellcheck").arg("--version").output().is_err() {
        return Ok(Outcome::Skipped("they parse, but shellcheck is not installed".to_owned()));
    }
    step::status(Command::new("shellcheck").args(shell).arg(root.join(".ci/run")))
}

fn scripts_ending(root: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join("scripts"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
