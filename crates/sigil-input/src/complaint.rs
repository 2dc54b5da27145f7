//! What is said of inputs that could not be read as they should.

use std::fmt::Write;

use sigil_event::SourceId;
use sigil_store::Complaint;

use crate::inputs::Inputs;
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

/// The lines that are wrong in inputs that are followed, whose names may change while they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MalformedLines {
    count: u64,
    places: Vec<(String, u64)>,
}

impl MalformedLines {
    /// Adds one: the `line`-th of the input called `name`, from 1.
    pub fn add(&mut self, name: &str, line: u64) {
        self.count += 1;
        if self.places.len() < PLACES {
            self.places.push((name.to_owned(), line));
        }
    }

    /// What is to be said of them. With `is_strict` a wrong line is not only a warning.
    pub fn complaint(&self, is_strict: bool) -> Option<Complaint> {
        let places = self.places.iter().map(|(name, line)| (name.as_str(), *line));
        malformed(self.count, places, is_strict)
    }
}

fn malformed<'a>(
    count: u64,
    places: impl Iterator<Item = (&'a str, u64)>,
    is_strict: bool,
) -> Option<Complaint> {
    let kind = if is_strict { Complaint::Trouble } else { Complaint::Warning };
    malformed_text(count, places).map(kind)
}

impl Inputs {
    /// What is to be said of how the reading went. With `is_strict` a wrong line is not only a warning.
    pub fn complaints(&self, outcome: &Outcome, malformed: &Malformed, is_strict: bool) -> Vec<Complaint> {
        let mut complaints: Vec<_> = outcome.left_out.iter().map(|name| left_out(name)).collect();
        complaints.extend(outcome.unrecognised.iter().map(|name| unrecognised(name)));
        let name = |source: SourceId| self.sources.get(source.0 as usize).map_or("", |source| &*source.name);
        let places = malformed.places.iter().map(|(source, line)| (name(*source), *line));
        complaints.extend(self::malformed(malformed.count, places, is_strict));
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
