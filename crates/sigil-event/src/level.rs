//! How much of a budget is used, in words.

use std::fmt;

/// Warning levels of guide 3.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Under 50 %.
    Normal,
    /// From 50 %.
    Elevated,
    /// From 80 %.
    Critical,
    /// From 95 %.
    Exceeded,
}

impl Level {
    /// The level at `percent` of the budget.
    pub fn at(percent: f64) -> Self {
        match percent {
            p if p >= 95.0 => Self::Exceeded,
            p if p >= 80.0 => Self::Critical,
            p if p >= 50.0 => Self::Elevated,
            _ => Self::Normal,
        }
    }

    /// The guide's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "NORMAL",
            Self::Elevated => "ELEVATED",
            Self::Critical => "CRITICAL",
            Self::Exceeded => "EXCEEDED",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_begin_where_the_guide_says() {
        let cases = [(0.0, "NORMAL"), (49.99, "NORMAL"), (50.0, "ELEVATED"), (79.99, "ELEVATED")];
        let more = [(80.0, "CRITICAL"), (94.99, "CRITICAL"), (95.0, "EXCEEDED"), (900.0, "EXCEEDED")];
        for (percent, word) in cases.into_iter().chain(more) {
            assert_eq!(Level::at(percent).as_str(), word, "{percent}");
        }
    }
}
