//! Which events pass.

use crate::Place;

/// Eight events that differ in what filters look at; their tokens number them.
const LOG: [&str; 8] = [
    r#"{"session_id":"one","event_type":"session_start","component":"orchestrator","tokens":1,"timestamp":"2026-01-11T10:00:00Z"}"#,
    r#"{"session_id":"one","event_type":"step_complete","component":"routing","tokens":2,"timestamp":"2026-01-11T10:00:01Z"}"#,
    r#"{"session_id":"two","event_type":"step_error","component":"rout\u0069ng","tokens":3,"timestamp":"2026-01-11T10:00:02Z"}"#,
    r#"{"session_id":"two","event_type":"step_complete","component":"reasoning","tokens":4,"timestamp":"2026-01-11T10:00:03Z"}"#,
    r#"{"session_id":"two","event_type":"log_error","component":"reasoning","tokens":5}"#,
    r#"{"session_id":"one","event_type":"step_complete","tokens":6,"timestamp":"2026-01-12T00:00:00Z"}"#,
    r#"{"session_id":"one","component":"memory","tokens":7,"timestamp":"2026-01-12T00:00:01Z"}"#,
    r#"{"session_id":"six","event_type":"retry_attempt","component":"memory/long","message":"8"}"#,
];

/// Expects that the events of these numbers pass.
#[track_caller]
fn pass(args: &[&str], numbers: &[usize]) {
    let place = Place::with(LOG.map(|line| line.to_owned() + "\n").concat());
    let expected: String = numbers.iter().map(|number| LOG[number - 1].to_owned() + "\n").collect();
    let args: Vec<_> = args.iter().copied().chain(["--timezone", "utc"]).collect();
    place.gives(&args, expected.as_bytes());
}

#[test]
fn without_a_filter_all_pass() {
    pass(&[], &[1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn components() {
    pass(&["--component", "routing"], &[2, 3]);
    pass(&["--component", "routing", "--component", "reasoning"], &[2, 3, 4, 5]);
    pass(&["--component", "r*"], &[2, 3, 4, 5]);
    pass(&["--component", "*ing", "--component", "!rou*"], &[4, 5]);
    pass(&["--component", "!r*"], &[1, 6, 7, 8]);
    pass(&["--component", "!r*", "--component", "!memory"], &[1, 6, 8]);
    pass(&["--component", "memory*"], &[7, 8]);
    pass(&["--component", "*"], &[1, 2, 3, 4, 5, 7, 8]);
    pass(&["--component", "routin"], &[]);
    pass(&["--component", "routin?"], &[2, 3]);
    pass(&["--component", "Routing"], &[]);
}

#[test]
fn event_types() {
    pass(&["--event-type", "step_complete"], &[2, 4, 6]);
    pass(&["--event-type", "*error"], &[3, 5]);
    pass(&["--event-type", "step_*", "--event-type", "!step_error"], &[2, 4, 6]);
    pass(&["--event-type", "!step_*"], &[1, 5, 7, 8]);
}

#[test]
fn errors_tokens_and_what_is_said_together() {
    pass(&["--errors-only"], &[3, 5]);
    pass(&["--min-tokens", "5"], &[5, 6, 7]);
    pass(&["--min-tokens", "0"], &[1, 2, 3, 4, 5, 6, 7, 8]);
    pass(&["--min-tokens", "1k"], &[]);
    pass(&["--errors-only", "--component", "reasoning"], &[5]);
    pass(&["--errors-only", "--min-tokens", "4", "--component", "r*", "--event-type", "!log_*"], &[]);
    pass(&["--min-tokens", "2", "--component", "r*", "--event-type", "step_complete"], &[2, 4]);
}

#[test]
fn times() {
    pass(&["--since", "2026-01-11T10:00:02Z"], &[3, 4, 6, 7]);
    pass(&["--until", "2026-01-11T10:00:02Z"], &[1, 2]);
    pass(&["--until", "2026-01-11"], &[1, 2, 3, 4]);
    pass(&["--since", "2026-01-12", "--until", "2026-01-12T00:00:01Z"], &[6]);
    pass(&["--since", "2026-01-11T10:00:02Z", "--component", "!reasoning"], &[3, 6, 7]);
}

#[test]
fn sessions_of_the_operands() {
    pass(&["-s", "two"], &[3, 4, 5]);
    pass(&["-s", "t*", "-s", "six"], &[3, 4, 5, 8]);
    pass(&["-s", "two", "--errors-only", "--min-tokens", "4"], &[5]);
    let place = Place::with(LOG.map(|line| line.to_owned() + "\n").concat());
    let told = "sigil-tail: E001_SESSION_NF: session \"nobody\" not found in the input\n";
    place.tool().args(["log.jsonl", "-s", "nobody"]).stdout("").stderr(told).status(2);
}

#[test]
fn zones_decide_what_times_without_one_mean() {
    let line = "{\"event_type\":\"note\",\"timestamp\":\"2026-01-11T10:00:00\"}\n";
    let place = Place::with(line);
    for (zone, expected) in [("utc", line), ("Asia/Tokyo", "")] {
        let args = ["--since", "2026-01-11T10:00:00Z", "--input-timezone", zone];
        place.gives(&args, expected.as_bytes());
    }
}

#[test]
fn events_of_other_formats_are_filtered_as_what_they_are() {
    let place = Place::new();
    place.file("app.log", "2026-01-11 10:15:32 ERROR no disk\n2026-01-11 10:15:33 INFO fine\nplain\n");
    let output = place.tool().args(["app.log", "--errors-only", "--component", "app"]).run();
    let text = output.stdout_text();
    assert!(text.contains("no disk") && text.lines().count() == 1, "{text}");
    let output = place.tool().args(["app.log", "--component", "other"]).run();
    assert_eq!(output.stdout_text(), "");
}
