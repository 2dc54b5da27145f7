//! Several sessions: a row each, and their sum.

use sigil_breakdown::standing::tone;
use sigil_cli::number::{duration, money, percent_of_whole, thousands};
use sigil_cli::style::Tone;
use sigil_cli::table::{Cell, Column};
use sigil_event::Level;
use sigil_store::threads;

use super::clock::Clock;
use super::report::state_tone;
use super::{Block, Section, Table};
use crate::figures::Figures;
use crate::report::{SessionRow, Sessions};
use crate::view::State;

/// How wide a session's id may be, and how narrow it may become on a terminal.
const WIDEST_ID: usize = 60;
const NARROWEST_ID: usize = 12;

/// A column of the table.
#[derive(Clone, Copy, Debug)]
enum Field {
    Session,
    Status,
    Events,
    Tokens,
    Estimated,
    Cost,
    Budget,
    Level,
    Duration,
    Errors,
    Last,
}

/// In the order in which they stand there.
const FIELDS: [Field; 11] = [
    Field::Session,
    Field::Status,
    Field::Events,
    Field::Tokens,
    Field::Estimated,
    Field::Cost,
    Field::Budget,
    Field::Level,
    Field::Duration,
    Field::Errors,
    Field::Last,
];

/// What a terminal that is too narrow does without, first the first.
const DISPENSABLE: [&str; 5] = ["EVENTS", "DURATION", "LAST EVENT", "COST", "ESTIMATED"];

/// The table: sessions in their order.
pub(super) fn sessions(sessions: Sessions<'_>, totals: &Figures, clock: Clock) -> Section {
    let mut fields = FIELDS.to_vec();
    // A column that has nothing to tell is left out.
    fields.retain(|field| match field {
        Field::Estimated => totals.estimated > 0,
        Field::Cost => totals.spent.cost_pico_usd().is_some(),
        Field::Budget => sessions.standings().any(|standing| standing.budget.is_some()),
        Field::Level => {
            let mut levels = sessions.standings().filter_map(|standing| standing.level());
            levels.any(|level| level > Level::Normal)
        }
        Field::Errors => totals.counts.errors > 0,
        _ => true,
    });
    let mut table = Table::new(fields.iter().map(|field| field.column()));
    table.dispensable = DISPENSABLE.to_vec();
    let rows = threads::map(sessions.shares(), |share| {
        let row = |session: SessionRow<'_>| {
            let cells = fields.iter().map(|field| match field {
                Field::Session => session.id.into(),
                Field::Status => Cell::toned(state_tone(session.state), session.state.text()),
                field => cell(*field, &session.figures, clock),
            });
            cells.collect()
        };
        share.rows().map(row).collect::<Vec<Vec<_>>>()
    });
    table.rows = rows.into_iter().flatten().collect();
    let total = fields.iter().map(|field| match field {
        Field::Session => Cell::toned(Tone::Strong, "total"),
        Field::Status => "".into(),
        field => cell(*field, totals, clock),
    });
    table.total = Some(total.collect());
    let heading = format!("Sessions ({})", thousands(sessions.len() as u64));
    let states = sessions.states();
    let states = states.iter().filter(|(_, count)| *count > 0);
    let states: Vec<_> =
        states.map(|(state, count)| format!("{} {}", thousands(count), word(state))).collect();
    let left_out = match sessions.left_out() {
        0 => None,
        1 => Some("… 1 more session".to_owned()),
        more => Some(format!("… {} more sessions", thousands(more as u64))),
    };
    let notes = left_out.into_iter().chain([states.join(", ")]).map(Block::Note);
    Section::new(heading, [Block::Table(table)].into_iter().chain(notes).collect())
}

/// What sessions in that state are.
fn word(state: State) -> &'static str {
    match state {
        State::Error => "failed",
        state => state.name(),
    }
}

fn cell(field: Field, figures: &Figures, clock: Clock) -> Cell {
    const NONE: &str = "-";
    let level = |text: String| match figures.standing.level() {
        Some(level) => Cell::toned(tone(level), text),
        None => text.into(),
    };
    match field {
        Field::Session | Field::Status => "".into(),
        Field::Events => thousands(figures.counts.events).into(),
        Field::Tokens => thousands(figures.standing.used).into(),
        Field::Estimated => thousands(figures.estimated).into(),
        Field::Cost => figures.spent.cost_pico_usd().map_or(NONE.into(), money).into(),
        Field::Budget => level(
            figures
                .standing
                .budget
                .map_or(NONE.into(), |budget| percent_of_whole(figures.standing.used, budget)),
        ),
        Field::Level => level(figures.standing.level().map_or(NONE, |level| level.as_str()).to_owned()),
        Field::Duration => figures.duration_us.map_or(NONE.into(), duration).into(),
        Field::Errors if figures.counts.errors > 0 => {
            Cell::toned(Tone::Bad, thousands(figures.counts.errors))
        }
        Field::Errors => "0".into(),
        Field::Last => figures.last.map_or(NONE.into(), |at| clock.minute(at)).into(),
    }
}

impl Field {
    fn column(self) -> Column {
        match self {
            Self::Session => Column::left("SESSION").at_most(WIDEST_ID).abridged().yielding(NARROWEST_ID),
            Self::Status => Column::left("STATUS"),
            Self::Events => Column::right("EVENTS"),
            Self::Tokens => Column::right("TOKENS"),
            Self::Estimated => Column::right("ESTIMATED"),
            Self::Cost => Column::right("COST"),
            Self::Budget => Column::right("BUDGET"),
            Self::Level => Column::left("LEVEL"),
            Self::Duration => Column::right("DURATION"),
            Self::Errors => Column::right("ERRORS"),
            Self::Last => Column::right("LAST EVENT"),
        }
    }
}
