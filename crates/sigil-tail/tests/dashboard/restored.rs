//! The terminal is given back on every way out.

use sigil_testkit::Tmux;
use sigil_testkit::tmux::shown;

use crate::{UTC, start_tool, store};

/// A dashboard that shows a session, on a terminal whose settings are noted.
fn started(test: &str) -> Option<Tmux> {
    let tmux = Tmux::start(test, 80, 24)?;
    let root = tmux.path("logs");
    store(&root);
    tmux.note_settings();
    start_tool(&tmux, &format!("-l {} -s lead-analysis-001 {UTC}", shown(&root)));
    tmux.wait_for_text("COMPLETE");
    assert!(tmux.is_taken());
    Some(tmux)
}

#[test]
fn after_q() {
    let Some(tmux) = started("after_q") else { return };
    tmux.press("q");
    tmux.check_restored();
}

#[test]
fn after_control_c() {
    let Some(tmux) = started("after_control_c") else { return };
    tmux.press("C-c");
    tmux.check_restored();
}

#[test]
fn while_it_is_suspended() {
    let Some(tmux) = started("while_it_is_suspended") else { return };
    tmux.press("C-z");
    tmux.check_restored();
    tmux.type_line("fg");
    tmux.wait_for_text("TOKEN BUDGET STATUS");
    assert!(tmux.is_taken());
    tmux.press("q");
    tmux.check_restored();
}

#[test]
fn after_signals() {
    for name in ["TERM", "INT", "HUP"] {
        let Some(tmux) = started("after_signals") else { return };
        tmux.signal(name);
        tmux.check_restored();
    }
}

#[test]
fn an_error_before_it_begins_leaves_the_terminal_alone() {
    let Some(tmux) = Tmux::start("an_error_before_it_begins_leaves_the_terminal_alone", 80, 24) else {
        return;
    };
    tmux.note_settings();
    start_tool(&tmux, "--config /nowhere");
    tmux.wait_for_text("sigil-tail: E0");
    tmux.check_restored();
}

#[test]
fn when_all_sessions_have_ended() {
    let Some(tmux) = Tmux::start("when_all_sessions_have_ended", 80, 24) else { return };
    let root = tmux.path("logs");
    store(&root);
    tmux.note_settings();
    start_tool(&tmux, &format!("-l {} -s lead-analysis-001 --until-complete {UTC}", shown(&root)));
    let screen = tmux.wait_for_text("Final token usage: 650 / 256,000 (0.25%)");
    assert!(screen.contains("EXECUTION COMPLETE") && !screen.contains("TOKEN BUDGET STATUS"), "{screen}");
    tmux.check_restored();
}

#[test]
fn what_was_wrong_is_told_afterwards() {
    let Some(tmux) = Tmux::start("what_was_wrong_is_told_afterwards", 80, 24) else { return };
    let root = tmux.path("logs");
    crate::write(&root, "s", "{\"session_id\":\"s\",\"tokens\":7}\nnot json\n");
    tmux.note_settings();
    start_tool(&tmux, &format!("-l {} -s s {UTC}", shown(&root)));
    tmux.wait_for_text("1 malformed line");
    tmux.press("q");
    tmux.wait_for_text("E003_PARSE_FAIL: skipped 1 malformed line");
    tmux.check_restored();
}

#[test]
fn a_dumb_terminal_gets_a_stream() {
    let Some(tmux) = Tmux::start("a_dumb_terminal_gets_a_stream", 80, 24) else { return };
    let root = tmux.path("logs");
    store(&root);
    tmux.note_settings();
    tmux.type_line("TERM=dumb; export TERM");
    start_tool(&tmux, &format!("-l {} -s lead-analysis-001 {UTC}", shown(&root)));
    let screen = tmux.wait_for_text("Mode: Stream");
    assert!(screen.contains("E010_CONFIG_ERR: the dashboard needs a terminal"), "{screen}");
    assert!(!tmux.is_taken());
    tmux.press("C-c");
    tmux.check_restored();
}

#[test]
fn when_standard_input_ends_the_last_picture_stays() {
    let Some(tmux) = Tmux::start("when_standard_input_ends_the_last_picture_stays", 80, 30) else { return };
    let root = tmux.path("logs");
    let log = crate::write(&root, "s", &crate::old("s", 0).to_string());
    tmux.note_settings();
    let tool = env!("CARGO_BIN_EXE_sigil-tail");
    tmux.type_line(&format!("clear; cat {} | {tool} {UTC}", shown(&log)));
    let screen = tmux.wait_for("the picture and the shell", |screen| {
        screen.contains("TOKEN BUDGET STATUS") && screen.trim_end().ends_with("ready>")
    });
    assert!(screen.contains("650 / 256,000") && screen.contains("Status: COMPLETE"), "{screen}");
    assert!(!screen.contains("q quit"), "{screen}");
    tmux.check_restored();
}
