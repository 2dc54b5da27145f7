//! `-m stream`: what it writes.

use sigil_testkit::Tool;
use sigil_testkit::samples::{GuideSession, guide_session, spaced, store};

use crate::{Place, event};

const STREAM: [&str; 3] = ["-m", "stream", "--once"];

fn shown(place: &Place, args: &[&str]) -> String {
    let output = place.tool().args(STREAM).args(args).run();
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)), "{args:?}");
    output.stdout_text()
}

#[test]
fn the_guide_s_session_looks_as_the_guide_shows_it() {
    let log = GuideSession::new("lead-analysis-001").running().to_string();
    let place = Place::with("lead-analysis-001", log);
    insta::assert_snapshot!(shown(&place, &["-s", "lead-analysis-001"]), @r"
    ========== SIGIL v2 EXECUTION MONITOR ==========
    Session: lead-analysis-001
    Mode: Stream
    --------------------------------------------------

    [10:15:30.923] orchestrator | Starting pipeline for: Analyze Acme Corp |     0 tokens | Total:      0
    [10:15:32.123] routing    | Intent classified as lead_analysis |    50 tokens | Total:     50
    [10:15:33.456] memory     | Retrieved 5 relevant memories |   150 tokens | Total:    200
    [10:15:34.012] planning   | Plan created with 3 steps  |     0 tokens | Total:    200
    [10:15:36.234] reasoning  | Analysis complete          |   450 tokens | Total:    650
    [10:15:37.567] validation | Output validated           |     0 tokens | Total:    650

    --------------------------------------------------
    Status: Running | Tokens: 650 / 256,000 (0.25%)
    ");
}

#[test]
fn the_guide_s_own_lines_come_out_to_the_letter() {
    let steps = [
        ("32.123", "routing", "Intent classified", 50),
        ("33.456", "memory", "Retrieved 5 memories", 150),
        ("34.012", "planning", "Plan created (3 steps)", 0),
        ("36.234", "reasoning", "Analysis complete", 450),
        ("37.567", "validation", "Output validated", 0),
    ];
    let line = |(second, component, message, tokens): (&str, &str, &str, u64)| {
        format!(
            "{{\"timestamp\":\"2026-01-11T10:15:{second}\",\"session_id\":\"lead-analysis-001\",\"event_type\":\
             \"step_complete\",\"component\":\"{component}\",\"message\":\"{message}\",\"tokens\":{tokens}}}\n"
        )
    };
    let place = Place::with("lead-analysis-001", steps.map(line).concat());
    // Guide 3.2.
    let guide = "\
========== SIGIL v2 EXECUTION MONITOR ==========
Session: lead-analysis-001
Mode: Stream
--------------------------------------------------

[10:15:32.123] routing    | Intent classified          |    50 tokens | Total:     50
[10:15:33.456] memory     | Retrieved 5 memories       |   150 tokens | Total:    200
[10:15:34.012] planning   | Plan created (3 steps)     |     0 tokens | Total:    200
[10:15:36.234] reasoning  | Analysis complete          |   450 tokens | Total:    650
[10:15:37.567] validation | Output validated           |     0 tokens | Total:    650

--------------------------------------------------
Status: Running | Tokens: 650 / 256,000 (0.25%)
";
    assert_eq!(shown(&place, &["-s", "lead-analysis-001"]), guide);
}

#[test]
fn a_session_that_has_ended_says_so() {
    let place = Place::with("my-session", guide_session("my-session"));
    insta::assert_snapshot!(shown(&place, &["-s", "my-session"]), @r"
    ========== SIGIL v2 EXECUTION MONITOR ==========
    Session: my-session
    Mode: Stream
    --------------------------------------------------

    [10:15:30.923] orchestrator | Starting pipeline for: Analyze Acme Corp |     0 tokens | Total:      0
    [10:15:32.123] routing    | Intent classified as lead_analysis |    50 tokens | Total:     50
    [10:15:33.456] memory     | Retrieved 5 relevant memories |   150 tokens | Total:    200
    [10:15:34.012] planning   | Plan created with 3 steps  |     0 tokens | Total:    200
    [10:15:36.234] reasoning  | Analysis complete          |   450 tokens | Total:    650
    [10:15:37.567] validation | Output validated           |     0 tokens | Total:    650
    [10:15:38.789] orchestrator | Pipeline completed successfully |     0 tokens | Total:    650

    ========== EXECUTION COMPLETE ==========
    Session: my-session completed successfully
    Duration: 7.9 seconds
    Final token usage: 650 / 256,000 (0.25%)

    --------------------------------------------------
    Status: Complete | Tokens: 650 / 256,000 (0.25%)
    ");
}

#[test]
fn a_file_has_the_name_of_the_session_it_holds() {
    let place = Place::with("s", spaced(&guide_session("lead-7")));
    let shown = shown(&place, &["sessions/s/execution.jsonl"]);
    assert!(shown.contains("\nSession: lead-7\nMode: Stream\n"), "{shown}");
}

#[test]
fn several_sessions_have_a_column() {
    let place = Place::new();
    store(place.path(), &["lead-1", "lead-2"]).unwrap();
    insta::assert_snapshot!(shown(&place, &["-s", "lead-1", "-s", "lead-2"]), @r"
    ========== SIGIL v2 EXECUTION MONITOR ==========
    Session: 2 sessions
    Mode: Stream
    --------------------------------------------------

    [10:15:30.923] lead-1           | orchestrator | Starting pipeline for: Analyze Acme Corp |     0 tokens | Total:      0
    [10:15:32.123] lead-1           | routing    | Intent classified as lead_analysis |    50 tokens | Total:     50
    [10:15:33.456] lead-1           | memory     | Retrieved 5 relevant memories |   150 tokens | Total:    200
    [10:15:34.012] lead-1           | planning   | Plan created with 3 steps  |     0 tokens | Total:    200
    [10:15:36.234] lead-1           | reasoning  | Analysis complete          |   450 tokens | Total:    650
    [10:15:37.567] lead-1           | validation | Output validated           |     0 tokens | Total:    650
    [10:15:38.789] lead-1           | orchestrator | Pipeline completed successfully |     0 tokens | Total:    650
    [10:16:30.923] lead-2           | orchestrator | Starting pipeline for: Analyze Acme Corp |     0 tokens | Total:    650
    [10:16:32.123] lead-2           | routing    | Intent classified as lead_analysis |    50 tokens | Total:    700
    [10:16:33.456] lead-2           | memory     | Retrieved 5 relevant memories |   150 tokens | Total:    850
    [10:16:34.012] lead-2           | planning   | Plan created with 3 steps  |     0 tokens | Total:    850
    [10:16:36.234] lead-2           | reasoning  | Analysis complete          |   450 tokens | Total:  1,300
    [10:16:37.567] lead-2           | validation | Output validated           |     0 tokens | Total:  1,300
    [10:16:38.789] lead-2           | orchestrator | Pipeline completed successfully |     0 tokens | Total:  1,300

    --------------------------------------------------
    Status: 2 complete | Tokens: 1,300 / 512,000 (0.25%)
    ");
    let all = shown(&place, &["--all"]);
    assert!(
        all.contains("\nSession: all sessions\n") && all.contains("] lead-2           | routing    |"),
        "{all}"
    );
}

#[test]
fn sessions_in_one_file_are_told_apart_once_there_are_several() {
    let place = Place::with("s", event("a", 1, "x", "c", "one", 1) + &event("b", 2, "x", "c", "two", 2));
    insta::assert_snapshot!(shown(&place, &["sessions/s/execution.jsonl"]), @r"
    ========== SIGIL v2 EXECUTION MONITOR ==========
    Session: a
    Mode: Stream
    --------------------------------------------------

    [10:15:01.500] c          | one                        |     1 tokens | Total:      1
    [10:15:02.500] b                | c          | two                        |     2 tokens | Total:      3

    --------------------------------------------------
    Status: 2 running | Tokens: 3 / 512,000 (0.00%)
    ");
}

#[test]
fn times_are_those_of_the_zone_that_is_asked_for() {
    let place = Place::with("s", guide_session("s"));
    for (zone, time) in [("utc", "[10:15:32.123]"), ("Asia/Kathmandu", "[16:00:32.123]")] {
        let shown = shown(&place, &["-s", "s", "--timezone", zone]);
        assert!(shown.contains(&format!("{time} routing    |")), "{shown}");
    }
    let shown = shown(&place, &["-s", "s", "--timezone", "utc", "--input-timezone", "Europe/Berlin"]);
    assert!(shown.contains("[09:15:32.123] routing    |"), "{shown}");
}

#[test]
fn what_is_missing_is_shown_as_missing() {
    let place = Place::with("s", "{\"tokens\":5}\n{\"message\":\"only words\"}\n{}\n");
    insta::assert_snapshot!(shown(&place, &["-s", "s"]), @r"
    ========== SIGIL v2 EXECUTION MONITOR ==========
    Session: s
    Mode: Stream
    --------------------------------------------------

    [--:--:--.---] -          |                            |     5 tokens | Total:      5
    [--:--:--.---] -          | only words                 |     0 tokens | Total:      5
    [--:--:--.---] -          |                            |     0 tokens | Total:      5

    --------------------------------------------------
    Status: Running | Tokens: 5 / 256,000 (0.00%)
    ");
}

#[test]
fn filters_choose_lines_and_leave_the_total() {
    let place = Place::with("s", guide_session("s"));
    insta::assert_snapshot!(shown(&place, &["-s", "s", "--component", "reason*"]), @r"
    ========== SIGIL v2 EXECUTION MONITOR ==========
    Session: s
    Mode: Stream
    --------------------------------------------------

    [10:15:36.234] reasoning  | Analysis complete          |   450 tokens | Total:    650

    ========== EXECUTION COMPLETE ==========
    Session: s completed successfully
    Duration: 7.9 seconds
    Final token usage: 650 / 256,000 (0.25%)

    --------------------------------------------------
    Status: Complete | Tokens: 650 / 256,000 (0.25%)
    ");
    let since =
        shown(&place, &["-s", "s", "--since", "2026-01-11T10:15:36Z", "--component", "!orchestrator"]);
    assert!(since.contains("Total:    650") && !since.contains("memory"), "{since}");
}

#[test]
fn the_last_events_are_shown_and_all_of_them_count() {
    let place = Place::with("s", GuideSession::new("s").running().to_string());
    let shown = |count| shown(&place, &["-s", "s", "-n", count]);
    insta::assert_snapshot!(shown("2"), @r"
    ========== SIGIL v2 EXECUTION MONITOR ==========
    Session: s
    Mode: Stream
    --------------------------------------------------

    [10:15:36.234] reasoning  | Analysis complete          |   450 tokens | Total:    650
    [10:15:37.567] validation | Output validated           |     0 tokens | Total:    650

    --------------------------------------------------
    Status: Running | Tokens: 650 / 256,000 (0.25%)
    ");
    assert!(!shown("0").contains('['), "{}", shown("0"));
    assert_eq!(shown("100").matches("\n[").count(), 6);
}

#[test]
fn what_the_ledger_leaves_out_adds_nothing() {
    let place = Place::with("s", GuideSession::new("s").stated_total(650).to_string());
    let shown = shown(&place, &["-s", "s"]);
    let last =
        "[10:15:38.789] orchestrator | Pipeline completed successfully |     0 tokens | Total:    650\n";
    assert!(shown.contains(last), "{shown}");
    let plain_sum = place.tool().args(STREAM).args(["-s", "s", "--count-all"]).run().stdout_text();
    assert!(plain_sum.contains("|   650 tokens | Total:  1,300\n"), "{plain_sum}");
}

#[test]
fn hostile_words_never_reach_the_terminal_raw() {
    let hostile = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}";
    let log = event(hostile, 1, "session_start", hostile, hostile, 1)
        + &event(hostile, 2, "session_error", hostile, hostile, 1);
    let place = Place::with("s", log);
    for args in [&["sessions/s/execution.jsonl"][..], &["sessions/s/execution.jsonl", "--until-complete"]] {
        for mode in ["stream", "minimal"] {
            let output = place.tool().args(["-m", mode, "--once"]).args(args).run();
            let shown = output.stdout_text();
            let is_raw = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
            assert!(!shown.contains(is_raw), "{shown:?}");
        }
    }
}

#[test]
fn nothing_at_all_is_a_session_that_waits() {
    let place = Place::with("s", "");
    insta::assert_snapshot!(shown(&place, &["-s", "s"]), @r"
    ========== SIGIL v2 EXECUTION MONITOR ==========
    Session: s
    Mode: Stream
    --------------------------------------------------

    --------------------------------------------------
    Status: Waiting | Tokens: 0 / 256,000 (0.00%)
    ");
}

#[test]
fn a_budget_is_that_of_the_sessions_together() {
    let place = Place::with("a", GuideSession::new("a").budget(1_000).running().to_string());
    let shown = |args: &[&str]| shown(&place, args);
    assert!(shown(&["-s", "a"]).ends_with("Status: Running | Tokens: 650 / 1,000 (65.00%)\n"));
    assert!(shown(&["-s", "a", "--budget", "2k"]).ends_with("Tokens: 650 / 2,000 (32.50%)\n"));
}

#[test]
fn standard_input_is_followed_to_its_end() {
    let place = Place::new();
    let tool = || Tool::new(env!("CARGO_BIN_EXE_sigil-tail")).current_dir(place.path());
    let log = GuideSession::new("lead-1").running().to_string();
    let output = tool().args(["-m", "stream"]).stdin(log).run();
    let shown = output.stdout_text();
    assert!(shown.contains("\nMode: Stream\n") && shown.contains("| Total:    650\n"), "{shown}");
    assert!(shown.ends_with("Status: Running | Tokens: 650 / 256,000 (0.25%)\n"), "{shown}");
    assert_eq!(output.status.code(), Some(0));
    let ended = guide_session("s") + &event("s", 50, "session_start", "c", "", 0);
    tool()
        .args(["-m", "stream", "--until-complete"])
        .stdin(ended)
        .stdout_contains("Status: Running")
        .status(0);
    let last = tool().args(["-m", "stream", "-n", "1"]).stdin(guide_session("s")).run().stdout_text();
    assert_eq!(last.matches("\n[").count(), 1, "{last}");
}
