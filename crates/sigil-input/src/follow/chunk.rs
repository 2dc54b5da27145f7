//! What a follower hands out: lines, and what decodes them.

use sigil_event::{Defect, EventRef, Malformed, Sink, SourceId};

use super::LogId;
use super::log::Lines;
use crate::format::{Decoder, LineSink};
use crate::written::Written;

/// Whole lines of one log.
pub struct Chunk<'a> {
    pub(super) log: LogId,
    pub(super) name: String,
    pub(super) bytes: &'a [u8],
    pub(super) lines: Lines,
    pub(super) decoder: &'a mut Decoder,
    /// Nobody has named the log: what is wrong with it is said only if something of it is recognised.
    pub(super) is_walked: bool,
}

impl<'a> Chunk<'a> {
    /// Whose lines they are.
    pub fn log(&self) -> LogId {
        self.log
    }

    /// The file they stand in, as it is called now.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The lines as written. Only the very last one of a file may lack its newline.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Decodes the lines. Lines that are wrong are counted from 0 at the beginning of the file.
    pub fn decode(&mut self, sink: &mut impl Sink) {
        let Lines { start, first_line, is_too_long, .. } = self.lines;
        let is_muted = self.is_walked && self.decoder.tally().recognised == 0;
        if is_too_long {
            if !is_muted {
                sink.defect(first_line, Malformed::TooLong.into());
            }
        } else if is_muted {
            self.decoder.lines(self.bytes, start, first_line, &mut WithoutDefects(sink));
        } else {
            self.decoder.lines(self.bytes, start, first_line, sink);
        }
    }

    /// Decodes the lines on up to `threads` threads, each piece of them into a sink that `new` makes, and gives
    /// back the sinks in the order of the lines. In each the lines are counted from 0.
    pub fn decode_pieces<S, N>(&mut self, threads: usize, new: N) -> Vec<S>
    where
        S: LineSink<'a> + Send,
        N: Fn() -> S + Sync,
    {
        let Lines { start, first_line, is_too_long, .. } = self.lines;
        let source = SourceId(self.log.0);
        let is_muted = self.is_walked && self.decoder.tally().recognised == 0;
        if !is_too_long && !is_muted {
            return self.decoder.pieces(self.bytes, source, start, threads, new);
        }
        let lines = memchr::memchr_iter(b'\n', self.bytes).count() as u64 + u64::from(is_too_long);
        // What is decoded here counts from the beginning of the file.
        self.lines.first_line = 0;
        let mut sink = new();
        sink.begin(source, start);
        self.decode(&mut sink);
        sink.end(start + self.bytes.len() as u64, lines);
        self.lines.first_line = first_line;
        vec![sink]
    }

    /// The number of the first line, counted from 0 at the beginning of the file.
    pub fn first_line(&self) -> u64 {
        self.lines.first_line
    }

    /// The lines, to find objects in as they were written.
    pub fn written(&self) -> Written<'a> {
        Written::new(self.bytes, self.lines.start)
    }
}

/// Passes on events alone.
struct WithoutDefects<'a, S>(&'a mut S);

impl<S: Sink> Sink for WithoutDefects<'_, S> {
    fn begin(&mut self, source: SourceId, start: u64) {
        self.0.begin(source, start);
    }

    fn event(&mut self, event: &EventRef<'_>, offset: u64) {
        self.0.event(event, offset);
    }

    fn defect(&mut self, _: u64, _: Defect) {}

    fn end(&mut self, end: u64, lines: u64) {
        self.0.end(end, lines);
    }
}

/// Takes nothing.
pub(super) struct Nowhere;

impl Sink for Nowhere {
    fn begin(&mut self, _: SourceId, _: u64) {}
    fn event(&mut self, _: &EventRef<'_>, _: u64) {}
    fn defect(&mut self, _: u64, _: Defect) {}
    fn end(&mut self, _: u64, _: u64) {}
}
