//! For people, where GitHub's Markdown is shown.

use std::io::{self, Write};

use sigil_cli::escape;
use sigil_cli::table::Cell;

use crate::document::{Block, Document, Pair, Said, Section, Table, Value};

/// What could begin a code span, emphasis, a link, a tag, an entity, a cell or a heading anywhere in a line. A
/// colon before slashes makes a link of what it finds there.
const SPECIAL: &[char] = &['\\', '`', '*', '_', '[', ']', '<', '>', '|', '~', '&', '#', '$'];

/// Writes the document.
pub(crate) fn write(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}", inert(&document.title))?;
    document.sections.iter().try_for_each(|section| write_section(section, out))
}

fn write_section(section: &Section, out: &mut dyn Write) -> io::Result<()> {
    if let Some(heading) = &section.heading {
        writeln!(out, "\n## {}", inert(heading))?;
    }
    for block in &section.blocks {
        writeln!(out)?;
        match block {
            Block::Pairs(pairs) => {
                for Pair { label, value } in pairs {
                    writeln!(out, "- **{label}:** {}", value_text(value))?;
                }
            }
            Block::Table(table) => write_table(table, out)?,
            Block::List(items) => items.iter().try_for_each(|item| writeln!(out, "- {}", inert(item)))?,
            Block::Chart(_) => {}
            Block::Note(note) => writeln!(out, "{}", inert(note))?,
            Block::Said(said) => write_said(said, out)?,
        }
    }
    Ok(())
}

/// A label, and lines as they were said: each ends where it did.
fn write_said(Said { label, lines, rest }: &Said, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "**{}:**\n", inert(label))?;
    let lines: Vec<_> = lines.iter().chain(rest).collect();
    for (number, line) in (1..).zip(&lines) {
        let end = if number < lines.len() { "\\" } else { "" };
        // A line of nothing would end what was said.
        match inert(line) {
            text if text.is_empty() => writeln!(out, ">")?,
            text if lines.get(number).is_some_and(|next| next.trim().is_empty()) => {
                writeln!(out, "> {text}")?
            }
            text => writeln!(out, "> {text}{end}")?,
        }
    }
    Ok(())
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Toned(_, text) => inert(text),
        Value::List(parts) => inert(&parts.join(", ")),
        Value::Gauge { text, word, .. } => inert(&format!("{text} {word}")),
    }
}

fn write_table(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let columns = || table.columns.iter();
    write_row(columns().map(|column| inert(column.name())), out)?;
    let rule = |is_right: bool| if is_right { "---:" } else { "---" }.to_owned();
    write_row(columns().map(|column| rule(column.layout.is_right())), out)?;
    let count = table.columns.len();
    for row in &table.rows {
        write_row(texts(row, count), out)?;
    }
    let strong = |text: String| if text.is_empty() { text } else { format!("**{text}**") };
    table.total.iter().try_for_each(|total| write_row(texts(total, count).map(strong), out))
}

/// The texts of a row's cells, and of those that are missing at its end.
fn texts(cells: &[Cell], count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|at| cells.get(at).map_or(String::new(), |cell| inert(cell.text())))
}

fn write_row(mut cells: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    cells.try_for_each(|cell| write!(out, "| {cell} "))?;
    writeln!(out, "|")
}

/// Text that stands for itself, on one line, whatever it holds.
fn inert(text: &str) -> String {
    let text = escape::for_terminal(text.trim());
    let mut inert = String::with_capacity(text.len() + 8);
    for (at, letter) in text.char_indices() {
        let before = &text[..at];
        let is_special = match letter {
            _ if SPECIAL.contains(&letter) => true,
            // A list, a rule or a heading's underline, where a line begins; a numbered list behind digits.
            '-' | '+' | '=' => before.is_empty(),
            '.' | ')' if is_number(before) => is_end_of_word(&text[at + 1..]),
            // Addresses become links by themselves.
            ':' => text[at..].starts_with("://"),
            '.' => ends_with_www(before),
            _ => false,
        };
        if is_special {
            inert.push('\\');
        }
        inert.push(letter);
    }
    inert
}

fn is_end_of_word(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(' ')
}

fn ends_with_www(text: &str) -> bool {
    text.len().checked_sub(3).is_some_and(|at| text.as_bytes()[at..].eq_ignore_ascii_case(b"www"))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() < 10 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn nothing_that_a_log_holds_is_markup() {
        for (text, expected) in [
            ("claude-opus-4.5 (3%)", "claude-opus-4.5 (3%)"),
            ("a|b", "a\\|b"),
            ("`rm` *x* _y_ ~z~", "\\`rm\\` \\*x\\* \\_y\\_ \\~z\\~"),
            ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
            ("![x](javascript:1) &lt;", "!\\[x\\](javascript:1) \\&lt;"),
            ("a\n\n# b\r\tc\0", "a\\\\n\\\\n\\# b\\\\r\\\\tc\\\\x00"),
            ("- item", "\\- item"),
            ("12. item", "12\\. item"),
            ("12.5%", "12.5%"),
            ("see https://x.example and www.x.example", "see https\\://x.example and www\\.x.example"),
            ("\\", "\\\\"),
            ("日本www.x", "日本www\\.x"),
            ("  x  ", "x"),
        ] {
            assert_eq!(inert(text), expected, "{text:?}");
        }
    }
}
