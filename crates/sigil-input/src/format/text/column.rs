//! The level that a log states at its place in the line.

use super::severity::Level;
use super::time::{Stamp, behind_escape, priority};

/// How many fields of a line are looked at: Blue Gene's level is in the ninth.
const FIELDS: usize = 9;

/// The level in a line's column, if the log has one.
///
/// In capitals it may stand in any of the first fields, otherwise where only levels stand: in brackets,
/// right behind the time, or with colons around it.
pub(super) fn level(bytes: &[u8], stamp: Option<&Stamp>) -> Option<Level> {
    let mut at = 0;
    if let Some((priority, end)) = priority(bytes) {
        match priority % 8 {
            ..=3 => return Some(Level::Error),
            4 => return Some(Level::Warning),
            // `user.notice` is what a program's output is given when it says nothing itself.
            _ => at = end,
        }
    }
    let mut place = Place { is_first: true, is_behind_time: false, has_letters: false, has_number: false };
    let mut fields = 1;
    let mut is_in_field = false;
    while let Some(&byte) = bytes.get(at) {
        if stamp.is_some_and(|stamp| stamp.start == at) {
            let stamp = stamp?;
            if let [letter, b'0'..=b'9', ..] = bytes.get(at..)? {
                // `E0131 23:29:30`; a time that begins with a number is no level.
                if let Some(level) = Level::of_letter(*letter) {
                    return Some(level);
                }
            }
            place = Place { is_first: true, is_behind_time: true, has_letters: false, has_number: false };
            at = stamp.end;
            is_in_field = true;
        } else if byte.is_ascii_alphanumeric() || byte == b'_' {
            let end = bytes.get(at..)?.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
            let end = end.map_or(bytes.len(), |length| at + length);
            // A time that began in the middle of a word would be no time.
            let word = bytes.get(at..end)?;
            if let Some(level) = place.level(bytes, at, word) {
                return Some(level);
            }
            place.is_first = false;
            place.has_letters |= word.iter().any(u8::is_ascii_alphabetic);
            place.has_number |= word.iter().all(u8::is_ascii_digit);
            at = end;
            is_in_field = true;
        } else if byte == 0x1b {
            at = behind_escape(bytes, at);
        } else {
            if byte.is_ascii_whitespace() {
                if is_in_field && fields == FIELDS {
                    return None;
                }
                fields += usize::from(is_in_field);
                is_in_field = false;
            } else {
                is_in_field = true;
            }
            at += 1;
        }
    }
    None
}

/// What stands between a word and the time, or the beginning of the line.
struct Place {
    /// No word.
    is_first: bool,
    /// It is the time.
    is_behind_time: bool,
    has_letters: bool,
    has_number: bool,
}

impl Place {
    /// The level that `word` at `at` of the line states.
    fn level(&self, bytes: &[u8], at: usize, word: &[u8]) -> Option<Level> {
        let before = at.checked_sub(1).map_or(b' ', |before| bytes[before]);
        let mut after = bytes.get(at + word.len()..)?.iter().copied();
        let (next, then) = (after.next().unwrap_or(b' '), after.next().unwrap_or(b' '));
        if let [letter] = word {
            return Level::of_letter(*letter).filter(|_| self.has_letter_level(before, next, then));
        }
        let level = Level::named(word)?;
        let ends = |marks: &[u8]| next.is_ascii_whitespace() || next == 0x1b || marks.contains(&next);
        let is_loud = word.iter().all(u8::is_ascii_uppercase);
        // What comes before the `m` is a colour: letters would have been part of the word.
        if is_loud && b" \t[(<|:*\"-m".contains(&before) && ends(b"])>|:,;\"[/-*") {
            return Some(level);
        }
        let is_bracketed = b"[<|:".contains(&before) && b"]>|".contains(&next);
        let is_announced = next == b':' && (self.is_first || bytes.get(..at)?.ends_with(b": "));
        let is_column = self.is_first && (b"\t,|".contains(&next) || (next == b' ' && then == b' '));
        let is_word = self.is_first && self.is_behind_time && next == b' ' && is_common(word);
        let is_placed = b" \t[<|:m".contains(&before) && (is_announced || is_column || is_word);
        (is_bracketed || is_placed).then_some(level)
    }

    /// Whether a single letter can be a level: `E/Tag: …`, `1702  2395 E Tag: …`, `[E 2026-01-31 …`, `[E]`.
    fn has_letter_level(&self, before: u8, next: u8, then: u8) -> bool {
        match (before, next) {
            (b' ' | b'\t', b'/') => self.is_first && then.is_ascii_alphabetic() && then != b'O',
            (b' ', b' ') => self.is_behind_time && self.has_number && !self.has_letters,
            (b'[', b' ') => self.is_first && then.is_ascii_digit(),
            (b'[', b']') => true,
            _ => false,
        }
    }
}

/// Whether a level's name is not likely to begin a sentence.
fn is_common(word: &[u8]) -> bool {
    let names: [&[u8]; 7] = [b"info", b"debug", b"trace", b"warn", b"warning", b"error", b"fatal"];
    names.iter().any(|name| name.eq_ignore_ascii_case(word))
}
