//! Text from a log as HTML shows it, whatever it holds.

use sigil_cli::escape;

/// Text that stands for itself, in an element or in quotes.
pub(super) fn inert(text: &str) -> String {
    let text = escape::for_terminal(text);
    let mut inert = String::with_capacity(text.len() + text.len() / 8);
    for letter in text.chars() {
        match letter {
            '&' => inert.push_str("&amp;"),
            '<' => inert.push_str("&lt;"),
            '>' => inert.push_str("&gt;"),
            '"' => inert.push_str("&quot;"),
            '\'' => inert.push_str("&#39;"),
            letter => inert.push(letter),
        }
    }
    inert
}

/// A list that may be broken between its parts only.
pub(super) fn inert_lines(parts: &[String]) -> String {
    let count = parts.len();
    let parts = parts.iter().enumerate().map(|(number, part)| {
        let comma = if number + 1 < count { "," } else { "" };
        format!("<span class=\"part\">{}{comma}</span>", inert(part))
    });
    parts.collect::<Vec<_>>().join(" ")
}
