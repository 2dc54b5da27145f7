//! One session while its log is being read.

use sigil_event::SourceId;

use crate::coverage::Coverage;
use crate::facts::Facts;
use crate::ledger::answers::Answer;
use crate::ledger::stretch::{Settled, Stretch};
use crate::ledger::{Cells, take_back};
use crate::names::Renumbering;

#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) id: Box<str>,
    /// Whether the selection wants it.
    pub(crate) is_wanted: bool,
    pub(crate) facts: Facts,
    pub(crate) cells: Cells,
    /// In no order; neighbours join when they meet.
    pub(crate) stretches: Vec<Stretch>,
}

impl Session {
    pub(crate) fn new(id: &str, is_wanted: bool) -> Self {
        Self {
            id: id.into(),
            is_wanted,
            facts: Facts::default(),
            cells: Cells::default(),
            stretches: Vec::new(),
        }
    }

    pub(crate) fn merge(&mut self, other: Session, names: &Renumbering, most_errors: usize) {
        self.facts.merge(other.facts, names, most_errors);
        for (cell, amounts) in other.cells {
            self.cells.entry(cell.renumbered(names)).or_default().merge(&amounts);
        }
        self.stretches.extend(other.stretches.into_iter().map(|mut stretch| {
            stretch.renumber(names);
            stretch
        }));
    }

    /// Joins stretches between which everything has been read.
    pub(crate) fn join_neighbours(&mut self, coverage: &Coverage) {
        if self.stretches.len() < 2 {
            return;
        }
        self.stretches.sort_by_key(|stretch| (stretch.source, stretch.start));
        let mut joined: Vec<Stretch> = Vec::with_capacity(self.stretches.len());
        for stretch in self.stretches.drain(..) {
            match joined.last_mut() {
                Some(last)
                    if last.source == stretch.source
                        && coverage.holds(last.source, last.end, stretch.start) =>
                {
                    last.append(stretch, &mut self.cells);
                }
                _ => joined.push(stretch),
            }
        }
        self.stretches = joined;
    }

    /// Decides everything: sources in the order of the session's first time in them, then of their
    /// names; `answers` are those of this session that count.
    pub(crate) fn settle(&mut self, answers: &[&Answer]) {
        self.stretches.sort_by_key(|stretch| (stretch.source, stretch.start));
        let mut order: Vec<(bool, Option<i64>, SourceId)> = Vec::new();
        for stretch in &self.stretches {
            match order.last_mut() {
                Some((unknown, first_us, source)) if *source == stretch.source => {
                    *first_us = first_us.or(stretch.first_us);
                    *unknown = first_us.is_none();
                }
                _ => order.push((stretch.first_us.is_none(), stretch.first_us, stretch.source)),
            }
        }
        order.sort_unstable();
        let rank = |source| order.iter().position(|(_, _, known)| *known == source).unwrap_or(order.len());
        self.stretches.sort_by_cached_key(|stretch| (rank(stretch.source), stretch.start));
        let Some(first) = self.stretches.first() else { return };
        let mut whole = Stretch::origin(first.source, first.start);
        for stretch in self.stretches.drain(..) {
            whole.append(stretch, &mut self.cells);
        }
        for answer in answers {
            if let Some(cell) = answer.cell {
                let amounts = self.cells.entry(cell).or_default();
                amounts.logged = amounts.logged.saturating_add(answer.tokens);
                amounts.usage += answer.usage;
                amounts.events += 1;
            }
        }
        if !whole.is_decided() {
            let mut answers: Vec<_> = answers.iter().map(|answer| answer.to_counted()).collect();
            answers.sort_by_cached_key(|answer| (rank(answer.place.source), answer.place.offset));
            let restate = |cell, tokens| take_back(&mut self.cells, cell, tokens);
            whole.settle(&mut Settled::default(), &answers, rank, restate);
        }
        self.stretches.push(whole);
    }
}
