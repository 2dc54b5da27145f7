//! What reads the lines.

use std::time::Duration;

use sigil_testkit::Tool;
use sigil_testkit::samples::guide_session;

use crate::{BINARY, Place};

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let log = guide_session("lead-1").repeat(10_000);
    let place = Place::with(&log);
    for args in [&[][..], &["--component", "!x"], &["-n", "100000"]] {
        place
            .tool()
            .arg("log.jsonl")
            .args(args)
            .head(2)
            .stdout(log.split_inclusive('\n').take(2).collect::<String>())
            .status(0);
    }
}

#[test]
fn lines_are_not_kept_back_while_it_waits() {
    let log = guide_session("lead-1");
    let place = Place::with(&log);
    let mut tail = Tool::new(BINARY).current_dir(place.path()).args(["-m", "jsonl", "log.jsonl"]).stream();
    for line in log.lines() {
        tail.expect_line(line, Duration::from_secs(60));
    }
}

#[test]
fn in_a_pipe_lines_are_the_default() {
    let log = guide_session("lead-1");
    let place = Place::with(&log);
    Tool::new(BINARY).current_dir(place.path()).args(["--once", "log.jsonl"]).stdout(log).status(0);
}
