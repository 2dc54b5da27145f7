//! Sessions that go on while they are watched.

use std::fs::OpenOptions;
use std::io::Write;

use sigil_testkit::samples::guide_session;

use sigil_testkit::Tmux;
use sigil_testkit::tmux::shown;

use crate::{UTC, start_tool, write};

#[test]
fn a_session_is_waited_for_and_then_followed() {
    let Some(tmux) = Tmux::start("a_session_is_waited_for_and_then_followed", 80, 24) else { return };
    let root = tmux.path("logs");
    start_tool(&tmux, &format!("-l {} -s lead-1 {UTC}", shown(&root)));
    let screen = tmux.wait_for_text("Waiting for session to start...");
    assert!(screen.contains("Session: lead-1") && screen.contains("Status: WAITING"), "{screen}");
    let log = guide_session("lead-1");
    let (first, rest) = log.split_at(log.find("\"planning\"").unwrap());
    let path = write(&root, "lead-1", first);
    // The line that is not whole yet is not counted.
    tmux.wait_for_text("200 / 256,000");
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(rest.as_bytes()).unwrap();
    let screen = tmux.wait_for_text("Status: COMPLETE");
    assert!(screen.contains("650 / 256,000"), "{screen}");
    // In the middle of it nothing else is in the way.
    tmux.press("q");
    tmux.wait_for("the shell", |screen| screen.trim_end().ends_with("ready>"));
}

#[test]
fn very_many_events_are_shown_as_they_come() {
    let Some(tmux) = Tmux::start("very_many_events_are_shown_as_they_come", 80, 24) else { return };
    let root = tmux.path("logs");
    let path = write(&root, "busy", "");
    start_tool(&tmux, &format!("-l {} -s busy {UTC}", shown(&root)));
    tmux.wait_for_text("WAITING");
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    for block in 0..20 {
        let line = |n: usize| {
            format!(
                "{{\"timestamp\":\"2023-01-12T10:00:{block:02}.{n:06}\",\"session_id\":\"busy\",\"event_type\":\
                 \"step_complete\",\"component\":\"memory\",\"message\":\"event {n}\",\"tokens\":1}}\n"
            )
        };
        let lines: String = (0..10_000).map(line).collect();
        file.write_all(lines.as_bytes()).unwrap();
        // A key is answered in between.
        if block == 10 {
            tmux.press("?");
            tmux.wait_for_text("KEYS");
            tmux.press("?");
        }
    }
    tmux.wait_for_text("200,000 / 256,000");
}
