//! What comes out of a piece of a log.

use std::borrow::Cow;
use std::io::{self, Write};

use sigil_event::{Defect, Event, EventRef, Sink, SourceId};
use sigil_input::{LineSink, Written};

use crate::completion::Sessions;
use crate::filter::Filter;

/// Collects lines of output, and the lines of input that are wrong.
pub(super) struct Piece<'a, 'f> {
    filter: &'f Filter,
    is_filtered: bool,
    written: Written<'a>,
    /// In their order, each with its newline.
    pub(super) out: Vec<Cow<'a, [u8]>>,
    /// Numbers from 0 of the lines that are wrong.
    pub(super) malformed: Vec<u64>,
    /// How the sessions fare, if that is asked for.
    pub(super) sessions: Option<Sessions>,
    /// How many lines it has.
    pub(super) lines: u64,
}

impl<'a, 'f> Piece<'a, 'f> {
    pub(super) fn new(filter: &'f Filter, written: Written<'a>, sessions: Option<Sessions>) -> Self {
        let is_filtered = !filter.is_idle();
        Self { filter, is_filtered, written, out: Vec::new(), malformed: Vec::new(), sessions, lines: 0 }
    }

    /// What is copied behind all that has come so far.
    fn copied(&mut self) -> &mut Vec<u8> {
        if !matches!(self.out.last(), Some(Cow::Owned(_))) {
            self.out.push(Cow::Owned(Vec::new()));
        }
        match self.out.last_mut() {
            Some(last) => last.to_mut(),
            None => unreachable!("something was pushed if there was nothing"),
        }
    }
}

/// Writes an event on a line: the object that it was read from, or one that is made of it.
pub(super) fn write(out: &mut Vec<u8>, event: &EventRef<'_>) -> io::Result<()> {
    if event.raw.is_empty() {
        serde_json::to_writer(&mut *out, &Event::from(event))?;
    } else {
        out.extend_from_slice(event.raw.as_bytes());
    }
    out.write_all(b"\n")
}

impl Sink for Piece<'_, '_> {
    fn begin(&mut self, _: SourceId, _: u64) {}

    fn event(&mut self, event: &EventRef<'_>, offset: u64) {
        if let Some(sessions) = &mut self.sessions {
            sessions.add(event);
        }
        if self.is_filtered && !self.filter.passes(event) {
            return;
        }
        let object = if event.raw.is_empty() { None } else { self.written.object(event.raw, offset) };
        let out = self.copied();
        match object {
            Some(object) => {
                out.extend_from_slice(object);
                out.push(b'\n');
            }
            // Nothing can go wrong where everything is in memory.
            None => drop(write(out, event)),
        }
    }

    fn defect(&mut self, line: u64, _: Defect) {
        self.malformed.push(line);
    }

    fn end(&mut self, _: u64, lines: u64) {
        self.lines = lines;
    }
}

impl<'a> LineSink<'a> for Piece<'a, '_> {
    fn takes_lines(&self) -> bool {
        !self.is_filtered && self.sessions.is_none()
    }

    fn lines(&mut self, lines: &'a [u8]) {
        self.out.push(Cow::Borrowed(lines));
    }
}
