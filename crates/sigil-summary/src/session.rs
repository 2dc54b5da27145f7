//! One session while its log is being read.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sigil_event::SourceId;

use crate::coverage::Coverage;
use crate::facts::Facts;
use crate::ledger::answers::Answer;
use crate::ledger::stretch::{Settled, Stretch};
use crate::ledger::{Amounts, CellKey, Cells, Estimated, Statement};
use crate::names::Renumbering;
use crate::small_map::SmallMap;
use crate::tally::Tally;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: Arc<str>,
    /// Whether the selection wants it.
    pub(crate) is_wanted: bool,
    /// Whether something states tokens that estimated text of the session would count twice.
    pub(crate) states_tokens: bool,
    /// Whether tokens of its text were estimated.
    pub(crate) has_estimates: bool,
    pub(crate) facts: Facts,
    pub(crate) cells: Cells,
    /// What happened under each cell, if that is asked for.
    pub(crate) tallies: SmallMap<CellKey, Tally>,
    /// The same of failed calls of tools, by the calls' ids: only those tell the tools' names.
    pub(crate) failed_calls: BTreeMap<Box<str>, SmallMap<CellKey, Tally>>,
    /// By source and bytes, but the one that is being read: it is the last.
    pub(crate) stretches: Vec<Stretch>,
    /// What its events are in, once it is decided.
    #[serde(skip)]
    pub(crate) sources: Vec<SourceId>,
}

impl Session {
    pub(crate) fn new(id: Arc<str>, is_wanted: bool) -> Self {
        Self {
            id,
            is_wanted,
            states_tokens: false,
            has_estimates: false,
            facts: Facts::default(),
            cells: Cells::default(),
            tallies: SmallMap::default(),
            failed_calls: BTreeMap::new(),
            stretches: Vec::new(),
            sources: Vec::new(),
        }
    }

    pub(crate) fn merge(
        &mut self,
        other: Session,
        names: &Renumbering,
        coverage: &Coverage,
        most_errors: usize,
    ) {
        self.facts.merge(other.facts, names, most_errors);
        self.states_tokens |= other.states_tokens;
        self.has_estimates |= other.has_estimates;
        for (cell, amounts) in other.cells.into_vec() {
            self.cells.get_or(cell.renumbered(names), Amounts::default).merge(&amounts);
        }
        for (cell, tally) in other.tallies.into_vec() {
            self.tallies.get_or(cell.renumbered(names), Tally::default).merge(&tally);
        }
        for (id, cells) in other.failed_calls {
            let known = self.failed_calls.entry(id).or_default();
            for (cell, tally) in cells.into_vec() {
                known.get_or(cell.renumbered(names), Tally::default).merge(&tally);
            }
        }
        let stretches = other.stretches.into_iter().map(|mut stretch| {
            stretch.renumber(names);
            stretch
        });
        self.insert(stretches, coverage);
    }

    /// Takes stretches over, all of them, and then joins those between which everything has been read.
    /// They stand in the order of their sources and bytes, so only what is new can have new neighbours.
    fn insert(&mut self, stretches: impl Iterator<Item = Stretch>, coverage: &Coverage) {
        let place = |stretch: &Stretch| (stretch.source, stretch.start);
        let mut new: Option<((SourceId, u64), (SourceId, u64))> = None;
        for stretch in stretches {
            let here = place(&stretch);
            new = Some(new.map_or((here, here), |(first, last)| (first.min(here), last.max(here))));
            let index = self.stretches.partition_point(|known| place(known) < here);
            if self.stretches.is_empty() {
                self.stretches.reserve_exact(1);
            }
            self.stretches.insert(index, stretch);
        }
        let Some((first, last)) = new else { return };
        let mut left = self.stretches.partition_point(|known| place(known) < first).saturating_sub(1);
        while let (Some(a), Some(b)) = (self.stretches.get(left), self.stretches.get(left + 1)) {
            if place(a) > last {
                break;
            }
            if a.source == b.source && coverage.holds(a.source, a.end, b.start) {
                let next = self.stretches.remove(left + 1);
                self.stretches[left].append(next, &mut self.cells, self.facts.course.as_deref_mut());
            } else {
                left += 1;
            }
        }
    }

    /// Takes back what was estimated of text whose tokens are stated after all.
    fn settle_estimates(&mut self) {
        if self.states_tokens && self.has_estimates {
            let cells = std::mem::take(&mut self.cells).into_vec().into_iter();
            let stated =
                cells.map(|(cell, amounts)| (cell, Amounts { estimated: Estimated::default(), ..amounts }));
            // What is left without anything would be a row of nothing.
            self.cells = stated.filter(|(_, amounts)| *amounts != Amounts::default()).collect();
        }
    }

    /// The order of its sources; none if there is but one, as nearly always.
    fn ranks(&self, log: impl Fn(SourceId) -> u32) -> HashMap<SourceId, usize> {
        if self.stretches.windows(2).all(|pair| pair[0].source == pair[1].source) {
            return HashMap::new();
        }
        let mut first_us: HashMap<u32, Option<i64>> = HashMap::new();
        for stretch in &self.stretches {
            let first = first_us.entry(log(stretch.source)).or_default();
            *first = first.or(stretch.first_us);
        }
        let order = |source: SourceId| {
            let first = first_us.get(&log(source)).copied().flatten();
            (first.is_none(), first, log(source), source)
        };
        let mut sources: Vec<_> = self.stretches.iter().map(|stretch| order(stretch.source)).collect();
        sources.sort_unstable();
        sources.dedup();
        (0..).zip(sources).map(|(rank, (.., source))| (source, rank)).collect()
    }

    /// Decides everything: logs in the order of the session's first time in them, then of their names, the
    /// parts of each in their order; `answers` are those of this session that count.
    pub(crate) fn settle(&mut self, answers: &[Answer], log: impl Fn(SourceId) -> u32) {
        self.settle_estimates();
        self.stretches.sort_by_key(|stretch| (stretch.source, stretch.start));
        self.sources = self.stretches.iter().map(|stretch| stretch.source).collect();
        self.sources.dedup();
        let ranks = self.ranks(log);
        let rank = |source: SourceId| ranks.get(&source).copied().unwrap_or(ranks.len());
        if !ranks.is_empty() {
            self.stretches.sort_by_cached_key(|stretch| (rank(stretch.source), stretch.start));
        }
        let Some(first) = self.stretches.first() else { return };
        let mut whole = Stretch::origin(first.source, first.start);
        for stretch in self.stretches.drain(..) {
            whole.append(stretch, &mut self.cells, self.facts.course.as_deref_mut());
        }
        for answer in answers {
            if let Some(cell) = answer.cell {
                let amounts = self.cells.get_or(cell, Amounts::default);
                amounts.logged.merge(&answer.spent);
                amounts.events += 1;
            }
        }
        if !whole.is_decided() {
            let mut answers: Vec<_> = answers.iter().map(Answer::to_counted).collect();
            answers.sort_by_cached_key(|answer| (rank(answer.place.source), answer.place.offset));
            let restate = |statement: &Statement, tokens| statement.take_back(&mut self.cells, tokens);
            whole.settle(&mut Settled::default(), &answers, rank, restate);
        }
        self.stretches.push(whole);
    }
}
