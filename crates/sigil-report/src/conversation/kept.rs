//! How much is kept of what was said.

/// How much is kept of what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// For people: the beginning of each text.
    Folded,
    /// For people: all of it.
    Full,
    /// For programs: all of it, messages as the log has them.
    Raw,
}

/// How much of a folded text is kept.
const MOST_LINES: usize = 8;
const MOST_CHARACTERS: usize = 800;

/// A text, or its beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Kept {
    pub(crate) text: String,
    /// What was left out.
    pub(crate) more_lines: usize,
    pub(crate) more_characters: usize,
}

impl Kept {
    /// What is kept of `text`.
    pub(crate) fn of(text: &str, depth: Depth) -> Self {
        let text = if depth == Depth::Raw { text } else { text.trim_end() };
        let end = match depth {
            Depth::Folded => folded(text),
            Depth::Full | Depth::Raw => text.len(),
        };
        let (kept, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        Self {
            text: kept.trim_end_matches('\n').to_owned()
                + if depth == Depth::Raw { newlines(kept) } else { "" },
            more_lines: rest.trim_start_matches('\n').lines().count(),
            more_characters: rest.chars().count(),
        }
    }
}

/// The line ends that a text ends with.
fn newlines(text: &str) -> &str {
    &text[text.trim_end_matches('\n').len()..]
}

/// Where the beginning of a text ends. One that is hardly longer is not cut.
fn folded(text: &str) -> usize {
    let line = text.char_indices().filter(|(_, letter)| *letter == '\n').map(|(at, _)| at);
    let by_lines = line.clone().nth(MOST_LINES - 1).filter(|_| line.count() > MOST_LINES);
    let by_characters = text
        .char_indices()
        .nth(MOST_CHARACTERS)
        .map(|(at, _)| at)
        .filter(|_| text.chars().nth(MOST_CHARACTERS + MOST_CHARACTERS / 4).is_some());
    [by_lines, by_characters].into_iter().flatten().min().unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> (String, usize, usize) {
        let kept = Kept::of(text, Depth::Folded);
        (kept.text, kept.more_lines, kept.more_characters)
    }

    #[test]
    fn long_texts_keep_their_beginning() {
        assert_eq!(kept("one\ntwo\n"), ("one\ntwo".to_owned(), 0, 0));
        let lines = |from: usize, to: usize| (from..to).map(|n| format!("{n}\n")).collect::<String>();
        assert_eq!(kept(&lines(0, 9)), (lines(0, 9).trim_end().to_owned(), 0, 0));
        assert_eq!(kept(&lines(0, 30)), (lines(0, 8).trim_end().to_owned(), 22, 64));
        let long = "日".repeat(5000);
        assert_eq!(kept(&long), ("日".repeat(800), 1, 4200));
        assert_eq!(kept(&"x".repeat(1000)), ("x".repeat(1000), 0, 0));
        for depth in [Depth::Full, Depth::Raw] {
            assert_eq!(Kept::of(&long, depth), Kept { text: long.clone(), ..Kept::default() });
        }
        assert_eq!(Kept::of("a\n\n", Depth::Raw).text, "a\n\n");
    }
}
