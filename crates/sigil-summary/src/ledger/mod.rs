//! Which tokens count, once (`DESIGN.md`, "What counts, once").
//!
//! 1. Events with the same `usage_id` are snapshots of one answer; the better one counts (`answers`).
//! 2. A `session_complete` or `session_error` whose tokens are at least what the session's other events
//!    since its last `session_start` come to states their total: only the excess counts.
//! 3. A `step_complete` or `step_error` does the same for its component's `token_consumption` since that
//!    component's last `step_start`, `step_complete` or `step_error`.
//! 4. Everything else adds. Rule 1 decides alone on events that have a `usage_id`: they state nothing.
//!
//! Estimates stand beside all that: the rules decide on what a log states. They count in sessions of which
//! nothing states tokens that the estimated text may have cost (`session`).
//!
//! Every event's tokens go into a cell at once; rules 2 and 3 then only ever take away what a statement
//! restates. A stretch is what one contiguous piece of a log says about one session: it decides
//! what it can, and keeps for later the statements that look back beyond its own beginning. Stretches
//! that follow each other join into one, which decides more; the first of all looks back on nothing.

pub(crate) mod answers;
pub mod meter;
mod spent;
pub(crate) mod stretch;

pub use spent::{Cost, Spent};

use serde::{Deserialize, Serialize};

use crate::ledger::answers::Place;
use crate::names::{NameId, Renumbering};
use crate::small_map::SmallMap;

/// Whether what a log restates counts again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CountAll {
    /// Rules 2 and 3 hold.
    #[default]
    No,
    /// The plain sum of the guide's recipe: rules 2 and 3 are off.
    Yes,
}

/// What a cell adds up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    /// What all its events come to, restated ones included.
    pub logged: Spent,
    /// The part that only restates what other events have said (rules 2 and 3).
    #[serde(with = "crate::sparse")]
    pub restated: Spent,
    /// What is estimated of text without counts, and counts.
    #[serde(with = "crate::sparse")]
    pub estimated: Estimated,
    /// Events for which the log states tokens, each answer once.
    pub events: u64,
    /// Steps that ended, well or not.
    pub steps: u64,
}

impl Amounts {
    /// The tokens that count.
    pub fn tokens(&self, count_all: CountAll) -> u64 {
        let stated = match count_all {
            CountAll::No => self.logged.tokens.saturating_sub(self.restated.tokens),
            CountAll::Yes => self.logged.tokens,
        };
        stated.saturating_add(self.estimated.tokens)
    }

    /// The tokens that count, how they divide and what they cost. Estimated ones neither divide nor have a
    /// price.
    pub fn spent(&self, count_all: CountAll) -> Spent {
        let stated = match count_all {
            CountAll::No => self.logged.without(&self.restated),
            CountAll::Yes => self.logged,
        };
        Spent { tokens: self.tokens(count_all), ..stated }
    }

    /// The tokens that are left out because they only restate what others have said.
    pub fn left_out(&self, count_all: CountAll) -> u64 {
        match count_all {
            CountAll::No => self.restated.tokens,
            CountAll::Yes => 0,
        }
    }

    /// Operations: steps that ended, or events with tokens where the log knows no steps.
    pub fn operations(&self) -> u64 {
        if self.steps > 0 { self.steps } else { self.events + self.estimated.events }
    }

    /// Adds `other`.
    pub fn merge(&mut self, other: &Self) {
        self.logged.merge(&other.logged);
        self.restated.merge(&other.restated);
        self.estimated.merge(&other.estimated);
        self.events += other.events;
        self.steps += other.steps;
    }
}

/// What is estimated of text that carries no counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimated {
    /// The tokens.
    pub tokens: u64,
    /// The events that they are for.
    pub events: u64,
}

impl Estimated {
    /// Adds an event.
    pub(crate) fn add(&mut self, tokens: u64) {
        self.merge(&Self { tokens, events: 1 });
    }

    fn merge(&mut self, other: &Self) {
        self.tokens = self.tokens.saturating_add(other.tokens);
        self.events += other.events;
    }
}

/// What tokens are told apart by within a session. Parts that nobody asked for are left empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct CellKey {
    pub(crate) component: NameId,
    pub(crate) model: NameId,
    pub(crate) bucket: Option<i64>,
    /// The type of the event, as written.
    pub(crate) event: NameId,
    /// The tool that is called.
    pub(crate) tool: NameId,
    /// What went wrong, without what differs each time.
    pub(crate) error: NameId,
    /// The event itself. It means nothing where sources have other numbers, so nobody writes it down.
    #[serde(skip)]
    pub(crate) place: Option<Place>,
}

impl CellKey {
    pub(crate) fn renumbered(self, names: &Renumbering) -> Self {
        Self {
            component: names.of(self.component),
            model: names.of(self.model),
            bucket: self.bucket,
            event: names.of(self.event),
            tool: names.of(self.tool),
            error: names.of(self.error),
            place: self.place,
        }
    }
}

pub(crate) type Cells = SmallMap<CellKey, Amounts>;

/// What an event says that rule 2 or 3 decides on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Statement {
    pub(crate) tokens: u64,
    /// What goes with the tokens, if the event tells more than their number; few do.
    more: Option<Box<Spent>>,
    /// Where it counts. Statements outside the selection have no cell: they are decided all the same, since
    /// later ones look back on them.
    pub(crate) cell: Option<CellKey>,
}

impl Statement {
    pub(crate) fn new(spent: &Spent, cell: Option<CellKey>) -> Self {
        let tells_more = spent.cost != Cost::default() || spent.usage != Default::default();
        Self { tokens: spent.tokens, more: tells_more.then(|| Box::new(*spent)), cell }
    }

    /// Takes `tokens` of it back from its cell, because other events have counted them, and with them
    /// their share of all that goes with them.
    pub(crate) fn take_back(&self, cells: &mut Cells, tokens: u64) {
        let Some(cell) = self.cell.filter(|_| tokens > 0) else { return };
        let restated = &mut cells.get_or(cell, Amounts::default).restated;
        match &self.more {
            Some(whole) => restated.merge(&whole.share(tokens)),
            None => restated.tokens = restated.tokens.saturating_add(tokens),
        }
    }
}
