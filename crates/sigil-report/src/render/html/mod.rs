//! For people, in a browser: one file that loads nothing, runs nothing, and is read on a phone, in the dark and on
//! paper.

mod chart;
mod text;

use std::io::{self, Write};

use sigil_cli::number::thousands;
use sigil_cli::style::Tone;
use sigil_cli::table::Cell;

use crate::document::{Block, Column, Document, Pair, Said, Section, Table, Value};
use text::{inert, inert_lines};

/// How it looks; nothing else may (see [`STYLE_HASH`]).
const STYLE: &str = include_str!("style.css");
/// What the page's policy lets in: the SHA-256 of [`STYLE`].
const STYLE_HASH: &str = include_str!("style.sha256");
/// A browser shows that many rows without trouble. Whoever wants all of them reads them with a program.
const MOST_ROWS: usize = 1_000;

/// Writes the document.
pub(crate) fn write(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    let (title, hash) = (inert(&document.title), STYLE_HASH.trim());
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    )?;
    // What all comes to is what is looked for first, and tables here are long.
    let (figures, others): (Vec<_>, Vec<_>) =
        document.sections.iter().partition(|section| section.heading.is_none());
    for (number, section) in figures.into_iter().chain(others).enumerate() {
        write_section(section, number, out)?;
    }
    out.write_all(b"</main>\n</body>\n</html>\n")
}

fn write_section(section: &Section, number: usize, out: &mut dyn Write) -> io::Result<()> {
    match &section.heading {
        Some(heading) => {
            let heading = inert(heading);
            writeln!(out, "<section aria-labelledby=\"s{number}\">\n<h2 id=\"s{number}\">{heading}</h2>")?;
        }
        None => writeln!(out, "<section>")?,
    }
    let label = section.heading.as_ref().map(|_| number);
    for block in &section.blocks {
        match block {
            Block::Pairs(pairs) => {
                writeln!(out, "<dl>")?;
                pairs.iter().try_for_each(|pair| write_pair(pair, out))?;
                writeln!(out, "</dl>")?;
            }
            Block::Table(table) => write_table(table, label, out)?,
            Block::List(items) => {
                writeln!(out, "<ul>")?;
                items.iter().try_for_each(|item| writeln!(out, "<li>{}</li>", inert(item)))?;
                writeln!(out, "</ul>")?;
            }
            Block::Chart(chart) => chart::write(chart, out)?,
            Block::Note(note) => writeln!(out, "<p class=\"note\">{}</p>", inert(note))?,
            Block::Said(said) => write_said(said, out)?,
        }
    }
    writeln!(out, "</section>")
}

fn write_said(Said { label, lines, rest }: &Said, out: &mut dyn Write) -> io::Result<()> {
    let lines: Vec<_> = lines.iter().map(|line| inert(line)).collect();
    let (label, text) = (inert(label), lines.join("\n"));
    writeln!(out, "<dl class=\"said\"><div class=\"wide\"><dt>{label}</dt><dd>{text}</dd></div></dl>")?;
    rest.iter().try_for_each(|rest| writeln!(out, "<p class=\"note\">{}</p>", inert(rest)))
}

fn write_pair(Pair { label, value }: &Pair, out: &mut dyn Write) -> io::Result<()> {
    let label = inert(label);
    match value {
        Value::Text(text) => writeln!(out, "<div><dt>{label}</dt><dd>{}</dd></div>", inert(text)),
        Value::Toned(tone, text) => {
            let (text, class) = (inert(text), class(*tone));
            writeln!(out, "<div><dt>{label}</dt><dd><span class=\"mark {class}\">{text}</span></dd></div>")
        }
        Value::List(parts) => {
            writeln!(out, "<div><dt>{label}</dt><dd>{}</dd></div>", inert_lines(parts))
        }
        Value::Gauge { text, tone, word, used, whole } => {
            let (text, class, share) = (inert(text), class(*tone), percent(*used, *whole));
            writeln!(
                out,
                "<div class=\"wide\"><dt>{label}</dt><dd>{text} <span class=\"mark {class}\">{word}</span>\
                 <svg class=\"gauge\" width=\"100%\" height=\"8\" aria-hidden=\"true\"><rect class=\"track\" \
                 width=\"100%\" height=\"8\" rx=\"4\"/><rect class=\"fill {class}\" width=\"{share}%\" height=\"8\" \
                 rx=\"4\"/></svg></dd></div>"
            )
        }
    }
}

fn write_table(table: &Table, label: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    let name =
        label.map_or("aria-label=\"Table\"".to_owned(), |number| format!("aria-labelledby=\"s{number}\""));
    writeln!(out, "<div class=\"scroll\" role=\"region\" {name} tabindex=\"0\">\n<table>\n<thead><tr>")?;
    for column in &table.columns {
        writeln!(out, "<th scope=\"col\"{}>{}</th>", side(column), inert(column.name()))?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    table.rows.iter().take(MOST_ROWS).try_for_each(|row| write_row(&table.columns, row, out))?;
    writeln!(out, "</tbody>")?;
    if let Some(total) = &table.total {
        writeln!(out, "<tfoot>")?;
        write_row(&table.columns, total, out)?;
        writeln!(out, "</tfoot>")?;
    }
    writeln!(out, "</table>\n</div>")?;
    if table.rows.len() > MOST_ROWS {
        let (shown, all) = (thousands(MOST_ROWS as u64), thousands(table.rows.len() as u64));
        let text = format!("The first {shown} of {all} rows; --format csv and jsonl have all of them.");
        writeln!(out, "<p class=\"note\">{text}</p>")?;
    }
    Ok(())
}

/// A row; its first cell says what it is about.
fn write_row(columns: &[Column], cells: &[Cell], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<tr>")?;
    for (number, column) in columns.iter().enumerate() {
        let text = cells.get(number).map_or(String::new(), |cell| inert(cell.text()));
        let tone = cells.get(number).and_then(Cell::tone).filter(|_| !text.is_empty());
        let text = match tone {
            Some(tone) => format!("<span class=\"{}\">{text}</span>", class(tone)),
            None => text,
        };
        let side = side(column);
        match number {
            0 => write!(out, "<th scope=\"row\"{side}>{text}</th>")?,
            _ => write!(out, "<td{side}>{text}</td>")?,
        }
    }
    writeln!(out, "</tr>")
}

fn side(column: &Column) -> &'static str {
    if column.layout.is_right() { " class=\"number\"" } else { "" }
}

/// The class of the style sheet for a tone.
fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Warning => "warning",
        Tone::Bad => "bad",
        Tone::Strong => "strong",
        Tone::Faint => "faint",
    }
}

/// A share of a whole for a drawing: at most all of it, and whatever is anything can be seen.
fn percent(part: u64, whole: u64) -> f64 {
    match (part, whole) {
        (0, _) => 0.0,
        (_, 0) => 100.0,
        _ => ((part as f64 / whole as f64 * 1e4).round() / 1e2).clamp(0.5, 100.0),
    }
}

#[cfg(test)]
mod tests;
