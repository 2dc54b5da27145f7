//! For people.

use chrono_tz::Tz;
use sigil_cli::number::{duration, fine_latency, money, percent_of_part, thousands};
use sigil_cli::style::Tone;
use sigil_cli::table::{Cell, Column, Table};
use sigil_event::Timestamp;
use sigil_summary::{Key, Row, Rows, Sort, Sums};

/// How wide a name may be, and how narrow it may become on a terminal.
const WIDEST_NAME: usize = 60;
const NARROWEST_NAME: usize = 12;
/// How wide a list of models may be.
const WIDEST_MODELS: usize = 80;

/// A column beside the tokens and their parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// A row's share of all tokens.
    Share,
    /// See [`Amounts::operations`](sigil_summary::Amounts::operations).
    Operations,
    /// How many sessions.
    Sessions,
    /// How many events.
    Events,
    /// How many of them tell of errors.
    Errors,
    /// How many are calls of tools.
    Calls,
    /// How long a step took in the mean.
    Latency,
    /// From the first event to the last.
    Duration,
    /// When the first event was.
    First,
    /// When the last event was.
    Last,
    /// The models that answered.
    Models,
}

/// A column of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Figure {
    Tokens,
    /// The part of them that is an estimate.
    Estimated,
    Extra(Extra),
    /// The part of usage that has this number.
    Part(usize, &'static str),
    Cost,
}

/// The rows, and what all of them come to underneath. Parts and costs that nothing tells have no column. On a
/// terminal of `room` columns that is too narrow, names are cut, and then the `extras` go, the last one first.
/// Times are those of `zone`.
pub fn table(rows: &Rows, extras: &[Extra], zone: Tz, room: Option<usize>) -> Table {
    let mut extras = extras.to_vec();
    extras.retain(|extra| extra.has_something(rows));
    // What rows are sorted by is shown, and goes last.
    if let Some(sorted_by) = rows.sort.and_then(Extra::of_sort).filter(|_| rows.has_tallies) {
        extras.retain(|extra| *extra != sorted_by);
        extras.insert(0, sorted_by);
    }
    loop {
        let table = with_extras(rows, &extras, zone, room);
        if table.fits() || extras.pop().is_none() {
            return table;
        }
    }
}

fn with_extras(rows: &Rows, extras: &[Extra], zone: Tz, room: Option<usize>) -> Table {
    let total = rows.total.amounts.spent(rows.count_all);
    let parts = total.usage.parts().into_iter().enumerate();
    let told = parts.filter(|(_, (_, tokens))| *tokens > 0);
    let told = told.map(|(number, (name, _))| Figure::Part(number, name));
    let has_models = extras.contains(&Extra::Models).then_some(Figure::Extra(Extra::Models));
    let extras = extras.iter().filter(|extra| **extra != Extra::Models).map(|extra| Figure::Extra(*extra));
    let cost = total.cost_pico_usd().map(|_| Figure::Cost);
    let estimated = (rows.total.amounts.estimated.tokens > 0).then_some(Figure::Estimated);
    let figures: Vec<_> = [Figure::Tokens]
        .into_iter()
        .chain(estimated)
        .chain(extras)
        .chain(told)
        .chain(cost)
        .chain(has_models)
        .collect();

    let key = |name: &str| Column::left(&name.to_uppercase()).at_most(WIDEST_NAME).yielding(NARROWEST_NAME);
    let keys = rows.keys.iter().map(|key| key.name());
    let columns = keys.map(key).chain(figures.iter().map(|figure| figure.column()));
    let mut table = Table::new(columns).within(room);
    let cells = |sums: &Sums, row: Option<&Row>| {
        figures.iter().map(|figure| figure.cell(sums, row, rows, zone)).collect::<Vec<_>>()
    };
    for row in &rows.rows {
        let names = row.names.iter().map(|name| Cell::from(name.as_str()));
        table.row(names.chain(cells(&row.sums, Some(row))));
    }
    let beside = std::iter::repeat_n(Cell::from(""), rows.keys.len().saturating_sub(1));
    let total = [Cell::toned(Tone::Strong, "total")].into_iter().chain(beside);
    table.row(total.chain(cells(&rows.total, None)));
    table
}

/// What is to be said of what the table does not show.
pub fn left_out(rows: &Rows) -> Option<String> {
    let more = (rows.rows_left_out > 0).then(|| match rows.rows_left_out {
        1 => "1 more row".to_owned(),
        more => format!("{} more rows", thousands(more)),
    });
    let what = match rows.keys.iter().find(|key| key.leaves_out()) {
        Some(Key::Error) => "no error",
        _ => "no tool",
    };
    let others = (rows.events_left_out > 0).then(|| match rows.events_left_out {
        1 => format!("1 event of {what} in the total only"),
        events => format!("{} events of {what} in the total only", thousands(events)),
    });
    let parts: Vec<_> = more.into_iter().chain(others).collect();
    (!parts.is_empty()).then(|| format!("… {}", parts.join(", ")))
}

impl Extra {
    /// The column of what rows can be sorted by, where it is none that they have anyway.
    fn of_sort(sort: Sort) -> Option<Self> {
        Some(match sort {
            Sort::Events => Self::Events,
            Sort::Errors => Self::Errors,
            Sort::Sessions => Self::Sessions,
            Sort::Duration => Self::Duration,
            Sort::Latency => Self::Latency,
            Sort::Started => Self::First,
            Sort::Last => Self::Last,
            Sort::Tokens | Sort::Cost | Sort::Name => return None,
        })
    }

    /// Whether a column of it tells anything.
    fn has_something(self, rows: &Rows) -> bool {
        let has = |key| rows.keys.contains(&key);
        match self {
            Self::Share | Self::Operations => true,
            Self::Sessions => rows.has_tallies && !has(Key::Session),
            Self::Events => rows.has_tallies,
            Self::Errors => rows.has_tallies && rows.total.tally.errors > 0,
            Self::Calls => rows.has_tallies && has(Key::Tool),
            Self::Latency => has(Key::Tool) && rows.rows.iter().any(|row| row.sums.tally.timed > 0),
            Self::Duration | Self::First | Self::Last => false,
            Self::Models => rows.rows.iter().any(|row| !row.models.is_empty()),
        }
    }
}

impl Figure {
    fn column(self) -> Column {
        match self {
            Self::Tokens => Column::right("TOKENS"),
            Self::Estimated => Column::right("ESTIMATED"),
            Self::Extra(Extra::Share) => Column::right("SHARE"),
            Self::Extra(Extra::Operations) => Column::right("OPERATIONS"),
            Self::Extra(Extra::Sessions) => Column::right("SESSIONS"),
            Self::Extra(Extra::Events) => Column::right("EVENTS"),
            Self::Extra(Extra::Errors) => Column::right("ERRORS"),
            Self::Extra(Extra::Calls) => Column::right("CALLS"),
            Self::Extra(Extra::Latency) => Column::right("MEAN"),
            Self::Extra(Extra::Duration) => Column::right("DURATION"),
            Self::Extra(Extra::First) => Column::right("FIRST EVENT"),
            Self::Extra(Extra::Last) => Column::right("LAST EVENT"),
            Self::Extra(Extra::Models) => {
                Column::left("MODELS").at_most(WIDEST_MODELS).yielding(NARROWEST_NAME)
            }
            Self::Part(_, name) => Column::right(&name.to_uppercase()),
            Self::Cost => Column::right("COST"),
        }
    }

    fn cell(self, sums: &Sums, row: Option<&Row>, rows: &Rows, zone: Tz) -> Cell {
        const NONE: &str = "-";
        let (amounts, tally) = (&sums.amounts, &sums.tally);
        let tokens = |sums: &Sums| sums.amounts.tokens(rows.count_all);
        let minute = |at: Timestamp| at.civil(zone).format("%Y-%m-%d %H:%M").to_string();
        let text = match self {
            Self::Tokens => thousands(tokens(sums)),
            Self::Estimated => thousands(amounts.estimated.tokens),
            Self::Extra(Extra::Share) => percent_of_part(tokens(sums), tokens(&rows.total)),
            Self::Extra(Extra::Operations) => thousands(amounts.operations()),
            Self::Extra(Extra::Sessions) => thousands(sums.sessions),
            Self::Extra(Extra::Events) => thousands(tally.events),
            Self::Extra(Extra::Errors) => thousands(tally.errors),
            Self::Extra(Extra::Calls) => thousands(tally.calls),
            Self::Extra(Extra::Latency) => tally.mean_latency_us().map_or(NONE.to_owned(), fine_latency),
            Self::Extra(Extra::Duration) => tally.duration_us().map_or(NONE.to_owned(), duration),
            Self::Extra(Extra::First) => tally.first.map_or(NONE.to_owned(), minute),
            Self::Extra(Extra::Last) => tally.last.map_or(NONE.to_owned(), minute),
            Self::Extra(Extra::Models) => row.map_or(String::new(), |row| row.models.join(", ")),
            Self::Part(number, _) => thousands(amounts.spent(rows.count_all).usage.parts()[number].1),
            Self::Cost => amounts.spent(rows.count_all).cost_pico_usd().map_or(NONE.to_owned(), money),
        };
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use sigil_cli::style::Palette;
    use sigil_summary::{Amounts, CountAll, Spent};

    use super::*;

    #[test]
    fn a_narrow_terminal_cuts_names_and_then_does_without_extras() {
        let logged = Spent { tokens: 650, ..Spent::default() };
        let amounts = Amounts { logged, events: 7, ..Amounts::default() };
        let names = vec!["lead-analysis-of-acme".to_owned()];
        let sums = Sums { amounts, ..Sums::default() };
        let rows = Rows {
            keys: vec![Key::Session],
            rows: vec![Row { names, sums, models: Vec::new() }],
            rows_left_out: 0,
            events_left_out: 0,
            total: sums,
            has_tallies: false,
            count_all: CountAll::No,
            sort: None,
        };
        let first = |room| {
            let table = table(&rows, &[Extra::Share, Extra::Operations], Tz::UTC, room);
            table.text(Palette::PLAIN).lines().nth(1).unwrap().to_owned()
        };
        assert_eq!(first(None), "lead-analysis-of-acme     650  100.0%           7");
        assert_eq!(first(Some(49)), first(None));
        assert_eq!(first(Some(40)), "lead-analys…     650  100.0%           7");
        assert_eq!(first(Some(39)), "lead-analysis-of-acme     650  100.0%");
        assert_eq!(first(Some(27)), "lead-analysis-of-a…     650");
        assert_eq!(first(Some(20)), "lead-analys…     650");
    }
}
