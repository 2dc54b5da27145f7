//! Running lines equal the guide's recipe (8.2) to the letter, on logs without restatements.

use std::path::Path;

use sigil_testkit::Tool;
use sigil_testkit::samples::{guide_session, spaced};

use crate::{BINARY, Place};

/// The guide's recipe as it stands there, between the shell's quotes; only `python` is `python3`, and
/// what comes from `ssh … tail -f` comes from a file.
const RECIPE: &str = r#"cat "$1" | \
  python3 -c "
import sys, json
total = 0
for line in sys.stdin:
    try:
        entry = json.loads(line.strip())
        total += entry.get('tokens', 0)
        print(f'{entry[\"component\"]}: {entry[\"tokens\"]} (Total: {total})')
    except:
        pass
"
"#;

const OURS: &str = r#"cat "$1" | "$2" -q"#;

fn shell(script: &str, log: &Path) -> Vec<u8> {
    let output = Tool::new("sh").args(["-c", script, "sh"]).arg(log).arg(BINARY).run();
    assert!(output.status.success(), "{}", output.stderr_text());
    assert!(output.stderr.is_empty(), "{}", output.stderr_text());
    output.stdout
}

#[track_caller]
fn agree(log: &[u8]) {
    let place = Place::with("log.jsonl", log);
    let path = place.path().join("log.jsonl");
    let (theirs, ours) = (shell(RECIPE, &path), shell(OURS, &path));
    if let Some(rest) = ours.strip_prefix(theirs.as_slice()) {
        assert!(rest.starts_with(b"Tokens: "), "more running lines than the recipe has: {}", first(rest));
        return;
    }
    let differing = theirs.split(|b| *b == b'\n').zip(ours.split(|b| *b == b'\n')).enumerate();
    let (n, (theirs, ours)) = differing.into_iter().find(|(_, (a, b))| a != b).expect("they differ");
    panic!("line {}: the recipe has {:?}, we have {:?}", n + 1, first(theirs), first(ours));
}

fn first(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.split(|b| *b == b'\n').next().unwrap_or(&[])).into_owned()
}

#[test]
fn on_the_guides_session() {
    agree(guide_session("lead-analysis-001").as_bytes());
    agree(spaced(&guide_session("lead-analysis-001")).as_bytes());
    agree(guide_session("lead-analysis-001").replace('\n', "\r\n").as_bytes());
    agree(guide_session("lead-analysis-001").trim_end().as_bytes());
    agree(b"");
}

#[test]
fn on_many_sessions_at_once() {
    let log: String = (0..200).map(|n| guide_session(&format!("s{n}"))).collect();
    agree(log.as_bytes());
}

#[test]
fn on_generated_logs() {
    let place = Place::new();
    let generator = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/gen_logs.py");
    let log = place.path().join("big.jsonl");
    let output = Tool::new("python3").arg(generator).args(["big", "4"]).arg(&log).run();
    assert!(output.status.success(), "{}", output.stderr_text());
    agree(&std::fs::read(log).unwrap());
}

#[test]
fn on_random_logs_with_malformed_lines_and_missing_fields() {
    for seed in 0..8 {
        agree(random_log(seed, 4_000).as_bytes());
    }
}

#[test]
fn on_lines_that_go_on_behind_their_object() {
    let line = "{\"component\":\"a\",\"tokens\":5}";
    agree(format!("{line}\n{line} trailing\n{line}]\n{line}\n").as_bytes());
}

/// Numbers that look random, the same ones for the same seed (Knuth's MMIX generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }
}

/// Lines with every field now and then missing, null objects, and lines that are no objects at all.
/// Nothing restates: ends state 0, and what is consumed is consumed by a component that has no steps.
fn random_log(seed: u64, lines: usize) -> String {
    let mut random = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1);
    let broken = [
        "",
        "   ",
        "not json",
        "[1, 2]",
        "12",
        "\"text\"",
        "null",
        "true",
        "{",
        "}",
        "{\"tokens\":5",
        "{\"tokens\" 5}",
        "{\"component\":\"a\",\"tokens\":5,}",
        "{'component':'a','tokens':5}",
    ];
    let mut log = String::new();
    for _ in 0..lines {
        if random.below(10) == 0 {
            log.push_str(random.of(&broken));
        } else {
            log.push_str(&random_event(&mut random));
        }
        log.push_str(if random.below(20) == 0 { "\r\n" } else { "\n" });
    }
    log
}

fn random_event(random: &mut Numbers) -> String {
    let kind = random.of(&[
        "step_complete",
        "step_complete",
        "step_error",
        "step_start",
        "retry_attempt",
        "budget_warning",
        "session_start",
        "session_complete",
        "session_error",
        "token_consumption",
        "made_up",
    ]);
    let component = match kind {
        "token_consumption" => random.of(&["embedding", "rerank"]),
        _ => {
            random.of(&["routing", "memory", "reasoning", "na\\u00efve", "a b", "\\\"quoted\\\"", "日本", ""])
        }
    };
    let tokens = if kind.starts_with("session_") { 0 } else { random.below(1_000) };
    let fields = [
        format!("\"timestamp\":\"2026-01-11T10:15:{:02}.{:06}\"", random.below(60), random.below(1_000_000)),
        format!("\"session_id\":\"s{}\"", random.below(5)),
        format!("\"event_type\":\"{kind}\""),
        format!("\"component\":\"{component}\""),
        "\"message\":\"caf\u{e9} \\ud83d\\ude00 \\\"x\\\"\"".to_owned(),
        format!("\"tokens\":{tokens}"),
        "\"metadata\":{\"latency_ms\":12.5,\"nested\":{\"tokens\":7,\"component\":\"no\"}}".to_owned(),
    ];
    // What is consumed without a component's name would be what such a step restates.
    let is_needed = |field: &str| kind == "token_consumption" && field.starts_with("\"component\"");
    let mut kept: Vec<_> =
        fields.into_iter().filter(|field| random.below(8) > 0 || is_needed(field)).collect();
    if random.below(4) == 0 {
        kept.reverse();
    }
    let (open, separator) = if random.below(2) == 0 { ("{", ",") } else { ("{ ", " , ") };
    format!("{open}{}}}", kept.join(separator))
}
