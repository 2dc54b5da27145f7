//! Reading a line of text byte by byte.

use std::ops::RangeInclusive;

/// What of a line is still to be read.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl Cursor<'_> {
    /// Which of `names` stands here, from 1; not as the beginning of a longer word.
    pub(super) fn name(&mut self, names: &[&[u8; 3]]) -> Option<i64> {
        let name = self.bytes.get(self.at..self.at + 3)?;
        let number = names.iter().position(|known| known.as_slice() == name)?;
        let is_longer = self.bytes.get(self.at + 3).is_some_and(u8::is_ascii_alphanumeric);
        if is_longer {
            return None;
        }
        self.at += 3;
        i64::try_from(number + 1).ok()
    }

    /// The number that all digits from here on make, if there are so many.
    pub(super) fn digits(&mut self, lengths: RangeInclusive<usize>) -> Option<i64> {
        let digits = length(self.bytes, self.at, |byte| byte.is_ascii_digit());
        if lengths.contains(&digits) { self.digits_of(digits) } else { None }
    }

    /// The number that the next `count` digits make.
    pub(super) fn digits_of(&mut self, count: usize) -> Option<i64> {
        let mut number = 0_i64;
        for byte in self.bytes.get(self.at..self.at + count)? {
            if !byte.is_ascii_digit() {
                return None;
            }
            number = number.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
        }
        self.at += count;
        Some(number)
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn next(&mut self) -> Option<u8> {
        self.at += 1;
        self.bytes.get(self.at - 1).copied()
    }

    pub(super) fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let byte = self.peek().filter(|byte| bytes.contains(byte))?;
        self.at += 1;
        Some(byte)
    }

    pub(super) fn eat(&mut self, byte: u8) -> Option<()> {
        self.one_of(&[byte]).map(|_| ())
    }

    /// Reads on only if `read` finds what it looks for.
    pub(super) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = self.at;
        let found = read(self);
        if found.is_none() {
            self.at = before;
        }
        found
    }

    pub(super) fn has_digit_at(&self, behind: usize) -> bool {
        self.bytes.get(self.at + behind).is_some_and(u8::is_ascii_digit)
    }

    pub(super) fn has_name_at(&self, behind: usize) -> bool {
        self.bytes.get(self.at + behind).is_some_and(u8::is_ascii_uppercase)
    }

    pub(super) fn is_in_word(&self) -> bool {
        self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric())
    }

    /// Whether digits go on, as in an address of six parts.
    pub(super) fn is_in_digits(&self) -> bool {
        self.has_digit_at(0) || (self.peek() == Some(b':') && self.has_digit_at(1))
    }
}

/// How many bytes from `from` on `holds` is true of.
pub(super) fn length(bytes: &[u8], from: usize, holds: impl Fn(u8) -> bool) -> usize {
    bytes.get(from..).map_or(0, |rest| rest.iter().take_while(|byte| holds(**byte)).count())
}
