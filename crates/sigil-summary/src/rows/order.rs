//! In which order rows stand, and how many of them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::{Key, Row, Sums};
use crate::ledger::CountAll;

/// What sessions and rows can be sorted by. Figures stand greatest first, names and beginnings in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Tokens that count.
    Tokens,
    /// What they cost, as far as it is known.
    Cost,
    /// Events.
    Events,
    /// Events that tell of errors.
    Errors,
    /// Sessions.
    Sessions,
    /// From the first event to the last.
    Duration,
    /// How long a step takes in the mean.
    Latency,
    /// The name.
    Name,
    /// The first event, the earliest first.
    Started,
    /// The last event, the latest first.
    Last,
}

impl Sort {
    /// All of them, and `time`, which is another name.
    pub const NAMES: [&'static str; 11] = [
        "tokens", "cost", "events", "errors", "sessions", "duration", "latency", "name", "started", "time",
        "last",
    ];

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "tokens" => Self::Tokens,
            "cost" => Self::Cost,
            "events" => Self::Events,
            "errors" => Self::Errors,
            "sessions" => Self::Sessions,
            "duration" => Self::Duration,
            "latency" => Self::Latency,
            "name" => Self::Name,
            "started" | "time" => Self::Started,
            "last" => Self::Last,
            _ => return None,
        })
    }

    /// How two stand to each other that come to `a` and `b`; names decide in the end. What is not known stands
    /// behind what is.
    pub fn compare(self, a: (&str, &Sums), b: (&str, &Sums), count_all: CountAll) -> Ordering {
        let ((a_name, a), (b_name, b)) = (a, b);
        let known = |a: Option<u128>, b: Option<u128>| b.cmp(&a);
        let figure = |of: &dyn Fn(&Sums) -> Option<u128>| known(of(a), of(b));
        match self {
            Self::Tokens => figure(&|sums| Some(sums.amounts.tokens(count_all).into())),
            Self::Cost => figure(&|sums| sums.amounts.spent(count_all).cost_pico_usd()),
            Self::Events => figure(&|sums| Some(sums.tally.events.into())),
            Self::Errors => figure(&|sums| Some(sums.tally.errors.into())),
            Self::Sessions => figure(&|sums| Some(sums.sessions.into())),
            Self::Duration => figure(&|sums| sums.tally.duration_us().map(u128::from)),
            Self::Latency => figure(&|sums| sums.tally.mean_latency_us().map(u128::from)),
            Self::Name => Ordering::Equal,
            Self::Started => {
                let first = |sums: &Sums| (sums.tally.first.is_none(), sums.tally.first);
                first(a).cmp(&first(b))
            }
            Self::Last => b.tally.last.cmp(&a.tally.last),
        }
        .then_with(|| a_name.cmp(b_name))
    }
}

/// Which rows are shown, in which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// What they are sorted by; if nothing is said, time in its order and all else by what matters most of it.
    pub sort: Option<Sort>,
    /// The other way round.
    pub is_reversed: bool,
    /// No more than so many.
    pub limit: Option<u64>,
    /// Only those that come to so many tokens.
    pub least_tokens: u64,
}

/// The order of groups within groups.
pub(super) struct Order {
    sorts: Vec<Sort>,
    shown: Shown,
    count_all: CountAll,
    sums: BTreeMap<Vec<String>, Sums>,
}

impl Order {
    pub(super) fn of<'a>(
        keys: &[Key],
        shown: &Shown,
        count_all: CountAll,
        groups: impl Iterator<Item = (&'a Vec<String>, Sums)>,
    ) -> Self {
        let sort = |key: &Key| match key {
            _ if shown.sort.is_some() => shown.sort.unwrap_or(Sort::Tokens),
            key if key.grain().is_some() => Sort::Name,
            Key::Error | Key::Tool => Sort::Events,
            _ => Sort::Tokens,
        };
        let sums = groups.map(|(names, sums)| (names.clone(), sums)).collect();
        Self { sorts: keys.iter().map(sort).collect(), shown: *shown, count_all, sums }
    }

    /// Sorts rows: the groups of each key by what all of them comes to.
    pub(super) fn sort(&self, rows: &mut [Row]) {
        rows.sort_by(|a, b| {
            let order = self.compare(&a.names, &b.names);
            if self.shown.is_reversed { order.reverse() } else { order }
        });
    }

    fn compare(&self, a: &[String], b: &[String]) -> Ordering {
        let none = Sums::default();
        for (depth, sort) in self.sorts.iter().enumerate() {
            if a[depth] == b[depth] {
                continue;
            }
            let sums = |names: &[String]| self.sums.get(&names[..=depth]).unwrap_or(&none);
            let order = sort.compare((&a[depth], sums(a)), (&b[depth], sums(b)), self.count_all);
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    }

    /// Leaves out what is not to be shown.
    pub(super) fn cut(&self, rows: &mut Vec<Row>) {
        let Shown { limit, least_tokens, .. } = self.shown;
        rows.retain(|row| row.sums.amounts.tokens(self.count_all) >= least_tokens);
        rows.truncate(limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)));
    }
}
