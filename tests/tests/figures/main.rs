//! Figures equal those that `independent.py` computes from the raw lines, percentiles within the histogram's
//! error. Without Python, or without `../shared/data`, the tests say so and pass.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sigil_testkit::{Tool, binary};
use sigil_tests::{not_run, transcripts};

/// How far a percentile may be off: the histogram's stated error.
const MOST_OFF: f64 = 0.004;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data")
}

/// What Python says.
fn python(test: &str, arguments: &[&str], files: &[PathBuf]) -> Option<Vec<u8>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/figures/independent.py");
    let output = match Command::new("python3").arg(script).args(arguments).args(files).output() {
        Ok(output) => output,
        Err(why) => {
            not_run(test, &format!("no python3: {why}"));
            return None;
        }
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

fn independent(test: &str, format: &str, files: &[PathBuf]) -> Option<Value> {
    let figures = python(test, &[format], files)?;
    Some(serde_json::from_slice(&figures).expect("figures are JSON"))
}

/// What ours says.
fn ours(files: &[PathBuf], arguments: &[&str]) -> Value {
    let output = Tool::new(binary("sigil-report"))
        .args(["--json", "--timezone", "utc", "--input-timezone", "utc"])
        .args(arguments)
        .args(files)
        .run();
    assert_eq!(output.status.code(), Some(0), "{}", output.stderr_text());
    serde_json::from_slice(&output.stdout).expect("a report is JSON")
}

/// Microseconds of a figure in milliseconds.
fn us(ms: &Value) -> f64 {
    (ms.as_f64().expect("a duration") * 1000.0).round()
}

#[track_caller]
fn check_spread(expected: &Value, percentile: impl Fn(&str) -> Value, exact: &[(&str, Value)], what: &str) {
    for (name, value) in exact {
        assert_eq!(expected[*name].as_f64().expect("a figure"), us(value), "{what}: {name}");
    }
    for name in ["p50", "p95", "p99"] {
        let Value::Number(value) = percentile(name) else { continue };
        let (exact, read) = (expected[name].as_f64().expect("a figure"), us(&Value::Number(value)));
        assert!((read - exact).abs() <= exact * MOST_OFF + 0.5, "{what}: {name}: {read} for {exact}");
    }
}

/// One session, or the totals.
#[track_caller]
fn check_figures(expected: &Value, ours: &Value, what: &str) {
    for (theirs, name) in
        [("events", "events"), ("tokens", "total_used"), ("errors", "errors"), ("retries", "retries")]
    {
        assert_eq!(expected[theirs], ours[name], "{what}: {name}");
    }
    let duration = ours["duration_seconds"].as_f64().map(|seconds| (seconds * 1e6).round());
    assert_eq!(expected["duration_us"].as_f64(), duration, "{what}: duration");
    let gaps = &ours["performance"]["gaps"];
    match &expected["gaps"] {
        Value::Null => assert_eq!(gaps["count"], 0, "{what}: gaps"),
        expected => {
            assert_eq!(expected["count"], gaps["count"], "{what}: gaps");
            let percentile = |name: &str| gaps[format!("{name}_ms")].clone();
            check_spread(
                expected,
                percentile,
                &[("max", gaps["longest_ms"].clone())],
                &format!("{what}: gaps"),
            );
        }
    }
    let latencies = expected["latencies"].as_object().expect("latencies");
    for (component, expected) in latencies {
        let latency = &ours["components"][component]["latency_ms"];
        assert_eq!(expected["count"], latency["count"], "{what}: {component}");
        let exact = [("total", latency["total"].clone()), ("max", latency["max"].clone())];
        check_spread(expected, |name| latency[name].clone(), &exact, &format!("{what}: {component}"));
    }
    let timed = ours["components"].as_object().expect("components").values();
    assert_eq!(
        timed.filter(|part| !part["latency_ms"].is_null()).count(),
        latencies.len(),
        "{what}: components"
    );
}

/// Rows by name: tokens, events, errors. Rows that come to nothing are left out where only `tokens` are compared.
fn rows(report: &Value, key: &str, all: bool) -> BTreeMap<String, Vec<u64>> {
    let rows = report["rows"].as_array().expect("rows").iter().map(|row| {
        let figure = |name: &str| row[name].as_u64().expect("a count");
        let figures: Vec<_> = if all { &["tokens", "events", "errors"][..] } else { &["tokens"] }
            .iter()
            .map(|name| figure(name))
            .collect();
        (row[key].as_str().expect("a name").to_owned(), figures)
    });
    rows.filter(|(_, figures)| all || figures[0] > 0).collect()
}

#[track_caller]
fn check_rows(expected: &Value, files: &[PathBuf], all: bool) {
    for (key, expected) in expected["rows"].as_object().expect("rows") {
        let expected = expected.as_object().expect("rows by name").iter().map(|(name, figures)| {
            let figures = figures.as_array().expect("figures").iter().take(if all { 3 } else { 1 });
            (name.clone(), figures.map(|figure| figure.as_u64().expect("a count")).collect::<Vec<_>>())
        });
        let expected: BTreeMap<_, _> = expected.filter(|(_, figures)| all || figures[0] > 0).collect();
        assert_eq!(rows(&ours(files, &["--by", key]), key, all), expected, "--by {key}");
    }
}

#[test]
fn made_logs_come_to_what_python_says() {
    for seed in ["1", "2", "3"] {
        let dir = tempfile::tempdir().expect("a directory");
        if python("made_logs_come_to_what_python_says", &["make", seed], &[dir.path().to_owned()]).is_none() {
            return;
        }
        let files: Vec<_> = (0..4).map(|n| dir.path().join(format!("made-{n}.jsonl"))).collect();
        let Some(expected) = independent("made_logs_come_to_what_python_says", "sigil", &files) else {
            return;
        };
        let report = ours(&files, &[]);
        let sessions = report["sessions"].as_array().expect("sessions");
        let known = expected["sessions"].as_object().expect("sessions by id");
        assert_eq!(sessions.len(), known.len());
        for session in sessions {
            let id = session["session_id"].as_str().expect("an id");
            check_figures(&known[id], session, &format!("seed {seed}: {id}"));
        }
        check_figures(&expected["totals"], &report["totals"], &format!("seed {seed}: totals"));
        check_rows(&expected, &files, true);
    }
}

/// Compares tokens and no events: there are some beside the answers that the format's rules tell of.
#[track_caller]
fn check_tokens(test: &str, format: &str, files: &[PathBuf]) {
    assert!(!files.is_empty(), "{format}");
    let Some(expected) = independent(test, format, files) else { return };
    assert_eq!(ours(files, &[])["totals"]["total_used"], expected["totals"]["tokens"]);
    check_rows(&expected, files, false);
}

/// Samples of a kind, if there are any.
fn samples(test: &str, kind: &str) -> Option<PathBuf> {
    let directory = data().join(kind);
    if directory.is_dir() {
        return Some(directory);
    }
    not_run(test, "no ../shared/data beside the repository");
    None
}

#[test]
fn transcripts_of_claude_code_come_to_what_python_says() {
    let test = "transcripts_of_claude_code_come_to_what_python_says";
    let Some(directory) = samples(test, "claude") else { return };
    let mut files = Vec::new();
    transcripts(&directory, &mut files);
    check_tokens(test, "claude", &files);
}

#[test]
fn rollouts_of_codex_come_to_what_python_says() {
    let test = "rollouts_of_codex_come_to_what_python_says";
    let Some(directory) = samples(test, "codex") else { return };
    let mut files = Vec::new();
    transcripts(&directory, &mut files);
    check_tokens(test, "codex", &files);
}

#[test]
fn access_logs_of_higress_come_to_what_python_says() {
    let test = "access_logs_of_higress_come_to_what_python_says";
    let Some(directory) = samples(test, "higress") else { return };
    check_tokens(test, "higress", &files_in(&directory, &["log", "jsonl", "txt"]));
}

#[test]
fn logs_of_text_hold_what_python_counts() {
    let test = "logs_of_text_hold_what_python_counts";
    let Some(directory) = samples(test, "logs") else { return };
    let files = files_in(&directory, &["log"]);
    assert!(!files.is_empty());
    let Some(expected) = independent(test, "text", &files) else { return };
    for file in files {
        let name = file.file_name().and_then(|name| name.to_str()).expect("a name");
        let (expected, report) = (&expected[name], ours(std::slice::from_ref(&file), &[]));
        assert_eq!(report["input"]["bytes"], expected["bytes"], "{name}");
        assert_eq!(report["input"]["lines"], expected["lines"], "{name}");
        assert_eq!(report["totals"]["events"], expected["events"], "{name}");
        if !expected["errors"].is_null() {
            assert_eq!(report["totals"]["errors"], expected["errors"], "{name}");
        }
    }
}

/// The files there with one of those extensions, in the order of their names.
fn files_in(directory: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).expect("a directory of samples");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let is_one =
        |path: &PathBuf| path.extension().is_some_and(|end| extensions.iter().any(|known| end == *known));
    let mut files: Vec<_> = paths.filter(is_one).collect();
    files.sort();
    files
}
