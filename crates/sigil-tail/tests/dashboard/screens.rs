//! What is seen, in three sizes, with keys and while the size changes.

use sigil_testkit::Tmux;
use sigil_testkit::tmux::shown;

use crate::{UTC, start_tool, store};

/// Sizes that it is looked at in.
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 10)];

#[test]
fn a_session_in_three_sizes() {
    for (columns, rows) in SIZES {
        let Some(tmux) = Tmux::start("a_session_in_three_sizes", columns, rows) else { return };
        let root = tmux.path("logs");
        store(&root);
        start_tool(&tmux, &format!("-l {} -s lead-analysis-001 {UTC}", shown(&root)));
        tmux.wait_for_text("COMPLETE");
        let screen = tmux.wait_for_text("q quit");
        assert!(tmux.is_taken());
        insta::assert_snapshot!(format!("session_{columns}x{rows}"), screen);
    }
}

#[test]
fn several_sessions_in_three_sizes() {
    for (columns, rows) in SIZES {
        let Some(tmux) = Tmux::start("several_sessions_in_three_sizes", columns, rows) else { return };
        let root = tmux.path("logs");
        store(&root);
        start_tool(&tmux, &format!("-l {} --all {UTC}", shown(&root)));
        let screen = tmux.wait_for_text("3 sessions, 0 running, 1 failed");
        insta::assert_snapshot!(format!("several_{columns}x{rows}"), screen);
    }
}

#[test]
fn without_colour_it_is_ascii() {
    let Some(tmux) = Tmux::start("without_colour_it_is_ascii", 80, 24) else { return };
    let root = tmux.path("logs");
    store(&root);
    start_tool(&tmux, &format!("-l {} -s lead-analysis-001 {UTC} --color never", shown(&root)));
    let screen = tmux.wait_for_text("COMPLETE");
    assert!(screen.is_ascii(), "{screen}");
    assert!(screen.contains("| Total:     [#"), "{screen}");
}

#[test]
fn keys_move_open_filter_and_help() {
    let Some(tmux) = Tmux::start("keys_move_open_filter_and_help", 80, 24) else { return };
    let root = tmux.path("logs");
    store(&root);
    start_tool(&tmux, &format!("-l {} --all {UTC}", shown(&root)));
    tmux.wait_for_text("▸agent-build-acme-001");
    tmux.press("j");
    tmux.wait_for_text("▸research-003");
    tmux.press("Enter");
    insta::assert_snapshot!("opened_80x24", tmux.wait_for_text("Session: research-003"));
    tmux.press("Escape");
    tmux.wait_for_text("▸research-003");
    tmux.press("/");
    tmux.wait_for_text(" /_");
    for letter in ["l", "e", "a", "d"] {
        tmux.press(letter);
    }
    let filtered = |screen: &str| screen.contains("/lead_") && !screen.contains("research");
    insta::assert_snapshot!("filtered_80x24", tmux.wait_for("the filter", filtered));
    tmux.press("Enter");
    tmux.wait_for_text("filter: lead");
    tmux.press("?");
    insta::assert_snapshot!("help_80x24", tmux.wait_for_text("KEYS"));
    tmux.press("Escape");
    tmux.wait_for_text("SESSIONS");
    tmux.press("C-l");
    tmux.wait_for_text("SESSIONS");
    // An arrow key is a sequence that begins with Escape; it must not be taken for one.
    tmux.press("Escape");
    tmux.wait_for_text("research-003");
    tmux.press("Up");
    tmux.wait_for_text("▸agent-build-acme-001");
}

#[test]
fn the_screen_follows_the_terminal_s_size() {
    let Some(tmux) = Tmux::start("the_screen_follows_the_terminal_s_size", 80, 24) else { return };
    let root = tmux.path("logs");
    store(&root);
    start_tool(&tmux, &format!("-l {} --all {UTC}", shown(&root)));
    tmux.wait_for_text("3 sessions");
    tmux.resize(120, 40);
    tmux.wait_for("list and panel", |screen| screen.contains("SESSIONS") && screen.contains("TOKEN BUDGET"));
    for (columns, rows) in [(40, 10), (10, 3), (2, 2), (1, 1)] {
        tmux.resize(columns, rows);
        tmux.wait_for("fewer rows", |screen| screen.lines().count() <= usize::from(rows));
    }
    tmux.resize(80, 24);
    tmux.wait_for_text("3 sessions, 0 running, 1 failed");
}
