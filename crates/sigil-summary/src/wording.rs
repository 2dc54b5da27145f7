//! Messages without what differs from one time to the next, so that the same errors are one group.

/// How many letters of a message tell errors apart.
const LONGEST: usize = 100;

/// The first line of a message, its numbers, ids and paths replaced by `N` and `PATH`.
///
/// `request 17 to /v1/a failed after 2.5s` and `request 18 to /v1/b failed after 12s` are the same.
pub(crate) fn of_error(message: &str) -> String {
    let line = message.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    cut(&normal(&cut(line.trim(), LONGEST * 4)), LONGEST)
}

/// The text with its numbers, ids and paths replaced, white space being one space.
pub(crate) fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|letter: char| !is_of_word(letter)).unwrap_or(rest.len());
        if length > 0 {
            let (word, behind) = rest.split_at(length);
            push_word(word, &mut out);
            rest = behind;
            continue;
        }
        if !first.is_whitespace() {
            out.push(first);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
        rest = &rest[first.len_utf8()..];
    }
    out
}

/// What names, numbers, ids and paths are made of.
fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | ':' | '/' | '\\' | '%' | '+' | '~' | '#')
}

fn push_word(word: &str, out: &mut String) {
    // What ends a sentence is none of the word's.
    let end = word.trim_end_matches(['.', ':', '-']).len();
    let (word, tail) = word.split_at(end);
    if is_uuid(word) {
        out.push('N');
    } else if is_path(word) {
        out.push_str(if word.starts_with('/') { "/PATH" } else { "PATH" });
    } else if word.bytes().any(|byte| byte.is_ascii_digit()) {
        push_numbers(word, out);
    } else {
        out.push_str(word);
    }
    out.push_str(tail);
}

/// Not `and/or`, nor `I/O`.
fn is_path(word: &str) -> bool {
    let slashes = word.matches(['/', '\\']).count();
    slashes > 1 || (slashes == 1 && word.len() > 1 && word.starts_with(['/', '~', '.']))
}

fn is_uuid(word: &str) -> bool {
    let lengths = word.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && word.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// Parts of a word between these are told apart: a name with a number is a name.
fn push_numbers(word: &str, out: &mut String) {
    let mut was_number = false;
    for part in word.split_inclusive(['-', '.', ':', '_', '+', '#', '%']) {
        let body = part.trim_end_matches(['-', '.', ':', '_', '+', '#', '%']);
        let separator = &part[body.len()..];
        if is_id(body) {
            // `1.2.3`, `10:15:30` and the parts of a UUID are one.
            if !was_number {
                out.push('N');
            }
            was_number = true;
            continue;
        }
        if was_number && !body.is_empty() {
            out.push('-');
        }
        was_number = false;
        let mut is_digit = false;
        for letter in body.chars() {
            if !letter.is_ascii_digit() {
                out.push(letter);
            } else if !is_digit {
                out.push('N');
            }
            is_digit = letter.is_ascii_digit();
        }
        out.push_str(separator);
    }
}

/// Whether a part is a number, with a unit or not, or an id in hexadecimal digits.
fn is_id(part: &str) -> bool {
    let digits = part.strip_prefix("0x").unwrap_or(part);
    let has_digit = digits.bytes().any(|byte| byte.is_ascii_digit());
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_long_mix = part.len() >= 16
        && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && part.bytes().filter(u8::is_ascii_digit).count() >= 3;
    let is_date = part.split_once('T').is_some_and(|(a, b)| {
        [a, b].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    });
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number
        || is_date
        || is_long_mix
        || (has_digit && is_hex && (digits.len() >= 4 || digits.len() < part.len()))
}

/// The text, or its beginning of so many letters.
pub(crate) fn cut(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_replaced_and_the_rest_stays() {
        for (message, expected) in [
            ("no answer", "no answer"),
            ("request 17 to /v1/a failed after 2.5s.", "request N to /PATH failed after N-Ns."),
            ("HTTP 503 (UH): no healthy upstream", "HTTP N (UH): no healthy upstream"),
            ("id 3f2a9c1e-11ec-4a5b-9d2f-0242ac120002 unknown", "id N unknown"),
            ("id 00000000-0000-0000-0000-000000000001 unknown", "id N unknown"),
            ("at 2026-01-11T10:15:32.123456: timeout", "at N: timeout"),
            ("at 2026-01-12T01:02:03: timeout", "at N: timeout"),
            ("0x7fff12ab is  not\tmapped", "N is not mapped"),
            ("worker-12 died, worker3 lives", "worker-N died, workerN lives"),
            ("open C:\\a\\b.txt: denied", "open PATH: denied"),
            ("10.0.0.1:8080 refused", "N refused"),
            ("\n\n  first\nsecond", "first"),
            ("req_011CQ5abcDEF12345xyz failed", "req_N failed"),
            ("an I/O error and/or more", "an I/O error and/or more"),
            ("abcdefab-cafe-beef-dead-abcdefabcdef gone", "N gone"),
            ("", ""),
        ] {
            assert_eq!(of_error(message), expected, "{message}");
        }
        assert_eq!(of_error(&"é".repeat(300)), format!("{}…", "é".repeat(100)));
    }
}
