//! The few colours that are used, and what they mean (guide 3.4).

use anstyle::{AnsiColor, Style};

use crate::escape;

/// What a colour says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Green: on track.
    Good,
    /// Yellow: needs attention.
    Warning,
    /// Red: needs action.
    Bad,
    /// Bold: headings, totals.
    Strong,
    /// Dimmed: what can be passed over.
    Faint,
}

/// Colours, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    is_on: bool,
}

impl Palette {
    /// No colours: text comes out as it is.
    pub const PLAIN: Self = Self { is_on: false };
    /// Colours, for terminals.
    pub const COLORED: Self = Self { is_on: true };

    /// Whether there are colours.
    pub fn is_on(self) -> bool {
        self.is_on
    }

    /// The style for a tone; it does nothing if there are no colours.
    pub fn style(self, tone: Tone) -> Style {
        if !self.is_on {
            return Style::new();
        }
        match tone {
            Tone::Good => AnsiColor::Green.on_default(),
            Tone::Warning => AnsiColor::Yellow.on_default(),
            Tone::Bad => AnsiColor::Red.on_default(),
            Tone::Strong => Style::new().bold(),
            Tone::Faint => Style::new().dimmed(),
        }
    }

    /// `text` in a tone, its own control characters written out.
    pub fn paint(self, tone: Tone, text: &str) -> String {
        let style = self.style(tone);
        format!("{style}{}{style:#}", escape::for_terminal(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_are_the_guide_s_colours() {
        let painted = |tone| Palette::COLORED.paint(tone, "x");
        assert_eq!(painted(Tone::Good), "\x1b[32mx\x1b[0m");
        assert_eq!(painted(Tone::Warning), "\x1b[33mx\x1b[0m");
        assert_eq!(painted(Tone::Bad), "\x1b[31mx\x1b[0m");
        assert_eq!(painted(Tone::Strong), "\x1b[1mx\x1b[0m");
        assert_eq!(painted(Tone::Faint), "\x1b[2mx\x1b[0m");
    }

    #[test]
    fn without_colours_nothing_is_added() {
        assert_eq!(Palette::PLAIN.paint(Tone::Bad, "x\x1b[2J"), "x\\x1b[2J");
        assert!(Palette::COLORED.is_on() && !Palette::PLAIN.is_on());
    }
}
