//! Secrets out of JSON, so that it stays JSON.

use std::borrow::Cow;

use memchr::memchr;
use sigil_event::scan::{Scanner, Value};
use sigil_event::text::quoted;

use super::named::{Manner, Name};
use super::{CARD, KEY, card, end_of, text, until_the_same};

/// The JSON text without the secrets in its strings, keys and numbers.
///
/// Each string is taken alone, decoded, and written anew only if it holds a secret; JSON in a string is
/// gone through as such. What is no whole JSON is taken as text where it stops being JSON.
pub fn json(json: &str) -> Cow<'_, str> {
    until_the_same(json, json_once)
}

fn json_once(json: &str) -> Cow<'_, str> {
    let mut redacted = String::new();
    let mut kept = 0;
    let mut at = 0;
    // The name that the next value has.
    let mut name = None;
    let mut put = |from: usize, to: usize, new: &str| {
        redacted.push_str(json.get(kept..from).unwrap_or(""));
        redacted.push_str(new);
        kept = to;
    };
    loop {
        let rest = json.get(at..).unwrap_or("");
        let quote = memchr(b'"', rest.as_bytes()).map_or(json.len(), |quote| at + quote);
        numbers(json.get(at..quote).unwrap_or(""), name, |from, to, mark| {
            put(at + from, at + to, &quoted(mark))
        });
        if quote == json.len() {
            break;
        }
        let between = json.get(at..quote).unwrap_or("");
        let mut scanner = Scanner::new(json.get(quote..).unwrap_or(""));
        let Ok(string) = scanner.string() else {
            // Cut off, or no JSON.
            if let Cow::Owned(new) = text(json.get(quote..).unwrap_or("")) {
                put(quote, json.len(), &new);
            }
            break;
        };
        let to = quote + scanner.position();
        let is_key = scanner.peek_token() == Some(b':');
        let string = string.decode();
        let named = name.take().filter(|_| !is_key && between.trim() == ":");
        let new = if is_json(&string) {
            json_once(&string)
        } else if named.is_some_and(|name| name.hides(&string, Manner::Quoted)) {
            Cow::Borrowed(KEY)
        } else {
            text(&string)
        };
        if *new != *string {
            put(quote, to, &quoted(&new));
        }
        if is_key {
            name = Name::of(&string);
        }
        at = to;
    }
    if kept == 0 {
        return Cow::Borrowed(json);
    }
    redacted.push_str(json.get(kept..).unwrap_or(""));
    Cow::Owned(redacted)
}

/// Whether a string holds an object or array.
fn is_json(string: &str) -> bool {
    if !string.trim_start().starts_with(['{', '[']) {
        return false;
    }
    let mut scanner = Scanner::new(string);
    matches!(scanner.value(), Ok(Value::Nested(_))) && scanner.peek_token().is_none()
}

/// Finds the numbers between two strings that are secrets: cards, and what is called a password.
fn numbers(between: &str, name: Option<Name>, mut put: impl FnMut(usize, usize, &str)) {
    let bytes = between.as_bytes();
    let is_part = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| is_part(*byte))) {
        let from = at + found;
        at = end_of(bytes, from, is_part);
        let is_first = between.get(..from).is_some_and(|before| before.trim() == ":");
        let digits = bytes.get(from).is_some_and(u8::is_ascii_digit);
        if !digits && bytes.get(from) != Some(&b'-') {
            // The end of a word such as true.
            continue;
        }
        if is_first && name == Some(Name::Password) {
            put(from, at, KEY);
        } else if digits && card::at(bytes, from).is_some_and(|card| card.to == at) {
            put(from, at, CARD);
        }
    }
}
