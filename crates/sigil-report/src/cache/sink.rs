//! What is gathered of each source apart.

use std::sync::Arc;

use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_summary::{Detail, Summary};

/// Gathers each source into a summary of its own.
pub(super) struct BySource {
    detail: Arc<Detail>,
    /// By source: whether some of it is text, and what it holds.
    pub(super) done: Vec<(SourceId, bool, Summary)>,
}

impl BySource {
    pub(super) fn new(detail: Arc<Detail>) -> Self {
        Self { detail, done: Vec::new() }
    }
}

impl Sink for BySource {
    fn begin(&mut self, source: SourceId, start: u64) {
        if self.done.last().is_none_or(|(last, ..)| *last != source) {
            self.done.push((source, false, Summary::new(Arc::clone(&self.detail))));
        }
        if let Some((.., summary)) = self.done.last_mut() {
            summary.begin(source, start);
        }
    }

    #[inline]
    fn event(&mut self, event: &EventRef<'_>, offset: u64) {
        if let Some((_, has_text, summary)) = self.done.last_mut() {
            *has_text |= event.metadata.format.is_some_and(|format| format.is("text"));
            summary.event(event, offset);
        }
    }

    fn defect(&mut self, line: u64, defect: Defect) {
        if let Some((.., summary)) = self.done.last_mut() {
            summary.defect(line, defect);
        }
    }

    fn end(&mut self, end: u64, lines: u64) {
        if let Some((.., summary)) = self.done.last_mut() {
            summary.end(end, lines);
        }
    }
}
