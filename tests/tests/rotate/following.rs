//! `sigil-tail` on a log that is rotated.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use sigil_testkit::samples::event;
use sigil_testkit::{Place, binary};

use crate::rotate;

/// Far longer than a line takes to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// What shows that nothing comes twice.
const QUIET: Duration = Duration::from_millis(300);

const MANNERS: [&[&str]; 2] = [&["app.log"], &["--copytruncate", "app.log"]];

/// The lines of one round, more than 1 KiB, none of which stands in another.
fn lines(round: u64) -> String {
    (0..30).map(|line| event("follow-1", "step_complete", "routing", round * 1000 + line)).collect()
}

fn append(log: &Path, lines: &str) {
    let mut file = OpenOptions::new().append(true).create(true).open(log).expect("a log can be opened");
    file.write_all(lines.as_bytes()).expect("a log can be written");
}

#[test]
fn a_follower_sees_every_line_once_through_rotations() {
    for manner in MANNERS {
        let place = Place::new();
        let log = place.file("app.log", "");
        let mut tail = place.tool(binary("sigil-tail")).args(["-m", "jsonl", "app.log"]).stream();
        for round in 0..6 {
            append(&log, &lines(round));
            // Every other rotation comes before the follower may have read what was written.
            if round % 2 == 0 {
                rotate(&place, manner).status(0);
            }
            for line in lines(round).lines() {
                tail.expect_line(line, PATIENCE);
            }
            if round % 2 == 1 {
                rotate(&place, manner).status(0);
            }
        }
        assert_eq!(tail.next_line(QUIET), None, "{manner:?}");
    }
}

#[test]
fn runs_with_a_state_give_every_line_once_however_often_it_was_rotated_between() {
    for manner in MANNERS {
        let place = Place::new();
        let log = place.file("app.log", "");
        let (mut given, mut written, mut round) = (String::new(), String::new(), 0);
        for rotations in [1, 0, 2, 3, 1] {
            for _ in 0..rotations {
                append(&log, &lines(round));
                written += &lines(round);
                round += 1;
                rotate(&place, manner).status(0);
            }
            append(&log, &lines(round));
            written += &lines(round);
            round += 1;
            let args = ["-m", "jsonl", "--once", "--state", "state", "app.log"];
            let output = place.tool(binary("sigil-tail")).args(args).run();
            assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)), "{manner:?}");
            given += &output.stdout_text();
        }
        assert_eq!(given, written, "{manner:?}");
    }
}
