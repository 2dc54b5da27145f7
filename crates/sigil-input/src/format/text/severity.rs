//! How bad it is what a line of text tells of.
//!
//! The log's own level decides where the line has one, at its place or as `level=…`. Then the status of an
//! access log. Then words: those that name a level or an exception. That something failed, was denied or
//! timed out is no such word: servers say so of what their clients do (`authentication failure`) as often
//! as of themselves.

use memchr::memchr_iter;

use super::column;
use super::time::Stamp;
use super::vocabulary::Vocabulary;
use super::words;

/// What sort of event a line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    /// Anything else.
    #[default]
    Line,
    /// Something may go wrong.
    Warning,
    /// Something went wrong.
    Error,
}

impl Severity {
    /// The severity of `line`, whose time is at `stamp`.
    pub(super) fn of(line: &str, stamp: Option<&Stamp>) -> Self {
        let bytes = line.as_bytes();
        match column::level(bytes, stamp) {
            Some(Level::Debug) => Self::Line,
            // Servers log every request as information, whatever came of it.
            Some(Level::Info) => access_status(bytes).unwrap_or_default(),
            Some(Level::Warning) => Self::Warning,
            Some(Level::Error) => Self::Error,
            None => access_status(bytes).unwrap_or_else(|| words::severity(bytes)),
        }
    }
}

/// What a log says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// For those who wrote the program.
    Debug,
    /// For those who run it.
    Info,
    /// Something may go wrong.
    Warning,
    /// Something went wrong.
    Error,
}

impl Level {
    /// The level of that name, however it is written.
    #[inline]
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        LEVELS.find(name)
    }

    /// The level that klog, Android and Jupyter shorten to a letter.
    pub(super) fn of_letter(letter: u8) -> Option<Self> {
        Some(match letter {
            b'E' | b'F' | b'A' | b'C' => Self::Error,
            b'W' => Self::Warning,
            b'I' => Self::Info,
            b'D' | b'V' => Self::Debug,
            _ => return None,
        })
    }
}

const LEVELS: Vocabulary<Level> = Vocabulary::new(&[
    ("error", Level::Error),
    ("err", Level::Error),
    ("fatal", Level::Error),
    ("critical", Level::Error),
    ("crit", Level::Error),
    ("severe", Level::Error),
    ("failure", Level::Error),
    ("panic", Level::Error),
    ("dpanic", Level::Error),
    ("alert", Level::Error),
    ("emerg", Level::Error),
    ("emergency", Level::Error),
    ("warning", Level::Warning),
    ("warn", Level::Warning),
    ("wrn", Level::Warning),
    ("info", Level::Info),
    ("information", Level::Info),
    ("inf", Level::Info),
    ("notice", Level::Info),
    ("debug", Level::Debug),
    ("dbg", Level::Debug),
    ("trace", Level::Debug),
    ("trc", Level::Debug),
    ("verbose", Level::Debug),
    ("fine", Level::Debug),
    ("finer", Level::Debug),
    ("finest", Level::Debug),
    ("config", Level::Debug),
]);

/// What an access log's request came to: `"GET / HTTP/1.1" 503`. Only a server's own failure is an error.
fn access_status(bytes: &[u8]) -> Option<Severity> {
    memchr_iter(b'"', bytes).find_map(|quote| {
        let &[b' ', class @ b'1'..=b'5', tens, ones] = bytes.get(quote + 1..)?.first_chunk()? else {
            return None;
        };
        let goes_on = bytes.get(quote + 5).is_some_and(|byte| !b" ,\"".contains(byte));
        if goes_on || !tens.is_ascii_digit() || !ones.is_ascii_digit() {
            return None;
        }
        let request = bytes.get(..quote)?;
        let is_request = [1, 3].iter().any(|version| {
            request.len().checked_sub(*version).is_some_and(|end| request[..end].ends_with(b" HTTP/"))
        });
        is_request.then_some(if class == b'5' { Severity::Error } else { Severity::Line })
    })
}
