//! What is not there yet is waited for.

use sigil_testkit::samples::GuideSession;

use crate::{Place, RULE, lines_until, send};

#[test]
fn a_session_that_has_not_started_is_waited_for_and_then_shown() {
    let place = Place::new();
    let mut tool = place.tool().args(["-m", "stream", "-s", "my-session"]).stream();
    let header = lines_until(&mut tool, RULE);
    insta::assert_snapshot!(header, @r"
    ========== SIGIL v2 EXECUTION MONITOR ==========
    Session: my-session
    Mode: Stream
    Status: Waiting for session to start...
    --------------------------------------------------
    ");
    place.append("my-session", GuideSession::new("my-session").running().to_string());
    lines_until(
        &mut tool,
        "[10:15:37.567] validation | Output validated           |     0 tokens | Total:    650",
    );
    send("TERM", tool.id());
    let output = tool.finish();
    assert_eq!(output.stdout_text(), format!("\n{RULE}\nStatus: Running | Tokens: 650 / 256,000 (0.25%)\n"));
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
}

#[test]
fn it_says_so_with_v_and_writes_no_event() {
    let place = Place::new();
    let mut tool = place.tool().args(["-v", "-m", "jsonl", "-s", "lead-1"]).stream();
    tool.expect_silence(std::time::Duration::from_millis(200));
    send("TERM", tool.id());
    let output = tool.finish();
    assert_eq!(output.stdout_text(), "");
    let said = output.stderr_text();
    let start = "sigil-tail: E001_SESSION_NF: session \"lead-1\" not found in ";
    assert!(said.starts_with(start) && said.ends_with("; waiting for it\n"), "{said}");
    assert_eq!(output.status.code(), Some(0));
}
