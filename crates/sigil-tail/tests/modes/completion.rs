//! `--until-complete`, and what is said of sessions that end.

use sigil_testkit::samples::{GuideSession, guide_session, store};

use crate::{Place, RULE, event, lines_until, send};

#[test]
fn it_stops_when_the_session_has_ended() {
    let place = Place::with("my-session", GuideSession::new("my-session").running().to_string());
    let mut tool = place.tool().args(["-m", "stream", "-s", "my-session", "--until-complete"]).stream();
    lines_until(
        &mut tool,
        "[10:15:37.567] validation | Output validated           |     0 tokens | Total:    650",
    );
    place.append("my-session", event("my-session", 36, "session_complete", "orchestrator", "done", 0));
    let output = tool.finish();
    insta::assert_snapshot!(output.stdout_text(), @r"
    [10:15:36.500] orchestrator | done                     |     0 tokens | Total:    650

    ========== EXECUTION COMPLETE ==========
    Session: my-session completed successfully
    Duration: 5.6 seconds
    Final token usage: 650 / 256,000 (0.25%)

    --------------------------------------------------
    Status: Complete | Tokens: 650 / 256,000 (0.25%)
    ");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_session_that_ended_in_error_exits_1_and_says_why() {
    let place = Place::with("s", GuideSession::new("s").running().to_string());
    place.append("s", event("s", 45, "session_error", "reasoning", "the model\nis gone", 0));
    for args in [&["--once"][..], &[]] {
        let output = place.tool().args(["-m", "stream", "-s", "s", "--until-complete"]).args(args).run();
        let block = "\n========== EXECUTION COMPLETE ==========\nSession: s ended with an error: the model is gone\n\
                     Duration: 14.6 seconds\nFinal token usage: 650 / 256,000 (0.25%)\n";
        assert!(output.stdout_text().contains(block), "{}", output.stdout_text());
        assert!(output.stdout_text().ends_with("\nStatus: Error | Tokens: 650 / 256,000 (0.25%)\n"));
        assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(1)));
    }
    // Without being asked it is no verdict.
    place.tool().args(["-m", "stream", "-s", "s", "--once"]).stdout_contains("Status: Error").status(0);
}

#[test]
fn several_sessions_have_a_block_each_and_a_total() {
    let place = Place::new();
    store(place.path(), &["a", "b"]).unwrap();
    let args = ["-m", "stream", "--all", "--until-complete", "--component", "none"];
    let output = place.tool().args(args).run();
    insta::assert_snapshot!(output.stdout_text(), @r"
    ========== SIGIL v2 EXECUTION MONITOR ==========
    Session: all sessions
    Mode: Stream
    --------------------------------------------------

    ========== EXECUTION COMPLETE ==========
    Session: a completed successfully
    Duration: 7.9 seconds
    Final token usage: 650 / 256,000 (0.25%)

    ========== EXECUTION COMPLETE ==========
    Session: b completed successfully
    Duration: 7.9 seconds
    Final token usage: 650 / 256,000 (0.25%)

    --------------------------------------------------
    Status: 2 complete | Tokens: 1,300 / 512,000 (0.25%)
    ");
    assert_eq!(output.status.code(), Some(0));
    let output = place.tool().args(["-m", "minimal", "--all", "--until-complete"]).run();
    insta::assert_snapshot!(output.stdout_text(), @r"
    Tokens: 1,300 / 512,000 (0.25%) [#..............................] 510,700 left

    ========== EXECUTION COMPLETE ==========
    Session: a completed successfully
    Duration: 7.9 seconds
    Final token usage: 650 / 256,000 (0.25%)

    ========== EXECUTION COMPLETE ==========
    Session: b completed successfully
    Duration: 7.9 seconds
    Final token usage: 650 / 256,000 (0.25%)

    Tokens: 1,300 / 512,000 (0.25%) [#..............................] 510,700 left
    ");
}

#[test]
fn a_session_that_has_not_begun_is_waited_for() {
    let place = Place::with("a", guide_session("a"));
    let args = ["-m", "stream", "-s", "a", "-s", "b", "--until-complete", "--component", "none"];
    let mut tool = place.tool().args(args).stream();
    lines_until(&mut tool, "Final token usage: 650 / 256,000 (0.25%)");
    tool.expect_line("", crate::SOON);
    tool.expect_silence(std::time::Duration::from_millis(200));
    place.append("b", event("b", 1, "session_start", "orchestrator", "", 0));
    place.append("b", event("b", 2, "session_error", "orchestrator", "", 5));
    let output = tool.finish();
    insta::assert_snapshot!(output.stdout_text(), @r"
    ========== EXECUTION COMPLETE ==========
    Session: b ended with an error
    Duration: 1.0 seconds
    Final token usage: 5 / 256,000 (0.00%)

    --------------------------------------------------
    Status: 1 complete, 1 in error | Tokens: 655 / 512,000 (0.13%)
    ");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_session_that_starts_again_runs_again() {
    let failed = event("s", 1, "session_error", "c", "no", 1);
    let again = event("s", 2, "session_start", "c", "", 0);
    let done = event("s", 3, "session_complete", "c", "", 0);
    let place = Place::with("s", format!("{failed}{again}"));
    let mut tool = place.tool().args(["-m", "stream", "-s", "s", "--until-complete"]).stream();
    lines_until(
        &mut tool,
        "[10:15:02.500] c          |                            |     0 tokens | Total:      1",
    );
    tool.expect_silence(std::time::Duration::from_millis(200));
    place.append("s", &done);
    let output = tool.finish();
    assert!(output.stdout_text().contains("Session: s completed successfully\nDuration: 1.0 seconds\n"));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn each_end_is_told_once_as_it_comes() {
    let place = Place::with("s", event("s", 1, "session_start", "c", "", 7));
    let mut tool = place.tool().args(["-m", "stream", "-s", "s"]).stream();
    lines_until(
        &mut tool,
        "[10:15:01.500] c          |                            |     7 tokens | Total:      7",
    );
    for second in [2, 4] {
        place.append("s", event("s", second, "session_complete", "c", "", 0));
        let told = lines_until(&mut tool, "Final token usage: 7 / 256,000 (0.00%)");
        assert_eq!(told.matches("EXECUTION COMPLETE").count(), 1, "{told}");
        place.append("s", event("s", second + 1, "session_start", "c", "", 0));
    }
    lines_until(
        &mut tool,
        "[10:15:05.500] c          |                            |     0 tokens | Total:      7",
    );
    send("TERM", tool.id());
    let rest = tool.finish().stdout_text();
    assert_eq!(rest, format!("\n{RULE}\nStatus: Running | Tokens: 7 / 256,000 (0.00%)\n"));
}

#[test]
fn what_ended_long_ago_among_many_is_no_news() {
    let place = Place::new();
    store(place.path(), &["a", "b", "c"]).unwrap();
    let output = place.tool().args(["-m", "stream", "--all", "--once"]).run();
    assert!(!output.stdout_text().contains("EXECUTION COMPLETE"), "{}", output.stdout_text());
    assert!(output.stdout_text().ends_with("Status: 3 complete | Tokens: 1,950 / 768,000 (0.25%)\n"));
}

#[test]
fn events_for_programs_have_only_their_status() {
    let log = guide_session("s") + &event("s", 50, "session_start", "c", "", 0);
    let place = Place::with("s", &log);
    let mut tool = place.tool().args(["-m", "jsonl", "-s", "s", "--until-complete"]).stream();
    for line in log.lines() {
        tool.expect_line(line, crate::SOON);
    }
    let end = event("s", 51, "session_error", "c", "", 0);
    place.append("s", &end);
    let output = tool.finish();
    assert_eq!((output.stdout_text(), output.stderr_text().as_str()), (end, ""));
    assert_eq!(output.status.code(), Some(1));
}
