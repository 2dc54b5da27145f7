//! Which bytes of which source have been read, and what was wrong with lines in them.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sigil_event::{Defect, SourceId};

use crate::resolved::Input;

/// How many places of wrong lines are remembered for one stretch of a source; the rest is counted.
const PLACES: usize = 16;

/// A contiguous range of one source that has been read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Range {
    end: u64,
    lines: u64,
    defects: u64,
    /// Line within the range, from 0, and what is wrong with it.
    places: Vec<(u64, Defect)>,
}

impl Range {
    fn append(&mut self, next: Range) {
        let room = PLACES.saturating_sub(self.places.len());
        let lines = self.lines;
        self.places.extend(next.places.into_iter().take(room).map(|(line, why)| (line + lines, why)));
        self.end = next.end;
        self.lines += next.lines;
        self.defects += next.defects;
    }
}

/// The ranges read so far; neighbours are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage {
    ranges: BTreeMap<(SourceId, u64), Range>,
    open: Option<(SourceId, u64, Range)>,
    /// The last wrong line of the open range.
    last_defect: Option<u64>,
}

impl Coverage {
    pub(crate) fn is_empty(&self) -> bool {
        self.ranges.is_empty() && self.open.is_none()
    }

    pub(crate) fn begin(&mut self, source: SourceId, start: u64) {
        self.last_defect = None;
        self.open = Some((source, start, Range { end: start, ..Range::default() }));
    }

    pub(crate) fn defect(&mut self, line: u64, why: Defect) {
        if let Some((_, _, range)) = &mut self.open {
            // A line that is wrong twice is one wrong line.
            if self.last_defect.replace(line) == Some(line) {
                return;
            }
            range.defects += 1;
            if range.places.len() < PLACES {
                range.places.push((line, why));
            }
        }
    }

    pub(crate) fn end(&mut self, end: u64, lines: u64) {
        if let Some((source, start, mut range)) = self.open.take() {
            range.end = end;
            range.lines = lines;
            self.insert(source, start, range);
        }
    }

    pub(crate) fn merge(&mut self, other: Coverage) {
        for ((source, start), range) in other.ranges {
            self.insert(source, start, range);
        }
    }

    fn insert(&mut self, source: SourceId, start: u64, mut range: Range) {
        if range.end == start {
            // Nothing was read; a source without a byte is still a source that was read.
            self.ranges.entry((source, start)).or_insert(range);
            return;
        }
        if let Some(next) = self.ranges.remove(&(source, range.end)) {
            range.append(next);
        }
        if let Some((_, before)) = self.ranges.range_mut((source, 0)..(source, start)).next_back()
            && before.end == start
        {
            before.append(range);
            return;
        }
        self.ranges.insert((source, start), range);
    }

    /// Whether bytes `start..end` of `source` have been read in this run.
    pub(crate) fn holds(&self, source: SourceId, start: u64, end: u64) -> bool {
        start >= end
            || self
                .ranges
                .range((source, 0)..=(source, start))
                .next_back()
                .is_some_and(|(_, range)| range.end >= end)
    }

    /// How much was read.
    pub(crate) fn input(&self) -> Input {
        let mut input = Input::default();
        let mut before = None;
        for ((source, start), range) in &self.ranges {
            if range.end > *start {
                input.files += u64::from(before.replace(*source) != Some(*source));
                input.bytes += range.end - start;
                input.lines += range.lines;
            }
        }
        input
    }

    pub(crate) fn defects(&self) -> u64 {
        self.ranges.values().map(|range| range.defects).sum()
    }

    /// Places of wrong lines in the order of sources and lines; lines are counted from 1. Not all of
    /// them: see [`Coverage::defects`] for how many there are.
    pub(crate) fn places(&self) -> impl Iterator<Item = (SourceId, u64, Defect)> {
        let mut before = (None, 0);
        self.ranges.iter().flat_map(move |((source, _), range)| {
            let lines = if before.0 == Some(*source) { before.1 } else { 0 };
            before = (Some(*source), lines + range.lines);
            range.places.iter().map(move |(line, why)| (*source, lines + line + 1, *why))
        })
    }
}

/// A range as it is written.
#[derive(Serialize, Deserialize)]
struct Written<R> {
    #[serde(with = "crate::source_number")]
    source: SourceId,
    start: u64,
    range: R,
}

impl Serialize for Coverage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ranges = self.ranges.iter();
        serializer.collect_seq(ranges.map(|((source, start), range)| Written {
            source: *source,
            start: *start,
            range,
        }))
    }
}

impl<'de> Deserialize<'de> for Coverage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ranges = Vec::<Written<Range>>::deserialize(deserializer)?.into_iter();
        let ranges = ranges.map(|Written { source, start, range }| ((source, start), range)).collect();
        Ok(Self { ranges, ..Self::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_join_in_any_order_and_line_numbers_are_the_sources() {
        let piece = |start: u64, end: u64, lines: u64, bad: &[u64]| {
            let mut coverage = Coverage::default();
            coverage.begin(SourceId(0), start);
            bad.iter().for_each(|line| coverage.defect(*line, Defect::Tokens));
            coverage.end(end, lines);
            coverage
        };
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [0, 2, 1]] {
            let pieces = [piece(0, 10, 2, &[1]), piece(10, 30, 5, &[0, 4]), piece(30, 40, 1, &[0])];
            let mut whole = Coverage::default();
            order.into_iter().for_each(|i: usize| whole.merge(pieces[i].clone()));
            assert_eq!(whole.ranges.len(), 1);
            assert_eq!((whole.input(), whole.defects()), (Input { files: 1, bytes: 40, lines: 8 }, 4));
            assert_eq!(whole.places().map(|(_, line, _)| line).collect::<Vec<_>>(), [2, 3, 7, 8]);
            assert!(whole.holds(SourceId(0), 3, 40) && !whole.holds(SourceId(0), 3, 41));
        }
    }
}
