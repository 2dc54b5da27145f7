//! Lines as programs write them.

mod samples;
mod severities;
mod times;

use chrono::DateTime;
use proptest::prelude::*;

use super::severity::Severity::{self, Error, Line, Warning};
use super::time::Stamp;
use super::{Reader, trace::Above};

/// 2026-02-01T12:00:00Z.
const NOW_US: i64 = 1_769_947_200_000_000;

/// The time in a line as RFC 3339, without a zone if the line has none; and where the line goes on.
fn time(line: &str) -> Option<(String, &str)> {
    time_at(line, NOW_US)
}

fn time_at(line: &str, now_us: i64) -> Option<(String, &str)> {
    let stamp = Stamp::find(line, now_us)?;
    let at = DateTime::from_timestamp_micros(stamp.written.civil_us).unwrap().naive_utc();
    let zone = stamp.written.offset_s.map_or(String::new(), |s| {
        let sign = if s < 0 { '-' } else { '+' };
        format!("{sign}{:02}:{:02}", s.abs() / 3600, s.abs() / 60 % 60)
    });
    Some((format!("{}{zone}", at.format("%Y-%m-%d %H:%M:%S%.f")), &line[stamp.end..]))
}

fn severity(line: &str) -> Severity {
    Severity::of(line, Stamp::find(line, NOW_US).as_ref())
}

/// The first line of each event of a log, with its severity.
fn events(log: &str) -> Vec<(Severity, &str)> {
    let mut reader = Reader::default();
    log.lines()
        .filter_map(|line| reader.read(line, NOW_US).map(|event| (event.severity, event.message)))
        .collect()
}

#[test]
fn a_trace_belongs_to_the_line_above() {
    let python = "2026-01-31 23:29:30,747 ERROR a: failed\nTraceback (most recent call last):\n  File \"a.py\", line 1, in b\n    c()\n    ^^^\nValueError: time data '2026-01-31 10:00:00' does not match\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"a.py\", line 1, in b\na.b.OtherError\n2026-01-31 23:29:31,747 INFO a: next";
    let java = "2026-01-31 23:29:30,747 WARN [x] a.B: closing\njava.io.IOException: gone\n\tat a.B.c(B.java:1)\n\tSuppressed: a.X: y\n\t\t... 3 more\nCaused by: a.Y: z\n\t... 12 more\n2026-01-31 23:29:31,747 INFO [x] a.B: next";
    let rust = "2026-01-31T23:29:30Z  INFO a: start\nthread 'main' panicked at src/main.rs:2:5:\nindex out of bounds: the len is 3\nstack backtrace:\n   0: rust_begin_unwind\n             at /rustc/lib.rs:1:2\nnote: Some details are omitted\n2026-01-31T23:29:31Z  INFO a: next";
    let go = "2026/01/31 23:29:30 start\npanic: runtime error: invalid memory address\n[signal SIGSEGV: segmentation violation code=0x1]\n\ngoroutine 1 [running]:\nmain.run(0xc000012345, ...)\n\t/path/file.go:12 +0x1\nmain.main()\n\t/path/file.go:7 +0x2\ncreated by main.init in goroutine 7\n\t/path/file.go:1 +0x3\nexit status 2\nrestarted";
    let javascript = "Error: x\n    at f (file:1:2)\n    at g (file:3:4) {\n  code: 'X'\n}\nnext";
    for (log, expected) in [
        (python, vec![(Error, "ERROR a: failed"), (Line, "INFO a: next")]),
        (java, vec![(Warning, "WARN [x] a.B: closing"), (Line, "INFO [x] a.B: next")]),
        (
            rust,
            vec![
                (Line, "INFO a: start"),
                (Error, "thread 'main' panicked at src/main.rs:2:5:"),
                (Line, "INFO a: next"),
            ],
        ),
        (
            go,
            vec![
                (Line, "start"),
                (Error, "panic: runtime error: invalid memory address"),
                (Line, "restarted"),
            ],
        ),
        (javascript, vec![(Error, "Error: x"), (Line, "next")]),
    ] {
        assert_eq!(events(log), expected, "{log}");
    }
}

#[test]
fn a_trace_of_its_own_is_an_error_of_its_own() {
    let trace = "Traceback (most recent call last):\n  File \"a.py\", line 1\nValueError: x\n";
    let twice = format!("2026-01-31 23:29:30 INFO start\n{trace}{trace}next\n");
    let traceback = (Error, "Traceback (most recent call last):");
    assert_eq!(events(&twice), [(Line, "INFO start"), traceback, traceback, (Line, "next")]);
    assert_eq!(events(trace), [traceback]);
    let cut = "Traceback (most recent call last):\n  File \"a.py\", line 1\nINFO:root:next\nERROR:root:x";
    assert_eq!(events(cut), [traceback, (Line, "INFO:root:next"), (Error, "ERROR:root:x")]);
    let thrown = "start\na.b.XException: y\n\tat a.b(C.java:1)\nException in thread \"main\" a.Y: z\n\tat b";
    assert_eq!(events(thrown).len(), 3);
    assert_eq!(events("\tat a.b\n\tat c\n2026-01-31 23:29:30 x"), [(Line, "at a.b"), (Line, "x")]);
}

#[test]
fn what_begins_with_a_time_goes_on_with_nothing() {
    for line in ["  2026-01-31 23:29:30 x", "[2026-01-31 23:29:30] x", "Jan 31 23:29:30 x"] {
        let stamp = Stamp::find(line, NOW_US);
        for above in [Above::Panic, Above::Python, Above::Chain, Above::Goroutine, Above::Rest] {
            assert_eq!(above.next(line, stamp.as_ref()), None, "{line}");
        }
    }
}

#[test]
fn the_message_is_the_line_without_its_time() {
    let message = |line| Reader::default().read(line, NOW_US).unwrap().message;
    assert_eq!(message("[2026-01-31 23:29:30] [a] b \r"), "[a] b");
    assert_eq!(message("2026-01-31 23:29:30, Info  c"), "Info  c");
    assert_eq!(message("a 2026-01-31 23:29:30 b"), "a 2026-01-31 23:29:30 b");
    assert_eq!(message("plain"), "plain");
    assert_eq!(message("2026-01-31 23:29:30"), "");
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "2026-01-31",
        "T",
        " ",
        "23:29:30",
        ".123",
        ",747",
        "Z",
        "+01:00",
        "Jun",
        "14",
        "Sun",
        "Dec",
        "04",
        "[",
        "]",
        "10/Oct/2000",
        ":",
        "-0700",
        "081109",
        "203615",
        "20171223",
        "-",
        "1117838570",
        "I0131",
        "<34>",
        "<",
        "é",
        "\u{1b}",
        "\u{1b}[0m",
        "ERROR",
        "error",
        "level=",
        "\"",
        "Exception",
        "HTTP/1.1\" 500",
        "\t",
        "at",
        "goroutine 1 [running]:",
        "Traceback (most recent call last):",
        "thread 'a' panicked at b:",
        "ValueError",
        "...",
        "no",
        "=",
        "0",
        "/",
        "E",
        "\u{feff}",
        "99999999999999999999",
    ]);
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_too_much(
        lines in proptest::collection::vec(prop_oneof![3 => pieces(), 1 => any::<String>()], 1..6),
        now_us in prop_oneof![3 => Just(NOW_US), 1 => any::<i64>()],
    ) {
        let mut reader = Reader::default();
        for line in &lines {
            if let Some(stamp) = Stamp::find(line, now_us) {
                prop_assert!(stamp.start < stamp.end);
                prop_assert!(line.get(stamp.start..stamp.end).is_some(), "{stamp:?}");
            }
            if let Some(read) = reader.read(line, now_us) {
                prop_assert!(line.contains(read.message));
            }
        }
    }
}
