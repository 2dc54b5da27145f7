//! Many small logs of every kind, in which things hang together across files.

use std::fs;
use std::path::Path;

use sigil_testkit::Shuffle;
use sigil_testkit::samples::claude::Answer;
use sigil_testkit::samples::{GuideSession, codex};

/// Writes `count` logs and says what they are called.
pub fn write(directory: &Path, count: usize) -> Vec<String> {
    let mut dice = Shuffle::new(7);
    let mut names = Vec::new();
    for n in 0..count {
        let (name, mut text) = match n % 5 {
            // A session in two files, each of which states a total.
            0 => (
                format!("sigil-{n}.jsonl"),
                GuideSession::new(&format!("s{}", n / 10)).later(n as i64).stated_total(650).to_string(),
            ),
            1 => rotated(n),
            2 | 3 => (format!("claude-{n}.jsonl"), transcript(n, &mut dice)),
            _ => (format!("rollout-{n}.jsonl"), rollout(n)),
        };
        if n % 7 == 0 {
            text.push_str("{\"cut off\": \n");
        }
        fs::write(directory.join(&name), text).unwrap();
        names.push(name);
    }
    names
}

/// A part of a log of three: the oldest begins the session, the middle one goes on, the live file states the total.
fn rotated(n: usize) -> (String, String) {
    let (log, part) = (n / 15, n / 5 % 3);
    let line = |second: usize, event_type: &str, tokens: usize| {
        format!(
            "{{\"timestamp\":\"2026-01-12T08:{:02}:{second:02}Z\",\"session_id\":\"r{log}\",\"event_type\":\"{event_type}\",\
             \"component\":\"memory\",\"tokens\":{tokens},\"metadata\":{{\"latency_ms\":{}}}}}\n",
            log % 60,
            tokens * 3 + 1
        )
    };
    let text = match part {
        0 => line(1, "session_start", 0) + &line(2, "token_consumption", 40 + log),
        1 => line(3, "token_consumption", 60) + &line(4, "step_error", 5),
        // The step restates what the older parts have counted, and the session all of it.
        _ => line(5, "step_complete", 100 + log) + &line(6, "session_complete", 200 + log),
    };
    let ending = [".2", ".1", ""][part];
    (format!("app-{log}.jsonl{ending}"), text)
}

/// Answers of which other transcripts have snapshots, too.
fn transcript(n: usize, dice: &mut Shuffle) -> String {
    let answers = (0..1 + dice.below(4)).map(|_| {
        let id = dice.below(60);
        let model = ["claude-opus-4-6", "claude-haiku-4-5", "nobody-knows-it"][id % 3];
        let at = format!("2026-01-{:02}T{:02}:00:00.000Z", 10 + id % 9, dice.below(24));
        let answer =
            Answer::new(&format!("m{id}")).request("r").session(&format!("talk-{}", n % 37)).model(model);
        answer.at(&at).usage(3, dice.below(50) as u64).cache(10, 2000).line()
    });
    answers.collect()
}

/// A thread, or a fork of the one before, which begins with what that one had counted.
fn rollout(n: usize) -> String {
    let at = |second: usize| format!("2026-01-14T{:02}:00:{second:02}.000Z", n % 24);
    let (thread, is_fork) = (n / 10, n / 5 % 2 == 1);
    let id = |thread: usize, kind: &str| format!("0000{thread:04}-0000-7000-8000-{kind:0>12}");
    let (own, parent) = (id(thread, "1"), id(thread, "0"));
    let meta = if is_fork {
        codex::session_meta(&at(1), &own, Some(&parent)) + &codex::session_meta(&at(1), &parent, None)
    } else {
        codex::session_meta(&at(0), &parent, None)
    };
    let shared = codex::turn_context(&at(2), "gpt-5.1-codex")
        + &codex::token_count(&at(3), [100, 50, 20, 5], [100, 50, 20, 5]);
    let more =
        if is_fork { codex::token_count(&at(9), [300, 90, 60, 9], [200, 40, 40, 4]) } else { String::new() };
    meta + &shared + &more
}
