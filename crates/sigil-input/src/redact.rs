//! Secrets out of text: keys, e-mail addresses and card numbers give way to a mark that says what stood there.
//!
//! Text is gone through once. What begins or surrounds a secret is looked for at few bytes: where a word or a
//! number begins, at `@`, `:`, `=` and `-`; nothing is allocated unless something is found. A secret is told
//! by its own form (`key`, `card`, `email`) or by the name before it (`named`). Better one word too many
//! goes than a secret stays.

mod card;
mod email;
mod json;
mod key;
mod named;
mod url;

use std::borrow::Cow;

pub use json::json;

const KEY: &str = "[redacted:key]";
const EMAIL: &str = "[redacted:email]";
const CARD: &str = "[redacted:card]";
/// What every mark begins with.
const MARK: &str = "[redacted:";

/// Where a secret begins and ends, and what comes in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Secret {
    from: usize,
    to: usize,
    mark: &'static str,
}

/// The text without its secrets. Without any it is the same text; what has been redacted stays as it is.
pub fn text(text: &str) -> Cow<'_, str> {
    until_the_same(text, text_once)
}

/// Redacts until nothing more is found: where one secret stood against another, the second may show only when
/// the first is gone. Each time fewer letters are left that belong to no mark, so that this ends.
fn until_the_same(text: &str, once: fn(&str) -> Cow<'_, str>) -> Cow<'_, str> {
    let Cow::Owned(mut redacted) = once(text) else { return Cow::Borrowed(text) };
    loop {
        match once(&redacted) {
            Cow::Owned(again) if again != redacted => redacted = again,
            _ => return Cow::Owned(redacted),
        }
    }
}

fn text_once(text: &str) -> Cow<'_, str> {
    let mut finder = Finder { text, at: 0, floor: 0, in_word: false, no_jwt_before: 0 };
    let mut redacted = String::new();
    loop {
        let kept = finder.floor;
        let Some(secret) = finder.next() else { break };
        redacted.push_str(text.get(kept..secret.from).unwrap_or(""));
        redacted.push_str(secret.mark);
    }
    if finder.floor == 0 {
        return Cow::Borrowed(text);
    }
    redacted.push_str(text.get(finder.floor..).unwrap_or(""));
    Cow::Owned(redacted)
}

/// Finds secrets from left to right.
struct Finder<'t> {
    text: &'t str,
    at: usize,
    /// Where the last secret ended: no other begins before it.
    floor: usize,
    /// The byte before is part of a word.
    in_word: bool,
    /// Where it is known already that no JWT begins.
    no_jwt_before: usize,
}

impl Finder<'_> {
    fn next(&mut self) -> Option<Secret> {
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            let at = self.at;
            let in_word = std::mem::replace(&mut self.in_word, is_word(byte));
            self.at += 1;
            let found = match byte {
                b'@' => {
                    let credentials = url::credentials(self.text.as_bytes(), at, self.floor);
                    credentials.or_else(|| email::around(self.text, at, self.floor))
                }
                b':' | b'=' => named::behind(self.text, at, self.floor),
                b'-' => key::block(self.text, at),
                b'0'..=b'9' if !in_word => card::at(self.text.as_bytes(), at),
                b'A'..=b'Z' | b'a'..=b'z' if !in_word => {
                    key::at(self.text.as_bytes(), at, &mut self.no_jwt_before)
                }
                _ => None,
            };
            if let Some(secret) = found {
                (self.at, self.floor, self.in_word) = (secret.to, secret.to, false);
                return found;
            }
        }
        None
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Where the bytes that `test` holds for end, from `at` on.
fn end_of(bytes: &[u8], at: usize, test: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or(&[]);
    at + rest.iter().position(|byte| !test(*byte)).unwrap_or(rest.len())
}
