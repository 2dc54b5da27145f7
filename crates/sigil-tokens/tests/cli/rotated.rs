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
