//! What operands mean: files, directories, globs, and each file once.

use std::fs;
use std::os::unix::fs::symlink;

use sigil_testkit::samples::claude::Answer;
use sigil_testkit::samples::{GuideSession, guide_session, store};

use crate::{Place, event};

#[track_caller]
fn sums(place: &Place, args: &[&str], used: u64, sessions: u64) {
    place
        .tool()
        .arg("--json")
        .args(args)
        .stdout_json(|v| {
            assert_eq!((&v["total_used"], &v["sessions"]), (&used.into(), &sessions.into()), "{args:?}")
        })
        .status(0);
}

#[test]
fn a_directory_may_be_a_store_a_session_or_a_tree() {
    let place = Place::new();
    store(&place.path().join("logs"), &["a", "b"]).unwrap();
    place.file("tree/projects/x/talk.jsonl", Answer::new("m1").usage(1, 2).session("x").line());
    place.file("tree/projects/y/deep/agent-1.jsonl", Answer::new("m2").usage(3, 4).session("y").line());
    sums(&place, &["logs"], 1_300, 2);
    sums(&place, &["logs/sessions"], 1_300, 2);
    sums(&place, &["logs/sessions/a"], 650, 1);
    sums(&place, &["logs/sessions/a/"], 650, 1);
    sums(&place, &["tree"], 10, 2);
    sums(&place, &["."], 1_310, 4);
    sums(&place, &["tree", "logs"], 1_310, 4);
}

#[test]
fn what_stands_beside_a_log_is_never_read() {
    let place = Place::new();
    store(place.path(), &["a"]).unwrap();
    let trap = event("trap", "step_complete", "a", 100_000);
    for name in [
        "sessions/a/tokens.json",
        "sessions/a/metrics.json",
        "archive/2026-01-10/old.jsonl",
        "archive/x/execution.jsonl",
    ] {
        place.file(name, &trap);
    }
    place.file("archive/2026-01-10/b.tar.gz", crate::gzipped(trap.as_bytes()));
    sums(&place, &["."], 650, 1);
    sums(&place, &["sessions/a"], 650, 1);
    // Whoever names such a file wants it.
    sums(&place, &["sessions/a/tokens.json"], 100_000, 1);
    sums(&place, &["archive/x/execution.jsonl"], 100_000, 1);
}

#[test]
fn a_directory_walk_takes_what_is_recognised_and_names_the_rest_with_v() {
    let place = Place::with("d/notes.txt", "hello\n");
    place.file("d/settings.json", "{\"theme\":\"dark\"}\n");
    place.file("d/talk.jsonl", Answer::new("m1").usage(1, 2).line());
    sums(&place, &["d"], 3, 1);
    let output = place.tool().args(["-v", "--summary", "d"]).run();
    for name in ["d/notes.txt", "d/settings.json"] {
        assert!(output.stderr_text().contains(name), "{}", output.stderr_text());
    }
    assert!(!output.stderr_text().contains("talk.jsonl"));
}

#[test]
fn a_transcript_that_opens_with_objects_of_no_format_is_recognised() {
    let opening = sigil_testkit::samples::claude::summary("earlier").repeat(3_000);
    let place = Place::with("d/talk.jsonl", opening + &Answer::new("m1").usage(1, 2).line());
    sums(&place, &["d"], 3, 1);
}

#[test]
fn a_file_counts_once_however_often_it_is_named() {
    let place = Place::with("log.jsonl", guide_session("s"));
    place.file("d/other.jsonl", event("o", "step_complete", "a", 1));
    symlink("log.jsonl", place.path().join("link.jsonl")).unwrap();
    fs::hard_link(place.path().join("log.jsonl"), place.path().join("d/hard.jsonl")).unwrap();
    let whole = place.path().join("log.jsonl");
    sums(&place, &["log.jsonl", "log.jsonl"], 650, 1);
    sums(&place, &["log.jsonl", "./log.jsonl", whole.to_str().unwrap()], 650, 1);
    sums(&place, &["link.jsonl", "log.jsonl"], 650, 1);
    sums(&place, &["d", "log.jsonl", "d/other.jsonl", "d"], 651, 2);
}

#[test]
fn a_directory_within_another_or_named_twice_is_no_error() {
    let place = Place::new();
    store(place.path(), &["a", "b"]).unwrap();
    let whole = place.path().to_str().unwrap();
    sums(&place, &["sessions", "sessions/a"], 1_300, 2);
    sums(&place, &["sessions/a", "sessions"], 1_300, 2);
    sums(&place, &[".", "sessions/a"], 1_300, 2);
    sums(&place, &["sessions", "./sessions", whole], 1_300, 2);
    sums(&place, &["sessions/a/execution.jsonl", whole], 1_300, 2);
}

#[test]
fn a_copy_of_a_file_is_another_file() {
    let place = Place::with("a.jsonl", event("s", "step_complete", "a", 5));
    place.file("b.jsonl", event("s", "step_complete", "a", 5));
    sums(&place, &["a.jsonl", "b.jsonl"], 10, 1);
    // But answers are snapshots of one another wherever they stand.
    place.file("c.jsonl", Answer::new("m").usage(1, 2).line());
    place.file("d.jsonl", Answer::new("m").usage(1, 2).line());
    sums(&place, &["c.jsonl", "d.jsonl"], 3, 1);
}

#[test]
fn a_quoted_glob_is_expanded_unless_a_file_is_called_so() {
    let place = Place::with("a-1.jsonl", event("a1", "step_complete", "a", 1));
    place.file("a-2.jsonl", event("a2", "step_complete", "a", 2));
    place.file("b-1.jsonl", event("b1", "step_complete", "a", 4));
    place.file("deep/x/a-3.jsonl", event("a3", "step_complete", "a", 8));
    sums(&place, &["a-*.jsonl"], 3, 2);
    sums(&place, &["?-1.jsonl"], 5, 2);
    sums(&place, &["[ab]-[12].jsonl"], 7, 3);
    sums(&place, &["**/a-*.jsonl"], 11, 3);
    place.file("a-*.jsonl", event("star", "step_complete", "a", 100));
    sums(&place, &["a-*.jsonl"], 100, 1);
}

#[test]
fn the_order_of_operands_changes_nothing() {
    let place = Place::with("1.jsonl", GuideSession::new("s").running().to_string());
    place.file("2.jsonl", event("s", "session_complete", "orchestrator", 650));
    place.file("3.jsonl", Answer::new("m").usage(5, 5).line());
    let run = |files: [&str; 3]| {
        let output = place.tool().args(["--json", "--by", "session,component"]).args(files).run();
        assert!(output.status.success(), "{}", output.stderr_text());
        output.stdout_text()
    };
    let one = run(["1.jsonl", "2.jsonl", "3.jsonl"]);
    for files in [
        ["1.jsonl", "3.jsonl", "2.jsonl"],
        ["3.jsonl", "2.jsonl", "1.jsonl"],
        ["2.jsonl", "1.jsonl", "3.jsonl"],
    ] {
        assert_eq!(run(files), one, "{files:?}");
    }
}

#[test]
fn a_session_is_known_by_its_directory_or_file_where_lines_name_none() {
    let place = Place::with("sessions/lead-7/execution.jsonl", "{\"tokens\":5}\n");
    place.file("nightly.jsonl", "{\"tokens\":6}\n");
    place.file("sessions/agent%3Amain/execution.jsonl", "{\"tokens\":7}\n");
    place
        .tool()
        .args(["--by", "session", "sessions", "nightly.jsonl"])
        .stdout("SESSION     TOKENS\nagent:main       7\nnightly          6\nlead-7           5\ntotal           18\n")
        .status(0);
}

#[test]
fn from_decides_what_lines_are() {
    let place = Place::with(
        "mixed.jsonl",
        event("s", "step_complete", "a", 1) + &Answer::new("m").usage(10, 20).line(),
    );
    sums(&place, &["mixed.jsonl"], 31, 2);
    sums(&place, &["--from", "auto", "mixed.jsonl"], 31, 2);
    place
        .tool()
        .args(["--json", "--from", "sigil", "mixed.jsonl"])
        .stdout_json(|v| assert_eq!(v["total_used"], 1))
        .status(0);
    place
        .tool()
        .args(["--json", "--from", "claude", "mixed.jsonl"])
        .stdout_json(|v| assert_eq!(v["total_used"], 30))
        .status(0);
}

#[test]
fn a_file_called_dash_is_named_with_its_directory() {
    let place = Place::with("-", event("file", "step_complete", "a", 5));
    sums(&place, &["./-"], 5, 1);
    place
        .tool()
        .args(["--json", "--summary", "-"])
        .stdin(event("s", "step_complete", "a", 7))
        .stdout_json(|v| assert_eq!(v["total_used"], 7))
        .status(0);
}
