//! Standard input and other places that lines come from.

use std::time::Duration;

use sigil_testkit::Tool;
use sigil_testkit::samples::guide_session;

use crate::{BINARY, Place, event};

/// No test comes near it.
const SOON: Duration = Duration::from_secs(60);

fn tool<'t>() -> Tool<'t> {
    Tool::new(BINARY).args(["-m", "jsonl"])
}

#[test]
fn standard_input_passes_and_is_filtered() {
    let log = guide_session("lead-1");
    for args in [&[][..], &["-"], &["--once"], &["--component", "*"]] {
        tool().args(args).stdin(&*log).stdout(&*log).status(0);
    }
    let reasoning: String = log.split_inclusive('\n').filter(|line| line.contains("\"reasoning\"")).collect();
    assert!(!reasoning.is_empty());
    tool().args(["--component", "reasoning"]).stdin(&*log).stdout(reasoning).status(0);
    tool()
        .args(["-n", "1"])
        .stdin(log.clone())
        .stdout(log.split_inclusive('\n').next_back().unwrap())
        .status(0);
    tool().stdin("").stdout("").status(0);
}

#[test]
fn lines_are_handed_on_as_they_come() {
    let mut tail = tool().stream();
    for number in 0..20 {
        let line = event("s", "note", "a", number);
        tail.write(&line);
        tail.expect_line(line.trim_end(), SOON);
    }
    let output = tail.finish();
    assert_eq!((output.stdout_text().as_str(), output.stderr_text().as_str()), ("", ""));
    assert!(output.status.success());
}

#[test]
fn malformed_lines_of_a_stream_are_said_when_it_ends() {
    let line = event("s", "note", "a", 1);
    tool()
        .args(["--strict"])
        .stdin(format!("{line}x\n{line}"))
        .stdout(line.repeat(2))
        .stderr("sigil-tail: E003_PARSE_FAIL: skipped 1 malformed line: stdin:2\n")
        .status(2);
}

#[test]
fn a_last_line_without_newline_is_a_line() {
    let line = event("s", "note", "a", 1);
    let log = line.repeat(3);
    tool().stdin(log.trim_end()).stdout(&*log).status(0);
    let place = Place::with(log.trim_end());
    place.gives(&[], log.as_bytes());
    place.gives(&["--min-tokens", "1"], log.as_bytes());
    place.gives(&["-n", "1"], line.as_bytes());
}

#[test]
fn headers_tell_whose_lines_follow() {
    let log = "==> sessions/one/execution.jsonl <==\n{\"tokens\":1}\n\n==> sessions/two/execution.jsonl <==\n{\"tokens\":2}\n{\"x\":3}\n";
    tool().stdin(log).stdout("{\"tokens\":1}\n{\"tokens\":2}\n{\"x\":3}\n").status(0);
    tool().args(["-", "-s", "two"]).stdin(log).stdout("{\"tokens\":2}\n{\"x\":3}\n").status(0);
}

#[test]
fn rotated_and_compressed_parts_come_oldest_first() {
    let place = Place::with(event("s", "note", "a", 3));
    place.file("log.jsonl.1", event("s", "note", "a", 2));
    let oldest = Tool::new("gzip").arg("-c").stdin(event("s", "note", "a", 1)).run();
    place.file("log.jsonl.2.gz", oldest.stdout);
    let all: String = (1..4).map(|tokens| event("s", "note", "a", tokens)).collect();
    place.gives(&[], all.as_bytes());
    place.gives(&["-n", "2"], all.split_inclusive('\n').skip(1).collect::<String>().as_bytes());
}

#[test]
fn sessions_of_a_store() {
    let place = Place::new();
    place.file("logs/sessions/one/execution.jsonl", "{\"tokens\":1}\n{\"x\":1}\n");
    place.file("logs/sessions/two/execution.jsonl", "{\"tokens\":2}\n");
    place.tool().args(["-l", "logs", "-s", "one"]).stdout("{\"tokens\":1}\n{\"x\":1}\n").status(0);
    place.tool().args(["-l", "logs", "--all", "--min-tokens", "2"]).stdout("{\"tokens\":2}\n").status(0);
}

#[test]
fn with_a_state_only_what_is_new_comes_the_next_time() {
    let place = Place::with(event("s", "note", "a", 1).repeat(3));
    let args = ["--state", "state.json", "-n", "2"];
    place.gives(&args, event("s", "note", "a", 1).repeat(2).as_bytes());
    place.gives(&args, b"");
    place.file("log.jsonl", event("s", "note", "a", 1).repeat(3) + &event("s", "note", "a", 2));
    place.gives(&args, event("s", "note", "a", 2).as_bytes());
}

#[test]
fn what_belongs_to_an_event_of_text_that_is_out_already_comes_by_itself() {
    let mut tail = tool().stream();
    let message = |line: Option<String>| {
        let event: serde_json::Value = serde_json::from_str(&line.expect("a line")).expect("an event");
        event["message"].as_str().unwrap_or_default().to_owned()
    };
    for line in ["12:00:00 ERROR it broke", "    at once", "    for all"] {
        tail.write(format!("{line}\n"));
        assert!(message(tail.next_line(SOON)).ends_with(line.trim_start_matches("12:00:00 ")), "{line}");
    }
    assert!(tail.finish().status.success());
}
