//! Objects as they stand in their lines, to the byte.
//!
//! Events are read from text, in which bytes that are no UTF-8 have become U+FFFD. Who hands an event on unchanged
//! needs what was written.

/// Lines as they were written.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    bytes: &'a [u8],
    start: u64,
}

impl<'a> Written<'a> {
    /// Lines that begin at byte `start` of their source.
    pub fn new(bytes: &'a [u8], start: u64) -> Self {
        Self { bytes, start }
    }

    /// The object that stands at byte `offset` of the source, of which `raw` is the text; none if it is not there, or
    /// says anything else.
    pub fn object(&self, raw: &str, offset: u64) -> Option<&'a [u8]> {
        let from = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        let rest = self.bytes.get(from..)?;
        match rest.get(..raw.len()) {
            Some(same) if same == raw.as_bytes() => Some(same),
            _ => lossy(rest, raw),
        }
    }
}

/// The beginning of `bytes` that reads as `text` once what is no UTF-8 has been replaced.
#[cold]
fn lossy<'a>(bytes: &'a [u8], text: &str) -> Option<&'a [u8]> {
    let mut rest = text.as_bytes();
    let mut length = 0;
    for chunk in bytes.utf8_chunks() {
        let same = chunk.valid().len().min(rest.len());
        let (valid, behind) = rest.split_at(same);
        if !chunk.valid().as_bytes().starts_with(valid) {
            return None;
        }
        length += same;
        if behind.is_empty() {
            return bytes.get(..length);
        }
        rest = behind.strip_prefix("\u{fffd}".as_bytes())?;
        length += chunk.invalid().len();
        if rest.is_empty() {
            return bytes.get(..length);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_utf_8_is_found_again() {
        let bytes = b"x{\"a\":\"\xff\xf0\x9f\x98\"}{\"b\":\"\xef\xbf\xbd\"}\n";
        let written = Written::new(bytes, 10);
        let (first, second) = ("{\"a\":\"\u{fffd}\u{fffd}\"}", "{\"b\":\"\u{fffd}\"}");
        assert_eq!(written.object(first, 11), Some(&bytes[1..13]));
        assert_eq!(written.object(second, 23), Some(&bytes[13..24]));
        assert_eq!(written.object(second, 11), None);
        assert_eq!(written.object("{\"a\":\"[email]\"}", 11), None);
        assert_eq!(written.object(first, 9), None);
        assert_eq!(written.object(first, 99), None);
        assert_eq!(Written::new(b"\xff", 0).object("\u{fffd}", 0), Some(&b"\xff"[..]));
        assert_eq!(Written::new(b"", 0).object("{}", 0), None);
    }
}
