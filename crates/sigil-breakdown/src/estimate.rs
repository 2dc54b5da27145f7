//! What is said of tokens that are an estimate, where there are some.

use sigil_cli::number::thousands;

/// One line: how many there are, and how they came about.
pub fn line(tokens: u64) -> String {
    format!("Estimated: {} tokens of text without counts (words × 1.3)", thousands(tokens))
}
