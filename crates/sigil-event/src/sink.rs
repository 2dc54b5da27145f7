//! What a reader of logs hands its findings to.

use crate::borrowed::EventRef;
use crate::defect::Defect;

/// Which of the inputs: its place in the list of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// Takes what a piece of a source holds, in the order of its lines.
pub trait Sink {
    /// A piece begins at byte `start`. What follows up to [`Sink::end`] belongs to it.
    fn begin(&mut self, source: SourceId, start: u64);

    /// An event. `offset` is the first byte of its object; a line may hold several objects, and an object
    /// of a foreign format several events.
    fn event(&mut self, event: &EventRef<'_>, offset: u64);

    /// A line that is wrong: the `line`-th of the piece, counted from 0.
    fn defect(&mut self, line: u64, defect: Defect);

    /// The piece ends before byte `end`, and `lines` lines began in it.
    fn end(&mut self, end: u64, lines: u64);
}
