//! What a reader of logs hands its findings to.

use crate::borrowed::EventRef;
use crate::defect::Defect;

/// Which of the inputs: its place in the list of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// Bytes `start..end` of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The source.
    pub source: SourceId,
    /// First byte.
    pub start: u64,
    /// Behind the last byte.
    pub end: u64,
}

/// Takes what a piece of a source holds, in the order of its lines.
pub trait Sink {
    /// A piece begins at byte `start`. What follows up to [`Sink::end`] belongs to it.
    fn begin(&mut self, source: SourceId, start: u64);

    /// An event. `offset` is the first byte of its line; two events of one line share it.
    fn event(&mut self, event: &EventRef<'_>, offset: u64);

    /// A line that is wrong: the `line`-th of the piece, counted from 0.
    fn defect(&mut self, line: u64, defect: Defect);

    /// The piece ends before byte `end`, and `lines` lines began in it.
    fn end(&mut self, end: u64, lines: u64);
}
