//! What the id of a session should be like (guide 1.3 and 10.1): `<type>-<identifier>-<timestamp>`, under 64
//! characters.

use serde::{Deserialize, Serialize};

/// What is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Naming {
    /// It tells nothing of the task: `test`, `session1`.
    Generic,
    /// It is no word at all: `asdf`.
    Meaningless,
    /// It is too long.
    Long,
}

/// Words that could stand for anything, with or without a number behind them.
const GENERIC: [&str; 26] = [
    "test", "tests", "testing", "session", "sess", "run", "job", "task", "demo", "tmp", "temp", "new", "foo",
    "bar", "baz", "my", "default", "untitled", "example", "sample", "try", "debug", "log", "agent", "a", "x",
];

/// Rows of keys, which hands fall upon.
const KEYS: [&str; 6] = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop"];

impl Naming {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Generic => "generic_name",
            Self::Meaningless => "meaningless_name",
            Self::Long => "long_name",
        }
    }

    /// What is wrong with an id, if something is. Ids that programs make up, such as UUIDs, are as they are.
    pub(super) fn of(id: &str, longest: u64) -> Option<Self> {
        if is_generated(id) {
            return None;
        }
        if id.chars().count() as u64 >= longest.max(1) {
            return Some(Self::Long);
        }
        let lower = id.to_lowercase();
        let words: Vec<_> = lower
            .split(|letter: char| !letter.is_alphabetic())
            .filter(|word| !word.is_empty() && *word != "session")
            .collect();
        match words.as_slice() {
            [] => Some(Self::Generic),
            words if words.iter().all(|word| is_meaningless(word)) => Some(Self::Meaningless),
            words if words.iter().all(|word| GENERIC.contains(word) || word.len() == 1) => {
                Some(Self::Generic)
            }
            _ => None,
        }
    }
}

/// Whether it is a UUID, or as long a row of letters and digits.
fn is_generated(id: &str) -> bool {
    let digits = id.bytes().filter(u8::is_ascii_digit).count();
    let is_hex = id.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'-' | b'_'));
    let is_one_word = id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_hex && id.len() >= 16 && id.bytes().any(|byte| byte.is_ascii_alphabetic()))
        || (is_one_word && id.len() >= 20 && digits >= 3)
        || id == crate::component::UNNAMED
}

fn is_meaningless(word: &str) -> bool {
    let falls_on_a_row = |row: &&str| word.len() > 2 && (row.contains(word) || row.contains(&reversed(word)));
    let is_one_letter_again = word.len() > 2 && word.chars().skip(1).eq(word.chars().rev().skip(1));
    KEYS.iter().any(falls_on_a_row) || (is_one_letter_again && word.chars().all(|c| word.starts_with(c)))
}

fn reversed(word: &str) -> String {
    word.chars().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_judged_as_the_guide_does() {
        for (id, expected) in [
            ("lead-analysis-20260111-001", None),
            ("agent-build-acme-001", None),
            ("research-market-2026q1-003", None),
            ("test-routing-debug", None),
            ("lead-qualification-acme-20260111", None),
            ("lead-1", None),
            ("agent:main:discord:1", None),
            ("(none)", None),
            ("test", Some(Naming::Generic)),
            ("session1", Some(Naming::Generic)),
            ("my-session-001", Some(Naming::Generic)),
            ("test1", Some(Naming::Generic)),
            ("Test_2", Some(Naming::Generic)),
            ("20260111", Some(Naming::Generic)),
            ("s", Some(Naming::Generic)),
            ("asdf", Some(Naming::Meaningless)),
            ("qwe-123", Some(Naming::Meaningless)),
            ("aaaa", Some(Naming::Meaningless)),
            ("", Some(Naming::Generic)),
            ("019c8a4c-ed82-79a1-aa28-7738fc5ab61a", None),
            ("3f2a9c1e11ec4a5b", None),
            ("msg01XAbCdEfGhIjKlMnOp", None),
        ] {
            assert_eq!(Naming::of(id, 64), expected, "{id}");
        }
        assert_eq!(Naming::of(&"lead-".repeat(13), 64), Some(Naming::Long));
        assert_eq!(Naming::of(&format!("{}abc", "lead-".repeat(12)), 64), None);
    }
}
