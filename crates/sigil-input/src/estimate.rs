//! Whether tokens are estimated where a log holds words and no counts: `--estimate`.
//!
//! What an estimate is, is [`sigil_event::estimate()`]'s subject; what of a line is text, its format's.

use sigil_event::scan::{Scanner, Value};
use sigil_event::{Malformed, Text, words};

/// Whether to estimate, as typed; tools flatten it into their own arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct EstimateArgs {
    /// Estimate the tokens of text that carries no counts, as words × 1.3: lines of text, and requests and
    /// messages of sessions that nothing else counts. What is estimated is marked
    #[arg(long)]
    estimate: bool,
}

impl EstimateArgs {
    /// What is meant.
    pub fn resolve(self) -> Estimates {
        if self.estimate { Estimates::Made } else { Estimates::None }
    }
}

/// Whether tokens are estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Estimates {
    /// Text without counts has no tokens.
    #[default]
    None,
    /// It has as many as its words let expect.
    Made,
}

/// What is written for people under these keys.
const WRITTEN: [&str; 4] = ["content", "text", "name", "arguments"];

/// How many words the strings in a JSON value have that stand under the keys of something written, however
/// deep. A string alone may hold the JSON of the value.
pub(crate) fn words_in_json(json: &str) -> u64 {
    let mut scanner = Scanner::new(json);
    let mut words_so_far = 0;
    if scanner.peek_token() == Some(b'"') {
        let text = scanner.value().ok().and_then(Value::text).unwrap_or_default();
        let text = text.decode();
        return if text.starts_with(['[', '{']) { words_in_json(&text) } else { words(&text) };
    }
    // What was scanned before is whole; should it not be, what stands before the fault counts.
    let _ = add_words(&mut scanner, false, &mut words_so_far);
    words_so_far
}

fn add_words(scanner: &mut Scanner<'_>, is_written: bool, sum: &mut u64) -> Result<(), Malformed> {
    match scanner.peek_token() {
        Some(b'{') => scanner.object(|key, scanner| {
            let is_written = WRITTEN.iter().any(|known| key.is(known));
            add_words(scanner, is_written, sum)
        }),
        Some(b'[') => scanner.array(|scanner| add_words(scanner, is_written, sum)),
        _ => {
            if let Value::String(text) = scanner.value()?
                && is_written
            {
                *sum += words_of(text);
            }
            Ok(())
        }
    }
}

/// How many words a string has.
pub(crate) fn words_of(text: Text<'_>) -> u64 {
    words(&text.decode())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_json_is_counted_however_deep() {
        for (json, count) in [
            ("[]", 0),
            (r#"[{"role":"user","content":"one two"},{"role":"tool","content":null}]"#, 2),
            (
                r#"[{"content":[{"type":"text","text":"a\nb \u4e00\u4e8c"},{"type":"image_url","image_url":{"url":"data:x y"}}]}]"#,
                4,
            ),
            (r#"[{"id":"c 1","function":{"name":"find","arguments":"{\"q\": \"two words\"}"}}]"#, 4),
            (r#"{"content":["a b","c"]}"#, 3),
            (r#""[{\"content\":\"one two\"}]""#, 2),
            (r#""just words here""#, 3),
            ("12", 0),
        ] {
            assert_eq!(words_in_json(json), count, "{json}");
        }
    }
}
