//! Tokens, and what else happened, told apart by a list of keys.

mod key;
mod order;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::component::UNNAMED;
use crate::ledger::{Amounts, CountAll};
use crate::resolved::{Cell, Resolved, SessionSummary};
use crate::tally::Tally;

pub use key::Key;
use order::Order;
pub use order::{Shown, Sort};

/// One row: a name for each key, and what comes together under them.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// In the order of the keys; [`UNNAMED`] where no event names one.
    pub names: Vec<String>,
    /// What comes together.
    pub sums: Sums,
    /// The models that answered, where rows are told apart by time and models beside it, by name.
    pub models: Vec<String>,
}

/// What comes together under a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Tokens.
    pub amounts: Amounts,
    /// What happened; nothing unless it was counted (see [`Detail::with_tallies`](crate::Detail::with_tallies)).
    pub tally: Tally,
    /// How many sessions.
    pub sessions: u64,
}

impl Sums {
    fn merge(&mut self, other: &Self) {
        self.amounts.merge(&other.amounts);
        self.tally.merge(&other.tally);
        self.sessions += other.sessions;
    }
}

/// Tokens told apart by keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// What they are told apart by, the outermost first.
    pub keys: Vec<Key>,
    /// In the order that was asked for.
    pub rows: Vec<Row>,
    /// How many rows were not shown.
    pub rows_left_out: u64,
    /// Events that are of no group of a key that [leaves them out](Key::leaves_out).
    pub events_left_out: u64,
    /// Everything together, whether it is in a row or not.
    pub total: Sums,
    /// Whether what happened was counted.
    pub has_tallies: bool,
    /// Which tokens the figures count.
    pub count_all: CountAll,
    /// What they are sorted by, if somebody said so.
    pub sort: Option<Sort>,
}

/// What comes together under keys, to be put together from shares in any way.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Groups {
    /// Each group by its names, however far out, and each row.
    groups: BTreeMap<Vec<String>, Group>,
    events_left_out: u64,
    total: Sums,
}

/// A group of rows, or a row.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Group {
    sums: Sums,
    models: BTreeSet<String>,
}

impl Groups {
    /// What comes together in `sessions` under `keys`; the summary must have been made with
    /// [`Detail::with_rows_by`](crate::Detail::with_rows_by) them.
    pub fn of<'a>(sessions: impl IntoIterator<Item = &'a SessionSummary>, keys: &[Key]) -> Self {
        let mut groups = Self::default();
        sessions.into_iter().for_each(|session| groups.add(session, keys));
        groups
    }

    fn add(&mut self, session: &SessionSummary, keys: &[Key]) {
        let mut touched = BTreeSet::new();
        let none = (Amounts::default(), Tally::default());
        let cells = session.cells.iter().map(|(cell, amounts)| (cell, *amounts, none.1));
        let tallies = session.tallies.iter().map(|(cell, tally)| (cell, none.0, *tally));
        for (cell, amounts, tally) in cells.chain(tallies) {
            let sums = Sums { amounts, tally, sessions: 0 };
            self.total.merge(&sums);
            let Some(names) = names(keys, session, cell) else {
                self.events_left_out += tally.events;
                continue;
            };
            // Of each group, however far out, what it comes to.
            for depth in 1..=names.len() {
                let group = self.groups.entry(names[..depth].to_vec()).or_default();
                group.sums.merge(&sums);
                if let Some(model) = cell.model.as_deref().filter(|_| amounts != none.0)
                    && !group.models.contains(model)
                {
                    group.models.insert(model.to_owned());
                }
                touched.insert(names[..depth].to_vec());
            }
        }
        if keys == [Key::Session] {
            // Nothing need have happened in it.
            touched.insert(vec![session.id.to_string()]);
        }
        for group in touched {
            self.groups.entry(group).or_default().sums.sessions += 1;
        }
        self.total.sessions += 1;
    }

    /// Adds what comes together in other sessions.
    pub fn merge(&mut self, other: Self) {
        for (names, group) in other.groups {
            let known = self.groups.entry(names).or_default();
            known.sums.merge(&group.sums);
            known.models.extend(group.models);
        }
        self.events_left_out += other.events_left_out;
        self.total.merge(&other.total);
    }
}

impl Rows {
    /// The rows for `keys`; the summary must have been made with
    /// [`Detail::with_rows_by`](crate::Detail::with_rows_by) them.
    pub fn of(resolved: &Resolved, keys: &[Key], count_all: CountAll) -> Self {
        Self::shown(Groups::of(&resolved.sessions, keys), keys, count_all, false, &Shown::default())
    }

    /// The rows of groups by `keys` in some order, and as many as are to be shown. If `has_tallies`, what happened
    /// was counted with [`Detail::with_tallies`](crate::Detail::with_tallies).
    pub fn shown(
        groups: Groups,
        keys: &[Key],
        count_all: CountAll,
        has_tallies: bool,
        shown: &Shown,
    ) -> Self {
        let Groups { groups, events_left_out, total } = groups;
        let order =
            Order::of(keys, shown, count_all, groups.iter().map(|(names, group)| (names, group.sums)));
        let is_by_time = keys.iter().any(|key| key.grain().is_some()) && !keys.contains(&Key::Model);
        let rows = groups.into_iter().filter(|(names, _)| names.len() == keys.len());
        let mut rows: Vec<_> = rows
            .map(|(names, Group { sums, models })| {
                let models = models.into_iter().filter(|_| is_by_time).collect();
                Row { names, sums, models }
            })
            .collect();
        let all = rows.len();
        order.sort(&mut rows);
        order.cut(&mut rows);
        let rows_left_out = (all - rows.len()) as u64;
        let (keys, sort) = (keys.to_vec(), shown.sort);
        Self { keys, rows, rows_left_out, events_left_out, total, has_tallies, count_all, sort }
    }
}

/// What a cell is called under each key; none if it is of no row.
fn names(keys: &[Key], session: &SessionSummary, cell: &Cell) -> Option<Vec<String>> {
    let name = |key: &Key| match key.group(session, cell) {
        Some(group) => Some(group.name()),
        None if key.leaves_out() => None,
        None => Some(UNNAMED.to_owned()),
    };
    keys.iter().map(name).collect()
}
