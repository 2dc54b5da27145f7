//! For people at a terminal, and in a pipe: plain text with colours.

use std::io::{self, Write};

use sigil_cli::bar::bar;
use sigil_cli::escape;
use sigil_cli::style::{Palette, Tone};
use sigil_cli::{table, width};

use crate::document::{Block, Document, Pair, Said, Section, Table, Value};

/// The guide's rule above and below.
const RULE: &str = "==================================================";
/// What stands before the rows of a section.
const INDENT: &str = "  ";
/// Cells of a gauge's bar.
const BAR: usize = 20;

/// What a document is shown on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    palette: Palette,
    /// The columns of the terminal, if it is one.
    columns: Option<usize>,
}

impl Text {
    pub(crate) fn new(palette: Palette, columns: Option<usize>) -> Self {
        Self { palette, columns }
    }

    /// Writes the document.
    pub(crate) fn write(&self, document: Document, out: &mut dyn Write) -> io::Result<()> {
        let title = self.palette.paint(Tone::Strong, &document.title.to_uppercase());
        writeln!(out, "{RULE}\n{title}\n{RULE}\n")?;
        for (number, section) in document.sections.into_iter().enumerate() {
            if number > 0 {
                writeln!(out)?;
            }
            self.section(section, out)?;
        }
        writeln!(out, "\n{RULE}")
    }

    fn section(&self, section: Section, out: &mut dyn Write) -> io::Result<()> {
        if let Some(heading) = section.heading {
            writeln!(out, "{}:", escape::for_terminal(&heading))?;
        }
        for block in section.blocks {
            match block {
                Block::Pairs(pairs) => pairs.iter().try_for_each(|pair| self.pair(pair, out))?,
                Block::Table(table) => {
                    let table = self.table(table);
                    table.texts(INDENT, self.palette).try_for_each(|text| out.write_all(text.as_bytes()))?;
                }
                Block::List(items) => items.iter().try_for_each(|item| self.line(item, out))?,
                Block::Chart(_) => {}
                Block::Note(note) => self.line(&note, out)?,
                Block::Said(said) => self.said(&said, out)?,
            }
        }
        Ok(())
    }

    /// One line behind its label, more of them under it.
    fn said(&self, Said { label, lines, rest }: &Said, out: &mut dyn Write) -> io::Result<()> {
        let label = self.palette.paint(Tone::Strong, &escape::for_terminal(label));
        match (lines.as_slice(), rest) {
            ([], None) => writeln!(out, "{INDENT}{label}:"),
            ([only], None) => writeln!(out, "{INDENT}{label}: {}", escape::for_terminal(only)),
            (lines, rest) => {
                writeln!(out, "{INDENT}{label}:")?;
                for text in lines.iter().chain(rest) {
                    writeln!(
                        out,
                        "{}",
                        format!("{INDENT}{INDENT}{}", escape::for_terminal(text)).trim_end()
                    )?;
                }
                Ok(())
            }
        }
    }

    fn pair(&self, Pair { label, value }: &Pair, out: &mut dyn Write) -> io::Result<()> {
        match value {
            Value::Text(text) => writeln!(out, "{label}: {}", escape::for_terminal(text)),
            Value::Toned(tone, text) => {
                writeln!(out, "{label}: {}", self.palette.paint(*tone, &escape::for_terminal(text)))
            }
            Value::List(parts) => writeln!(out, "{}", self.filled(&format!("{label}: "), parts)),
            Value::Gauge { text, tone, word, used, whole } => {
                let gauge = self.palette.paint(*tone, &format!("{word} {}", bar(*used, *whole, BAR)));
                writeln!(out, "{label}: {text} {gauge}")
            }
        }
    }

    /// A list behind its label, in as many lines as the terminal makes it.
    fn filled(&self, label: &str, parts: &[String]) -> String {
        let mut text = label.to_owned();
        let mut taken = label.len();
        for (number, part) in parts.iter().enumerate() {
            let part = escape::for_terminal(part);
            let columns = width::columns(&part);
            // Room for the comma, too.
            if number > 0 && self.columns.is_some_and(|room| taken + columns + 3 > room) {
                text.push_str(",\n");
                text.push_str(&" ".repeat(label.len()));
                taken = label.len();
            } else if number > 0 {
                text.push_str(", ");
                taken += 2;
            }
            text.push_str(&part);
            taken += columns;
        }
        text
    }

    /// A text, in as many lines as the terminal makes it.
    fn line(&self, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let text = escape::for_terminal(text);
        let Some(room) = self.columns.map(|columns| columns.saturating_sub(INDENT.len())) else {
            return writeln!(out, "{INDENT}{text}");
        };
        let mut line = String::new();
        for word in text.split(' ') {
            if !line.trim().is_empty() && width::columns(&line) + 1 + width::columns(word) > room {
                writeln!(out, "{INDENT}{line}")?;
                line = INDENT.to_owned();
            } else if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        writeln!(out, "{INDENT}{line}")
    }

    /// The table with as many of its columns as the terminal has room for.
    fn table(&self, table: Table) -> table::Table {
        let room = self.columns.map(|columns| columns.saturating_sub(INDENT.len()));
        let columns = table.columns.into_iter().map(|column| column.layout);
        let mut laid_out = table::Table::new(columns).within(room);
        table.rows.into_iter().chain(table.total).for_each(|row| laid_out.row(row));
        for heading in table.dispensable {
            if laid_out.fits() {
                break;
            }
            laid_out.remove(heading);
        }
        laid_out
    }
}
