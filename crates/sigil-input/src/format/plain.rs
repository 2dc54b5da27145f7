//! Lines that come out as they went in: most of a Sigil log need not be taken apart to be handed on.
//!
//! A line is plain if it is one whole Sigil event, of the shape of a line that was read before, with nothing
//! around it and nothing wrong with it. What is plain is known for certain, the text of values aside, which are
//! checked and not looked at: runs of plain lines are handed on as they stand, all other lines are decoded, and
//! the same comes out as if every line had been. Only their times are not read, which nobody learns of who takes
//! lines as they stand.

use sigil_event::Sink;

use super::{Decoder, Format};
use crate::line::MAX_LINE;

/// Takes what lines hold, and lines as they stand.
pub trait LineSink<'a>: Sink {
    /// Whether lines may come as they stand. Else all come as events.
    fn takes_lines(&self) -> bool;

    /// Lines, each with its newline, each of which is the object of one Sigil event.
    fn lines(&mut self, lines: &'a [u8]);
}

impl Decoder {
    /// [`lines`](Self::lines), but plain ones are handed on as they stand if `sink` takes them.
    pub fn pass<'a, S: LineSink<'a>>(
        &mut self,
        bytes: &'a [u8],
        offset: u64,
        first: u64,
        sink: &mut S,
    ) -> u64 {
        if !sink.takes_lines() || self.disclosure.redact {
            return self.lines(bytes, offset, first, sink);
        }
        let mut number = first;
        let mut start = 0;
        let text = std::str::from_utf8(bytes).unwrap_or("");
        while start < bytes.len() {
            let (length, lines) = self.plain(text.get(start..).unwrap_or(""));
            if let Some(plain) = bytes.get(start..start + length).filter(|plain| !plain.is_empty()) {
                sink.lines(plain);
                number += lines;
                start += length;
                continue;
            }
            start = self.next_line(bytes, text, start, offset, number, sink);
            if self.needs_what_came_before() {
                return number;
            }
            number += 1;
        }
        number
    }

    /// How many bytes, and how many lines, `text` begins with that are plain.
    fn plain(&mut self, text: &str) -> (usize, u64) {
        let mut rest = text;
        let mut lines = 0;
        if self.last == Format::Sigil && self.has_object == Some(true) {
            while let Some(length) = self.shapes.line_length(rest).filter(|length| *length <= MAX_LINE) {
                rest = rest.get(length..).unwrap_or("");
                lines += 1;
            }
        }
        self.tally.lines += lines;
        self.tally.recognised += lines;
        (text.len() - rest.len(), lines)
    }
}
