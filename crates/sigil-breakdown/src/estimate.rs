//! What is said of tokens that are an estimate, where there are some.

use sigil_cli::number::thousands;

/// What they are called.
pub const LABEL: &str = "Estimated";

/// How many there are, and how they came about.
pub fn value(tokens: u64) -> String {
    format!("{} tokens of text without counts (words × 1.3)", thousands(tokens))
}

/// Both on one line.
pub fn line(tokens: u64) -> String {
    format!("{LABEL}: {}", value(tokens))
}
