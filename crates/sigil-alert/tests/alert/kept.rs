//! The state between runs.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sigil_testkit::Place;

use super::{at_home, line, told};

fn failing() -> String {
    line(0, "step_complete", ",\"component\":\"memory\",\"metadata\":{\"latency_ms\":6000}")
}

#[test]
fn what_was_told_is_not_told_again_by_the_next_run_until_it_is_over() {
    let place = Place::new();
    let run = |log: String| {
        let output = at_home(place.path()).arg("--state").arg(place.path().join("s.json")).stdin(log).run();
        assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
        told(&output.jsonl().unwrap())
    };
    assert_eq!(run(failing()), ["memory_latency firing Warning"]);
    assert_eq!(run(failing()), [""; 0]);
    assert_eq!(run(failing().replace("6000", "1")), ["memory_latency resolved Warning"]);
    assert_eq!(run(failing()), ["memory_latency firing Warning"]);
    let mode = fs::metadata(place.path().join("s.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_state_that_is_not_ours_is_left_alone() {
    for (text, reason) in [
        ("{\"version\":2,\"more\":1}", "was written by a newer sigil-alert (version 2, this one knows 1)"),
        ("{\"version\":1,\"rules\":[]", "line 1: is no state of sigil-alert, or damaged"),
        ("hello", "E003_PARSE_FAIL"),
        ("", "E003_PARSE_FAIL"),
    ] {
        let place = Place::new();
        let path = place.file("s.json", text);
        let output = at_home(place.path()).arg("--state").arg(&path).stdin(failing()).run();
        let told = output.stderr_text();
        assert!(told.contains(reason) && told.contains("s.json"), "{text}: {told}");
        assert_eq!((output.status.code(), output.stdout_text().as_str()), (Some(2), ""));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_state_that_cannot_be_written_is_said_before_anything_is_read() {
    let place = Place::new();
    place.file("file", "");
    let output =
        at_home(place.path()).arg("--state").arg(place.path().join("file/s.json")).stdin(failing()).run();
    assert_eq!((output.status.code(), output.stdout_text().as_str()), (Some(2), ""));
    assert!(output.stderr_text().contains("E0"), "{}", output.stderr_text());
}

#[test]
fn a_full_disk_stops_no_alert() {
    if !fs::metadata("/dev/full").is_ok_and(|full| !full.is_file()) {
        super::not_run("a full disk", "there is no /dev/full");
        return;
    }
    // What cannot be told on standard output is told on standard error.
    let script = format!("printf '%s' '{}' | {} >/dev/full", failing(), env!("CARGO_BIN_EXE_sigil-alert"));
    let output = sigil_testkit::Tool::new("sh").args(["-c", &script]).run();
    assert!(output.stderr_text().contains("E009_DISK_FULL"), "{}", output.stderr_text());
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn sinks_are_told_what_standard_output_cannot_take() {
    let place = Place::new();
    let log: String =
        (0..500).map(|n| line(n, "session_error", "").replace("\"s\"", &format!("\"s{n}\""))).collect();
    let (log, report) = (place.file("x.jsonl", log), place.path().join("report"));
    let script = format!(
        "{} --report {} {} >/dev/full",
        env!("CARGO_BIN_EXE_sigil-alert"),
        report.display(),
        log.display()
    );
    let output = sigil_testkit::Tool::new("sh").args(["-c", &script]).run();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(report).unwrap().matches("## Alert Report").count(), 500);
}

#[test]
fn a_window_that_is_changed_begins_anew() {
    let place = Place::new();
    let config = place.path().join("config.toml");
    let mut all = Vec::new();
    for (window, from) in [("10m", 0), ("1h", 600), ("1m", 1200)] {
        fs::write(&config, format!("[alert.rules.error_rate]\nwindow = \"{window}\"\nkeep = 0\n")).unwrap();
        let events = |kind: &str, from: u32| (from..from + 30).map(|n| line(n, kind, "")).collect::<String>();
        let tool = at_home(place.path()).arg("--state").arg(place.path().join("s.json"));
        let log = events("step_error", from) + &events("note", from + 400).repeat(12);
        let output = tool.arg("--config").arg(&config).stdin(log).run();
        all.extend(told(&output.jsonl().unwrap()).into_iter().filter(|told| told.starts_with("error_rate")));
    }
    let once = ["error_rate firing Error", "error_rate resolved Error"];
    assert_eq!(all, [once, once, once].concat());
}

#[test]
fn what_was_read_before_a_signal_is_told() {
    let place = Place::new();
    let state = place.path().join("s.json");
    let mut alert = at_home(place.path()).arg("--state").arg(&state).stream();
    let one = |n: u32| line(n, "session_error", "").replace("\"s\"", &format!("\"s{n}\""));
    alert.write((0..400).map(one).collect::<String>());
    let mut lines = 0;
    while lines < 100 {
        alert.next_line(std::time::Duration::from_secs(60)).unwrap();
        lines += 1;
    }
    std::process::Command::new("kill").args(["-TERM", &alert.id().to_string()]).status().unwrap();
    let output = alert.finish();
    assert!(output.status.success());
    let kept: serde_json::Value = serde_json::from_slice(&fs::read(&state).unwrap()).unwrap();
    let fired = kept["sessions"]["all"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["instances"][0]["fired"].is_object());
    assert_eq!(fired.count(), lines + output.stdout_text().lines().count());
}

#[test]
fn rules_that_are_gone_are_forgotten() {
    let place = Place::new();
    let config = place.path().join("config.toml");
    let run = |text: &str, log: String| {
        fs::write(&config, text).unwrap();
        let tool = at_home(place.path()).arg("--state").arg(place.path().join("s.json"));
        told(&tool.arg("--config").arg(&config).stdin(log).run().jsonl().unwrap())
    };
    assert_eq!(run("", failing()), ["memory_latency firing Warning"]);
    assert_eq!(run("[alert.rules.memory_latency]\nenabled = false", failing()), [""; 0]);
    assert_eq!(
        run("[alert.rules.new]\nmeasure = \"retries\"\nwarning = 9", failing()),
        ["memory_latency firing Warning"]
    );
}

#[test]
fn two_runs_do_not_share_a_state() {
    let place = Place::new();
    let state = place.path().join("s.json");
    let mut first = at_home(place.path()).arg("--state").arg(&state).stream();
    first.write(failing());
    assert!(first.next_line(std::time::Duration::from_secs(60)).is_some());
    let output = at_home(place.path()).arg("--state").arg(&state).stdin(failing()).run();
    let told = output.stderr_text();
    assert!(
        told.contains(&format!("another sigil-alert (process {}) works with the state", first.id())),
        "{told}"
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(first.finish().status.success());
}
