//! What is said of inputs that could not be read as they should.

use std::fmt::Write;

use crate::read::Outcome;

/// One line for standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// Good to know, with `-v`.
    Note(String),
    /// Something is not as it should be; the result stands.
    Warning(String),
    /// Something is missing from the result.
    Trouble(String),
}

/// How many places of malformed lines one warning names.
const PLACES: usize = 5;

impl Outcome {
    /// What is to be said, mildest first.
    pub fn complaints(&self) -> Vec<Complaint> {
        let note = |name: &String| Complaint::Note(format!("{name}: left out, no line is of a known format"));
        let warning = |name: &String| {
            Complaint::Warning(format!("E003_PARSE_FAIL: {name}: no line is of a known format (see --from)"))
        };
        let notes = self.left_out.iter().map(note);
        let warnings = self.unrecognised.iter().map(warning);
        notes
            .chain(warnings)
            .chain(self.errors.iter().map(|why| Complaint::Trouble(why.to_string())))
            .collect()
    }
}

/// The warning about malformed lines: how many, and the first of them as `FILE:LINE`; none if there are none.
pub fn malformed<'a>(count: u64, places: impl Iterator<Item = (&'a str, u64)>) -> Option<String> {
    if count == 0 {
        return None;
    }
    let lines = if count == 1 { "line" } else { "lines" };
    let mut text = format!("E003_PARSE_FAIL: skipped {count} malformed {lines}");
    let mut named = 0;
    for (name, line) in places.take(PLACES) {
        let separator = if named == 0 { ": " } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{separator}{name}:{line}");
        named += 1;
    }
    if count > named {
        text.push_str(", …");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_lines_are_counted_and_the_first_named() {
        let places = [("a.jsonl", 2), ("a.jsonl", 7), ("b.jsonl", 1)];
        assert_eq!(malformed(0, places.into_iter()), None);
        let one = malformed(1, [("stdin", 2)].into_iter()).unwrap();
        assert_eq!(one, "E003_PARSE_FAIL: skipped 1 malformed line: stdin:2");
        let many = malformed(9, places.into_iter()).unwrap();
        assert_eq!(many, "E003_PARSE_FAIL: skipped 9 malformed lines: a.jsonl:2, a.jsonl:7, b.jsonl:1, …");
    }
}
