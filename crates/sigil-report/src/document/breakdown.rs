//! What `--by` tells: its rows and their total, and the lines that could not be read.

use chrono_tz::Tz;
use sigil_breakdown::{Extra, left_out, table};

use super::sections::malformed;
use super::{Block, Chart, Charts, Document, Section, Table};
use crate::report::Breakdown;

/// What stands beside the tokens and their parts; a terminal that is too narrow does without, first the last.
pub(crate) const EXTRAS: [Extra; 8] = [
    Extra::Calls,
    Extra::Errors,
    Extra::Share,
    Extra::Sessions,
    Extra::Events,
    Extra::Latency,
    Extra::Operations,
    Extra::Models,
];

/// The document of a breakdown; times are those of `zone`.
pub(crate) fn breakdown(breakdown: &Breakdown<'_>, zone: Tz, charts: Charts) -> Document {
    let keys: Vec<_> = breakdown.rows.keys.iter().map(|key| key.name()).collect();
    let title = format!("Tokens by {}", keys.join(", "));
    let (columns, mut rows) = table(&breakdown.rows, &EXTRAS, zone, None).into_parts();
    let total = rows.pop();
    let table = Table { rows, total, ..Table::new(columns) };
    let note = left_out(&breakdown.rows).map(Block::Note);
    let rows = Section { heading: None, blocks: [Block::Table(table)].into_iter().chain(note).collect() };
    let rows = charts.before(Some(rows), || Chart::rows(&title, &breakdown.rows));
    let sections = [rows, malformed(&breakdown.malformed)].into_iter().flatten().collect();
    Document { title, sections }
}
