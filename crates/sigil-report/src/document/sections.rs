//! What stands under the figures: tables of tokens and latency, errors, malformed lines.

use sigil_breakdown::standing::tone;
use sigil_cli::escape;
use sigil_cli::number::{fine_latency, money, percent_of_part, thousands};
use sigil_cli::style::Tone;
use sigil_cli::table::{self, Cell};
use sigil_summary::Component;
use sigil_summary::budget;

use super::clock::Clock;
use super::{Block, Column, Section, Table};
use crate::figures::Figures;
use crate::report::Malformed;
use crate::totals::ErrorOf;

/// How wide a component's name may be, and how narrow it may become on a terminal.
const WIDEST_NAME: usize = 32;
const NARROWEST_NAME: usize = 12;
/// How wide the id of the session that an error belongs to may be, and how narrow it may become on a terminal.
const WIDEST_SESSION: usize = 60;
const NARROWEST_SESSION: usize = 12;
/// How wide a message may be, and how narrow it may become on a terminal.
const WIDEST_MESSAGE: usize = 100;
const NARROWEST_MESSAGE: usize = 20;
/// How many malformed lines are named.
const FIRST_LINES: usize = 5;

pub(super) fn components(figures: &Figures) -> Table {
    let mut columns = vec![
        table::Column::left("COMPONENT").at_most(WIDEST_NAME).yielding(NARROWEST_NAME),
        table::Column::right("TOKENS"),
        table::Column::right("SHARE"),
        table::Column::right("OPERATIONS"),
    ];
    let shown: Vec<_> = figures.components.iter().filter(|part| part.has_tokens_or_budget()).collect();
    let has_budget = shown.iter().any(|part| part.allocated.is_some());
    let has_estimate = figures.estimated > 0;
    if has_estimate {
        columns.insert(2, table::Column::right("ESTIMATED"));
    }
    if has_budget {
        columns.extend([table::Column::right("BUDGET"), table::Column::right("USED")]);
    }
    let mut table = Table::new(columns);
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

pub(super) fn models(figures: &Figures) -> Table {
    let mut columns = vec![
        table::Column::left("MODEL").at_most(60).yielding(NARROWEST_NAME),
        table::Column::right("TOKENS"),
    ];
    let has_estimate = figures.estimated > 0;
    columns.extend(has_estimate.then(|| table::Column::right("ESTIMATED")));
    columns.push(table::Column::right("SHARE"));
    let is_cost_known = figures.spent.cost_pico_usd().is_some();
    columns.extend(is_cost_known.then(|| table::Column::right("COST")));
    let mut table = Table::new(columns);
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

pub(super) fn latencies(figures: &Figures) -> Table {
    let component = table::Column::left("COMPONENT").at_most(WIDEST_NAME).yielding(NARROWEST_NAME);
    let figures_of = ["COUNT", "TOTAL", "TIME", "MEAN", "P50", "P95", "P99", "MAX"].map(table::Column::right);
    let mut columns: Vec<Column> = [component].into_iter().chain(figures_of).map(Column::from).collect();
    columns.push(Column::named("REMARK", table::Column::left("")));
    let mut table = Table::new(columns);
    table.dispensable = vec!["TIME", "P99", "COUNT"];
    // Alone, a component is neither slow nor fast.
    let slowest = figures.slowest().filter(|_| figures.latencies.len() > 1);
    // Of the sessions' time. Steps may take it at once.
    let share = |us: u64| match figures.duration_us {
        Some(whole) if whole > 0 => percent_of_part(us, whole),
        _ => "-".to_owned(),
    };
    for part in &figures.latencies {
        let of = &part.latency;
        let is_slowest = slowest.is_some_and(|slowest| slowest.component == part.component);
        table.row([
            Cell::from(&*part.component),
            thousands(of.count()).into(),
            fine_latency(of.total_us()).into(),
            share(of.total_us()).into(),
            fine_latency(of.mean_us()).into(),
            fine_latency(of.percentile_us(50)).into(),
            fine_latency(of.percentile_us(95)).into(),
            fine_latency(of.percentile_us(99)).into(),
            fine_latency(of.max_us()).into(),
            if is_slowest { Cell::toned(Tone::Warning, "SLOWEST") } else { "".into() },
        ]);
    }
    table
}

/// The first errors, with what says how many there are.
pub(super) fn errors(figures: &Figures, clock: Clock, names_session: bool) -> Option<Section> {
    let table = error_table(&figures.errors, clock, names_session);
    let count = figures.counts.errors;
    let mut section = Section::of_table(format!("Errors ({})", thousands(count)), table)?;
    let left = count.saturating_sub(figures.errors.len() as u64);
    if left > 0 {
        section.blocks.push(Block::Note(format!("… and {} more (see --all-errors)", thousands(left))));
    }
    Some(section)
}

fn error_table(errors: &[ErrorOf], clock: Clock, names_session: bool) -> Table {
    let component = table::Column::left("").at_most(WIDEST_NAME).yielding(NARROWEST_NAME);
    let message = table::Column::left("").at_most(WIDEST_MESSAGE).yielding(NARROWEST_MESSAGE);
    let mut columns = vec![
        Column::named("TIME", table::Column::left("")),
        Column::named("COMPONENT", component),
        Column::named("MESSAGE", message),
    ];
    if names_session {
        let session = table::Column::left("").at_most(WIDEST_SESSION).abridged().yielding(NARROWEST_SESSION);
        columns.insert(1, Column::named("SESSION", session));
    }
    let mut table = Table::new(columns);
    for ErrorOf { session_id, fact } in errors {
        let component = if fact.component.is_empty() { "?" } else { &fact.component };
        let mut cells: Vec<Cell> = vec![
            Cell::toned(Tone::Faint, fact.at.map_or("-".into(), |at| clock.second(at))),
            format!("[{component}]").into(),
            escape::one_line(&fact.message).into_owned().into(),
        ];
        if names_session {
            cells.insert(1, (&**session_id).into());
        }
        table.row(cells);
    }
    table
}

/// The first lines that could not be read.
pub(super) fn malformed(malformed: &Malformed<'_>) -> Option<Section> {
    if malformed.count == 0 {
        return None;
    }
    let named = malformed.lines.iter().take(FIRST_LINES);
    let lines: Vec<_> = named.map(|at| format!("{}:{}: {}", at.file, at.line, at.why)).collect();
    let left = malformed.count.saturating_sub(lines.len() as u64);
    let mut blocks = vec![Block::List(lines)];
    if left > 0 {
        blocks.push(Block::Note(format!("… and {} more", thousands(left))));
    }
    Some(Section::new(format!("Malformed lines ({})", thousands(malformed.count)), blocks))
}
