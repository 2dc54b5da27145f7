//! One row of the screen: pieces of text, each with what its colour says.

use std::borrow::Cow;

use sigil_cli::{Tone, escape, width};

/// A piece of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) columns: usize,
    pub(crate) tone: Option<Tone>,
    /// Belongs to what is selected.
    pub(crate) is_marked: bool,
}

/// Pieces beside each other. Nothing in them can move a cursor, or is as wide as the terminal likes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Strip {
    pub(crate) pieces: Vec<Piece>,
}

impl Strip {
    /// One piece of plain text.
    pub(crate) fn of(text: &str) -> Self {
        Self::default().text(text)
    }

    pub(crate) fn text(self, text: &str) -> Self {
        self.piece(text, None)
    }

    pub(crate) fn toned(self, tone: Tone, text: &str) -> Self {
        self.piece(text, Some(tone))
    }

    fn piece(mut self, text: &str, tone: Option<Tone>) -> Self {
        let text = steady(text);
        let columns = width::columns(&text);
        if columns > 0 {
            self.pieces.push(Piece { text: text.into_owned(), columns, tone, is_marked: false });
        }
        self
    }

    /// Another strip behind this one.
    pub(crate) fn then(mut self, other: Self) -> Self {
        self.pieces.extend(other.pieces);
        self
    }

    /// The same, selected.
    pub(crate) fn marked(mut self) -> Self {
        self.pieces.iter_mut().for_each(|piece| piece.is_marked = true);
        self
    }

    pub(crate) fn columns(&self) -> usize {
        self.pieces.iter().map(|piece| piece.columns).sum()
    }

    /// Cut, or filled up with spaces, to exactly that many columns.
    pub(crate) fn fitted(mut self, columns: usize) -> Self {
        let whole = self.columns();
        if whole > columns {
            self.cut(columns);
        }
        let left = columns.saturating_sub(self.columns());
        if left > 0 {
            self.pieces.push(Piece { text: " ".repeat(left), columns: left, tone: None, is_marked: false });
        }
        self
    }

    /// Leaves out what does not fit, so that an ellipsis still does.
    fn cut(&mut self, columns: usize) {
        let mut left = columns;
        let fitting = self.pieces.iter().position(|piece| {
            // The ellipsis needs a column; the last of all pieces cannot fit.
            let fits = piece.columns < left;
            left -= if fits { piece.columns } else { 0 };
            !fits
        });
        self.pieces.truncate(fitting.map_or(0, |index| index + 1));
        let Some(last) = self.pieces.last_mut() else { return };
        let text = if last.columns > left {
            width::truncated(&last.text, left).into_owned()
        } else {
            // What comes behind it was cut off.
            width::truncated(&format!("{} ", last.text.trim_end()), left).trim_end().to_owned() + "…"
        };
        let text = width::truncated(&text, left).into_owned();
        last.columns = width::columns(&text);
        last.text = text;
    }

    /// This at the left of `columns` columns and `right` at their right; if not both fit, this is cut.
    pub(crate) fn opposite(self, right: Self, columns: usize) -> Self {
        let taken = right.columns();
        if taken == 0 {
            return self.fitted(columns);
        }
        if taken >= columns {
            return right.fitted(columns);
        }
        // A space between them, unless it is the only thing.
        let room = columns - taken;
        self.fitted(room.saturating_sub(1)).text(" ".repeat(room.min(1)).as_str()).then(right)
    }
}

/// `text` with control characters written out, and without those that have no width of their own: terminals
/// do not agree on what letters become with them, and all that follows on the row would be in the wrong place.
fn steady(text: &str) -> Cow<'_, str> {
    let safe = escape::for_terminal(text);
    if safe.contains(is_unsteady) { Cow::Owned(safe.replace(is_unsteady, "")) } else { safe }
}

fn is_unsteady(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(strip: &Strip) -> String {
        strip.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    #[test]
    fn strips_are_cut_and_filled() {
        let strip = Strip::of("Session: ").toned(Tone::Strong, "lead");
        assert_eq!(shown(&strip.clone().fitted(15)), "Session: lead  ");
        assert_eq!(shown(&strip.clone().fitted(11)), "Session: l…");
        assert_eq!(shown(&strip.clone().opposite(Strip::of("OK"), 16)), "Session: lead OK");
        assert_eq!(shown(&strip.clone().opposite(Strip::of("OK"), 12)), "Session:… OK");
        assert_eq!(shown(&strip.opposite(Strip::of("OK"), 1)), "…");
    }

    #[test]
    fn what_has_no_width_is_left_out() {
        assert_eq!(shown(&Strip::of("a\u{200d}b\u{fe0f}\x1b[2J\u{202e}")), "ab\\x1b[2J\\u{202e}");
    }

    proptest! {
        #[test]
        fn a_fitted_strip_has_the_columns_asked_for(texts in proptest::collection::vec(any::<String>(), 0..4), right in any::<String>(), columns in 0usize..40) {
            let strip = texts.iter().fold(Strip::default(), |strip, text| strip.text(text));
            prop_assert_eq!(strip.clone().fitted(columns).columns(), columns);
            prop_assert_eq!(strip.opposite(Strip::of(&right), columns).columns(), columns);
        }
    }
}
