//! Text from outside, made harmless: what could move a cursor, colour, hide or reorder is written out.
//!
//! It applies to all text output, piped or not, so that what a person sees and what a script reads is the
//! same. JSON has its own escapes and does not come here. A backslash stays a backslash.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` with control characters as `\n`, `\r`, `\t`, `\x1b` or `\u{9b}`.
///
/// Control characters are C0, DEL, C1, and the bidirectional overrides and isolates
/// (U+202A to U+202E, U+2066 to U+2069), which can make a line read as another one.
pub fn for_terminal(text: &str) -> Cow<'_, str> {
    let Some(start) = text.find(is_dangerous) else {
        return Cow::Borrowed(text);
    };
    let mut safe = String::with_capacity(text.len() + 16);
    safe.push_str(&text[..start]);
    for letter in text[start..].chars() {
        push(&mut safe, letter);
    }
    Cow::Owned(safe)
}

/// `text` on one line: runs of white space and line ends become one space, ends are trimmed, and what is
/// left goes through [`for_terminal`]. For excerpts of messages that may be long and broken into lines.
pub fn one_line(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let is_break = |letter: char| letter.is_whitespace() && letter != ' ';
    if !text.contains(is_break) && !text.contains("  ") {
        return for_terminal(text);
    }
    let mut joined = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    Cow::Owned(for_terminal(&joined).into_owned())
}

/// A value of the user's in an error message: made harmless, in double quotes.
pub fn quoted(value: &str) -> String {
    format!("\"{}\"", for_terminal(value))
}

fn is_dangerous(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn push(safe: &mut String, letter: char) {
    match letter {
        '\n' => safe.push_str("\\n"),
        '\r' => safe.push_str("\\r"),
        '\t' => safe.push_str("\\t"),
        '\0'..='\x1f' | '\x7f' => {
            // Writing to a string cannot fail.
            let _ = write!(safe, "\\x{:02x}", u32::from(letter));
        }
        _ if is_dangerous(letter) => {
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(letter));
        }
        _ => safe.push(letter),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_text_is_not_copied() {
        assert!(matches!(for_terminal("a\\b é 日本 🙂"), Cow::Borrowed("a\\b é 日本 🙂")));
    }

    #[test]
    fn what_could_change_a_terminal_is_written_out() {
        assert_eq!(for_terminal("\x1b[2Jhi"), "\\x1b[2Jhi");
        assert_eq!(for_terminal("a\r\n\tb\0\x7f"), "a\\r\\n\\tb\\x00\\x7f");
        assert_eq!(for_terminal("\u{9b}31m"), "\\u{9b}31m");
        assert_eq!(for_terminal("x\u{202e}y\u{2066}z\u{2069}"), "x\\u{202e}y\\u{2066}z\\u{2069}");
    }

    #[test]
    fn an_excerpt_stands_on_one_line() {
        assert_eq!(one_line("  Traceback:\n    File \"x\"\r\n\tline 3 "), "Traceback: File \"x\" line 3");
        assert_eq!(one_line("a\x1bb"), "a\\x1bb");
        assert_eq!(one_line("a  b"), "a b");
        assert_eq!(one_line(" \n"), "");
    }

    #[test]
    fn quotes_are_put_around_what_the_user_wrote() {
        assert_eq!(quoted("le\nad"), "\"le\\nad\"");
    }

    proptest! {
        #[test]
        fn nothing_dangerous_is_left(text in any::<String>()) {
            prop_assert!(!for_terminal(&text).contains(is_dangerous));
            prop_assert!(!one_line(&text).contains(is_dangerous));
        }
    }
}
