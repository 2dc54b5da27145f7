//! On a terminal: what is rewritten, and what is cut. tmux is the terminal.

use sigil_testkit::Tmux;
use sigil_testkit::samples::GuideSession;
use sigil_testkit::tmux::shown;

use crate::{Place, RULE, event};

/// Runs the tool on `place`, on a terminal; none where there is no tmux.
fn run(place: &Place, columns: u16, args: &str) -> Option<Tmux> {
    let (tool, dir) = (env!("CARGO_BIN_EXE_sigil-tail"), shown(place.path()));
    // What stays on the screen can be looked at after the end, too; control-C is for the tool and not for its shell.
    let tool = format!("'{tool}' -l . --refresh-rate 0.02 --timezone utc {args}");
    let command = format!("trap : INT; cd {dir}; {tool}; echo \"status $?\"; cat");
    Tmux::start_with("a terminal", columns, 24, &command)
}

/// What the screen shows once it shows `text`.
#[track_caller]
fn with(tmux: &Tmux, text: &str) -> String {
    tmux.wait_for_text(text).trim_end().to_owned()
}

#[test]
fn the_status_in_the_header_is_replaced_and_messages_are_cut() {
    let place = Place::new();
    let Some(screen) = run(&place, 80, "-m stream -s my-session") else { return };
    let waiting = with(&screen, RULE);
    assert!(waiting.contains("\nStatus: Waiting for session to start...\n"), "{waiting}");
    place.append("my-session", GuideSession::new("my-session").running().to_string());
    with(&screen, "] validation");
    screen.press("C-c");
    insta::assert_snapshot!(with(&screen, "status 0").replace("^C", ""), @r"
    ========== SIGIL v2 EXECUTION MONITOR ==========
    Session: my-session
    Mode: Stream
    Status: In Progress...
    --------------------------------------------------

    [10:15:30.923] orchestrator | Starting pipeline…  |     0 tokens | Total:      0
    [10:15:32.123] routing    | Intent classified as… |    50 tokens | Total:     50
    [10:15:33.456] memory     | Retrieved 5 relevant… |   150 tokens | Total:    200
    [10:15:34.012] planning   | Plan created with 3…  |     0 tokens | Total:    200
    [10:15:36.234] reasoning  | Analysis complete     |   450 tokens | Total:    650
    [10:15:37.567] validation | Output validated      |     0 tokens | Total:    650

    --------------------------------------------------
    Status: Running | Tokens: 650 / 256,000 (0.25%)
    status 0
    ");
}

#[test]
fn the_minimal_line_is_rewritten_in_place() {
    let place = Place::new();
    let Some(screen) = run(&place, 100, "-m minimal -s s") else { return };
    with(&screen, "Tokens: 0 / 256,000");
    place.append("s", event("s", 1, "step_complete", "a", "", 128_000));
    with(&screen, "Tokens: 128,000 / 256,000");
    place.append("s", event("s", 2, "session_error", "a", "it broke", 0));
    with(&screen, "Final token usage");
    place.append("s", event("s", 3, "session_start", "a", "", 1_000));
    with(&screen, "Tokens: 129,000");
    screen.press("C-c");
    insta::assert_snapshot!(with(&screen, "status 0").replace("^C", ""), @r"
    Tokens: 128,000 / 256,000 (50.00%) [###############................] 128,000 left

    ========== EXECUTION COMPLETE ==========
    Session: s ended with an error: it broke
    Duration: 1.0 seconds
    Final token usage: 128,000 / 256,000 (50.00%)

    Tokens: 129,000 / 256,000 (50.39%) [###############................] 127,000 left
    status 0
    ");
}

#[test]
fn a_narrow_terminal_has_a_line_for_each_line() {
    let place = Place::with("s", GuideSession::new("s").running().to_string());
    let Some(screen) = run(&place, 40, "-m minimal -s s --once") else { return };
    insta::assert_snapshot!(with(&screen, "status 0"), @r"
    Tokens: 650 / 256,000 (0.25%) [#.......…
    status 0
    ");
    let place = Place::with("s", GuideSession::new("s").running().to_string());
    let Some(screen) = run(&place, 40, "-m stream -s s --once") else { return };
    insta::assert_snapshot!(with(&screen, "status 0"), @r"
    ========== SIGIL v2 EXECUTION MONITOR ==
    Session: s
    Mode: Stream
    ----------------------------------------

    [10:15:30.923] orchestrator | Starting…
    [10:15:32.123] routing    | Intent clas…
    [10:15:33.456] memory     | Retrieved 5…
    [10:15:34.012] planning   | Plan create…
    [10:15:36.234] reasoning  | Analysis co…
    [10:15:37.567] validation | Output vali…

    ----------------------------------------
    Status: Running | Tokens: 650 / 256,000
    (0.25%)
    status 0
    ");
}
