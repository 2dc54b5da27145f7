//! Archives are read where they are: by name, by directory, through a pipe, whatever packed them.

use std::fs;

use sigil_testkit::samples::claude::Answer;
use sigil_testkit::samples::guide_session;

use crate::{Place, event, gzipped, packed, tar};

/// A session in four parts, 1 + 2 + 4 + 8 tokens, and its end, which states them all.
fn session() -> Place {
    let step = |tokens| event("lead-1", "step_complete", "a", tokens);
    let live = step(8) + &event("lead-1", "session_complete", "o", 15);
    let place = Place::with("lead-1/execution.jsonl", live);
    place.file("lead-1/execution.jsonl.1", step(4));
    place.file("lead-1/execution.jsonl.2.gz", gzipped(step(2).as_bytes()));
    place.file("lead-1/execution.jsonl-20260101", step(1));
    for name in ["lead-1/tokens.json", "lead-1/metrics.json", "lead-1/notes.jsonl"] {
        place.file(name, event("trap", "note", "a", 100_000));
    }
    place
}

/// Reads the archive as an operand and through a pipe.
#[track_caller]
fn sums(place: &Place, archive: &str, used: u64, restated: u64) {
    let bytes = fs::read(place.path().join(archive)).expect("the archive is there");
    for args in [&["--json", archive][..], &["--json", "--summary"], &["--json"]] {
        place
            .tool()
            .args(args)
            .stdin(&*bytes)
            .stdout_json(|v| {
                let both = (&v["total_used"], &v["restated_tokens"]);
                assert_eq!(both, (&used.into(), &restated.into()), "{archive} {args:?}");
            })
            .status(0);
    }
}

#[test]
fn a_session_is_its_parts_oldest_first_whatever_their_order_in_the_archive() {
    let place = session();
    let mut parts = [
        "lead-1/execution.jsonl",
        "lead-1/execution.jsonl.1",
        "lead-1/execution.jsonl.2.gz",
        "lead-1/execution.jsonl-20260101",
        "lead-1/tokens.json",
        "lead-1/notes.jsonl",
    ];
    for _ in 0..parts.len() {
        parts.rotate_left(1);
        place.file("a.tar.gz", gzipped(&tar(&place, &parts)));
        sums(&place, "a.tar.gz", 15, 15);
    }
    place.file("a.tar", tar(&place, &["./lead-1"]));
    sums(&place, "a.tar", 15, 15);
}

#[test]
fn what_packed_it_does_not_matter() {
    let place = session();
    for format in ["v7", "oldgnu", "gnu", "ustar", "posix"] {
        place.file("a.tar", tar(&place, &["--format", format, "lead-1"]));
        sums(&place, "a.tar", 15, 15);
    }
    let plain = tar(&place, &["lead-1"]);
    place.file("misnamed.jsonl", gzipped(&plain));
    sums(&place, "misnamed.jsonl", 15, 15);
    let (front, back) = plain.split_at(700);
    place.file("members.tgz", [gzipped(front), gzipped(back)].concat());
    sums(&place, "members.tgz", 15, 15);
    let (Some(zst), Some(front), Some(back)) =
        (packed("zstd", &[], &plain), packed("zstd", &[], front), packed("zstd", &[], back))
    else {
        return;
    };
    place.file("a.tar.zst", zst);
    sums(&place, "a.tar.zst", 15, 15);
    place.file("frames.tar.zst", [front, back].concat());
    sums(&place, "frames.tar.zst", 15, 15);
}

#[test]
fn archives_put_together_are_one() {
    let place = session();
    let one = gzipped(&tar(&place, &["lead-1"]));
    place.file("lead-2/execution.jsonl", guide_session("lead-2"));
    let two = gzipped(&tar(&place, &["lead-2"]));
    place.file("both.tar.gz", [one, two].concat());
    sums(&place, "both.tar.gz", 665, 15);
}

#[test]
fn links_are_passed_over_and_long_names_are_whole() {
    let place = session();
    let long = "x".repeat(120);
    place.file(&format!("{long}/execution.jsonl"), "{\"tokens\":5}\n");
    std::os::unix::fs::symlink("execution.jsonl", place.path().join("lead-1/execution.jsonl.3")).unwrap();
    fs::create_dir(place.path().join("copy")).unwrap();
    fs::hard_link(place.path().join("lead-1/execution.jsonl"), place.path().join("copy/execution.jsonl"))
        .unwrap();
    for format in ["gnu", "posix"] {
        place.file("a.tar", tar(&place, &["--format", format, "lead-1", "copy", &long]));
        sums(&place, "a.tar", 20, 15);
        let table = place.tool().args(["--by", "session", "--json", "a.tar"]).run().json().unwrap();
        assert_eq!(table["rows"][1]["session"], *long);
    }
}

#[test]
fn sparse_files_are_read() {
    let place = Place::new();
    let path = place.file("s/execution.jsonl", event("s", "step_complete", "a", 5));
    let hole = fs::OpenOptions::new().append(true).open(&path).unwrap();
    hole.set_len(1 << 20).unwrap();
    for args in [&["--format=gnu"][..], &["--format=posix"], &["--format=posix", "--sparse-version=0.1"]] {
        place.file("a.tar", tar(&place, &[args, &["-S", "s"]].concat()));
        sums(&place, "a.tar", 5, 0);
    }
}

#[test]
fn a_session_is_known_by_its_directory_or_its_archive() {
    let place = Place::with("agent%3Amain/execution.jsonl", "{\"tokens\":7}\n");
    place.file("in.tar.gz", gzipped(&tar(&place, &["agent%3Amain"])));
    place.file("lead-7.tar.gz", gzipped(&tar(&place, &["-C", "agent%3Amain", "."])));
    place
        .tool()
        .args(["--by", "session", "in.tar.gz", "lead-7.tar.gz"])
        .stdout("SESSION     TOKENS\nagent:main       7\nlead-7           7\ntotal           14\n")
        .status(0);
    place
        .tool()
        .args(["--json", "-s", "lead-7", "*.tar.gz"])
        .stdout_json(|v| assert_eq!(v["total_used"], 7))
        .status(0);
}

#[test]
fn transcripts_in_an_archive_are_read() {
    let place = Place::with("p/a/talk.jsonl", Answer::new("m1").usage(1, 2).session("x").line());
    place.file("p/b/agent-1.jsonl", Answer::new("m2").usage(3, 4).session("y").line());
    place.file("p/b/settings.jsonl", "{\"theme\":\"dark\"}\n");
    place.file("p/readme.md", event("trap", "note", "a", 100_000));
    place.file("p.tar", tar(&place, &["p"]));
    sums(&place, "p.tar", 10, 0);
    place
        .tool()
        .args(["-v", "--summary", "p.tar"])
        .stderr_contains("p.tar:p/b/settings.jsonl: left out")
        .status(0);
}

#[test]
fn a_malformed_line_is_named_with_archive_and_member() {
    let place = Place::with("s/execution.jsonl", event("s", "note", "a", 1) + "not json\n");
    place.file("s/execution.jsonl.1", "neither\n".to_owned() + &event("s", "note", "a", 1));
    place.file("s.tar.gz", gzipped(&tar(&place, &["s"])));
    let message = |archive| {
        format!(
            "sigil-tokens: E003_PARSE_FAIL: skipped 2 malformed lines: {archive}:s/execution.jsonl.1:1, {archive}:s/execution.jsonl:2\n"
        )
    };
    place.tool().args(["--summary", "s.tar.gz"]).stderr(message("s.tar.gz")).status(0);
    let bytes = fs::read(place.path().join("s.tar.gz")).unwrap();
    place.tool().arg("--summary").stdin(bytes).stderr(message("stdin")).status(0);
}

#[test]
fn a_directory_of_archives_means_them_and_one_of_logs_does_not() {
    let place = session();
    let bytes = gzipped(&tar(&place, &["lead-1"]));
    place.file("logs/archive/2026-01-11/lead-1.tar.gz", &bytes);
    place.file("logs/archive/2026-01-11/notes.txt", "kept since\n");
    place.file("logs/sessions/x/execution.jsonl", event("x", "note", "a", 1));
    for (args, used) in [
        (&["logs/archive/2026-01-11"][..], 15),
        (&["logs/archive"], 15),
        (&["logs/archive/*/*.tar.gz"], 15),
        (&["logs/archive", "logs/archive/2026-01-11/lead-1.tar.gz"], 15),
        (&["logs"], 1),
        (&["-l", "logs"], 1),
        (&["logs", "logs/archive"], 16),
    ] {
        place
            .tool()
            .arg("--json")
            .args(args)
            .stdout_json(|v| assert_eq!(v["total_used"], used, "{args:?}"))
            .status(0);
    }
    // Beside logs an archive is passed over, by whatever name.
    place.file("mixed/talk.jsonl", event("y", "note", "a", 2));
    place.file("mixed/lead-1.tar.gz", &bytes);
    place.file("mixed/old.gz", &bytes);
    place.file("mixed/old", tar(&place, &["lead-1"]));
    place.tool().args(["--json", "mixed"]).stdout_json(|v| assert_eq!(v["total_used"], 2)).status(0);
}

#[test]
fn an_archive_without_logs_is_said_and_the_others_count() {
    let place = session();
    place.file("s.tar", tar(&place, &["lead-1"]));
    place.file("none.tar", tar(&place, &["lead-1/tokens.json"]));
    let message = "sigil-tokens: E001_SESSION_NF: none.tar: no logs in this archive\n";
    place.tool().arg("none.tar").stdout("").stderr(message).status(2);
    place
        .tool()
        .args(["--json", "none.tar", "s.tar"])
        .stdout_json(|v| assert_eq!(v["total_used"], 15))
        .stderr(message)
        .status(2);
}

/// New York's clocks passed from 1:59 to 1:00: what follows 1:30 at 1:10 is the hour's second passing.
#[test]
fn the_hour_that_comes_twice_runs_on_from_member_to_member() {
    let at = |time: &str| {
        event("s", "note", "o", 1).replacen('{', &format!("{{\"timestamp\":\"2025-11-02T{time}\","), 1)
    };
    let place = Place::with("s/execution.jsonl", at("01:15:00"));
    place.file("s/execution.jsonl.1", at("01:10:00"));
    place.file("s/execution.jsonl.2", at("01:30:00"));
    for order in [["", ".1", ".2"], [".2", ".1", ""], [".1", "", ".2"]] {
        let names = order.map(|part| format!("s/execution.jsonl{part}"));
        place.file("s.tar", tar(&place, &names.each_ref().map(String::as_str)));
        let zones = ["--input-timezone", "America/New_York", "--timezone", "utc", "--by", "hour", "--json"];
        let tool = place.tool().args(zones).arg("s.tar");
        tool.stdout_json(|v| {
            let rows = v["rows"].as_array().unwrap();
            let hours: Vec<_> =
                rows.iter().map(|row| (row["hour"].as_str().unwrap(), row["tokens"].clone())).collect();
            assert_eq!(hours, [("2025-11-02T05:00", 1.into()), ("2025-11-02T06:00", 2.into())], "{order:?}");
        })
        .status(0);
    }
}

#[test]
fn rotated_parts_may_be_zstd() {
    let place = session();
    fs::remove_file(place.path().join("lead-1/execution.jsonl-20260101")).unwrap();
    let part = event("lead-1", "step_complete", "a", 1);
    let Some(zst) = packed("zstd", &[], part.as_bytes()) else { return };
    place.file("lead-1/execution.jsonl-20260101.zst", &zst);
    // Being packed at this moment.
    place.file("lead-1/execution.jsonl.1.zst", &zst[..zst.len() / 2]);
    place.file("a.tar", tar(&place, &["lead-1"]));
    sums(&place, "a.tar", 15, 15);
    for operand in ["lead-1", "lead-1/execution.jsonl", "."] {
        fs::remove_file(place.path().join("a.tar")).ok();
        place.tool().args(["--json", operand]).stdout_json(|v| assert_eq!(v["total_used"], 15)).status(0);
    }
}

#[test]
fn compressed_standard_input_runs_line_by_line() {
    let log = guide_session("s");
    let plain = crate::tool().stdin(log.as_str()).run().stdout_text();
    crate::tool().stdin(gzipped(log.as_bytes())).stdout(plain.as_str()).status(0);
    let Some(zst) = packed("zstd", &[], log.as_bytes()) else { return };
    crate::tool().stdin(zst).stdout(plain).status(0);
}

#[test]
fn an_archive_that_comes_in_small_pieces_is_one() {
    let place = session();
    for bytes in [tar(&place, &["lead-1"]), gzipped(&tar(&place, &["lead-1"]))] {
        let mut stream = place.tool().args(["--json", "--summary"]).stream();
        for piece in bytes.chunks(97) {
            stream.write(piece);
        }
        assert_eq!(stream.finish().json().unwrap()["total_used"], 15);
    }
}

/// The first line is not held until there is a block of them.
#[test]
fn lines_are_not_held_while_they_might_become_an_archive() {
    let mut stream = crate::tool().stream();
    stream.write("{\"component\":\"a\",\"tokens\":5}\n");
    stream.expect_line("a: 5 (Total: 5)", std::time::Duration::from_secs(20));
}
