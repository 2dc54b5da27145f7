//! Text that could change a terminal never reaches one.

use crate::{Place, tool};

/// A title for the window, a line overwritten, a bell, a reversed direction, and C1's way to say ESC [.
const HOSTILE: &str = r"\u001b]0;owned\u0007\r\n\u202e\u009b2J";

fn log() -> String {
    format!(
        "{{\"timestamp\":\"2026-01-11T10:00:00Z\",\"session_id\":\"s{HOSTILE}\",\"event_type\":\"step_complete\",\
         \"component\":\"c{HOSTILE}\",\"message\":\"m{HOSTILE}\",\"tokens\":95,\"metadata\":{{\"model\":\"x{HOSTILE}\"}}}}\n"
    )
}

/// No control character but the line end, and none that reorders text.
#[track_caller]
fn is_harmless(text: &str) {
    let bad = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!text.contains(bad), "{text:?}");
}

#[test]
fn names_are_written_out_in_every_text_mode() {
    let cases: [&[&str]; 8] = [
        &[],
        &["--summary"],
        &["--by", "component"],
        &["--by", "session,component,model"],
        &["--check", "--budget", "100"],
        &["--check"],
        &["-v"],
        &["-", "-s", "no\x1bbody"],
    ];
    for args in cases {
        let output = tool().args(args).stdin(log()).run();
        is_harmless(&output.stdout_text());
        is_harmless(&output.stderr_text());
        let text = output.stdout_text() + &output.stderr_text();
        assert!(text.contains("\\x1b"), "{args:?} shows nothing of it: {text}");
    }
}

#[test]
fn a_running_line_stays_one_line() {
    tool()
        .stdin(log())
        .stdout_contains("c\\x1b]0;owned\\x07\\r\\n\\u{202e}\\u{9b}2J: 95 (Total: 95)\nTokens: ")
        .status(0);
}

#[test]
fn an_unknown_model_is_written_out_in_the_error() {
    let answer =
        sigil_testkit::samples::claude::Answer::new("m").usage(1, 1).model("x\x1b[2J\r").session("s\x1b[2J");
    let output = tool().arg("--check").stdin(answer.line()).run();
    is_harmless(&output.stderr_text());
    assert_eq!((output.status.code(), output.stderr_text().matches('\n').count()), (Some(1), 1));
}

#[test]
fn file_names_are_written_out_in_messages() {
    let place = Place::with("a\x1b[2J\n.jsonl", "not json\n");
    for args in
        [&["a\x1b[2J\n.jsonl"][..], &["missing\x1b[2J\r"], &["--config", "c\x1b]0;x\x07"], &["--\x1b[2J"]]
    {
        let output = place.tool().args(args).run();
        is_harmless(&output.stderr_text());
        assert!(output.stderr_text().contains("\\x1b"), "{args:?}: {}", output.stderr_text());
    }
}

#[test]
fn json_escapes_them_its_own_way() {
    tool()
        .arg("--json")
        .stdin(log())
        .stdout_jsonl(|lines| {
            assert_eq!(lines[0]["component"], "c\x1b]0;owned\x07\r\n\u{202e}\u{9b}2J");
        })
        .status(0);
    let output = tool().args(["--json", "--by", "session,component"]).stdin(log()).run();
    assert!(!output.stdout.iter().any(|byte| matches!(byte, 0x1b | b'\r' | 0x07)));
}

#[test]
fn bytes_that_are_no_text_come_out_as_text() {
    let output = tool().stdin(b"{\"component\":\"\xff\xfe\x9b\",\"tokens\":1}\n".to_vec()).run();
    assert!(std::str::from_utf8(&output.stdout).is_ok());
    assert!(output.stdout_text().ends_with('\n') && output.status.success());
}
