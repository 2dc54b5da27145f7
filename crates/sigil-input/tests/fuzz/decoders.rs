//! The targets that decode: one for each format that lines may be taken for, and one for all.

use sigil_input::{Estimates, Format, FormatChoice};

use crate::engine::{Depth, hash};
use crate::mutate::Rng;
use crate::ways::{self, Decoded, Reading, Waiting};

/// A good line, which must come out wherever it stands: what is wrong around it ends with its line.
struct Canary {
    line: &'static str,
    /// What only the event of that line holds.
    sign: &'static str,
}

const SIGIL: Canary = Canary {
    line: r#"{"session_id":"kept","event_type":"step_complete","component":"canary","tokens":7}"#,
    sign: "canary",
};
const CLAUDE: Canary = Canary {
    line: r#"{"type":"assistant","uuid":"u","sessionId":"kept","message":{"id":"canary","usage":{"input_tokens":3,"output_tokens":4}}}"#,
    sign: "canary",
};
const CODEX: Canary = Canary {
    line: r#"{"timestamp":"2026-02-23T11:40:32Z","type":"response_item","payload":{"type":"function_call","name":"canary","call_id":"kept"}}"#,
    sign: "canary",
};
const HIGRESS: Canary = Canary {
    line: r#"{"ai_log":"{\"model\":\"canary\",\"input_token\":3,\"output_token\":4}"}"#,
    sign: "canary",
};
const TEXT: Canary = Canary { line: "2026-01-11 10:15:32 ERROR a canary sings", sign: "a canary sings" };

pub fn fuzz_sigil(bytes: &[u8], depth: Depth) -> u64 {
    decode(FormatChoice::Only(Format::Sigil), &SIGIL, bytes, depth)
}

pub fn fuzz_claude(bytes: &[u8], depth: Depth) -> u64 {
    decode(FormatChoice::Only(Format::Claude), &CLAUDE, bytes, depth)
}

pub fn fuzz_codex(bytes: &[u8], depth: Depth) -> u64 {
    decode(FormatChoice::Only(Format::Codex), &CODEX, bytes, depth)
}

pub fn fuzz_higress(bytes: &[u8], depth: Depth) -> u64 {
    decode(FormatChoice::Only(Format::Higress), &HIGRESS, bytes, depth)
}

pub fn fuzz_text(bytes: &[u8], depth: Depth) -> u64 {
    decode(FormatChoice::Only(Format::Text), &TEXT, bytes, depth)
}

pub fn fuzz_auto(bytes: &[u8], depth: Depth) -> u64 {
    let canaries = [SIGIL, CLAUDE, CODEX, HIGRESS];
    let canary = &canaries[hash(bytes) as usize % canaries.len()];
    decode(FormatChoice::Auto, canary, bytes, depth)
}

fn decode(choice: FormatChoice, canary: &Canary, bytes: &[u8], depth: Depth) -> u64 {
    // What is compressed is another subject.
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return 0;
    }
    // Inputs of odd length are estimated.
    let estimates = if bytes.len() % 2 == 1 { Estimates::Made } else { Estimates::None };
    let reading = Reading { choice, estimates };
    let mut rng = Rng::new(hash(bytes));
    let whole = ways::whole(reading, bytes);
    stays_inside(&whole, bytes);
    same("line by line", &whole, &ways::line_by_line(reading, bytes), bytes);
    same("streamed", &whole, &ways::streamed(reading, bytes, Waiting::Nobody, &mut rng), bytes);
    if depth == Depth::All {
        let (pipe, file) = (ways::pipe(reading, bytes, &mut rng), ways::file(reading, bytes, &mut rng));
        same("through a pipe", &whole.clone().in_order(), &pipe.in_order(), bytes);
        same("from a file", &ways::whole_file(reading, bytes).in_order(), &file.in_order(), bytes);
    }
    live(reading, &whole, &ways::streamed(reading, bytes, Waiting::Somebody, &mut rng), bytes);
    counts_as_much(&whole, &ways::redacted(reading, bytes), bytes);
    sings(reading, canary, bytes, &mut rng);
    behaviour(&whole)
}

/// Events lie in the input, and defects on its lines.
fn stays_inside(decoded: &Decoded, bytes: &[u8]) {
    for event in &decoded.events {
        assert!((event.offset as usize) < bytes.len(), "offset {} of {} bytes", event.offset, bytes.len());
    }
    let lines = bytes.split(|byte| *byte == b'\n').count() as u64;
    for (line, why) in &decoded.defects {
        assert!(*line < lines, "{why} on line {line} of {lines}");
    }
}

fn same(way: &str, expected: &Decoded, found: &Decoded, bytes: &[u8]) {
    assert!(
        expected == found,
        "{way} it comes out otherwise\nexpected {expected:#?}\nfound    {found:#?}\nof {} bytes",
        bytes.len()
    );
}

/// For somebody who waits nothing is held back: a count may come without its model, an event of text without
/// the lines below it, which then come by themselves. But the same events come, or, where tokens are estimated, as
/// many tokens: those lines then bring theirs alone.
fn live(reading: Reading, expected: &Decoded, found: &Decoded, bytes: &[u8]) {
    let known = |decoded: &Decoded| {
        let mut events: Vec<_> =
            decoded.events.iter().map(|event| (event.offset, event.kind.clone(), event.tokens)).collect();
        events.sort();
        events
    };
    let tokens = |decoded: &Decoded| {
        decoded.events.iter().filter_map(|event| event.tokens).map(u128::from).sum::<u128>()
    };
    match reading.estimates {
        Estimates::None => {
            let (expected, mut found) = (known(expected), known(found));
            found.retain(|event| {
                let is_line_alone = event.1 == "log_line" && event.2.is_none();
                !is_line_alone || expected.contains(event)
            });
            assert_eq!(expected, found, "live, of {} bytes", bytes.len());
        }
        Estimates::Made => assert_eq!(tokens(expected), tokens(found), "live, of {} bytes", bytes.len()),
    }
    assert_eq!(expected.defects, found.defects, "live, of {} bytes", bytes.len());
}

/// Redaction changes words only.
fn counts_as_much(expected: &Decoded, found: &Decoded, bytes: &[u8]) {
    let known = |decoded: &Decoded| -> Vec<_> {
        decoded.events.iter().map(|event| (event.offset, event.kind.clone(), event.tokens)).collect()
    };
    assert_eq!(known(expected), known(found), "redacted, of {} bytes", bytes.len());
    assert_eq!(expected.defects, found.defects, "redacted, of {} bytes", bytes.len());
}

/// Puts a good line between two others and expects it to come out.
fn sings(reading: Reading, canary: &Canary, bytes: &[u8], rng: &mut Rng) {
    let lines: Vec<_> = bytes.split(|byte| *byte == b'\n').collect();
    let at = rng.below(lines.len() + 1);
    let (before, after) = lines.split_at(at);
    let with = [before, &[canary.line.as_bytes()], after].concat().join(&b'\n');
    let sings =
        |decoded: Decoded| decoded.events.iter().filter(|event| event.whole.contains(canary.sign)).count();
    let heard = sings(ways::whole(reading, &with));
    assert_eq!(heard, 1, "the line put before line {at} of b\"{}\"", with.escape_ascii());
}

/// What an input has shown: kinds of events and defects in their order, whatever their figures.
fn behaviour(decoded: &Decoded) -> u64 {
    let mut words = String::new();
    for event in decoded.events.iter().take(12) {
        words.push_str(&event.kind);
        let parts =
            ["usage_id", "model", "latency", "estimated", "question", "messages", "None", "context_window"];
        for part in parts.into_iter().filter(|part| event.whole.contains(part)) {
            words.push_str(part);
        }
        words.push_str(if event.tokens.is_some() { "+" } else { "-" });
    }
    for (_, why) in decoded.defects.iter().take(6) {
        words.push_str(&why.to_string());
    }
    hash(words.as_bytes())
}
