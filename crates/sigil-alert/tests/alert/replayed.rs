//! A recorded day gives the same alerts however it is cut, with restarts between.

use sigil_testkit::{Place, Shuffle};

use super::{alerts, at_home, sigil_alert};

/// A day of sessions that do everything that alerts are about.
fn day() -> Vec<String> {
    let mut random = Shuffle::new(7);
    let mut lines = Vec::new();
    let (mut at, mut sessions) = (0u64, Vec::new());
    for n in 0..6_000_usize {
        at += random.below(25) as u64;
        let session = match random.below(40) {
            0 => {
                sessions.push(n);
                n
            }
            other => sessions.get(sessions.len().saturating_sub(1 + other % 7)).copied().unwrap_or(0),
        };
        let kind = match random.below(60) {
            _ if session == n => "session_start",
            0..25 => "step_complete",
            25..35 => "token_consumption",
            35..42 => "step_start",
            42..46 => "step_error",
            46..50 => "retry_attempt",
            50 => "session_complete",
            51 => "session_error",
            52 => "budget_exceeded",
            _ => "note",
        };
        let component = ["routing", "memory", "planning", "reasoning"][random.below(4)];
        // Some come late, and some lines are no events.
        let second = at.saturating_sub(random.below(40).saturating_sub(30) as u64) % 86_400;
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let (tokens, latency) = (random.below(9_000), random.below(7_000));
        let usage =
            if n % 5 == 0 { format!(",\"usage_id\":\"u{}\"", random.below(n + 1)) } else { String::new() };
        lines.push(if random.below(50) == 0 {
            "{\n".to_owned()
        } else {
            format!(
                "{{\"timestamp\":\"2026-01-11T{hour:02}:{minute:02}:{second:02}Z\",\"session_id\":\"s{session}\",\
                 \"event_type\":\"{kind}\",\"component\":\"{component}\",\"tokens\":{tokens},\
                 \"metadata\":{{\"latency_ms\":{latency}{usage}}}}}\n"
            )
        });
    }
    lines
}

#[test]
fn pieces_with_restarts_between_give_the_alerts_of_one_run() {
    let lines = day();
    let whole = sigil_alert().arg("-q").stdin(lines.concat()).run().jsonl().unwrap();
    assert!(whole.len() > 200, "the day has {} alerts", whole.len());
    for pieces in [2, 9, 40] {
        let home = Place::new();
        let mut told = Vec::new();
        for piece in lines.chunks(lines.len().div_ceil(pieces)) {
            let state = home.path().join("state.json");
            let run = at_home(home.path()).arg("-q").arg("--state").arg(state).stdin(piece.concat()).run();
            assert_eq!((run.stderr_text().as_str(), run.status.code()), ("", Some(0)));
            told.extend(run.jsonl().unwrap());
        }
        assert_eq!(told.len(), whole.len(), "{pieces} pieces");
        for (told, whole) in told.iter().zip(&whole) {
            assert_eq!(told, whole, "{pieces} pieces");
        }
    }
}

#[test]
fn a_file_and_a_slow_pipe_give_the_same_alerts() {
    let place = Place::new();
    let text = day()[..2_000].concat();
    let from_file = alerts(sigil_alert().arg("-q").arg(place.file("execution.jsonl", &text)));
    let mut slow = sigil_alert().arg("-q").stream();
    for piece in text.as_bytes().chunks(7_919) {
        slow.write(piece);
    }
    let from_pipe = slow.finish().jsonl().unwrap();
    assert_eq!(from_pipe, from_file);
}
