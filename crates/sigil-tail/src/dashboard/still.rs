//! A dashboard that is printed once, when everything has come: for `watch`, for a look back, for a file.

use std::io::{self, Write};
use std::time::Instant;

use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_input::MalformedLines;
use sigil_input::follow::Chunk;

use super::choice::Choice;
use super::figures::Terms;
use super::picture::Picture;
use super::{Display, paint};
use crate::cli::Config;
use crate::completion::Sessions;
use crate::monitor::Monitor;
use crate::show::{Flow, Show};

/// The columns where nobody says how many there are.
const COLUMNS: usize = 80;

/// The mode without a terminal to take over.
pub(crate) struct Still<'a> {
    monitor: Monitor,
    terms: Terms,
    display: Display,
    out: &'a mut dyn Write,
}

impl<'a> Still<'a> {
    pub(crate) fn new(config: &Config, display: Display, out: &'a mut dyn Write) -> Self {
        Self { monitor: Monitor::of(config), terms: Terms::of(config), display, out }
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
        self.monitor.take(chunk);
        Ok(())
    }

    fn refresh(&mut self) -> io::Result<Flow> {
        Ok(Flow::Continue)
    }

    fn due(&self) -> Option<Instant> {
        None
    }

    fn sessions(&self) -> Option<&Sessions> {
        Some(self.monitor.ends())
    }

    fn malformed(&self) -> Option<&MalformedLines> {
        Some(self.monitor.malformed())
    }

    /// The list if there are several sessions, else the one there is.
    fn finish(&mut self) -> io::Result<()> {
        self.monitor.update();
        let now_us = chrono::Utc::now().timestamp_micros();
        let picture = Picture::of(&self.monitor, &self.terms, &Choice::default(), now_us);
        let Display { look, palette, columns, .. } = self.display;
        paint::write(&picture.text(columns.unwrap_or(COLUMNS), look), look, palette, self.out)
    }
}
