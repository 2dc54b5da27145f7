//! "Did you mean": the known names that are close to one that is not known.

use std::fmt::Write as _;

use crate::escape::quoted;

/// How many names a message offers at most.
const OFFERED: usize = 3;

/// Names of two letters are prefixes of too much to say anything.
const SHORTEST_PREFIX: usize = 3;

/// The candidate closest to `name`, if one is reasonably near.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    closest(name, candidates).into_iter().next()
}

/// The candidates that are equally close to `name` and closer than all others, in name order, three at most.
///
/// Closest is the same name in another case, then a name that begins with the other, then the fewest typing
/// errors (insertions, deletions, exchanges, swaps), of which one is allowed per three letters.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut best = usize::MAX;
    let mut found = Vec::new();
    for candidate in candidates {
        let Some(distance) = distance(name, candidate) else { continue };
        if distance < best {
            best = distance;
            found.clear();
        }
        if distance == best {
            found.push(candidate);
        }
    }
    found.sort_unstable();
    found.dedup();
    found.truncate(OFFERED);
    found
}

/// `; did you mean "a", "b" or "c"?`, to be put at the end of a message; empty if there is nothing to offer.
pub fn question<S: AsRef<str>>(names: &[S]) -> String {
    let mut text = String::new();
    for (index, name) in names.iter().enumerate() {
        let before = match index {
            0 => "; did you mean ",
            _ if index + 1 == names.len() => " or ",
            _ => ", ",
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "{before}{}", quoted(name.as_ref()));
    }
    if !text.is_empty() {
        text.push('?');
    }
    text
}

fn distance(name: &str, candidate: &str) -> Option<usize> {
    let (name, candidate) = (name.to_lowercase(), candidate.to_lowercase());
    let shorter = name.len().min(candidate.len());
    if name == candidate {
        return Some(0);
    }
    if shorter >= SHORTEST_PREFIX && (candidate.starts_with(&name) || name.starts_with(&candidate)) {
        return Some(1);
    }
    let allowed = (name.chars().count() / 3).max(1);
    let errors = strsim::damerau_levenshtein(&name, &candidate);
    // One letter for another is no error in names of one letter: it is another name.
    (errors <= allowed && errors < shorter).then_some(1 + errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_finds_its_name() {
        assert_eq!(nearest("budjet", ["check", "budget", "color"]), Some("budget"));
        assert_eq!(nearest("Lead-1", ["lead-2", "lead-1"]), Some("lead-1"));
        assert_eq!(nearest("colour", ["check", "color"]), Some("color"));
    }

    #[test]
    fn a_beginning_is_closer_than_an_error() {
        assert_eq!(closest("lead-1", ["lead-2", "lead-10", "lead-3"]), ["lead-10"]);
        assert_eq!(closest("lead", ["lead-2", "lead-1", "leaf"]), ["lead-1", "lead-2"]);
    }

    #[test]
    fn what_is_not_near_is_not_offered() {
        assert_eq!(nearest("session", ["budget", "check"]), None);
        assert_eq!(nearest("a", ["b"]), None);
        assert_eq!(nearest("x", []), None);
    }

    #[test]
    fn the_question_names_all() {
        assert_eq!(question::<&str>(&[]), "");
        assert_eq!(question(&["a"]), "; did you mean \"a\"?");
        assert_eq!(question(&["a", "b"]), "; did you mean \"a\" or \"b\"?");
        assert_eq!(question(&["a", "b", "c\n"]), "; did you mean \"a\", \"b\" or \"c\\n\"?");
    }
}
