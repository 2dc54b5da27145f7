//! Lines that are wrong: left out, counted, said once at the end.

use std::fmt::Write;

use crate::{Place, event};

#[test]
fn they_are_left_out_and_named() {
    let line = event("s", "note", "a", 1);
    let place = Place::with(format!("{line}not json\n{line}{line}{{\"tokens\":1\n[1]\n{line}"));
    let said = "E003_PARSE_FAIL: skipped 3 malformed lines: log.jsonl:2, log.jsonl:5, log.jsonl:6\n";
    for args in [&[][..], &["--component", "a"]] {
        place
            .tool()
            .arg("log.jsonl")
            .args(args)
            .stdout(line.repeat(4))
            .stderr(format!("sigil-tail: {said}"))
            .status(0);
    }
    place
        .tool()
        .args(["log.jsonl", "--strict"])
        .stdout(line.repeat(4))
        .stderr(format!("sigil-tail: {said}"))
        .status(2);
    place.tool().args(["log.jsonl", "-q"]).stdout(line.repeat(4)).status(0);
}

#[test]
fn one_is_one_and_of_many_the_first_are_named() {
    let line = event("s", "note", "a", 1);
    let place = Place::with(format!("{line}x\n"));
    place.file("b.jsonl", format!("{line}{}", "x\n".repeat(2_000_000)));
    place
        .tool()
        .arg("log.jsonl")
        .stdout(&*line)
        .stderr("sigil-tail: E003_PARSE_FAIL: skipped 1 malformed line: log.jsonl:2\n")
        .status(0);
    place
        .tool()
        .arg("b.jsonl")
        .stdout(&*line)
        .stderr(
            "sigil-tail: E003_PARSE_FAIL: skipped 2000000 malformed lines: b.jsonl:2, b.jsonl:3, b.jsonl:4, b.jsonl:5, \
             b.jsonl:6, …\n",
        )
        .status(0);
}

#[test]
fn their_numbers_are_those_of_the_file_however_it_is_read() {
    let (mut log, mut said) = (String::new(), String::new());
    let line = event("s", "note", "a", 1);
    let wrong = [70_000, 70_001, 140_000, 199_998];
    for number in 1..=200_000 {
        if wrong.contains(&number) {
            log += "{\"torn\":\n";
            write!(said, "{}log.jsonl:{number}", if said.is_empty() { "" } else { ", " }).unwrap();
        } else {
            log += &line;
        }
    }
    assert!(log.len() > 8 << 20, "{}", log.len());
    let place = Place::with(log);
    for args in [&[][..], &["--component", "!x"]] {
        place
            .tool()
            .arg("log.jsonl")
            .args(args)
            .stdout(line.repeat(200_000 - wrong.len()))
            .stderr(format!("sigil-tail: E003_PARSE_FAIL: skipped 4 malformed lines: {said}\n"))
            .status(0);
    }
}

#[test]
fn tokens_that_cannot_be_counted_are_said_and_the_event_stands() {
    let log = event("s", "note", "a", 1) + &event("s", "note", "a", 1).replace(":1}", ":-1}");
    let place = Place::with(&log);
    place
        .tool()
        .arg("log.jsonl")
        .stdout(&*log)
        .stderr("sigil-tail: E003_PARSE_FAIL: skipped 1 malformed line: log.jsonl:2\n")
        .status(0);
}

#[test]
fn a_log_of_no_known_format_is_named() {
    let place = Place::with("{\"x\":1}\n{\"y\":2}\n");
    place.file("good.jsonl", event("s", "note", "a", 1));
    place.file("empty.jsonl", "");
    place
        .tool()
        .args(["log.jsonl", "good.jsonl", "empty.jsonl"])
        .stdout(event("s", "note", "a", 1))
        .stderr("sigil-tail: E003_PARSE_FAIL: log.jsonl: no line is of a known format (see --from)\n")
        .status(0);
}
