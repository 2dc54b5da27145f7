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
    let mut place = Place { bytes, behind_time: None, is_first: true };
    let mut fields = 1;
    let mut is_in_field = false;
    while let Some(&byte) = bytes.get(at) {
        if let Some(stamp) = stamp.filter(|stamp| stamp.start == at) {
            // `E0131 23:29:30`
            if let [letter, b'0'..=b'9', ..] = bytes.get(at..)?
                && let Some(level) = Level::of_letter(*letter)
            {
                return Some(level);
            }
            at = stamp.end;
            place = Place { behind_time: Some(at), is_first: true, ..place };
            is_in_field = true;
            continue;
        }
        match class(byte) {
            Class::Word => {
                let mut end = at + 1;
                while bytes.get(end).is_some_and(|byte| class(*byte) == Class::Word) {
                    end += 1;
                }
                if let Some(level) = place.level(at, bytes.get(at..end)?) {
                    return Some(level);
                }
                place.is_first = false;
                is_in_field = true;
                at = end;
            }
            Class::Space => {
                if is_in_field && fields == FIELDS {
                    return None;
                }
                fields += usize::from(is_in_field);
                is_in_field = false;
                at += 1;
            }
            Class::Escape => at = behind_escape(bytes, at),
            Class::Other => {
                is_in_field = true;
                at += 1;
            }
        }
    }
    None
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Space,
    Escape,
    Other,
}

#[inline]
fn class(byte: u8) -> Class {
    const CLASSES: [Class; 256] = {
        let mut classes = [Class::Other; 256];
        let mut byte = 0;
        while byte < 256 {
            classes[byte] = match byte as u8 {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => Class::Word,
                b' ' | b'\t' | b'\r' | b'\n' | b'\x0c' => Class::Space,
                0x1b => Class::Escape,
                _ => Class::Other,
            };
            byte += 1;
        }
        classes
    };
    CLASSES[byte as usize]
}

/// What stands before a word.
struct Place<'a> {
    bytes: &'a [u8],
    /// Where the line goes on behind its time, if that comes first.
    behind_time: Option<usize>,
    /// No word stands between this one and the time or the beginning of the line.
    is_first: bool,
}

impl Place<'_> {
    /// The level that `word` at `at` of the line states.
    #[inline]
    fn level(&self, at: usize, word: &[u8]) -> Option<Level> {
        if let [letter] = word {
            return Level::of_letter(*letter).filter(|_| self.has_letter_level(at));
        }
        Level::named(word).filter(|_| self.has_level(at, word))
    }

    /// What stands before the word at `at`, and the two bytes behind its `length`.
    fn around(&self, at: usize, length: usize) -> [u8; 3] {
        let byte = |at: Option<usize>| at.and_then(|at| self.bytes.get(at)).copied().unwrap_or(b' ');
        [byte(at.checked_sub(1)), byte(Some(at + length)), byte(Some(at + length + 1))]
    }

    /// Whether `word` at `at`, which names a level, is the line's level.
    fn has_level(&self, at: usize, word: &[u8]) -> bool {
        let [before, next, then] = self.around(at, word.len());
        let ends = |marks: &[u8]| next.is_ascii_whitespace() || next == 0x1b || marks.contains(&next);
        let is_loud = word.iter().all(u8::is_ascii_uppercase);
        // What comes before the `m` is a colour: letters would have been part of the word.
        if is_loud && b" \t[(<|:*\"-m".contains(&before) && ends(b"])>|:,;\"[/-*") {
            return true;
        }
        let is_bracketed = b"[<|:".contains(&before) && b"]>|".contains(&next);
        let is_tagged = self.bytes.get(..at).is_some_and(|before| before.ends_with(b": "));
        let is_announced = next == b':' && (self.is_first || is_tagged);
        let is_column = self.is_first && (b"\t,|".contains(&next) || (next == b' ' && then == b' '));
        let is_behind_time = self.is_first && self.behind_time.is_some();
        let is_word = is_behind_time && next == b' ' && is_common(word);
        is_bracketed || (b" \t[<|:m".contains(&before) && (is_announced || is_column || is_word))
    }

    /// Whether a single letter at `at` can be a level: `E/Tag: …`, `1702  2395 E Tag: …`, `[E 2026-01-31 …`,
    /// `[E]`.
    fn has_letter_level(&self, at: usize) -> bool {
        let [before, next, then] = self.around(at, 1);
        match (before, next) {
            (b' ' | b'\t', b'/') => self.is_first && then.is_ascii_alphabetic() && then != b'O',
            (b' ', b' ') => {
                let between = self.behind_time.and_then(|time| self.bytes.get(time..at));
                between.is_some_and(|between| {
                    between.iter().any(u8::is_ascii_digit) && !between.iter().any(u8::is_ascii_alphabetic)
                })
            }
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
