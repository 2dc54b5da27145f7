//! A session is its live log and what was rotated out of it.

use std::fs;

use crate::{Place, event, gzipped};

/// A session in four parts: 1 + 2 + 4 + 8 tokens, and the end, which states them all.
fn place() -> Place {
    let step = |tokens| event("lead-1", "step_complete", "a", tokens);
    let place = Place::with(
        "sessions/lead-1/execution.jsonl",
        step(8) + &event("lead-1", "session_complete", "o", 15),
    );
    place.file("sessions/lead-1/execution.jsonl.1", step(4));
    place.file("sessions/lead-1/execution.jsonl.2.gz", gzipped(step(2).as_bytes()));
    place.file("sessions/lead-1/execution.jsonl-20260101", step(1));
    place
}

#[track_caller]
fn sums(place: &Place, args: &[&str], used: u64, restated: u64) {
    place
        .tool()
        .arg("--json")
        .args(args)
        .stdout_json(|v| {
            let both = (&v["total_used"], &v["restated_tokens"]);
            assert_eq!(both, (&used.into(), &restated.into()), "{args:?}");
        })
        .status(0);
}

const WAYS: [&[&str]; 5] = [
    &["-l", ".", "-s", "lead-1"],
    &["-l", "."],
    &["sessions/lead-1/execution.jsonl"],
    &["sessions/lead-1"],
    &["."],
];

#[test]
fn rotated_parts_belong_to_their_session_oldest_first() {
    for args in WAYS {
        sums(&place(), args, 15, 15);
    }
}

#[test]
fn a_part_that_is_named_alone_is_read_alone() {
    sums(&place(), &["sessions/lead-1/execution.jsonl.1"], 4, 0);
    sums(&place(), &["sessions/lead-1/execution.jsonl.2.gz"], 2, 0);
}

#[test]
fn a_part_that_is_being_compressed_counts_once() {
    let place = place();
    let part = place.path().join("sessions/lead-1/execution.jsonl.1");
    let bytes = gzipped(&fs::read(part).unwrap());
    place.file("sessions/lead-1/execution.jsonl.1.gz", &bytes[..bytes.len() / 2]);
    for args in WAYS {
        sums(&place, args, 15, 15);
    }
}

#[test]
fn a_session_whose_live_log_is_gone_is_its_parts() {
    let place = place();
    fs::remove_file(place.path().join("sessions/lead-1/execution.jsonl")).unwrap();
    for args in [&["-l", ".", "-s", "lead-1"][..], &["-l", "."], &["sessions/lead-1"], &["."]] {
        sums(&place, args, 7, 0);
    }
}

#[test]
fn lines_without_a_session_are_the_sessions_in_every_part() {
    let place = Place::with("sessions/x/execution.jsonl", "{\"tokens\":1}\n");
    place.file("sessions/x/execution.jsonl.1", "{\"tokens\":2}\n");
    place.file("sessions/x/execution.jsonl.2.gz", gzipped(b"{\"tokens\":4}\n"));
    place
        .tool()
        .args(["--by", "session", "."])
        .stdout("SESSION  TOKENS\nx             7\ntotal         7\n")
        .status(0);
}

#[test]
fn parts_follow_each_other_even_if_the_clock_went_back() {
    let at = |second: u32, line: String| {
        line.replacen('{', &format!("{{\"timestamp\":\"2026-01-11T10:00:{second:02}Z\","), 1)
    };
    let start = at(5, event("lead-1", "session_start", "o", 0)) + &at(5, event("lead-1", "note", "o", 100));
    let end = at(4, event("lead-1", "note", "o", 7)) + &at(4, event("lead-1", "session_complete", "o", 107));
    let place = Place::with("sessions/lead-1/execution.jsonl", end);
    place.file("sessions/lead-1/execution.jsonl.1", start);
    for args in WAYS {
        sums(&place, args, 107, 107);
    }
}

/// New York's clocks passed from 1:59 to 1:00: what follows 1:30 at 1:10 is the hour's second passing.
#[test]
fn the_hour_that_comes_twice_runs_on_from_part_to_part() {
    let at = |time: &str| {
        let line = event("lead-1", "note", "o", 1);
        line.replacen('{', &format!("{{\"timestamp\":\"2025-11-02T{time}\","), 1)
    };
    for compressed in [false, true] {
        let place = Place::with("sessions/lead-1/execution.jsonl", at("01:10:00"));
        let older = at("01:30:00");
        if compressed {
            place.file("sessions/lead-1/execution.jsonl.1.gz", gzipped(older.as_bytes()));
        } else {
            place.file("sessions/lead-1/execution.jsonl.1", older);
        }
        let zones = ["--input-timezone", "America/New_York", "--timezone", "utc", "--by", "hour", "--json"];
        for args in [&["-l", "."][..], &["."]] {
            let tool = place.tool().args(args).args(zones);
            tool.stdout_json(|v| {
                let hours: Vec<_> = v["rows"].as_array().unwrap().iter().map(|row| &row["hour"]).collect();
                assert_eq!(hours, ["2025-11-02T05:00", "2025-11-02T06:00"]);
            })
            .status(0);
        }
    }
}

#[test]
fn what_else_lies_beside_a_sessions_log_is_no_part_of_it() {
    let place = place();
    place.file("sessions/lead-1/execution.jsonl.bak", event("lead-1", "note", "a", 1000));
    place.file("sessions/lead-1/notes.jsonl", event("lead-1", "note", "a", 1000));
    for args in WAYS {
        sums(&place, args, 15, 15);
    }
}

/// There may be more parts than a process may have files open.
#[test]
fn a_log_may_have_very_many_parts() {
    let place = Place::with("sessions/lead-1/execution.jsonl", event("lead-1", "note", "a", 1));
    for part in 1..100 {
        place.file(&format!("sessions/lead-1/execution.jsonl.{part}"), event("lead-1", "note", "a", 1));
    }
    let built = sigil_testkit::binary("sigil-tokens");
    let command = format!("ulimit -n 32 && exec {} --json .", built.display());
    let run = sigil_testkit::Tool::new("sh").args(["-c", &command]).current_dir(place.path());
    run.stdout_json(|v| assert_eq!(v["total_used"], 100)).status(0);
}
