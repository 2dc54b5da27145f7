//! Which event something was seen at, and the first few of many.

use std::cmp::{Ordering, Reverse};

use serde::{Deserialize, Serialize};
use sigil_event::Timestamp;

use crate::ledger::answers::Place;
use crate::names::{NameId, Renumbering};

/// How many events are named as evidence of one thing.
const FIRST: usize = 3;

/// An event: when, where it stands, which component's, and the figure that it is noted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub(crate) at: Option<Timestamp>,
    pub(crate) place: Place,
    pub(crate) component: NameId,
    pub(crate) value: u64,
}

impl Mark {
    /// By time, those without one last, then by place. Names have other numbers in other summaries and so no
    /// say in it.
    pub(crate) fn order(&self) -> impl Ord + use<> {
        (self.at.is_none(), self.at, self.place, self.value)
    }

    /// The earlier of two.
    pub(crate) fn earlier(self, other: Self) -> Self {
        if other.order() < self.order() { other } else { self }
    }

    /// The one with the greater figure; of equals, the earlier.
    pub(crate) fn greater(self, other: Self) -> Self {
        let size = |mark: &Self| (mark.value, Reverse(mark.order()));
        if size(&other) > size(&self) { other } else { self }
    }

    pub(crate) fn renumbered(self, names: &Renumbering) -> Self {
        Self { component: names.of(self.component), ..self }
    }
}

/// The earlier of what may be there.
pub(crate) fn earliest(a: Option<Mark>, b: Option<Mark>) -> Option<Mark> {
    a.into_iter().chain(b).reduce(Mark::earlier)
}

/// The greater of what may be there.
pub(crate) fn greatest(a: Option<Mark>, b: Option<Mark>) -> Option<Mark> {
    a.into_iter().chain(b).reduce(Mark::greater)
}

/// How often something was seen, the first events, and the one with the greatest figure. Neither the order of
/// adding nor of merging matters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hits {
    pub(crate) count: u64,
    /// In their order.
    pub(crate) first: Vec<Mark>,
    pub(crate) worst: Option<Mark>,
}

impl Hits {
    pub(crate) fn add(&mut self, mark: Mark) {
        self.count += 1;
        self.worst = greatest(self.worst, Some(mark));
        self.note(mark);
    }

    fn note(&mut self, mark: Mark) {
        let index = self.first.partition_point(|known| known.order().cmp(&mark.order()) != Ordering::Greater);
        if index < FIRST {
            self.first.truncate(FIRST - 1);
            self.first.insert(index, mark);
        }
    }

    pub(crate) fn merge(&mut self, other: Self, names: &Renumbering) {
        self.count += other.count;
        self.worst = greatest(self.worst, other.worst.map(|mark| mark.renumbered(names)));
        other.first.into_iter().for_each(|mark| self.note(mark.renumbered(names)));
    }
}
