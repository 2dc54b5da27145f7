//! `-n N`: the last events of what is there, then everything new.

use std::fs::OpenOptions;
use std::io::Write;
use std::time::Duration;

use crate::{BINARY, Place, event};
use sigil_testkit::Tool;

/// No test comes near it.
const SOON: Duration = Duration::from_secs(60);

fn lines(numbers: std::ops::Range<u64>) -> String {
    numbers.map(|number| event("s", "note", if number % 3 == 0 { "three" } else { "a" }, number)).collect()
}

#[test]
fn the_last_that_pass() {
    let place = Place::with(lines(0..100));
    place.gives(&["-n", "0"], b"");
    place.gives(&["-n", "2"], lines(98..100).as_bytes());
    place.gives(&["-n", "1000000000"], lines(0..100).as_bytes());
    place.gives(&["-n", "1", "--component", "three"], lines(99..100).as_bytes());
    place.gives(&["-n", "1", "--component", "a"], lines(98..99).as_bytes());
    place.gives(&["-n", "3", "--component", "nobody"], b"");
}

#[test]
fn lines_that_are_no_events_are_none_of_them() {
    let place = Place::with(format!("{}\n\n{{\"x\":1}}\n", lines(0..10)));
    place.gives(&["-n", "2"], lines(8..10).as_bytes());
}

#[test]
fn the_last_of_each_log() {
    let place = Place::new();
    place.file("a.jsonl", lines(0..10));
    place.file("b.jsonl", lines(20..30));
    place.tool().args(["-n", "2", "a.jsonl", "b.jsonl"]).stdout(lines(8..10) + &lines(28..30)).status(0);
}

#[test]
fn what_has_been_held_back_is_the_last() {
    let place = Place::new();
    place.file(
        "app.log",
        "2026-01-11 10:15:32 INFO one\n2026-01-11 10:15:33 INFO two\n2026-01-11 10:15:34 INFO three\n",
    );
    place.file("other.log", "2026-01-11 10:15:32 INFO four\n2026-01-11 10:15:33 INFO five\n");
    place
        .tool()
        .args(["-n", "1", "app.log", "other.log"])
        .stdout_jsonl(|lines| {
            let messages: Vec<_> = lines.iter().map(|line| line["message"].as_str().unwrap_or("")).collect();
            assert!(
                messages.len() == 2 && messages[0].contains("three") && messages[1].contains("five"),
                "{messages:?}"
            );
        })
        .status(0);
}

#[test]
fn everything_new_follows() {
    for (last, there) in [("0", 10..10), ("2", 8..10)] {
        let place = Place::with(lines(0..10));
        let mut tail = Tool::new(BINARY)
            .current_dir(place.path())
            .args(["-m", "jsonl", "-n", last, "log.jsonl"])
            .stream();
        for line in lines(there).lines() {
            tail.expect_line(line, SOON);
        }
        let append = |text: &str| {
            let mut log = OpenOptions::new().append(true).open(place.path().join("log.jsonl")).unwrap();
            log.write_all(text.as_bytes()).unwrap();
        };
        // Nothing tells when it has read what is there: it may take what is added meanwhile for a part of that.
        let mut number = 10;
        let first = loop {
            append(&lines(number..number + 1));
            number += 1;
            if let Some(line) = tail.next_line(Duration::from_millis(200)) {
                break line;
            }
            assert!(number < 300, "nothing new comes");
        };
        let first = (10..number).find(|number| lines(*number..number + 1).trim_end() == first);
        let first = first.expect("what comes is new");
        for line in lines(first + 1..number).lines() {
            tail.expect_line(line, SOON);
        }
        append(&lines(number..number + 5));
        for line in lines(number..number + 5).lines() {
            tail.expect_line(line, SOON);
        }
    }
}
