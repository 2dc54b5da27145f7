//! For people.

use sigil_cli::number::{money, percent_of_part, thousands};
use sigil_cli::style::Tone;
use sigil_cli::table::{Cell, Column, Table};
use sigil_summary::{Amounts, Rows};

/// How wide a name may be, and how narrow it may become on a terminal.
const WIDEST_NAME: usize = 60;
const NARROWEST_NAME: usize = 12;

/// A column beside the tokens and their parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// A row's share of all tokens.
    Share,
    /// See [`Amounts::operations`].
    Operations,
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
pub fn table(rows: &Rows, extras: &[Extra], room: Option<usize>) -> Table {
    let mut extras = extras.to_vec();
    loop {
        let table = with_extras(rows, &extras, room);
        if table.fits() || extras.pop().is_none() {
            return table;
        }
    }
}

fn with_extras(rows: &Rows, extras: &[Extra], room: Option<usize>) -> Table {
    let total = rows.total.spent(rows.count_all);
    let parts = total.usage.parts().into_iter().enumerate();
    let told = parts.filter(|(_, (_, tokens))| *tokens > 0);
    let told = told.map(|(number, (name, _))| Figure::Part(number, name));
    let extras = extras.iter().map(|extra| Figure::Extra(*extra));
    let cost = total.cost_pico_usd().map(|_| Figure::Cost);
    let estimated = (rows.total.estimated.tokens > 0).then_some(Figure::Estimated);
    let figures: Vec<_> =
        [Figure::Tokens].into_iter().chain(estimated).chain(extras).chain(told).chain(cost).collect();

    let key = |name: &str| Column::left(&name.to_uppercase()).at_most(WIDEST_NAME).yielding(NARROWEST_NAME);
    let keys = rows.keys.iter().map(|key| key.name());
    let columns = keys.map(key).chain(figures.iter().map(|figure| Column::right(&figure.heading())));
    let mut table = Table::new(columns).within(room);
    let cells =
        |amounts: &Amounts| figures.iter().map(|figure| figure.cell(amounts, rows)).collect::<Vec<_>>();
    for row in &rows.rows {
        let names = row.names.iter().map(|name| Cell::from(name.as_str()));
        table.row(names.chain(cells(&row.amounts)));
    }
    let beside = std::iter::repeat_n(Cell::from(""), rows.keys.len().saturating_sub(1));
    let total = [Cell::toned(Tone::Strong, "total")].into_iter().chain(beside);
    table.row(total.chain(cells(&rows.total)));
    table
}

impl Figure {
    fn heading(self) -> String {
        match self {
            Self::Tokens => "TOKENS".to_owned(),
            Self::Estimated => "ESTIMATED".to_owned(),
            Self::Extra(Extra::Share) => "SHARE".to_owned(),
            Self::Extra(Extra::Operations) => "OPERATIONS".to_owned(),
            Self::Part(_, name) => name.to_uppercase(),
            Self::Cost => "COST".to_owned(),
        }
    }

    fn cell(self, amounts: &Amounts, rows: &Rows) -> Cell {
        let tokens = |amounts: &Amounts| amounts.tokens(rows.count_all);
        let text = match self {
            Self::Tokens => thousands(tokens(amounts)),
            Self::Estimated => thousands(amounts.estimated.tokens),
            Self::Extra(Extra::Share) => percent_of_part(tokens(amounts), tokens(&rows.total)),
            Self::Extra(Extra::Operations) => thousands(amounts.operations()),
            Self::Part(number, _) => thousands(amounts.spent(rows.count_all).usage.parts()[number].1),
            Self::Cost => amounts.spent(rows.count_all).cost_pico_usd().map_or("-".to_owned(), money),
        };
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use sigil_cli::style::Palette;
    use sigil_summary::{CountAll, Key, Row, Spent};

    use super::*;

    #[test]
    fn a_narrow_terminal_cuts_names_and_then_does_without_extras() {
        let logged = Spent { tokens: 650, ..Spent::default() };
        let amounts = Amounts { logged, events: 7, ..Amounts::default() };
        let names = vec!["lead-analysis-of-acme".to_owned()];
        let rows = Rows {
            keys: vec![Key::Session],
            rows: vec![Row { names, amounts }],
            total: amounts,
            count_all: CountAll::No,
        };
        let first = |room| {
            let lines = table(&rows, &[Extra::Share, Extra::Operations], room).lines(Palette::PLAIN);
            lines[1].clone()
        };
        assert_eq!(first(None), "lead-analysis-of-acme     650  100.0%           7");
        assert_eq!(first(Some(49)), first(None));
        assert_eq!(first(Some(40)), "lead-analys…     650  100.0%           7");
        assert_eq!(first(Some(39)), "lead-analysis-of-acme     650  100.0%");
        assert_eq!(first(Some(27)), "lead-analysis-of-a…     650");
        assert_eq!(first(Some(20)), "lead-analys…     650");
    }
}
