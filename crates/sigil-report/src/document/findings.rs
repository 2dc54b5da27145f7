//! The section about what was found.

use sigil_cli::number::thousands;
use sigil_cli::style::Tone;
use sigil_cli::table::{self, Cell};
use sigil_summary::findings::{Severity, Thresholds};

use super::clock::Clock;
use super::{Block, Column, Section, Table};
use crate::findings::{Found, action, meaning, title, word};

/// How wide what was seen may be, and how narrow it may become on a terminal.
const WIDEST: usize = 120;
const NARROWEST: usize = 16;

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Warning,
        Severity::Advice => Tone::Strong,
        Severity::Healthy => Tone::Good,
    }
}

/// A row for each, and under them what the bad ones mean and what to do about them.
pub(super) fn findings(found: &[Found], limits: &Thresholds, clock: Clock, is_many: bool) -> Option<Section> {
    let mut columns = vec![
        Column::named("SEVERITY", table::Column::left("")),
        Column::named("FINDING", table::Column::left("")),
        Column::named("SEEN", table::Column::left("").at_most(WIDEST).yielding(NARROWEST)),
    ];
    if is_many {
        let sessions = table::Column::left("").at_most(2 * WIDEST).yielding(NARROWEST);
        columns.push(Column::named("SESSIONS", sessions));
    }
    let mut table = Table::new(columns);
    for finding in found {
        let severity = finding.kind.severity();
        let first =
            finding.evidence.first().and_then(|first| first.at).filter(|_| severity < Severity::Healthy);
        let first = first.map_or(String::new(), |at| format!(", first at {}", clock.second(at)));
        let mut cells: Vec<Cell> = vec![
            Cell::toned(tone(severity), word(severity)),
            title(finding.kind).into(),
            format!("{}{first}", finding.seen(limits)).into(),
        ];
        if is_many {
            let more = if finding.sessions > finding.examples.len() as u64 { ", …" } else { "" };
            let sessions = if finding.sessions == 1 { "session" } else { "sessions" };
            let examples = finding.examples.join(", ");
            cells.push(format!("{} {sessions}: {examples}{more}", thousands(finding.sessions)).into());
        }
        table.row(cells);
    }
    let mut section = Section::of_table("Findings", table)?;
    let advice = found.iter().filter_map(|finding| {
        let (kind, action) = (finding.kind, action(finding.kind)?);
        Some(format!("{}: {}. To do: {action}.", title(kind), meaning(kind)))
    });
    let advice: Vec<_> = advice.collect();
    if !advice.is_empty() {
        section.blocks.push(Block::List(advice));
    }
    Some(section)
}
