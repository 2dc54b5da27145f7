//! Some of the sources, under the numbers that they have among all.

use sigil_event::{Defect, EventRef, Sink, SourceId};

use super::{Options, Outcome, read_all};
use crate::source::Source;

/// Reads the sources that `ids` are the numbers of, as [`read_all`] does: all parts of a log, or none.
pub fn read_some<S, N, T>(
    sources: &[Source],
    ids: &[SourceId],
    options: &Options,
    new: N,
    mut take: T,
) -> Outcome
where
    S: Sink + Send,
    N: Fn() -> S + Sync,
    T: FnMut(S) + Send,
{
    let some: Vec<_> = ids.iter().filter_map(|id| sources.get(id.0 as usize)).cloned().collect();
    read_all(&some, options, || Numbered { ids, sink: new() }, |numbered| take(numbered.sink))
}

/// Gives sources the numbers that they have among all.
struct Numbered<'a, S> {
    ids: &'a [SourceId],
    sink: S,
}

impl<S: Sink> Sink for Numbered<'_, S> {
    fn begin(&mut self, source: SourceId, start: u64) {
        self.sink.begin(self.ids.get(source.0 as usize).copied().unwrap_or(source), start);
    }

    #[inline]
    fn event(&mut self, event: &EventRef<'_>, offset: u64) {
        self.sink.event(event, offset);
    }

    fn defect(&mut self, line: u64, defect: Defect) {
        self.sink.defect(line, defect);
    }

    fn end(&mut self, end: u64, lines: u64) {
        self.sink.end(end, lines);
    }
}
