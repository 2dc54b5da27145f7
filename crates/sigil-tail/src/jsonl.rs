//! Events as JSON lines.

use std::io::{self, Write};
use std::time::Instant;

use sigil_event::{Defect, Event, EventRef, Sink, SourceId};
use sigil_input::follow::Chunk;

use crate::filter::Filter;
use crate::show::{Flow, Show};

/// Writes each event on a line.
pub(crate) struct Lines<'a> {
    out: &'a mut dyn Write,
    filter: &'a Filter,
    result: io::Result<()>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, filter: &'a Filter) -> Self {
        Self { out, filter, result: Ok(()) }
    }

    fn write(&mut self, event: &EventRef<'_>) -> io::Result<()> {
        if event.raw.is_empty() {
            serde_json::to_writer(&mut *self.out, &Event::from(event))?;
        } else {
            self.out.write_all(event.raw.as_bytes())?;
        }
        self.out.write_all(b"\n")
    }
}

impl Sink for Lines<'_> {
    fn begin(&mut self, _: SourceId, _: u64) {}

    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        if self.result.is_ok() && self.filter.passes(event) {
            self.result = self.write(event);
        }
    }

    fn defect(&mut self, _: u64, _: Defect) {}

    fn end(&mut self, _: u64, _: u64) {}
}

impl Show for Lines<'_> {
    fn take(&mut self, chunk: &mut Chunk<'_>) -> io::Result<()> {
        chunk.decode(self);
        std::mem::replace(&mut self.result, Ok(()))
    }

    fn refresh(&mut self) -> io::Result<Flow> {
        std::mem::replace(&mut self.result, Ok(()))?;
        self.out.flush()?;
        Ok(Flow::Continue)
    }

    fn due(&self) -> Option<Instant> {
        None
    }
}
