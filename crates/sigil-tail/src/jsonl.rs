//! Events as JSON lines: those of Sigil as they were written, others as events.

mod piece;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Instant;

use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_input::follow::{Chunk, LogId};
use sigil_input::{MalformedLines, unrecognised};
use sigil_store::Complaint;

use crate::cli::Config;
use crate::last::Last;
use crate::show::{Flow, Show};
use piece::Piece;

/// Writes each event that passes on a line.
pub(crate) struct Lines<'a> {
    out: &'a mut dyn Write,
    config: &'a Config,
    /// What may have to be written of that which is there, until all of it has been read.
    last: Option<Last>,
    malformed: MalformedLines,
    /// Logs in which nothing has been recognised so far.
    unrecognised: BTreeMap<LogId, String>,
    /// Whose held back events come.
    settled: LogId,
    result: io::Result<()>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, config: &'a Config) -> Self {
        Self {
            out,
            config,
            last: config.last.map(Last::new),
            malformed: MalformedLines::default(),
            unrecognised: BTreeMap::new(),
            settled: LogId(0),
            result: Ok(()),
        }
    }

    /// What is to be said when all is over.
    pub(crate) fn complaints(&self) -> Vec<Complaint> {
        let mut complaints: Vec<_> = self.unrecognised.values().map(|name| unrecognised(name)).collect();
        complaints.extend(self.malformed.complaint(self.config.is_strict));
        complaints
    }

    fn write(&mut self, log: LogId, lines: &[u8]) -> io::Result<()> {
        match &mut self.last {
            Some(last) => {
                last.add(log, lines);
                Ok(())
            }
            None => self.out.write_all(lines),
        }
    }
}

/// What decoders have held back.
impl Sink for Lines<'_> {
    fn begin(&mut self, source: SourceId, _: u64) {
        self.settled = LogId(source.0);
    }

    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        if self.result.is_ok() && self.config.filter.passes(event) {
            let mut line = Vec::new();
            self.result = piece::write(&mut line, event).and_then(|()| self.write(self.settled, &line));
        }
    }

    fn defect(&mut self, _: u64, _: Defect) {}

    fn end(&mut self, _: u64, _: u64) {}
}

impl Show for Lines<'_> {
    fn take(&mut self, chunk: &mut Chunk<'_>) -> io::Result<()> {
        let (log, written, filter) = (chunk.log(), chunk.written(), &self.config.filter);
        let threads = self.config.followed.options.threads;
        let pieces = chunk.decode_pieces(threads, || Piece::new(filter, written));
        let mut first_line = chunk.first_line();
        for piece in pieces {
            for line in &piece.malformed {
                self.malformed.add(chunk.name(), first_line + line + 1);
            }
            first_line += piece.lines;
            for lines in &piece.out {
                self.write(log, lines)?;
            }
        }
        let tally = chunk.tally();
        if tally.recognised > 0 {
            self.unrecognised.remove(&log);
        } else if tally.lines > 0 {
            self.unrecognised.insert(log, chunk.name().to_owned());
        }
        Ok(())
    }

    fn refresh(&mut self) -> io::Result<Flow> {
        std::mem::replace(&mut self.result, Ok(()))?;
        for line in self.last.take().into_iter().flat_map(Last::into_lines) {
            self.out.write_all(&line)?;
        }
        self.out.flush()?;
        Ok(Flow::Continue)
    }

    fn due(&self) -> Option<Instant> {
        None
    }
}
