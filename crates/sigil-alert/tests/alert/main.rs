//! `sigil-alert` as a process.
#![expect(clippy::unwrap_used, reason = "tests of processes and files")]

mod arguments;
mod events;
mod kept;
mod live;
mod processes;
mod replayed;
mod sinks;
mod watched;

use std::path::Path;

use serde_json::Value;
use sigil_testkit::Tool;

fn sigil_alert<'t>() -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-alert")).env("TZ", "UTC")
}

/// The same with a home of its own for all runs of a test.
fn at_home<'t>(home: &Path) -> Tool<'t> {
    sigil_alert().env("HOME", home)
}

/// Runs it, and gives the alerts that it writes.
#[track_caller]
fn alerts(tool: Tool<'_>) -> Vec<Value> {
    let output = tool.run();
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    output.jsonl().unwrap()
}

/// `rule status severity` of each.
fn told(alerts: &[Value]) -> Vec<String> {
    let word = |alert: &Value, key: &str| alert[key].as_str().unwrap().to_owned();
    alerts
        .iter()
        .map(|alert| [word(alert, "rule"), word(alert, "status"), word(alert, "severity")].join(" "))
        .collect()
}

/// A line of the log of session `s` at second `second` of a day.
fn line(second: u32, event: &str, more: &str) -> String {
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!(
        "{{\"timestamp\":\"2026-01-11T{hour:02}:{minute:02}:{second:02}Z\",\"session_id\":\"s\",\"event_type\":\"{event}\"{more}}}\n"
    )
}

/// Says past the test runner's capture that a test did not run.
fn not_run(test: &str, why: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "NOT RUN: {test}: {why}");
}
