//! What can be wrong with a line.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a line, or a part of it, cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Malformed {
    /// The line does not begin with `{`.
    NotAnObject,
    /// The line ends inside the object: a torn write.
    Truncated,
    /// A byte that JSON does not allow at this place.
    Syntax,
    /// A control character inside a string, or an escape that JSON does not know.
    String,
    /// Digits that are no JSON number.
    Number,
    /// Nested deeper than [`MAX_DEPTH`](crate::scan::MAX_DEPTH).
    TooDeep,
    /// Something other than white space or another object follows the object.
    TrailingText,
    /// Longer than the longest line that is read; skipped.
    TooLong,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnObject => "not a JSON object",
            Self::Truncated => "the object is cut off",
            Self::Syntax => "not valid JSON",
            Self::String => "a string with a raw control character or a bad escape",
            Self::Number => "not a JSON number",
            Self::TooDeep => "nested too deeply",
            Self::TrailingText => "text after the object",
            Self::TooLong => "line too long",
        })
    }
}

/// What is wrong with a line that is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Defect {
    /// The line is skipped.
    Malformed(Malformed),
    /// The event stands, its `tokens` count 0: negative, fractional, above 2^53 or no number at all.
    Tokens,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) => why.fmt(f),
            Self::Tokens => f.write_str("tokens is not a whole number from 0 to 2^53"),
        }
    }
}

impl From<Malformed> for Defect {
    fn from(why: Malformed) -> Self {
        Self::Malformed(why)
    }
}
