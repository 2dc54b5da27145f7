//! For people.

use std::io::{self, Write};

use sigil_breakdown::estimate;
use sigil_breakdown::standing::{self, tone};
use sigil_cli::bar::bar;
use sigil_cli::escape;
use sigil_cli::number::{cost_of_part, percent_of_part, percent_of_whole, thousands};
use sigil_cli::style::Palette;
use sigil_cli::table::{Cell, Column, Table};
use sigil_event::Usage;
use sigil_summary::{Component, budget};

use crate::check::{Source, Verdict};
use crate::totals::Totals;

/// Cells of a component's bar.
const PART_BAR: usize = 20;

/// The guide's minimal line, and under it the level, what was restated, and a row for each component.
pub(crate) fn summary(totals: &Totals, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", standing::line(totals.standing, palette))?;
    if let Some(level) = totals.standing.level() {
        writeln!(out, "Level:  {}", palette.paint(tone(level), level.as_str()))?;
    }
    if totals.spent.usage != Usage::default() {
        writeln!(out, "Usage:  {}", usage(&totals.spent.usage))?;
    }
    if let Some(cost) = totals.spent.cost_pico_usd() {
        writeln!(out, "Cost:   {}", cost_of_part(cost, totals.spent.unpriced_tokens()))?;
    }
    if let Some(context) = totals.context_tokens {
        writeln!(out, "Context: {} tokens after the last answer", thousands(context))?;
    }
    if totals.restated > 0 {
        writeln!(
            out,
            "Restated: {} tokens stated again by totals, counted once",
            thousands(totals.restated)
        )?;
    }
    if totals.estimated > 0 {
        writeln!(out, "{}", estimate::line(totals.estimated))?;
    }
    if !totals.components.is_empty() {
        writeln!(out)?;
        out.write_all(components(&totals.components, palette).as_bytes())?;
    }
    Ok(())
}

fn usage(usage: &Usage) -> String {
    let known = usage.parts().into_iter().filter(|(_, tokens)| *tokens > 0);
    known.map(|(name, tokens)| format!("{} {name}", thousands(tokens))).collect::<Vec<_>>().join(", ")
}

fn components(components: &[Component], palette: Palette) -> String {
    let budgets = components.iter().map(|component| component.allocated.map(thousands));
    let budget_width = budgets.flatten().map(|budget| budget.len()).max().unwrap_or(0);
    let columns = [
        Column::left("").at_most(40),
        Column::left(""),
        Column::right(""),
        Column::left(""),
        Column::left(""),
    ];
    let mut table = Table::new(columns);
    for component in components {
        let name = Cell::from(component.name.as_str());
        let used = Cell::from(thousands(component.used));
        match component.allocated {
            Some(allocated) => {
                let level = budget::level(component.used, allocated);
                let percent = percent_of_part(component.used, allocated);
                table.row([
                    name,
                    Cell::toned(tone(level), bar(component.used, allocated, PART_BAR)),
                    used,
                    Cell::from(format!("/ {:>budget_width$}", thousands(allocated))),
                    Cell::from(format!("({percent})")),
                ]);
            }
            None => table.row([name, Cell::from(""), used]),
        }
    }
    table.text(palette)
}

/// One line about the session that stands worst.
pub(crate) fn verdict(verdict: &Verdict) -> String {
    let session = verdict.session_id.as_deref().unwrap_or("no session");
    let of = match verdict.source {
        Source::Budget => "of the budget",
        Source::Context => "of the model's context window",
    };
    let percent = percent_of_whole(verdict.used, verdict.limit);
    let (used, limit) = (thousands(verdict.used), thousands(verdict.limit));
    let state = verdict.state.as_str();
    let mark = match verdict.estimated {
        0 => String::new(),
        all if all == verdict.used => ", an estimate".to_owned(),
        part => format!(", of which {} are an estimate", thousands(part)),
    };
    format!("{state}: {}: {percent} {of} used ({used} / {limit}{mark})", escape::for_terminal(session))
}
