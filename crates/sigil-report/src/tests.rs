//! What needs a terminal or a clock.

use std::io::Write;

use clap::Parser;
use sigil_cli::surroundings::Surroundings;
use sigil_cli::width;
use sigil_event::SourceId;
use sigil_summary::{Key, Renumbered, SessionSummary};
use sigil_testkit::Shuffle;
use sigil_testkit::samples::claude::Answer;
use sigil_testkit::samples::{GuideSession, event, guide_session};

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

/// Sessions of every kind: with and without times and components, at the same time, failed, with many findings.
fn sessions() -> (Vec<SessionSummary>, Config) {
    let mut text = String::new();
    for n in 0..60 {
        let id = format!("s{n}");
        let guide = GuideSession::new(&id).later(n / 3 % 7);
        text += &match n % 5 {
            0 => guide.stated_total(650).to_string(),
            1 => guide.running().to_string(),
            2 => event(&id, "token_consumption", "(none)", n as u64) + &event(&id, "retry_attempt", "memory", 0).repeat(3),
            3 => format!(
                "{{\"timestamp\":\"2026-01-11T1{}:00:00Z\",\"session_id\":\"{id}\",\"event_type\":\"step_error\",\"message\":\"m\",\
                 \"metadata\":{{\"latency_ms\":{}}}}}\n",
                n % 3, n * 7
            )
            .repeat(2),
            _ => guide.to_string() + &event(&id, "budget_exceeded", "c", 0) + &event(&id, "session_error", "c", 1),
        };
    }
    let log = log(&text);
    let config = args(&log).resolve(0).unwrap();
    let detail = config.terms.whole_detail(&config.inputs);
    let (resolved, _) = reading::read(&config.inputs, detail);
    (resolved.sessions, config)
}

#[test]
fn what_sessions_come_to_is_the_same_however_they_are_shared_out() {
    let (mut sessions, config) = sessions();
    assert_eq!(sessions.len(), 60);
    let keys = [Key::Day, Key::Component, Key::Event];
    let written = |mut digest: Digest| {
        digest.briefs.sort_by(|a, b| a.id.cmp(&b.id));
        postcard::to_allocvec(&digest).unwrap()
    };
    let once = written(Digest::of(&sessions, &keys, &config.terms));
    let mut dice = Shuffle::new(5);
    for _ in 0..300 {
        dice.apply(&mut sessions);
        let mut shares = Vec::new();
        let mut left = &sessions[..];
        while !left.is_empty() {
            let (share, rest) = left.split_at(1 + dice.below(left.len().min(25)));
            let share = Digest::of_share(share.iter(), &keys, &config.terms);
            let bytes = postcard::to_allocvec(&share).unwrap();
            let nowhere = Renumbered::Each(vec![SourceId(0)]);
            shares.push(nowhere.reading(|| postcard::from_bytes::<Digest>(&bytes)).unwrap());
            left = rest;
        }
        dice.apply(&mut shares);
        let mut all = Digest::default();
        shares.into_iter().for_each(|share| all.merge(share, &config.terms));
        assert!(written(all) == once);
    }
}

#[test]
fn components_that_are_called_the_same_are_no_trend_of_one_session() {
    let step = |component: &str, us: u64| {
        format!(
            "{{\"timestamp\":\"2026-01-11T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"step_complete\"{component},\
             \"metadata\":{{\"latency_ms\":{us}}}}}\n"
        )
    };
    let log = log(&(step("", 1).repeat(9) + &step(",\"component\":\"(none)\"", 9)));
    let config = args(&log).resolve(0).unwrap();
    let (resolved, _) = reading::read(&config.inputs, config.detail());
    let trends = SessionReport::of(&resolved.sessions[0], &config.terms).going.performance.trends;
    assert!(trends.is_empty(), "{trends:?}");
}
