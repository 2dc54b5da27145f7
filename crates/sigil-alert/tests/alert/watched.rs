//! Logs that are watched by the clock: growth, errors, rotation.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use serde_json::Value;
use sigil_testkit::Place;

use super::{at_home, told};

/// Looks once at the logs of a place.
#[track_caller]
fn check(place: &Place) -> Vec<Value> {
    let output = at_home(place.path()).arg("--watch-logs").arg(place.path().join("*.log")).run();
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    output.jsonl().unwrap()
}

fn append(path: &Path, text: &str) {
    OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn lines(bytes: usize) -> String {
    "INFO all is well".chars().chain(['\n']).cycle().take(bytes - 1).chain(['\n']).collect()
}

#[test]
fn the_source_document_s_example_is_told_once_in_its_form_and_is_over_at_the_next_check() {
    let place = Place::new();
    let log = place.file("scheduler.log", lines(100_000));
    let run = || {
        let tool = at_home(place.path()).current_dir(place.path()).args(["--format", "report"]);
        let output = tool.args(["--watch-logs", "*.log"]).run();
        assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
        // When it was, is the clock's business.
        let lines: Vec<_> = output.stdout_text().lines().map(str::to_owned).collect();
        lines.into_iter().filter(|line| !line.starts_with("- Timestamp: 2")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(run(), "");
    append(&log, &lines(64_510));
    insta::assert_snapshot!(run(), @r"
    ## Alert Report
    - Alert Type: Growth
    - Severity: Warning
    - Status: firing
    - Affected Component: ~/scheduler.log
    - Message: ~/scheduler.log has grown by 64.51% since the last check (limit 50%)
    - Current Value: 64.51%
    - Threshold: 50%
    - Recommended Action: Rotate the log (sigil-archive rotate), adjust its level, clean up old logs
    ");
    append(&log, &lines(3_290));
    insta::assert_snapshot!(run(), @r"
    ## Alert Report
    - Alert Type: Growth
    - Severity: Warning
    - Status: resolved
    - Affected Component: ~/scheduler.log
    - Message: ~/scheduler.log has grown by 2% since the last check: below 50%
    - Current Value: 2%
    - Threshold: 50%
    - Recommended Action: Rotate the log (sigil-archive rotate), adjust its level, clean up old logs
    ");
    assert_eq!(run(), "");
}

#[test]
fn growth_nearly_fires_and_small_files_and_first_looks_never_do() {
    let place = Place::new();
    let log = place.file("a.log", lines(10_000));
    let small = place.file("small.log", lines(4_000));
    assert_eq!(told(&check(&place)), [""; 0]);
    append(&log, &lines(5_000));
    append(&small, &lines(60_000));
    place.file("new.log", lines(90_000));
    assert_eq!(told(&check(&place)), [""; 0]);
}

#[test]
fn growth_is_seen_through_rotation() {
    for is_copied in [false, true] {
        let place = Place::new();
        let log = place.file("a.log", lines(10_000));
        check(&place);
        append(&log, &lines(3_000));
        let part = place.path().join("a.log.1");
        if is_copied {
            fs::copy(&log, &part).unwrap();
            fs::write(&log, "").unwrap();
        } else {
            fs::rename(&log, &part).unwrap();
        }
        append(&log, &lines(2_500));
        let alerts = check(&place);
        assert_eq!(told(&alerts), ["log_growth firing Warning"], "copied: {is_copied}");
        assert_eq!(alerts[0]["current_value"], 55.0, "copied: {is_copied}");
        append(&log, &lines(10));
        assert_eq!(told(&check(&place)), ["log_growth resolved Warning"], "copied: {is_copied}");
    }
}

#[test]
fn growth_is_seen_where_a_truncated_log_has_grown_beyond_its_size_again() {
    let place = Place::new();
    let log = place.file("a.log", lines(10_000));
    check(&place);
    append(&log, &lines(3_000));
    fs::copy(&log, place.path().join("a.log.1")).unwrap();
    fs::write(&log, "").unwrap();
    append(&log, &lines(14_000));
    assert_eq!(check(&place)[0]["current_value"], 170.0);
}

#[test]
fn a_log_that_was_written_anew_under_its_name_has_not_grown() {
    let place = Place::new();
    let log = place.file("a.log", lines(10_000));
    check(&place);
    let anew = place.file("anew", lines(10_100));
    fs::rename(anew, &log).unwrap();
    assert_eq!(told(&check(&place)), [""; 0]);
}

#[test]
fn a_glob_means_the_same_files_in_every_directory() {
    let place = Place::new();
    let logs = [place.file("one/a.log", lines(10_000)), place.file("two/a.log", lines(50_000))];
    for directory in logs.iter().chain(&logs).chain(&logs).map(|log| log.parent().unwrap()) {
        let tool = at_home(place.path()).current_dir(directory).args(["--watch-logs", "*.log"]);
        tool.stdout("").stderr("").status(0);
    }
}

#[test]
fn errors_among_new_lines_count_across_rotation_and_half_lines() {
    let place = Place::new();
    let log = place.file("a.log", "2026-01-11 10:00:00 ERROR old\n".repeat(500));
    check(&place);
    append(&log, &"2026-01-11 10:00:01 INFO fine\n".repeat(18));
    append(&log, "2026-01-11 10:00:02 ERROR half");
    assert_eq!(told(&check(&place)), [""; 0]);
    fs::rename(&log, place.path().join("a.log.1")).unwrap();
    append(&place.path().join("a.log.1"), " a line\n");
    append(&log, &"2026-01-11 10:00:03 INFO fine\n".repeat(17));
    append(&log, &"2026-01-11 10:00:04 ERROR whole\n".repeat(2));
    let alerts = check(&place);
    assert_eq!(told(&alerts), ["log_errors firing Error"]);
    assert_eq!(alerts[0]["current_value"], 15.0);
    append(&log, &"2026-01-11 10:00:05 INFO fine\n".repeat(20));
    assert_eq!(told(&check(&place)), ["log_errors resolved Error"]);
}

#[test]
fn events_in_a_watched_log_are_errors_as_they_are_in_every_tool() {
    let place = Place::new();
    let log = place.file("run.log", "");
    check(&place);
    let event = |kind: &str| format!("{{\"session_id\":\"s\",\"event_type\":\"{kind}\"}}\n");
    append(&log, &(event("note").repeat(18) + &event("step_error").repeat(2)));
    assert_eq!(told(&check(&place)), [""; 0]);
    append(&log, &(event("note").repeat(17) + &event("tool_error").repeat(3)));
    assert_eq!(told(&check(&place)), ["log_errors firing Error"]);
}

#[test]
fn an_error_log_that_grows_fast_is_told() {
    let place = Place::new();
    let log = place.file("stderr.log", lines(1_000_000));
    let other = place.file("stdout.log", lines(1_000_000));
    check(&place);
    append(&log, &lines(300_000));
    append(&other, &lines(300_000));
    // Two checks of a test are hardly a second apart.
    assert_eq!(told(&check(&place)), ["error_log_speed firing Warning"]);
    append(&log, &lines(60_000));
    assert_eq!(told(&check(&place)), ["error_log_speed resolved Warning"]);
}

#[test]
fn the_store_s_size_is_looked_at_with_the_logs() {
    let place = Place::new();
    place.file("a.log", "");
    place.file(".sigil/logs/sessions/s/execution.jsonl", lines(300_000));
    place.file(
        ".sigil/config.toml",
        "[alert.rules.store_size]\nwarning = \"200KB\"\n[alert.rules.disk_use]\nenabled = false\n",
    );
    let alerts = check(&place);
    assert_eq!(told(&alerts), ["store_size firing Warning"]);
    assert_eq!(alerts[0]["affected_component"], "~/.sigil/logs");
    fs::remove_dir_all(place.path().join(".sigil/logs/sessions")).unwrap();
    assert_eq!(told(&check(&place)), ["store_size resolved Warning"]);
}

#[test]
fn the_disk_s_use_is_looked_at_with_the_logs() {
    let place = Place::new();
    place.file("a.log", "");
    place.file(".sigil/logs/sessions/s/execution.jsonl", "");
    let use_from = |percent: &str| {
        place.file(".sigil/config.toml", format!("[alert.rules.disk_use]\nthreshold = {percent}\n"));
        check(&place)
    };
    // No disk is more than full, and none is quite empty that holds this.
    assert_eq!(told(&use_from("100.1")), [""; 0]);
    let alerts = use_from("0.000001");
    assert_eq!(told(&alerts), ["disk_use firing Warning"]);
    assert_eq!((&alerts[0]["unit"], &alerts[0]["alert_type"]), (&"%".into(), &"Growth".into()));
    assert_eq!(told(&use_from("100.1")), ["disk_use resolved Warning"]);
}

#[test]
fn a_log_that_is_gone_is_over_and_one_that_comes_back_is_known() {
    let place = Place::new();
    let log = place.file("a.log", lines(10_000));
    check(&place);
    append(&log, &lines(9_000));
    assert_eq!(told(&check(&place)), ["log_growth firing Warning"]);
    fs::rename(&log, place.path().join("gone")).unwrap();
    assert_eq!(told(&check(&place)), ["log_growth resolved Warning"]);
    fs::rename(place.path().join("gone"), &log).unwrap();
    append(&log, &lines(11_000));
    let alerts = check(&place);
    assert_eq!(told(&alerts), ["log_growth firing Warning"]);
    assert_eq!(alerts[0]["current_value"], 57.89);
}

#[test]
fn a_glob_that_has_never_matched_anything_is_said() {
    let place = Place::new();
    let run = || at_home(place.path()).current_dir(place.path()).args(["--watch-logs", "*.log"]);
    let mistyped = "sigil-alert: E001_SESSION_NF: --watch-logs \"~/*.log\" matches no file\n";
    run().stdout("").stderr(mistyped).status(0);
    run().arg("-q").stdout("").stderr("").status(0);
    let log = place.file("a.log", "");
    run().stdout("").stderr("").status(0);
    fs::remove_file(log).unwrap();
    run().stdout("").stderr("").status(0);
}

#[test]
fn cron_hears_nothing_when_there_is_nothing_to_say() {
    let place = Place::new();
    place.file("a.log", lines(10_000));
    let script = format!(
        "env -i HOME={0} PATH=/usr/bin:/bin {1} --watch-logs '{0}/*.log' </dev/null",
        place.path().display(),
        env!("CARGO_BIN_EXE_sigil-alert")
    );
    for _ in 0..2 {
        sigil_testkit::Tool::new("sh").args(["-c", &script]).stdout("").stderr("").status(0);
    }
    assert!(place.path().join(".sigil/state/alert.json").exists());
}
