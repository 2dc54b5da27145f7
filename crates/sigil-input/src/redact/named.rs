//! Secrets that are known by the name before them: `password=…`, `api_key: "…"`.

use super::{KEY, MARK, Secret, end_of};

/// What a name says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// A password, whatever it looks like.
    Password,
    /// A key, unless it stands in a sentence and looks like its next word.
    Key,
    /// A token: the word has other meanings, so that its value has to look like one.
    Token,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// In quotes.
    Quoted,
    /// Behind `=` without a space.
    Joined,
    /// Behind a colon or a space, as words in a sentence are.
    Loose,
}

/// Names end like this, without what joins their words.
const NAMES: [(&str, Name); 14] = [
    ("password", Name::Password),
    ("passwd", Name::Password),
    ("passphrase", Name::Password),
    ("pwd", Name::Password),
    ("apikey", Name::Key),
    ("secretkey", Name::Key),
    ("accesskey", Name::Key),
    ("privatekey", Name::Key),
    ("encryptionkey", Name::Key),
    ("signingkey", Name::Key),
    ("authkey", Name::Key),
    ("secret", Name::Key),
    ("authorization", Name::Key),
    ("token", Name::Token),
];

/// As much of a name as is looked at.
const LONGEST: usize = 32;

/// As much of a value as decides whether it is a secret.
const LOOK: usize = 1024;

impl Name {
    /// What a name by itself says, such as a key of an object.
    pub(super) fn of(name: &str) -> Option<Self> {
        Self::at_the_end_of(name.as_bytes())
    }

    /// What the name at the end of `text` says.
    fn at_the_end_of(text: &[u8]) -> Option<Self> {
        let mut reversed = [0; LONGEST];
        let mut length = 0;
        for &byte in text.iter().rev().take(2 * LONGEST) {
            match byte {
                b'_' | b'-' | b'.' => continue,
                // Of two words that are apart, only the second of "api key" means nothing alone.
                b' ' if reversed.get(..length) == Some(b"yek") => continue,
                _ if !byte.is_ascii_alphanumeric() => break,
                _ => {}
            }
            let Some(place) = reversed.get_mut(length) else { break };
            *place = byte.to_ascii_lowercase();
            length += 1;
        }
        let name = reversed.get(..length)?;
        let ends_with =
            |end: &str| end.len() <= length && end.bytes().rev().eq(name[..end.len()].iter().copied());
        NAMES.iter().find(|(end, _)| ends_with(end)).map(|(_, name)| *name)
    }

    /// Whether `value` is one to be kept secret.
    pub(super) fn hides(self, value: &str, manner: Manner) -> bool {
        let value = value.trim();
        if value.is_empty() || value.starts_with(MARK) || is_placeholder(value) {
            return false;
        }
        let loose = manner == Manner::Loose;
        if loose && is_code(value) {
            return false;
        }
        let has = |test: fn(&u8) -> bool| value.as_bytes().iter().any(test);
        let is_mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
        match self {
            // $PWD is where a shell is.
            Self::Password => !value.starts_with(['/', '~']) || manner == Manner::Quoted,
            Self::Key if loose => is_mixed && value.len() >= 6 || is_long(value),
            Self::Key => true,
            Self::Token if has(u8::is_ascii_whitespace) || !has(u8::is_ascii_alphabetic) => false,
            Self::Token if manner == Manner::Joined => value.len() >= 4,
            Self::Token => is_mixed && value.len() >= 8 || is_long(value),
        }
    }
}

/// Whether there are more letters than a word has.
fn is_long(value: &str) -> bool {
    value.len() >= 20 && value.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What stands for a value, or says that there is none.
fn is_placeholder(value: &str) -> bool {
    const WORDS: [&str; 8] = ["null", "none", "nil", "true", "false", "undefined", "required", "optional"];
    let is_variable = |name: &str| {
        name.starts_with(['{', '(']) || name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
        || value.bytes().all(|byte| matches!(byte, b'*' | b'.' | b'?' | b'_' | b'-'))
        || value.strip_prefix('$').is_some_and(is_variable)
        || value.starts_with("{{")
        || value.starts_with('<') && value.ends_with('>')
}

/// What a program says in this place: a type, a call, a path.
fn is_code(value: &str) -> bool {
    const TYPES: [&str; 7] = ["str", "string", "text", "bytes", "int", "bool", "any"];
    TYPES.iter().any(|name| value.eq_ignore_ascii_case(name))
        || value.starts_with([':', '/'])
        || value.contains('(')
}

/// The secret behind the `:` or `=` at `at`; none of it before `floor`.
pub(super) fn behind(text: &str, at: usize, floor: usize) -> Option<Secret> {
    let bytes = text.as_bytes();
    let name = name_before(bytes.get(floor..at)?)?;
    // `==`, `:=`, `=>`.
    let sign = at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'=' | b'>')));
    let unschemed = end_of(bytes, sign, |byte| matches!(byte, b' ' | b'\t'));
    let begin = scheme_end(bytes, unschemed);
    // What is refused shall not have cost more than a look.
    let look = (begin + LOOK..begin + LOOK + 4).find_map(|end| text.get(..end)).unwrap_or(text);
    let (from, to, manner) = value(look, begin);
    let manner = if begin > unschemed && manner == Manner::Loose { Manner::Joined } else { manner };
    if !name.hides(look.get(from..to)?, manner) {
        return None;
    }
    let (from, to, _) = if to < look.len() { (from, to, manner) } else { value(text, begin) };
    Some(Secret { from, to, mark: KEY })
}

/// The value that begins at `at`, without its quotes.
fn value(text: &str, at: usize) -> (usize, usize, Manner) {
    let bytes = text.as_bytes();
    let quote = end_of(bytes, at, |byte| byte == b'\\');
    match bytes.get(quote) {
        Some(&mark @ (b'"' | b'\'' | b'`')) => {
            (quote + 1, quoted_end(bytes, quote + 1, mark, quote), Manner::Quoted)
        }
        _ => {
            let is_joined = at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'=');
            (at, loose_end(text, at), if is_joined { Manner::Joined } else { Manner::Loose })
        }
    }
}

/// What the name before a sign says, be it in quotes or not.
fn name_before(bytes: &[u8]) -> Option<Name> {
    let mut bytes = bytes;
    for _ in 0..2 {
        bytes = bytes.strip_suffix(b" ").unwrap_or(bytes);
    }
    if let [rest @ .., b'"' | b'\'' | b'`'] = bytes {
        bytes = rest;
        while let [rest @ .., b'\\'] = bytes {
            bytes = rest;
        }
    }
    Name::at_the_end_of(bytes)
}

/// Behind the scheme of a header, such as `Basic`, if there is one.
fn scheme_end(bytes: &[u8], at: usize) -> usize {
    let word = end_of(bytes, at, |byte| byte.is_ascii_alphabetic());
    let is_scheme = bytes.get(at..word).is_some_and(|word| {
        [&b"basic"[..], b"bearer", b"digest", b"token"].iter().any(|known| word.eq_ignore_ascii_case(known))
    });
    if is_scheme && bytes.get(word) == Some(&b' ') { end_of(bytes, word, |byte| byte == b' ') } else { at }
}

/// Where a value ends that the quote `mark` before `from` opens, which has its backslashes from `opened` back.
fn quoted_end(bytes: &[u8], from: usize, mark: u8, opened: usize) -> usize {
    let backslashes = |at: usize, floor: usize| {
        let before = bytes.get(floor..at).unwrap_or(&[]);
        before.iter().rev().take_while(|byte| **byte == b'\\').count()
    };
    let outer = backslashes(opened, 0);
    let mut at = from;
    loop {
        at = end_of(bytes, at, |byte| byte != mark && byte != b'\n');
        let escapes = backslashes(at, from);
        // Text may be JSON in JSON: then the quotes themselves are escaped, and those within once more.
        let closes = if outer == 0 { escapes % 2 == 0 } else { escapes <= outer };
        if bytes.get(at) != Some(&mark) || closes {
            return if bytes.get(at) == Some(&mark) { at - escapes.min(outer) } else { at };
        }
        at += 1;
    }
}

/// Where a value without quotes ends.
fn loose_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or("");
    let ends = |letter: char| {
        letter.is_whitespace()
            || matches!(letter, ',' | ';' | '&' | '"' | '\'' | '`' | '<' | '>' | ')' | '}' | ']' | '\\')
            // Marks of Chinese and Japanese sentences, in which no space follows.
            || matches!(letter, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
    };
    // What opens a list or an object is no value.
    if rest.starts_with(['{', '(', '[']) {
        return from;
    }
    let end = rest.find(ends).unwrap_or(rest.len());
    // Up to what has been redacted already.
    from + rest.get(..end).and_then(|value| value.find(MARK)).unwrap_or(end)
}
