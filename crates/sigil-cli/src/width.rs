//! How many columns of a terminal a text takes.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Stands where something was cut off.
const ELLIPSIS: char = '…';

/// The columns that a text takes; control characters must be written out before.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// `text`, cut to at most `columns` columns; `…` then stands at its end.
pub fn truncated(text: &str, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    // The ellipsis needs a column itself.
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let mut taken = 0;
    let end = text.char_indices().find_map(|(at, letter)| {
        taken += letter.width().unwrap_or(0);
        (taken > room).then_some(at)
    });
    let mut short = &text[..end.unwrap_or(text.len())];
    // Letters that are drawn as one can be wider than each alone.
    while short.width() > room {
        short = short.char_indices().next_back().map_or("", |(at, _)| &short[..at]);
    }
    Cow::Owned(format!("{}{ELLIPSIS}", short.trim_end()))
}

/// `text`, cut to at most `columns` columns; `…` then stands in its middle. For ids, which often differ only
/// at their ends.
pub fn abridged(text: &str, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let tail_room = room / 2;
    let mut taken = 0;
    let tail = text.char_indices().rev().take_while(|(_, letter)| {
        taken += letter.width().unwrap_or(0);
        taken <= tail_room
    });
    let mut start = tail.last().map_or(text.len(), |(at, _)| at);
    let head = truncated(&text[..start], columns - tail_room).into_owned();
    loop {
        let short = format!("{head}{}", &text[start..]);
        match text[start..].chars().next() {
            // Letters that are drawn as one can be wider than each alone.
            Some(letter) if short.width() > columns => start += letter.len_utf8(),
            _ => return Cow::Owned(short),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wide_letters_take_two_columns() {
        assert_eq!(columns("abc"), 3);
        assert_eq!(columns("日本"), 4);
        assert_eq!(columns("e\u{301}"), 1);
    }

    #[test]
    fn what_does_not_fit_is_cut() {
        assert_eq!(truncated("routing", 7), "routing");
        assert_eq!(truncated("routing", 6), "routi…");
        assert_eq!(truncated("two words", 5), "two…");
        assert_eq!(truncated("日本語", 5), "日本…");
        assert_eq!(truncated("日本語", 4), "日…");
        assert_eq!(truncated("x y", 1), "…");
        assert_eq!(truncated("x", 0), "");
    }

    #[test]
    fn both_ends_of_an_id_stay() {
        assert_eq!(abridged("lead-analysis-7", 15), "lead-analysis-7");
        assert_eq!(abridged("lead-analysis-7", 8), "lead…s-7");
        assert_eq!(abridged("lead-analysis-7", 2), "l…");
        assert_eq!(abridged("lead-analysis-7", 1), "…");
        assert_eq!(abridged("日本語日本語", 6), "日…語");
        assert_eq!(abridged("x", 0), "");
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_asked(
            letters in proptest::collection::vec(
                prop_oneof!["\\PC", "a", "日", "❤\u{fe0f}", "👨\u{200d}👩", "⌚\u{fe0e}", "\u{301}", "\u{fe0f}"],
                0..20,
            ),
            limit in 0_usize..20,
        ) {
            let text = letters.concat();
            prop_assert!(columns(&truncated(&text, limit)) <= limit);
            prop_assert!(columns(&abridged(&text, limit)) <= limit);
        }
    }
}
