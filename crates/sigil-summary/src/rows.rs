//! Tokens told apart by a list of keys.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use chrono_tz::Tz;

use crate::bucket::{Bucket, Grain};
use crate::component::UNNAMED;
use crate::ledger::{Amounts, CountAll};
use crate::resolved::{Cell, Resolved, SessionSummary};
use crate::summary::Detail;

/// What rows are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The part of an agent that used the tokens.
    Component,
    /// The session.
    Session,
    /// The model that answered.
    Model,
    /// The calendar day of a zone.
    Day,
    /// The hour on a zone's clocks.
    Hour,
}

impl Key {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Component, Self::Session, Self::Model, Self::Day, Self::Hour];

    /// What it is called in arguments and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Session => "session",
            Self::Model => "model",
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }

    /// The key of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// How fine it cuts time, if it does.
    pub fn grain(self) -> Option<Grain> {
        match self {
            Self::Day => Some(Grain::Day),
            Self::Hour => Some(Grain::Hour),
            Self::Component | Self::Session | Self::Model => None,
        }
    }
}

impl Detail {
    /// The same, and what rows by `keys` need told apart; days and hours are those of `zone`.
    pub fn with_rows_by(self, keys: &[Key], zone: Tz) -> Self {
        // An hour tells its day.
        let grain = keys.iter().filter_map(|key| key.grain()).max();
        Self {
            models: self.models || keys.contains(&Key::Model),
            bucket: grain.map(|grain| Bucket::new(grain, zone)).or(self.bucket),
            ..self
        }
    }
}

/// One row: a name for each key, and what comes together under them.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// In the order of the keys; [`UNNAMED`] where no event names one.
    pub names: Vec<String>,
    /// What comes together.
    pub amounts: Amounts,
}

/// Tokens told apart by keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// What they are told apart by, the outermost first.
    pub keys: Vec<Key>,
    /// Groups of time stand in their order, all others largest first.
    pub rows: Vec<Row>,
    /// All rows together.
    pub total: Amounts,
    /// Which tokens the figures count.
    pub count_all: CountAll,
}

impl Rows {
    /// The rows for `keys`; the summary must have been made with [`Detail::with_rows_by`] them.
    pub fn of(resolved: &Resolved, keys: &[Key], count_all: CountAll) -> Self {
        let mut groups: BTreeMap<Vec<String>, Amounts> = BTreeMap::new();
        let mut total = Amounts::default();
        for session in &resolved.sessions {
            for (cell, amounts) in &session.cells {
                let names = keys.iter().map(|key| name(*key, session, cell)).collect();
                groups.entry(names).or_default().merge(amounts);
                total.merge(amounts);
            }
        }
        // Of each group, however far out, what it comes to.
        let mut sizes: BTreeMap<Vec<String>, u64> = BTreeMap::new();
        for (names, amounts) in &groups {
            for depth in 1..=names.len() {
                let size = sizes.entry(names[..depth].to_vec()).or_default();
                *size = size.saturating_add(amounts.tokens(count_all));
            }
        }
        let mut rows: Vec<_> = groups.into_iter().map(|(names, amounts)| Row { names, amounts }).collect();
        let size = |names: &[String]| sizes.get(names).copied().unwrap_or(0);
        rows.sort_by(|a, b| {
            for (depth, key) in keys.iter().enumerate() {
                let (a, b) = (&a.names[..=depth], &b.names[..=depth]);
                let by_size = if key.grain().is_some() { Ordering::Equal } else { size(b).cmp(&size(a)) };
                let order = by_size.then_with(|| a.cmp(b));
                if order != Ordering::Equal {
                    return order;
                }
            }
            Ordering::Equal
        });
        Self { keys: keys.to_vec(), rows, total, count_all }
    }
}

fn name(key: Key, session: &SessionSummary, cell: &Cell) -> String {
    let name = match key {
        Key::Session => Some(&*session.id),
        Key::Component => cell.component.as_deref(),
        Key::Model => cell.model.as_deref(),
        Key::Hour => cell.bucket.as_deref(),
        // Where hours are told apart too, a bucket begins with its day.
        Key::Day => cell.bucket.as_deref().and_then(|bucket| bucket.get(..10)),
    };
    name.unwrap_or(UNNAMED).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_by_its_name() {
        for key in Key::ALL {
            assert_eq!(Key::from_name(key.name()), Some(key));
        }
        assert_eq!(Key::from_name("Day"), None);
    }

    #[test]
    fn only_what_rows_need_is_told_apart() {
        let of = |keys: &[Key]| {
            let detail = Detail::default().with_rows_by(keys, Tz::UTC);
            (detail.models, detail.bucket.map(|bucket| bucket.grain()))
        };
        assert_eq!(of(&[Key::Session, Key::Component]), (false, None));
        assert_eq!(of(&[Key::Day, Key::Model]), (true, Some(Grain::Day)));
        assert_eq!(of(&[Key::Hour, Key::Day]), (false, Some(Grain::Hour)));
    }
}
