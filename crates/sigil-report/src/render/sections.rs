//! What stands under the figures: tables of tokens and latency, errors, malformed lines.

use std::io::{self, Write};

use sigil_breakdown::standing::tone;
use sigil_cli::escape;
use sigil_cli::number::{latency, money, percent_of_part, thousands};
use sigil_cli::style::{Palette, Tone};
use sigil_cli::table::{Cell, Column, Table};
use sigil_summary::Component;
use sigil_summary::budget;

use super::text::View;
use crate::figures::{ErrorOf, Figures};
use crate::report::{Malformed, Report};

/// What stands before the rows of a section.
const INDENT: &str = "  ";
/// How wide a component's name may be, and how narrow it may become on a terminal.
const WIDEST_NAME: usize = 32;
const NARROWEST_NAME: usize = 12;
/// How wide the id of the session that an error belongs to may be.
const WIDEST_SESSION: usize = 18;
/// How wide a message may be, and how narrow it may become on a terminal.
const WIDEST_MESSAGE: usize = 100;
const NARROWEST_MESSAGE: usize = 20;
/// How many malformed lines are named.
const FIRST_LINES: usize = 5;

/// Writes the rows of a section.
pub(super) fn indented(table: &Table, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    table.lines(palette).iter().try_for_each(|line| writeln!(out, "{INDENT}{line}"))
}

impl View {
    /// The columns that the rows of a section have.
    pub(super) fn room(&self) -> Option<usize> {
        self.columns.map(|columns| columns.saturating_sub(INDENT.len()))
    }

    /// Every section that has something to tell.
    pub(super) fn sections(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let figures = &report.totals;
        self.section("Tokens by Component", self.components(figures), out)?;
        self.section("Tokens by Model", self.models(figures), out)?;
        self.section("Latency by Component", self.latencies(figures), out)?;
        let count = figures.counts.errors;
        let errors = self.errors(&figures.errors, report.sessions.len() > 1);
        self.section(&format!("Errors ({})", thousands(count)), errors, out)?;
        let left = count.saturating_sub(figures.errors.len() as u64);
        if left > 0 {
            writeln!(out, "{INDENT}… and {} more (see --all-errors)", thousands(left))?;
        }
        self.malformed(&report.malformed, out)
    }

    fn section(&self, title: &str, table: Table, out: &mut dyn Write) -> io::Result<()> {
        if table.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{title}:")?;
        indented(&table, self.palette, out)
    }

    fn new_table(&self, columns: impl IntoIterator<Item = Column>) -> Table {
        Table::new(columns).within(self.room())
    }

    fn components(&self, figures: &Figures<'_>) -> Table {
        let mut columns = vec![
            Column::left("COMPONENT").at_most(WIDEST_NAME).yielding(NARROWEST_NAME),
            Column::right("TOKENS"),
            Column::right("SHARE"),
            Column::right("OPERATIONS"),
        ];
        let shown: Vec<_> = figures.components.iter().filter(|part| part.has_tokens_or_budget()).collect();
        let has_budget = shown.iter().any(|part| part.allocated.is_some());
        let has_estimate = figures.estimated > 0;
        if has_estimate {
            columns.insert(2, Column::right("ESTIMATED"));
        }
        if has_budget {
            columns.extend([Column::right("BUDGET"), Column::right("USED")]);
        }
        let mut table = self.new_table(columns);
        for Component { name, used, estimated, allocated, operations } in shown {
            let mut cells: Vec<Cell> = vec![
                name.as_str().into(),
                thousands(*used).into(),
                percent_of_part(*used, figures.standing.used).into(),
                thousands(*operations).into(),
            ];
            if has_estimate {
                cells.insert(2, thousands(*estimated).into());
            }
            if let Some(allocated) = allocated {
                let level = budget::level(*used, *allocated);
                cells.push(thousands(*allocated).into());
                cells.push(Cell::toned(tone(level), percent_of_part(*used, *allocated)));
            }
            table.row(cells);
        }
        table
    }

    fn models(&self, figures: &Figures<'_>) -> Table {
        let mut columns =
            vec![Column::left("MODEL").at_most(60).yielding(NARROWEST_NAME), Column::right("TOKENS")];
        let has_estimate = figures.estimated > 0;
        columns.extend(has_estimate.then(|| Column::right("ESTIMATED")));
        columns.push(Column::right("SHARE"));
        let is_cost_known = figures.spent.cost_pico_usd().is_some();
        columns.extend(is_cost_known.then(|| Column::right("COST")));
        let mut table = self.new_table(columns);
        for model in &figures.models {
            let (tokens, cost) = (model.spent.tokens, model.spent.cost_pico_usd());
            if tokens == 0 && cost.is_none() {
                continue;
            }
            let share = percent_of_part(tokens, figures.standing.used);
            let cost = is_cost_known.then(|| cost.map_or("-".to_owned(), money));
            let estimated = has_estimate.then(|| thousands(model.estimated));
            let figures = [thousands(tokens)].into_iter().chain(estimated).chain([share]).chain(cost);
            table.row([model.name.clone()].into_iter().chain(figures));
        }
        table
    }

    fn latencies(&self, figures: &Figures<'_>) -> Table {
        let headings = ["COUNT", "TOTAL", "MEAN", "P50", "P95", "MAX"];
        let columns = headings.map(Column::right);
        let component = Column::left("COMPONENT").at_most(WIDEST_NAME).yielding(NARROWEST_NAME);
        let mut table = self.new_table([component].into_iter().chain(columns).chain([Column::left("")]));
        // Alone, a component is neither slow nor fast.
        let slowest = figures.slowest().filter(|_| figures.latencies.len() > 1);
        for part in &figures.latencies {
            let of = &part.latency;
            let is_slowest = slowest.is_some_and(|slowest| slowest.component == part.component);
            table.row([
                Cell::from(part.component),
                thousands(of.count()).into(),
                latency(of.total_us()).into(),
                latency(of.mean_us()).into(),
                latency(of.percentile_us(50)).into(),
                latency(of.percentile_us(95)).into(),
                latency(of.max_us()).into(),
                if is_slowest { Cell::toned(Tone::Warning, "SLOWEST") } else { "".into() },
            ]);
        }
        table
    }

    fn errors(&self, errors: &[ErrorOf<'_>], names_session: bool) -> Table {
        let message = Column::left("").at_most(WIDEST_MESSAGE).yielding(NARROWEST_MESSAGE);
        let mut columns =
            vec![Column::left(""), Column::left("").at_most(WIDEST_NAME).yielding(NARROWEST_NAME), message];
        if names_session {
            columns.insert(1, Column::left("").at_most(WIDEST_SESSION).abridged());
        }
        let mut table = self.new_table(columns);
        for ErrorOf { session_id, fact } in errors {
            let component = if fact.component.is_empty() { "?" } else { &fact.component };
            let mut cells: Vec<Cell> = vec![
                Cell::toned(Tone::Faint, fact.at.map_or("-".into(), |at| self.clock.second(at))),
                format!("[{component}]").into(),
                escape::one_line(&fact.message).into_owned().into(),
            ];
            if names_session {
                cells.insert(1, (*session_id).into());
            }
            table.row(cells);
        }
        table
    }

    fn malformed(&self, malformed: &Malformed<'_>, out: &mut dyn Write) -> io::Result<()> {
        if malformed.count == 0 {
            return Ok(());
        }
        writeln!(out, "\nMalformed lines ({}):", thousands(malformed.count))?;
        let named = malformed.lines.iter().take(FIRST_LINES);
        for at in named.clone() {
            writeln!(out, "{INDENT}{}:{}: {}", escape::for_terminal(at.file), at.line, at.why)?;
        }
        let left = malformed.count.saturating_sub(named.count() as u64);
        if left > 0 {
            writeln!(out, "{INDENT}… and {} more", thousands(left))?;
        }
        Ok(())
    }
}
