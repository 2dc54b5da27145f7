//! One line as it really is: byte order marks, carriage returns, NUL runs, bytes that are no UTF-8.

use std::borrow::Cow;

/// What a line holds once the accidents of files are taken off.
#[derive(Debug, PartialEq)]
pub(crate) enum Line<'a> {
    /// Nothing.
    Blank,
    /// `==> FILE <==`, as `tail` and `head` write it.
    Header(&'a str),
    /// Text. Bytes that are no UTF-8 have become U+FFFD.
    Text(Cow<'a, str>),
}

/// The longest line that is read, in bytes. A longer one is skipped, counted and reported.
pub(crate) const MAX_LINE: usize = 64 << 20;

/// What a header begins with.
pub(crate) const HEADER_START: &[u8] = b"==> ";

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Takes one line, without its newline, for what it is.
pub(crate) fn clean(bytes: &[u8]) -> Line<'_> {
    let bytes = trim(bytes);
    if bytes.is_empty() {
        return Line::Blank;
    }
    match header(bytes) {
        Some(name) => Line::Header(name),
        None => Line::Text(String::from_utf8_lossy(bytes)),
    }
}

/// Where places of a cleaned line stand in the line as it was written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// Where bytes that are no UTF-8 end in the cleaned line, and by how much it is longer up to there; the last
    /// first.
    longer: Vec<(usize, usize)>,
    grown: usize,
}

impl Places {
    /// Of a line that [`clean`] makes of `bytes`.
    #[cold]
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut longer = Vec::new();
        let (mut at, mut grown) = (0, 0);
        for chunk in trim(bytes).utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()) {
            let put = char::REPLACEMENT_CHARACTER.len_utf8();
            at += chunk.valid().len() + put;
            grown += put - chunk.invalid().len();
            longer.push((at, grown));
        }
        longer.reverse();
        Self { longer, grown: 0 }
    }

    /// The place in the line as written of the place `at` in the cleaned one. Places are asked for in their
    /// order, so that many cost no more than one.
    pub(crate) fn written(&mut self, at: usize) -> usize {
        while let Some((_, grown)) = self.longer.pop_if(|(end, _)| *end <= at) {
            self.grown = grown;
        }
        at - self.grown
    }
}

/// The file that a `==> FILE <==` line names.
fn header(line: &[u8]) -> Option<&str> {
    std::str::from_utf8(line.strip_prefix(HEADER_START)?.strip_suffix(b" <==")?).ok()
}

fn trim(bytes: &[u8]) -> &[u8] {
    trim_end(trim_start(bytes))
}

fn trim_end(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., last] = bytes
        && is_stray(*last)
    {
        bytes = rest;
    }
    bytes
}

/// The line with the white space that it begins with, by which text tells what goes on with what.
pub(crate) fn as_written(bytes: &[u8]) -> Cow<'_, str> {
    let mut start = bytes;
    loop {
        start = match start {
            [0, rest @ ..] => rest,
            _ => match start.strip_prefix(BOM) {
                Some(rest) => rest,
                None => return String::from_utf8_lossy(trim_end(start)),
            },
        };
    }
}

/// How many bytes stand before what a line holds.
pub(crate) fn trimmed_start(bytes: &[u8]) -> usize {
    bytes.len() - trim_start(bytes).len()
}

/// What is left behind byte order marks, NULs and white space.
pub(crate) fn trim_start(mut bytes: &[u8]) -> &[u8] {
    loop {
        bytes = match bytes {
            [first, rest @ ..] if is_stray(*first) => rest,
            _ => match bytes.strip_prefix(BOM) {
                Some(rest) => rest,
                None => return bytes,
            },
        };
    }
}

fn is_stray(byte: u8) -> bool {
    byte == 0 || byte.is_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accidents_are_taken_off() {
        let text = |bytes: &'static [u8]| match clean(bytes) {
            Line::Text(text) => text.into_owned(),
            other => format!("{other:?}"),
        };
        assert_eq!(text(b"\xef\xbb\xbf{\"a\":1}\r"), "{\"a\":1}");
        assert_eq!(text(b"\0\0\0{}\0"), "{}");
        assert_eq!(text(b"{\"a\":\"\xff\"}"), "{\"a\":\"\u{fffd}\"}");
        assert_eq!(as_written(b"\xef\xbb\xbf\0 \tat x \r\0"), " \tat x");
        assert_eq!(clean(b" \t\0\r"), Line::Blank);
        assert_eq!(clean(b"\xef\xbb\xbf"), Line::Blank);
        assert_eq!(clean(b"==> logs/a b.jsonl <=="), Line::Header("logs/a b.jsonl"));
    }

    #[test]
    fn places_are_those_of_the_line_as_written() {
        let bytes = b"\0{\xff\xff}{\xf0\x9f\x98}{\xe4\xbd}{}\r";
        let Line::Text(text) = clean(bytes) else { panic!("a line of text") };
        let mut places = Places::of(bytes);
        let begin = |bytes: &[u8]| {
            let begins = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'{').map(|(at, _)| at);
            begins.collect::<Vec<_>>()
        };
        let found: Vec<_> = begin(text.as_bytes()).into_iter().map(|at| places.written(at)).collect();
        assert_eq!(found, begin(trim(bytes)));
    }
}
