//! Running a program as a step, and how a step can end.

use anyhow::{Context, Result};
use std::env;
use std::ffi::OsString;
use std::fmt::{self, Display, Formatter};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

/// How a step ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    /// Why it could not be done here; not a failure.
    Skipped(String),
    /// What went wrong.
    Failed(String),
}

impl Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Passed => f.write_str("passed"),
            Outcome::Skipped(why) => write!(f, "SKIPPED: {why}"),
            Outcome::Failed(why) => write!(f, "FAILED: {why}"),
        }
    }
}

impl From<ExitStatus> for Outcome {
    fn from(status: ExitStatus) -> Outcome {
        if status.success() { Outcome::Passed } else { Outcome::Failed(status.to_string()) }
    }
}

/// The cargo that runs this program, about to run in `root`.
pub(crate) fn cargo_command(root: &Path, args: &[&str]) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.args(args).current_dir(root);
    command
}

/// Runs cargo in `root` to its end.
///
/// # Errors
///
/// When it cannot be started.
pub(crate) fn cargo(root: &Path, args: &[&str]) -> Result<Outcome> {
    status(&mut cargo_command(root, args))
}

/// Runs `command` to its end; it writes where this program writes.
///
/// # Errors
///
/// When it cannot be started.
pub(crate) fn status(command: &mut Command) -> Result<Outcome> {
    Ok(command.status().with_context(|| cannot_start(command))?.into())
}

/// Runs `command` to its end, copies its stdout to this program's, and shows each line to `look`.
///
/// # Errors
///
/// When it cannot be started, or its output cannot be copied.
pub(crate) fn echoed(command: &mut Command, mut look: impl FnMut(&str)) -> Result<Outcome> {
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| cannot_start(command))?;
    if let Some(pipe) = child.stdout.take() {
        for line in BufReader::new(pipe).split(b'\n') {
            let mut line = line.context("cannot read what it prints")?;
            look(&String::from_utf8_lossy(&line));
            line.push(b'\n');
            io::stdout().write_all(&line)?;
        }
    }
    Ok(child.wait().context("cannot wait for it")?.into())
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start {}", command.get_program().to_string_lossy())
}
