//! A dashboard that is printed once, when everything has come: for `watch`, for a look back, for a file.

use std::io::{self, Write};
use std::time::Instant;

use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_input::follow::Chunk;

use super::choice::Choice;
use super::figures::Terms;
use super::picture::Picture;
use super::{Display, paint};
use crate::monitor::Monitor;
use crate::show::{Flow, Show};

/// The columns where nobody says how many there are.
const COLUMNS: usize = 80;

/// The mode without a terminal to take over.
pub(crate) struct Still<'a> {
    monitor: Monitor,
    terms: Terms,
    display: Display,
    columns: usize,
    out: &'a mut dyn Write,
}

impl<'a> Still<'a> {
    pub(crate) fn new(
        monitor: Monitor,
        terms: Terms,
        display: Display,
        columns: Option<usize>,
        out: &'a mut dyn Write,
    ) -> Self {
        Self { monitor, terms, display, columns: columns.unwrap_or(COLUMNS), out }
    }
}

impl Sink for Still<'_> {
    fn begin(&mut self, source: SourceId, start: u64) {
        self.monitor.begin(source, start);
    }

    fn event(&mut self, event: &EventRef<'_>, offset: u64) {
        self.monitor.event(event, offset);
    }

    fn defect(&mut self, line: u64, defect: Defect) {
        self.monitor.defect(line, defect);
    }

    fn end(&mut self, end: u64, lines: u64) {
        self.monitor.end(end, lines);
    }
}

impl Show for Still<'_> {
    fn take(&mut self, chunk: &mut Chunk<'_>) -> io::Result<()> {
        chunk.decode(&mut self.monitor);
        Ok(())
    }

    fn refresh(&mut self) -> io::Result<Flow> {
        Ok(Flow::Continue)
    }

    fn due(&self) -> Option<Instant> {
        None
    }

    /// The list if there are several sessions, else the one there is.
    fn finish(&mut self) -> io::Result<()> {
        self.monitor.update();
        let now_us = chrono::Utc::now().timestamp_micros();
        let picture = Picture::of(&self.monitor, &self.terms, &Choice::default(), now_us);
        let Display { look, palette, .. } = self.display;
        paint::write(&picture.text(self.columns, look), look, palette, self.out)
    }
}
