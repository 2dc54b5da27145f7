//! What is to be said on standard error beside a result.
//!
//! Whoever finds it does not print it: libraries return complaints, a tool says them.

/// One line, without the tool's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// Good to know, with `-v`.
    Note(String),
    /// Something is not as it should be; the result stands. Begins with the guide's code.
    Warning(String),
    /// Something is missing from the result. Begins with the guide's code.
    Trouble(String),
}

impl Complaint {
    /// What it says.
    pub fn text(&self) -> &str {
        match self {
            Self::Note(text) | Self::Warning(text) | Self::Trouble(text) => text,
        }
    }
}
