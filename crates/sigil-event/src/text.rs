//! A JSON string as it stands in a line, decoded only when somebody asks.

use std::borrow::Cow;
use std::fmt;

/// What stands between the quotes of a JSON string that the scanner has checked.
#[derive(Clone, Copy, Default)]
pub struct Text<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> Text<'a> {
    /// Text that needs no decoding.
    #[inline]
    pub const fn plain(text: &'a str) -> Self {
        Self { raw: text, escaped: false }
    }

    #[inline]
    pub(crate) const fn scanned(raw: &'a str, escaped: bool) -> Self {
        Self { raw, escaped }
    }

    /// The text itself: borrowed unless it holds escapes. A lone surrogate becomes U+FFFD.
    #[inline]
    pub fn decode(&self) -> Cow<'a, str> {
        if self.escaped { Cow::Owned(unescape(self.raw)) } else { Cow::Borrowed(self.raw) }
    }

    /// The text if it holds no escapes.
    #[inline]
    pub fn as_plain(&self) -> Option<&'a str> {
        (!self.escaped).then_some(self.raw)
    }

    /// Whether the text is `other`.
    #[inline]
    pub fn is(&self, other: &str) -> bool {
        if self.escaped { self.decode() == other } else { self.raw == other }
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.decode() == other.decode()
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.decode(), f)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.decode())
    }
}

/// Text as a JSON string, in its quotes.
pub fn quoted(text: &str) -> String {
    // Writing text as JSON cannot fail.
    serde_json::to_string(text).unwrap_or_default()
}

/// Replaces the escapes of RFC 8259, section 7. `raw` has been scanned, so every escape is whole.
fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        let letter = rest.as_bytes().get(at + 1).copied().unwrap_or(b'\\');
        rest = rest.get(at + 2..).unwrap_or("");
        text.push(match letter {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let (letter, behind) = unicode_escape(rest);
                rest = behind;
                letter
            }
            other => char::from(other),
        });
    }
    text.push_str(rest);
    text
}

/// The character that `hex…` (behind a `\u`) stands for, and what follows it.
fn unicode_escape(hex: &str) -> (char, &str) {
    let unit = |text: &str| text.get(..4).and_then(|four| u32::from_str_radix(four, 16).ok());
    let behind = hex.get(4..).unwrap_or("");
    let Some(first) = unit(hex) else { return (char::REPLACEMENT_CHARACTER, behind) };
    if (0xd800..0xdc00).contains(&first)
        && let Some(low) = behind.strip_prefix("\\u").and_then(unit)
        && (0xdc00..0xe000).contains(&low)
    {
        let code = 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), behind.get(6..).unwrap_or(""));
    }
    (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded() {
        let cases = [
            (r"a\tb\n\\\/\u0000", "a\tb\n\\/\0"),
            (r"\u00e9\u20ac", "é€"),
            (r"\ud83d\ude00!", "😀!"),
            (r"cut \ud83d", "cut \u{fffd}"),
            (r"\ud83dx\ude00\u0041", "\u{fffd}x\u{fffd}A"),
            (r"\ud83d\ud83d\ude00", "\u{fffd}😀"),
        ];
        for (raw, text) in cases {
            assert_eq!(Text::scanned(raw, true).decode(), text);
        }
    }
}
