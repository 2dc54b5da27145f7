//! The JSON scanner: one pass over a line, nothing allocated, everything checked.
//!
//! It accepts what RFC 8259 calls a JSON text and nothing else, with two allowances that real logs
//! need: a lone surrogate escape (`"\ud83d"`, which JavaScript writes when it cuts an emoji in two) is
//! a string like any other, and a number may be of any size. `tests/decode.rs` holds it against
//! `serde_json`.

use crate::defect::Malformed;
use crate::text::Text;

/// How deep arrays and objects may nest, as in `serde_json`. A deeper line is malformed.
pub const MAX_DEPTH: u32 = 127;

/// One JSON value, as deep as its reader wants to look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A string.
    String(Text<'a>),
    /// A number, as written.
    Number(&'a str),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// An object or array, checked but not taken apart: its text.
    Nested(&'a str),
}

impl<'a> Value<'a> {
    /// The value where text is expected: a string; a number or truth value as written; else none.
    pub fn text(self) -> Option<Text<'a>> {
        match self {
            Self::String(text) => Some(text),
            Self::Number(raw) => Some(Text::plain(raw)),
            Self::Bool(true) => Some(Text::plain("true")),
            Self::Bool(false) => Some(Text::plain("false")),
            Self::Null | Self::Nested(_) => None,
        }
    }
}

/// A position in a line. Every method reads one JSON element and moves behind it.
#[derive(Clone, Debug)]
pub struct Scanner<'a> {
    line: &'a str,
    at: usize,
    depth: u32,
}

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// Marks, by the high bit of each byte, `"`, `\` and control characters among eight bytes. The lowest
/// mark is exact; marks above it may be false. Bytes of non-ASCII characters are never marked.
#[inline(always)]
fn ends_of_plain_text(eight: u64) -> u64 {
    let quote = eight ^ (LOW_BITS * b'"' as u64);
    let backslash = eight ^ (LOW_BITS * b'\\' as u64);
    let below = |x: u64, n: u64| x.wrapping_sub(LOW_BITS * n) & !x;
    (below(quote, 1) | below(backslash, 1) | below(eight, 0x20)) & HIGH_BITS
}

impl<'a> Scanner<'a> {
    /// Starts at the beginning of `line`.
    #[inline]
    pub fn new(line: &'a str) -> Self {
        Self { line, at: 0, depth: 0 }
    }

    /// Moves to `position`, which must be one that was read up to.
    #[inline]
    pub(crate) fn at(line: &'a str, position: usize) -> Self {
        Self { line, at: position, depth: 0 }
    }

    /// Bytes read so far.
    #[inline]
    pub fn position(&self) -> usize {
        self.at
    }

    /// What has not been read yet.
    #[inline]
    pub fn rest(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or("")
    }

    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.line.as_bytes().get(self.at).copied()
    }

    /// Moves over white space and returns the byte behind it.
    #[inline(always)]
    pub fn peek_token(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    #[inline(always)]
    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        match self.peek_token() {
            Some(found) if found == byte => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(Malformed::Syntax),
            None => Err(Malformed::Truncated),
        }
    }

    #[inline]
    fn slice(&self, from: usize) -> &'a str {
        self.line.get(from..self.at).unwrap_or("")
    }

    /// Reads an object: `field` gets each key with the scanner before the key's value, and must read
    /// that value. A key that comes twice is handed over twice.
    #[inline(always)]
    pub fn object<F>(&mut self, mut field: F) -> Result<(), Malformed>
    where
        F: FnMut(Text<'a>, &mut Self) -> Result<(), Malformed>,
    {
        match self.peek_token() {
            Some(b'{') => self.at += 1,
            Some(_) => return Err(Malformed::NotAnObject),
            None => return Err(Malformed::Truncated),
        }
        self.enter()?;
        if self.peek_token() == Some(b'}') {
            self.at += 1;
            self.depth -= 1;
            return Ok(());
        }
        loop {
            if self.peek_token() != Some(b'"') {
                return Err(self.syntax());
            }
            let key = self.string()?;
            self.expect(b':')?;
            self.peek_token();
            field(key, self)?;
            match self.peek_token() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    self.depth -= 1;
                    return Ok(());
                }
                _ => return Err(self.syntax()),
            }
        }
    }

    /// Reads an array: `element` gets the scanner before each element, and must read it.
    #[inline]
    pub fn array<F>(&mut self, mut element: F) -> Result<(), Malformed>
    where
        F: FnMut(&mut Self) -> Result<(), Malformed>,
    {
        self.expect(b'[')?;
        self.enter()?;
        if self.peek_token() == Some(b']') {
            self.at += 1;
            self.depth -= 1;
            return Ok(());
        }
        loop {
            self.peek_token();
            element(self)?;
            match self.peek_token() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    self.depth -= 1;
                    return Ok(());
                }
                _ => return Err(self.syntax()),
            }
        }
    }

    #[inline(always)]
    fn enter(&mut self) -> Result<(), Malformed> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Malformed::TooDeep) } else { Ok(()) }
    }

    #[cold]
    fn syntax(&self) -> Malformed {
        if self.at >= self.line.len() { Malformed::Truncated } else { Malformed::Syntax }
    }

    /// Reads any value. Objects and arrays are checked and returned as their text.
    #[inline]
    pub fn value(&mut self) -> Result<Value<'a>, Malformed> {
        match self.peek_token() {
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => Ok(Value::Number(self.number()?)),
            Some(b'{' | b'[') => Ok(Value::Nested(self.nested()?)),
            Some(b't') => self.word("true").map(|()| Value::Bool(true)),
            Some(b'f') => self.word("false").map(|()| Value::Bool(false)),
            Some(b'n') => self.word("null").map(|()| Value::Null),
            _ => Err(self.syntax()),
        }
    }

    /// Reads any value and forgets it.
    #[inline]
    pub fn skip(&mut self) -> Result<(), Malformed> {
        self.value().map(|_| ())
    }

    /// Whether an object comes next.
    #[inline]
    pub fn at_object(&mut self) -> bool {
        self.peek_token() == Some(b'{')
    }

    /// Whether an array comes next.
    #[inline]
    pub fn at_array(&mut self) -> bool {
        self.peek_token() == Some(b'[')
    }

    fn word(&mut self, word: &str) -> Result<(), Malformed> {
        if self.rest().starts_with(word) {
            self.at += word.len();
            Ok(())
        } else if word.starts_with(self.rest()) {
            Err(Malformed::Truncated)
        } else {
            Err(Malformed::Syntax)
        }
    }

    /// Reads a string, from its opening quote to behind its closing one.
    #[inline]
    pub fn string(&mut self) -> Result<Text<'a>, Malformed> {
        self.at += 1;
        self.string_after_quote()
    }

    /// Reads a string whose opening quote has been read.
    #[inline(always)]
    pub(crate) fn string_after_quote(&mut self) -> Result<Text<'a>, Malformed> {
        let bytes = self.line.as_bytes();
        let from = self.at;
        let mut at = from;
        let mut escaped = false;
        loop {
            while let Some(Ok(eight)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
                let ends = ends_of_plain_text(u64::from_le_bytes(eight));
                if ends != 0 {
                    at += ends.trailing_zeros() as usize / 8;
                    break;
                }
                at += 8;
            }
            match bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(Text::scanned(self.line.get(from..at).unwrap_or(""), escaped));
                }
                Some(b'\\') => {
                    escaped = true;
                    at = escape_end(bytes, at)?;
                }
                Some(0..=0x1f) => return Err(Malformed::String),
                Some(_) => at += 1,
                None => return Err(Malformed::Truncated),
            }
        }
    }

    /// Reads a number and returns it as written.
    #[inline]
    pub fn number(&mut self) -> Result<&'a str, Malformed> {
        let bytes = self.line.as_bytes();
        let from = self.at;
        let mut at = from;
        let digits = |at: usize| {
            let rest = bytes.get(at..).unwrap_or(&[]);
            at + rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len())
        };
        if bytes.get(at) == Some(&b'-') {
            at += 1;
        }
        let whole = at;
        at = digits(at);
        if at == whole || (bytes.get(whole) == Some(&b'0') && at > whole + 1) {
            return Err(if at == bytes.len() && at == whole {
                Malformed::Truncated
            } else {
                Malformed::Number
            });
        }
        if bytes.get(at) == Some(&b'.') {
            let fraction = at + 1;
            at = digits(fraction);
            if at == fraction {
                return Err(if at == bytes.len() { Malformed::Truncated } else { Malformed::Number });
            }
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            at += 1;
            if matches!(bytes.get(at), Some(b'+' | b'-')) {
                at += 1;
            }
            let exponent = at;
            at = digits(exponent);
            if at == exponent {
                return Err(if at == bytes.len() { Malformed::Truncated } else { Malformed::Number });
            }
        }
        self.at = at;
        Ok(self.slice(from))
    }

    /// Reads an object or array without looking into it and returns its text. Iterative: hostile depth
    /// costs no stack.
    fn nested(&mut self) -> Result<&'a str, Malformed> {
        let from = self.at;
        let outer = self.depth;
        // One bit a level: 1 for an object, 0 for an array.
        let mut objects: u128 = 0;
        loop {
            // Before a value.
            match self.peek_token() {
                Some(open @ (b'{' | b'[')) => {
                    self.at += 1;
                    self.enter()?;
                    objects = objects << 1 | u128::from(open == b'{');
                    let close = if open == b'{' { b'}' } else { b']' };
                    if self.peek_token() != Some(close) {
                        if open == b'{' {
                            self.key()?;
                        }
                        continue;
                    }
                    self.at += 1;
                    self.depth -= 1;
                    objects >>= 1;
                }
                Some(b'"') => {
                    self.string()?;
                }
                Some(b'-' | b'0'..=b'9') => {
                    self.number()?;
                }
                Some(b't') => self.word("true")?,
                Some(b'f') => self.word("false")?,
                Some(b'n') => self.word("null")?,
                _ => return Err(self.syntax()),
            }
            // Behind a value: on to the next one, or out of as many levels as end here.
            loop {
                if self.depth == outer {
                    return Ok(self.slice(from));
                }
                let in_object = objects & 1 == 1;
                match self.peek_token() {
                    Some(b',') => {
                        self.at += 1;
                        if in_object {
                            self.key()?;
                        }
                        break;
                    }
                    Some(b'}') if in_object => {}
                    Some(b']') if !in_object => {}
                    _ => return Err(self.syntax()),
                }
                self.at += 1;
                self.depth -= 1;
                objects >>= 1;
            }
        }
    }

    #[inline]
    fn key(&mut self) -> Result<(), Malformed> {
        if self.peek_token() != Some(b'"') {
            return Err(self.syntax());
        }
        self.string()?;
        self.expect(b':')
    }
}

/// The position behind the escape whose backslash is at `at`.
fn escape_end(bytes: &[u8], at: usize) -> Result<usize, Malformed> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => {
            for offset in 2..6 {
                match bytes.get(at + offset) {
                    Some(byte) if byte.is_ascii_hexdigit() => {}
                    Some(_) => return Err(Malformed::String),
                    None => return Err(Malformed::Truncated),
                }
            }
            Ok(at + 6)
        }
        Some(_) => Err(Malformed::String),
        None => Err(Malformed::Truncated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn skip(text: &str) -> Result<usize, Malformed> {
        let mut scanner = Scanner::new(text);
        scanner.skip().map(|()| scanner.position())
    }

    #[test]
    fn values_end_where_they_end() {
        for text in
            ["{}", "[]", "[[],{}]", r#"{"a":[1,{"b":"]}"}],"c":-0.5e+3}"#, "\"\\u00e9\\\"\"", "null", "0"]
        {
            assert_eq!(skip(&format!("{text} x")), Ok(text.len()), "{text}");
            assert_eq!(skip(text), Ok(text.len()), "{text}");
        }
    }

    #[test]
    fn a_cut_line_is_told_from_a_wrong_one() {
        let whole = r#"{"a":[1.5e3,true,"x\u00e9\n"],"b":{"c":null}}"#;
        for end in 1..whole.len() {
            assert_eq!(skip(&whole[..end]), Err(Malformed::Truncated), "{}", &whole[..end]);
        }
        for wrong in
            ["{a}", "{\"a\" 1}", "[1 2]", "{]", "[}", "[1,]", "{\"a\":1,}", "tru}", "+1", "{\"a\":1]"]
        {
            assert_eq!(skip(wrong), Err(Malformed::Syntax), "{wrong}");
        }
        for wrong in ["01", "1.x", "-x", "1e}"] {
            assert_eq!(skip(wrong), Err(Malformed::Number), "{wrong}");
        }
        for wrong in ["\"\t\"", "\"\\x\"", "\"\\u12g4\"", "\"1234567\n\""] {
            assert_eq!(skip(wrong), Err(Malformed::String), "{wrong}");
        }
    }

    #[test]
    fn depth_is_bounded_and_costs_no_stack() {
        let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert_eq!(skip(&deep(127)), Ok(254));
        assert_eq!(skip(&deep(128)), Err(Malformed::TooDeep));
        assert_eq!(skip(&"{\"a\":".repeat(100_000)), Err(Malformed::TooDeep));
    }
}
