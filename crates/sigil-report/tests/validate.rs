//! `--validate`: the wrong lines and nothing else, all of them, in their order.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use sigil_testkit::Tool;
use sigil_testkit::samples::{guide_session, store};

fn validate<'t>() -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report")).arg("--validate")
}

/// Two good lines among wrong ones of several kinds.
const MIXED: &str = "{\"event_type\":\"note\"}\nnot json\n\n{\"tokens\":-1}\n{\"tokens\":5\n{\"tokens\":1}\n";

const TOLD: &str =
    ":2: not a JSON object\n:4: tokens is not a whole number from 0 to 2^53\n:5: the object is cut off\n";

fn told(name: &str) -> String {
    TOLD.lines().map(|line| format!("{name}{line}\n")).collect()
}

#[test]
fn wrong_lines_are_told_with_their_place_and_why() {
    validate().stdin(MIXED).stdout(told("stdin")).status(0);
    validate().arg("--exit-code").stdin(MIXED).stdout(told("stdin")).status(1);
    validate().arg("--strict").stdin(MIXED).stdout(told("stdin")).status(2);
    validate().args(["--exit-code", "--strict"]).stdin(MIXED).stdout(told("stdin")).status(2);
    let summary = "sigil-report: read 6 lines of 1 inputs, 3 of them malformed\n";
    validate().arg("-v").stdin(MIXED).stdout(told("stdin")).stderr(summary).status(0);
}

#[test]
fn a_good_log_and_no_log_have_nothing_to_tell() {
    validate().arg("--exit-code").stdin(guide_session("lead-1")).stdout("").status(0);
    validate().arg("--exit-code").stdin("").stdout("").status(0);
    let nothing = json!({"malformed": {"lines": [], "count": 0}});
    validate().arg("--json").stdin("").stdout_json(|told| assert_eq!(*told, nothing)).status(0);
}

#[test]
fn json_is_one_object() {
    let expected = json!({"malformed": {
        "lines": [
            {"file": "stdin", "line": 2, "why": "not a JSON object"},
            {"file": "stdin", "line": 4, "why": "tokens is not a whole number from 0 to 2^53"},
            {"file": "stdin", "line": 5, "why": "the object is cut off"},
        ],
        "count": 3,
    }});
    validate().arg("--json").stdin(MIXED).stdout_json(|told| assert_eq!(*told, expected)).status(0);
}

fn gzip(path: &Path) {
    assert!(Command::new("gzip").arg(path).status().is_ok_and(|ended| ended.success()));
}

#[test]
fn files_archives_and_what_is_compressed_are_told_in_their_order() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["a.jsonl", "b.jsonl", "session/execution.jsonl"] {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, MIXED).unwrap();
    }
    gzip(&dir.path().join("b.jsonl"));
    let packed = Command::new("tar").args(["-czf", "c.tar.gz", "session"]).current_dir(dir.path()).status();
    assert!(packed.is_ok_and(|ended| ended.success()));
    let names = ["a.jsonl", "b.jsonl.gz", "c.tar.gz:session/execution.jsonl"];
    let all: String = names.iter().map(|name| told(name)).collect();
    // Whatever the order in which they are named.
    validate()
        .args(["c.tar.gz", "b.jsonl.gz", "a.jsonl", "--exit-code"])
        .current_dir(dir.path())
        .stdout(all)
        .status(1);
    // A missing one is trouble, and a verdict is none then.
    validate()
        .args(["a.jsonl", "gone.jsonl", "--exit-code"])
        .current_dir(dir.path())
        .stdout("")
        .stderr("sigil-report: E001_SESSION_NF: gone.jsonl: no such file or directory\n")
        .status(2);
    let archive = fs::read(dir.path().join("c.tar.gz")).unwrap();
    validate().stdin(archive).stdout(told("stdin:session/execution.jsonl")).status(0);
}

#[test]
fn every_one_of_very_many_is_told_and_none_is_kept() {
    let lines = 3_000_000;
    let write = move |out: &mut dyn Write| {
        let mut out = std::io::BufWriter::new(out);
        out.write_all(b"{\"tokens\":1}\n")?;
        for _ in 0..lines {
            out.write_all(b"{\n")?;
        }
        out.flush()
    };
    let reduce = move |out: &mut dyn std::io::Read| {
        let mut number = 1;
        let mut expected = String::new();
        for line in std::io::BufRead::lines(std::io::BufReader::new(out)) {
            number += 1;
            expected.clear();
            std::fmt::Write::write_fmt(&mut expected, format_args!("stdin:{number}: the object is cut off"))
                .unwrap();
            assert_eq!(line.unwrap(), expected);
        }
        number.to_string().into_bytes()
    };
    validate()
        .stdin_written(write)
        .stdout_reduced(reduce)
        .stdout((lines + 1).to_string())
        .memory_below(64 << 20)
        .status(0);
}

#[test]
fn as_many_are_told_as_the_report_counts() {
    let dir = tempfile::tempdir().unwrap();
    store(&dir.path().join("logs"), &["lead-1", "lead-2"]).unwrap();
    let log = dir.path().join("logs/sessions/lead-2/execution.jsonl");
    let text = fs::read_to_string(&log).unwrap();
    fs::write(&log, format!("{text}torn {{\n{MIXED}")).unwrap();
    // Nothing in it is known: left out by both.
    fs::write(dir.path().join("logs/sessions/lead-2/other.jsonl"), "x\ny\n").unwrap();
    for args in [vec!["-l", "logs"], vec!["logs"], vec!["-l", "logs", "-s", "lead-2"]] {
        let mut count = 0;
        let report = Tool::new(env!("CARGO_BIN_EXE_sigil-report")).arg("--json").arg("-q").args(&args);
        report
            .current_dir(dir.path())
            .stdout_json(|report| count = report["malformed"]["count"].as_u64().unwrap())
            .status(0);
        let output = validate().args(&args).current_dir(dir.path()).run();
        assert_eq!((count, output.stdout_text().lines().count()), (4, 4), "{args:?}");
    }
}

#[test]
fn a_running_stream_is_told_as_it_comes() {
    let mut stream = validate().stream();
    stream.write("{}\noops\n");
    stream.expect_line("stdin:2: not a JSON object", Duration::from_secs(60));
    let output = stream.finish();
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn it_is_text_or_json() {
    let why = "sigil-report: E010_CONFIG_ERR: --validate cannot be written as html; --format takes text, json, \
               jsonl with it\n";
    validate().args(["--format", "html"]).stdin(MIXED).stdout("").stderr(why).status(2);
}

#[test]
fn what_makes_no_sense_with_it_is_refused() {
    for args in [&["--by", "day"][..], &["--since", "7d"], &["--all-errors"]] {
        validate().args(args).stdin("").stdout("").stderr_contains("E010_CONFIG_ERR: ").status(2);
    }
    let why = "sigil-report: E010_CONFIG_ERR: --validate reads every line of its operands, and a wrong line \
               has no session; leave out -s\n";
    validate().args(["-s", "x", "-"]).stdin("").stdout("").stderr(why).status(2);
    let alone = Tool::new(env!("CARGO_BIN_EXE_sigil-report")).arg("--exit-code").stdin("");
    alone.stdout("").stderr_contains("--validate").status(2);
}

#[test]
fn a_reader_that_leaves_ends_it_quietly_but_not_its_verdict() {
    let many = "x\n".repeat(200_000);
    let object = "{\"tokens\":1}\n".to_owned() + &many;
    validate().stdin(object.clone()).head(1).stdout("stdin:2: not a JSON object\n").status(0);
    validate().arg("--exit-code").stdin(object).head(1).status(1);
}

#[test]
fn hostile_names_reach_no_terminal() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a\x1b[31m.jsonl"), MIXED).unwrap();
    validate().arg("a\x1b[31m.jsonl").current_dir(dir.path()).stdout(told("a\\x1b[31m.jsonl")).status(0);
}
