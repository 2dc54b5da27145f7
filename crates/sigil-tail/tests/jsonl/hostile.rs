//! Input that means harm.

use crate::{Place, event};

#[test]
fn escape_sequences_stay_escaped_in_events_and_are_written_out_in_messages() {
    let place = Place::new();
    place.file("\u{1b}[31m.jsonl", "{\"component\":\"\\u001b[2J\"}\nx\n");
    let output = place.tool().arg("\u{1b}[31m.jsonl").run();
    assert_eq!(output.stdout_text(), "{\"component\":\"\\u001b[2J\"}\n");
    let said = output.stderr_text();
    assert!(
        said.contains("skipped 1 malformed line: \\x1b[31m.jsonl:2") && !said.contains('\u{1b}'),
        "{said}"
    );
    // What a line of text holds becomes JSON.
    place.file("app.log", "2026-01-11 10:15:32 ERROR \u{1b}[31mred\u{7}\n");
    let text = place.tool().arg("app.log").run().stdout_text();
    assert!(text.contains("red") && !text.contains(['\u{1b}', '\u{7}']), "{text:?}");
}

#[test]
fn nesting_costs_no_stack() {
    let line = event("s", "note", "a", 1);
    let deep = format!("{{\"component\":\"a\",\"x\":{}\n", "[".repeat(1 << 20));
    let place = Place::with(format!("{line}{deep}{line}"));
    place
        .tool()
        .arg("log.jsonl")
        .stdout(line.repeat(2))
        .stderr("sigil-tail: E003_PARSE_FAIL: skipped 1 malformed line: log.jsonl:2\n")
        .status(0);
}

#[test]
fn keys_of_other_formats_in_escapes_are_still_theirs() {
    let line = event("s", "note", "a", 1);
    let hidden = "{\"event_type\":\"note\",\"ai_l\\u006fg\":\"-\",\"tokens\":5}\n";
    Place::with(format!("{line}{line}{hidden}{line}")).gives(&[], line.repeat(3).as_bytes());
}

#[test]
fn a_key_that_comes_twice_counts_as_it_stands_the_last_time() {
    let twice = "{\"component\":\"a\",\"tokens\":9,\"component\":\"b\",\"tokens\":1}\n";
    let place = Place::with(twice.repeat(3));
    place.gives(&["--component", "a"], b"");
    place.gives(&["--component", "b", "--min-tokens", "2"], b"");
    place.gives(&["--component", "b"], twice.repeat(3).as_bytes());
}

#[test]
fn a_line_without_end_among_shapes_that_are_known() {
    let line = event("s", "note", "a", 1);
    let long = format!("{{\"component\":\"a\",\"message\":\"{}\",\"tokens\":2}}\n", "x".repeat(3 << 20));
    let log = format!("{line}{line}{long}{line}");
    let place = Place::with(&log);
    place.gives(&[], log.as_bytes());
    place.gives(&["--min-tokens", "2"], long.as_bytes());
}

#[test]
fn globs_are_quick_whatever_they_are_matched_with() {
    let line = event("s", "note", &"a".repeat(200), 1);
    Place::with(line.repeat(50)).gives(&["--component", "*a*a*a*a*b"], b"");
}
