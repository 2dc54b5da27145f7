//! How bad it is what a line without a level tells of, by its words.

use super::severity::{Level, Severity};
use super::vocabulary::Vocabulary;

/// The severity of the worst word in a line; but a level that it states as `level=…`, wherever, decides.
pub(super) fn severity(bytes: &[u8]) -> Severity {
    let mut worst = Severity::Line;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if !byte.is_ascii_alphabetic() {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while bytes.get(end).is_some_and(u8::is_ascii_alphabetic) {
            end += 1;
        }
        let text = &bytes[at..end];
        let kind = WORDS.find(text).or_else(|| Kind::of_type(text));
        if let Some(kind) = kind {
            let word = Word { kind, text, before: &bytes[..at], after: &bytes[end..] };
            match word.found() {
                Some(Found::Stated(Level::Error)) => return Severity::Error,
                Some(Found::Stated(Level::Warning)) => return Severity::Warning,
                Some(Found::Stated(_)) => return Severity::Line,
                Some(Found::Word(severity)) => worst = worst.max(severity),
                None => {}
            }
        }
        at = end;
    }
    worst
}

/// What a word is to a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It tells of something that bad.
    Tells(Severity),
    /// It tells of an error where it is written large or something is said behind it. Otherwise it is a
    /// word like others.
    MayTell,
    /// The line's level may stand behind it.
    Key,
}

const WORDS: Vocabulary<Kind> = Vocabulary::new(&[
    ("error", Kind::Tells(Severity::Error)),
    ("fatal", Kind::Tells(Severity::Error)),
    ("panic", Kind::Tells(Severity::Error)),
    ("panicked", Kind::Tells(Severity::Error)),
    ("segfault", Kind::Tells(Severity::Error)),
    ("traceback", Kind::Tells(Severity::Error)),
    ("warn", Kind::Tells(Severity::Warning)),
    ("warning", Kind::Tells(Severity::Warning)),
    ("alert", Kind::MayTell),
    ("crit", Kind::MayTell),
    ("critical", Kind::MayTell),
    ("emerg", Kind::MayTell),
    ("emergency", Kind::MayTell),
    ("err", Kind::MayTell),
    ("exception", Kind::MayTell),
    ("severe", Kind::MayTell),
    ("level", Kind::Key),
    ("loglevel", Kind::Key),
    ("lvl", Kind::Key),
    ("severity", Kind::Key),
]);

impl Kind {
    /// `NullPointerException`, `ValueError`, `DeprecationWarning`: names of types.
    #[inline]
    fn of_type(word: &[u8]) -> Option<Self> {
        match word {
            [b'A'..=b'Z', .., b'r' | b'n' | b'g'] if word.len() > 5 => {}
            _ => return None,
        }
        if word.ends_with(b"Error") || word.ends_with(b"Exception") {
            return Some(Self::Tells(Severity::Error));
        }
        word.ends_with(b"Warning").then_some(Self::Tells(Severity::Warning))
    }
}

enum Found {
    /// The line's level.
    Stated(Level),
    /// A word that tells of trouble.
    Word(Severity),
}

/// Letters in a line, and what is around them.
struct Word<'a> {
    kind: Kind,
    text: &'a [u8],
    before: &'a [u8],
    after: &'a [u8],
}

impl Word<'_> {
    fn found(&self) -> Option<Found> {
        let is_capital = self.text.first().is_some_and(u8::is_ascii_uppercase);
        let is_type = is_capital && self.text.last().is_some_and(u8::is_ascii_lowercase);
        let severity = match self.kind {
            Kind::Key => return self.stated().map(Found::Stated),
            Kind::Tells(severity) => severity,
            Kind::MayTell => {
                let is_loud = self.text.iter().all(u8::is_ascii_uppercase) || self.text == b"Exception";
                if !is_loud && !self.announces() {
                    return None;
                }
                Severity::Error
            }
        };
        (!self.is_part_of_a_name(is_type) && !self.is_denied()).then_some(Found::Word(severity))
    }

    /// Whether the word stands for itself before what it is about, or ends the line.
    fn announces(&self) -> bool {
        matches!(self.after, [] | [b':'] | [b':', b' ', ..])
    }

    /// Whether the word is only part of a name: of a file, a field, a function, an option.
    fn is_part_of_a_name(&self, is_type: bool) -> bool {
        let begins_within = match self.before {
            [.., b'_' | b'-' | b'/' | b'\\' | b'$' | b'@' | b'%' | b'#' | b'0'..=b'9' | 0x80..] => true,
            [.., b'.'] => !is_type,
            _ => false,
        };
        let ends_within = match self.after {
            [b'_' | b'/' | b'\\' | b'$' | b'@' | b'0'..=b'9' | 0x80.., ..] => true,
            [b'(', mark, ..] => !is_type || !b"\"'".contains(mark),
            [b'-' | b'.', next, ..] => next.is_ascii_alphanumeric(),
            [b'=', ..] => !self.text.get(..3).is_some_and(|three| three.eq_ignore_ascii_case(b"err")),
            _ => false,
        };
        begins_within || ends_within
    }

    /// Whether the line says that there is none, or names a thing after it: `no error`, `error: null`,
    /// `error handler`.
    fn is_denied(&self) -> bool {
        const NONE: [&[u8]; 6] = [b"no", b"not", b"non", b"zero", b"without", b"0"];
        const THINGS: [&[u8]; 8] =
            [b"count", b"rate", b"log", b"handler", b"handling", b"page", b"recovery", b"correction"];
        if let [before @ .., b' '] = self.before {
            let start = before.iter().rposition(|byte| !byte.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
            if is_among(&NONE, &before[start..]) {
                return true;
            }
        }
        match self.value() {
            Some((mark, value)) => is_nothing(mark, value),
            None => self.after.strip_prefix(b" ").is_some_and(|after| is_among(&THINGS, first_word(after))),
        }
    }

    /// What is behind the word if it is a key: behind `=` or `:`, and behind a quote that ends the key.
    fn value(&self) -> Option<(u8, &[u8])> {
        let after = match self.after {
            [b'"' | b'\'', after @ ..] => after,
            after => after,
        };
        match after.trim_ascii_start() {
            [mark @ (b'=' | b':'), value @ ..] => Some((*mark, value.trim_ascii())),
            _ => None,
        }
    }

    /// The level that the word, being a key, gives the line.
    fn stated(&self) -> Option<Level> {
        Level::named(first_word(self.value()?.1))
    }
}

/// Whether a value behind `mark` says that there is none.
fn is_nothing(mark: u8, value: &[u8]) -> bool {
    const NOTHING: [&[u8]; 6] = [b"null", b"nil", b"none", b"false", b"undefined", b"0"];
    // A colon may as well end what goes on in the next line.
    let is_empty = if value.is_empty() { mark == b'=' } else { false };
    let is_blank = [&b"\"\""[..], b"''", b"[]", b"{}", b"- "].iter().any(|blank| value.starts_with(blank));
    let word = first_word(value);
    // `error=none next=…`, but `error: none of these files exists`.
    let after =
        value.get(value.iter().position(|byte| word.first() == Some(byte)).unwrap_or(0) + word.len()..);
    let ends = mark == b'=' || !matches!(after, Some([b' ', ..]));
    is_empty || is_blank || value == b"-" || (is_among(&NOTHING, word) && ends)
}

fn is_among(words: &[&[u8]], word: &[u8]) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The word that a value begins with, out of its quotes.
fn first_word(value: &[u8]) -> &[u8] {
    let value = match value {
        [b'"' | b'\'' | b'[' | b'<' | b'{', value @ ..] => value,
        _ => value,
    };
    let end = value.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(value.len());
    &value[..end]
}
