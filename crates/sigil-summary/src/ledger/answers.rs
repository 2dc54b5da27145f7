//! Rule 1: snapshots of one answer.

use serde::{Deserialize, Serialize};
use sigil_event::SourceId;

use super::{CellKey, Spent};
use crate::names::NameId;

/// Where an event stands. Sources are numbered in the order of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place {
    #[serde(with = "crate::source_number")]
    pub(crate) source: SourceId,
    pub(crate) offset: u64,
}

/// The best snapshot of one answer so far.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// The session's number within the summary.
    pub(crate) session: u32,
    pub(crate) spent: Spent,
    pub(crate) at_us: Option<i64>,
    pub(crate) place: Place,
    pub(crate) component: NameId,
    /// Whether rule 3 looks at it: a `token_consumption`.
    pub(crate) is_consumption: bool,
    /// Where it counts; nowhere if it is outside the selection.
    pub(crate) cell: Option<CellKey>,
}

/// What rules 2 and 3 have to know of an answer that counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    pub(crate) place: Place,
    pub(crate) tokens: u64,
    /// The component whose consumption it is, if it is one.
    pub(crate) consumer: Option<NameId>,
}

impl Answer {
    pub(crate) fn to_counted(&self) -> Counted {
        let consumer = self.is_consumption.then_some(self.component);
        Counted { place: self.place, tokens: self.spent.tokens, consumer }
    }

    /// Its tokens, as far as they count in the result.
    pub(crate) fn tokens_in_result(&self) -> u64 {
        if self.cell.is_some() { self.spent.tokens } else { 0 }
    }

    /// Whether this snapshot counts and `other` does not: more tokens, then the earlier timestamp, then
    /// the source's name, then the place in it.
    pub(crate) fn beats(&self, other: &Self) -> bool {
        let known = |at: Option<i64>| (at.is_none(), at);
        (other.spent.tokens, known(self.at_us), self.place)
            < (self.spent.tokens, known(other.at_us), other.place)
    }
}
