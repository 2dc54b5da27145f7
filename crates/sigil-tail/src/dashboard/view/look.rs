//! What things look like: blocks and lines where the terminal has them, plain ASCII elsewhere.

use sigil_cli::{Tone, bar};

use super::strip::Strip;

/// With which letters is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Lines and blocks of Unicode.
    Fine,
    /// Nothing but ASCII.
    Plain,
}

/// Eighths of a cell, from one to seven.
const EIGHTHS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];
/// Heights of a column, none first.
const HEIGHTS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const PLAIN_HEIGHTS: [char; 9] = [' ', '_', '.', '-', '=', '+', '*', '%', '#'];

impl Look {
    /// A bar of `columns` columns: something as soon as anything is used, full only when everything is.
    pub(crate) fn bar(self, used: u64, budget: u64, tone: Tone, columns: usize) -> Strip {
        if columns < 3 {
            return Strip::of(&" ".repeat(columns));
        }
        match self {
            Self::Plain => Strip::default().toned(tone, &bar::bar(used, budget, columns - 2)),
            Self::Fine => {
                let eighths = share(used, budget, columns * 8);
                let mut filled = "█".repeat(eighths / 8);
                filled.extend(eighths.checked_rem(8).filter(|rest| *rest > 0).map(|rest| EIGHTHS[rest - 1]));
                let rest = columns - eighths.div_ceil(8);
                Strip::default().toned(tone, &filled).toned(Tone::Faint, &"░".repeat(rest))
            }
        }
    }

    /// A column for each value, as high as it is beside the highest.
    pub(crate) fn sparkline(self, values: &[u64]) -> String {
        let highest = values.iter().copied().max().unwrap_or(0);
        values.iter().map(|value| self.step(self.height(*value, highest, 1))).collect()
    }

    /// The steps in which a row of a chart is filled.
    pub(crate) const STEPS: usize = 8;

    /// How many steps of a chart of `rows` rows a value is high.
    pub(crate) fn height(self, value: u64, highest: u64, rows: usize) -> usize {
        share(value, highest, rows * Self::STEPS)
    }

    /// A row of a chart's column in which so many steps are filled, or more.
    pub(crate) fn step(self, steps: usize) -> char {
        let heights = if self == Self::Fine { HEIGHTS } else { PLAIN_HEIGHTS };
        heights[steps.min(Self::STEPS)]
    }

    /// A letter as this look has it: letters of our own have a likeness, others are only marked.
    pub(crate) fn letter(self, letter: char) -> char {
        match letter {
            _ if self == Self::Fine || letter.is_ascii() => letter,
            '─' => '-',
            '│' => '|',
            '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' => '+',
            '▸' => '>',
            '…' => '~',
            '·' => '.',
            _ => '?',
        }
    }
}

/// How many of `whole` parts are used: at least one if anything is, all of them only if everything is.
fn share(used: u64, budget: u64, whole: usize) -> usize {
    match used {
        0 => 0,
        _ if used >= budget => whole,
        _ => {
            let share = u128::from(used) * whole as u128 / u128::from(budget);
            usize::try_from(share).unwrap_or(whole).clamp(1, whole)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(look: Look, used: u64, columns: usize) -> String {
        look.bar(used, 100, Tone::Good, columns).pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    #[test]
    fn bars_are_fine_or_plain() {
        assert_eq!(bar(Look::Fine, 0, 4), "░░░░");
        assert_eq!(bar(Look::Fine, 1, 4), "▏░░░");
        assert_eq!(bar(Look::Fine, 50, 4), "██░░");
        assert_eq!(bar(Look::Fine, 99, 4), "███▉");
        assert_eq!(bar(Look::Fine, 200, 4), "████");
        assert_eq!(bar(Look::Plain, 50, 6), "[##..]");
        assert_eq!(bar(Look::Plain, 50, 2), "  ");
    }

    #[test]
    fn a_sparkline_shows_that_there_was_something() {
        assert_eq!(Look::Fine.sparkline(&[0, 1, 50, 99, 100]), " ▁▄▇█");
        assert_eq!(Look::Plain.sparkline(&[0, 1, 50, 99, 100]), " _=%#");
        assert_eq!(Look::Plain.sparkline(&[0, 0]), "  ");
    }

    #[test]
    fn plain_letters_are_ascii() {
        for letter in "─│┌┤┼▸…·日█".chars() {
            assert!(Look::Plain.letter(letter).is_ascii());
            assert_eq!(Look::Fine.letter(letter), letter);
        }
    }
}
