//! What a process left behind when it ended.

use serde_json::Value;
use std::process::ExitStatus;

/// Stdout, stderr and status of a process that has ended.
#[derive(Debug, Clone)]
pub struct Output {
    /// The bytes it wrote to stdout.
    pub stdout: Vec<u8>,
    /// The bytes it wrote to stderr.
    pub stderr: Vec<u8>,
    /// How it ended.
    pub status: ExitStatus,
    /// The memory it had at most, if that was asked for and the system tells.
    pub peak_bytes: Option<u64>,
}

impl Output {
    /// Stdout as text; bytes that are not UTF-8 show as U+FFFD.
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Stderr as text; bytes that are not UTF-8 show as U+FFFD.
    pub fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Stdout as one JSON value.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it when it is not exactly one.
    pub fn json(&self) -> Result<Value, String> {
        serde_json::from_slice(&self.stdout).map_err(|error| format!("stdout is not one JSON value: {error}"))
    }

    /// Stdout as JSON values, one on each line.
    ///
    /// # Errors
    ///
    /// Names the first line that is not one, or a missing final newline.
    pub fn jsonl(&self) -> Result<Vec<Value>, String> {
        if !self.stdout.is_empty() && !self.stdout.ends_with(b"\n") {
            return Err("stdout does not end in a newline".to_owned());
        }
        let lines = self.stdout.split_inclusive(|byte| *byte == b'\n');
        lines
            .enumerate()
            .map(|(at, line)| {
                serde_json::from_slice(line)
                    .map_err(|error| format!("line {} of stdout is not one JSON value: {error}", at + 1))
            })
            .collect()
    }

    /// `0`, or in words what else happened.
    pub(crate) fn ending(&self) -> String {
        self.status.code().map_or_else(|| self.status.to_string(), |code| code.to_string())
    }
}
