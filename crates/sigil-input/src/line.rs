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
}
