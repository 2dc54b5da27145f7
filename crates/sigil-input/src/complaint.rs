//! What is said of inputs that could not be read as they should.

use std::fmt::Write;

use sigil_event::SourceId;
use sigil_store::Complaint;

use crate::args::Inputs;
use crate::read::Outcome;

/// How many places of malformed lines one warning names.
const PLACES: usize = 5;

/// The lines that are wrong: how many, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Malformed {
    /// How many.
    pub count: u64,
    /// Source and line, from 1.
    pub places: Vec<(SourceId, u64)>,
}

impl Inputs {
    /// What is to be said of how the reading went. With `is_strict` a wrong line is not only a warning.
    pub fn complaints(&self, outcome: &Outcome, malformed: &Malformed, is_strict: bool) -> Vec<Complaint> {
        let mut complaints: Vec<_> = outcome.left_out.iter().map(|name| left_out(name)).collect();
        complaints.extend(outcome.unrecognised.iter().map(|name| unrecognised(name)));
        let name = |source: SourceId| self.sources.get(source.0 as usize).map_or("", |source| &*source.name);
        let places = malformed.places.iter().map(|(source, line)| (name(*source), *line));
        let kind = if is_strict { Complaint::Trouble } else { Complaint::Warning };
        complaints.extend(malformed_text(malformed.count, places).map(kind));
        complaints.extend(outcome.errors.iter().map(|why| Complaint::Trouble(why.to_string())));
        complaints
    }
}

/// What is said of a file that nobody has named and in which nothing is known.
pub(crate) fn left_out(name: &str) -> Complaint {
    Complaint::Note(format!("{name}: left out, no line is of a known format"))
}

/// What is said of an input that was named and in which nothing is known.
pub(crate) fn unrecognised(name: &str) -> Complaint {
    Complaint::Warning(format!("E003_PARSE_FAIL: {name}: no line is of a known format (see --from)"))
}

/// The warning about malformed lines: how many, and the first of them as `FILE:LINE`; none if there are none.
fn malformed_text<'a>(count: u64, places: impl Iterator<Item = (&'a str, u64)>) -> Option<String> {
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
    if named > 0 && count > named {
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
        assert_eq!(malformed_text(0, places.into_iter()), None);
        let one = malformed_text(1, [("stdin", 2)].into_iter()).unwrap();
        assert_eq!(one, "E003_PARSE_FAIL: skipped 1 malformed line: stdin:2");
        let many = malformed_text(9, places.into_iter()).unwrap();
        assert_eq!(many, "E003_PARSE_FAIL: skipped 9 malformed lines: a.jsonl:2, a.jsonl:7, b.jsonl:1, …");
    }
}
