//! What needs a terminal or a clock.

use std::io::Write;

use clap::Parser;
use sigil_cli::surroundings::Surroundings;
use sigil_cli::width;
use sigil_testkit::samples::claude::Answer;
use sigil_testkit::samples::{GuideSession, guide_session};

use super::*;
use crate::report::SessionReport;
use crate::view::State;

fn log(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn args(file: &tempfile::NamedTempFile) -> Args {
    let path = file.path().to_str().unwrap();
    Args::parse_from([
        "sigil-report",
        "--config",
        "/dev/null",
        "--timezone",
        "utc",
        "--input-timezone",
        "utc",
        path,
    ])
}

#[test]
fn a_session_is_stale_ten_minutes_after_its_last_event() {
    let log = log(&GuideSession::new("s").running().to_string());
    // 2026-01-11T10:15:37.567900Z, the last step.
    let last_us = 1_768_126_537_567_900;
    let is_stale = |now_us: i64| {
        let config = args(&log).resolve(now_us).unwrap();
        let (resolved, _) = reading::read(&config.inputs, config.detail());
        SessionReport::of(&resolved.sessions[0], &config.terms).state == State::Stale
    };
    assert!(!is_stale(last_us + 599_999_999));
    assert!(is_stale(last_us + 600_000_000));
    assert!(!is_stale(last_us - 1), "an event of the future is fresh");
}

#[test]
fn a_report_fits_the_terminal() {
    let hard = |n: u32| {
        let id = format!("agent:main:discord:channel-of-acme-corporation:{n}");
        let failure = format!(
            "{{\"timestamp\":\"2026-01-11T10:15:40\",\"session_id\":\"{id}\",\"event_type\":\"step_error\",\
             \"component\":\"a-component-with-a-rather-long-name\",\"message\":\"{}\",\"tokens\":123456789}}\n",
            "it went wrong, ".repeat(20)
        );
        GuideSession::new(&id).running().to_string() + &failure
    };
    let usage = Answer::new("m").usage(1_000_000_000, 1_000_000_000).cache(1_000_000_000, 1_000_000_000);
    let costly = hard(1) + &usage.clone().session("agent:main:discord:channel-of-acme-corporation").line();
    let logs = [guide_session("s"), hard(1), hard(1) + &hard(2), usage.line(), costly];
    for log in logs.map(|text| log(&text)) {
        for columns in [80, 120] {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let terminal =
                Surroundings { is_terminal: true, columns: Some(columns), ..Surroundings::default() };
            let mut io =
                Io::new("sigil-report", &mut out, &mut err, Surroundings { no_color: true, ..terminal });
            assert_eq!(run(args(&log), &mut io).unwrap(), Status::Success);
            let text = String::from_utf8(out).unwrap();
            for line in text.lines() {
                assert!(width::columns(line) <= columns, "{columns} columns: {line}");
            }
        }
    }
}
