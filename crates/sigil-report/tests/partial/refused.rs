//! What cannot be put together is refused in one line that says why, and what to do.

use std::fs;
use std::path::Path;

use sigil_testkit::samples::guide_session;

use super::{make_partial, report};

fn logs() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for name in ["a.jsonl", "b.jsonl"] {
        fs::write(directory.path().join(name), guide_session(name)).unwrap();
    }
    directory
}

#[track_caller]
fn refused(directory: &Path, args: &[&str], why: &str) {
    report(directory).args(args).stdout("").stderr(format!("sigil-report: {why}\n")).status(2);
}

#[test]
fn partials_that_were_made_otherwise() {
    let logs = logs();
    let directory = logs.path();
    make_partial(directory, "plain", &[], &["a.jsonl"]);
    for (flags, wanted, why) in [
        (
            &["--since", "2026-01-01T00:00:00Z"][..],
            &["--since", "2026-01-02T00:00:00Z"][..],
            "other was made with --since 2026-01-01T00:00:00Z, this run merges with --since 2026-01-02T00:00:00Z; \
             give all of them the same",
        ),
        (
            &["--estimate"],
            &[],
            "other was made with --estimate, this run merges with no --estimate; give all of them the same",
        ),
        (
            &["-s", "a*"],
            &["-s", "b*"],
            "other was made with -s \"a*\", this run merges with -s \"b*\"; give all of them the same",
        ),
        (
            &["--timezone", "Asia/Tokyo"],
            &[],
            "other was made with --timezone Asia/Tokyo, this run merges with --timezone UTC; give all of them the same",
        ),
        (
            &[],
            &["--all-errors"],
            "other was made with the first 5 errors of each session, this run merges with --all-errors; make it \
             again with --all-errors",
        ),
    ] {
        make_partial(directory, "other", flags, &["b.jsonl"]);
        refused(directory, &[&["--merge", "other"], wanted].concat(), &format!("E010_CONFIG_ERR: {why}"));
    }
    make_partial(directory, "other", &["--recompute-cost"], &["b.jsonl"]);
    let why = "E010_CONFIG_ERR: other was made with --recompute-cost, plain with no --recompute-cost; give all of them the same";
    refused(directory, &["--merge", "plain", "other"], why);
    make_partial(directory, "all", &["--all-errors"], &["b.jsonl"]);
    report(directory).args(["--merge", "plain", "all"]).status(0);
}

#[test]
fn other_prices() {
    let logs = logs();
    fs::write(logs.path().join("config.toml"), "[prices.m]\ninput = 1\noutput = 2\n").unwrap();
    make_partial(logs.path(), "plain", &[], &["a.jsonl"]);
    report(logs.path())
        .args(["--config", "config.toml", "--merge", "plain"])
        .stderr_contains("E010_CONFIG_ERR: plain was made with prices ")
        .stderr_contains("; use one version of this program, and the same [prices] in the configuration\n")
        .status(2);
}

#[test]
fn a_source_that_is_in_two_of_them() {
    let logs = logs();
    make_partial(logs.path(), "one", &[], &["a.jsonl"]);
    make_partial(logs.path(), "both", &[], &["b.jsonl", "a.jsonl"]);
    let why = "E010_CONFIG_ERR: \"a.jsonl\" is in one and in both and would count twice; leave one of them out, or make \
               it without";
    refused(logs.path(), &["--merge", "one", "both"], why);
    make_partial(logs.path(), "spelled", &[], &["./a.jsonl"]);
    let why = "E010_CONFIG_ERR: \"a.jsonl\" in one and \"./a.jsonl\" in spelled are one file and would count twice; leave one of \
               them out, or make it without";
    refused(logs.path(), &["--merge", "one", "spelled"], why);
}

#[test]
fn what_is_damaged_or_no_partial() {
    let logs = logs();
    let directory = logs.path();
    make_partial(directory, "whole", &[], &["a.jsonl", "b.jsonl"]);
    let whole = fs::read_to_string(directory.join("whole")).unwrap();
    let lines: Vec<_> = whole.lines().collect();
    let check = |text: &str, why: &str| {
        fs::write(directory.join("p"), text).unwrap();
        refused(directory, &["--merge", "p"], &format!("E003_PARSE_FAIL: p:{why}"));
    };
    let cut_off = "cut off: the end is missing; copy or make it again";
    check(&whole[..whole.len() - 1], &format!("{}: {cut_off}", lines.len()));
    check(&whole[..whole.len() - 70], &format!("{}: {cut_off}", lines.len() - 1));
    check(&(lines[..3].join("\n") + "\n"), &format!("3: {cut_off}"));
    let damaged = "damaged: not what was written; copy or make it again";
    check(&whole.replace("\"a.jsonl\"", "\"a.jsonx\""), &format!("{}: {damaged}", lines.len()));
    check(&whole.replacen("{\"session\":", "{\"session:", 1), &format!("{}: {damaged}", 10));
    let no_partial = "1: no partial; make one with sigil-report --partial";
    for text in ["", "\n", "{}\n", "hello\n", &guide_session("s")] {
        check(text, no_partial);
    }
    check(
        &whole.replacen("\"format\":1", "\"format\":2", 1),
        "1: a partial of a newer version of this program; update this one, or make it with this one",
    );
    check(
        &whole.replacen("\"shape\":", "\"shape\":9", 1),
        "1: a partial of a newer version of this program; update this one, or make it with this one",
    );
    check(
        &whole.replacen("\"format\":1", "\"format\":0", 1),
        "1: a partial of an older version of this program; make it again",
    );
    refused(directory, &["--merge", "gone"], "E001_SESSION_NF: gone: no such file or directory");
}

#[test]
fn flags_that_mean_nothing_here() {
    let logs = logs();
    for args in [
        &["--partial", "--merge", "a.jsonl"][..],
        &["--partial", "--by", "day", "a.jsonl"],
        &["--partial", "--json", "a.jsonl"],
        &["--partial", "--format", "html", "a.jsonl"],
        &["--merge", "--from", "claude", "a.jsonl"],
    ] {
        report(logs.path()).args(args).stdout("").stderr_contains("cannot be used with").status(2);
    }
}

#[test]
fn what_could_not_be_read_for_a_partial_is_missing_from_the_report_too() {
    let logs = logs();
    fs::write(logs.path().join("c.gz"), [0x1f, 0x8b, 8, 0, 1, 2]).unwrap();
    let made = report(logs.path()).args(["--partial", "a.jsonl", "c.gz"]).run();
    assert_eq!(made.status.code(), Some(2));
    fs::write(logs.path().join("p"), &made.stdout).unwrap();
    let merged = report(logs.path()).args(["--merge", "p"]).run();
    let whole = report(logs.path()).args(["a.jsonl", "c.gz"]).run();
    assert_eq!(super::said(&merged), super::said(&whole));
}
