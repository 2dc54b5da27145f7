//! A live pipe.

use std::process::Command;
use std::time::Duration;

use sigil_testkit::Place;

use super::{at_home, line, sigil_alert};

/// Long enough for the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn an_alert_is_out_before_the_next_line_comes() {
    let mut alert = sigil_alert().stream();
    for n in 0..20 {
        let of_its_own = |event| line(n, event, "").replace("\"s\"", &format!("\"s{n}\""));
        alert.write(of_its_own("session_start"));
        alert.write(of_its_own("session_error"));
        let told = alert.next_line(PATIENCE).unwrap();
        assert!(told.contains("\"session_error\"") && told.contains("\"firing\""), "{told}");
    }
    assert!(alert.finish().status.success());
}

#[test]
fn a_session_that_falls_silent_while_one_watches_is_told_by_the_clock() {
    let place = Place::new();
    place.file(".sigil/config.toml", "[alert.rules.stuck_session]\nwarning = \"1s\"\n");
    let mut alert = at_home(place.path()).stream();
    let now = chrono::Utc::now().to_rfc3339();
    alert.write(format!(
        "{{\"timestamp\":\"{now}\",\"session_id\":\"s\",\"event_type\":\"session_start\"}}\n"
    ));
    let told = alert.next_line(PATIENCE).unwrap();
    assert!(told.contains("stuck_session") && told.contains("\"firing\""), "{told}");
    let now = chrono::Utc::now().to_rfc3339();
    alert.write(format!(
        "{{\"timestamp\":\"{now}\",\"session_id\":\"s\",\"event_type\":\"session_complete\"}}\n"
    ));
    assert!(alert.next_line(PATIENCE).unwrap().contains("\"resolved\""));
    assert!(alert.finish().status.success());
}

#[test]
fn a_signal_ends_the_work_and_keeps_what_is_known() {
    let place = Place::new();
    let state = place.path().join("s.json");
    let mut alert = at_home(place.path()).arg("--state").arg(&state).stream();
    alert.write(
        line(0, "session_start", ",\"metadata\":{\"budget\":100}") + &line(1, "note", ",\"tokens\":55"),
    );
    assert!(alert.next_line(PATIENCE).is_some());
    alert.write(line(2, "note", ",\"tokens\":20"));
    std::thread::sleep(Duration::from_millis(300));
    Command::new("kill").args(["-TERM", &alert.id().to_string()]).status().unwrap();
    assert!(alert.finish().status.success());
    let output =
        at_home(place.path()).arg("--state").arg(&state).stdin(line(3, "note", ",\"tokens\":20")).run();
    assert_eq!(output.jsonl().unwrap()[0]["current_value"], 95.0);
}

#[test]
fn a_signal_that_nohup_has_switched_off_stays_off() {
    let script = format!("trap '' HUP; exec {}", env!("CARGO_BIN_EXE_sigil-alert"));
    let mut alert = sigil_testkit::Tool::new("sh").args(["-c", &script]).stream();
    alert.write(line(0, "session_error", ""));
    assert!(alert.next_line(PATIENCE).is_some());
    Command::new("kill").args(["-HUP", &alert.id().to_string()]).status().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    alert.write(line(1, "session_error", "").replace("\"s\"", "\"t\""));
    assert!(alert.next_line(PATIENCE).is_some());
    assert!(alert.finish().status.success());
}

#[test]
fn logs_are_looked_at_again_and_again() {
    let place = Place::new();
    let log = place.file("a.log", "INFO\n".repeat(2_000));
    let tool = at_home(place.path()).args(["--interval", "1s", "--watch-logs"]).arg(&log);
    let mut alert = tool.stream();
    // The first look may come before or after; the growth is seen in either case if it goes on.
    let mut size = 2_000;
    let told = loop {
        size *= 2;
        std::fs::write(&log, "INFO\n".repeat(size)).unwrap();
        if let Some(told) = alert.next_line(Duration::from_secs(2)) {
            break told;
        }
        assert!(size < 1 << 24, "growth was not seen");
    };
    assert!(told.contains("log_growth"), "{told}");
    Command::new("kill").args(["-INT", &alert.id().to_string()]).status().unwrap();
    assert!(alert.finish().status.success());
}
