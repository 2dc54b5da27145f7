//! Events as JSON lines: those of Sigil as they were written, others as events.

mod piece;

use std::io::{self, Write};
use std::time::Instant;

use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_input::MalformedLines;
use sigil_input::follow::{Chunk, LogId};

use crate::cli::Config;
use crate::completion::Sessions;
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
    /// How the sessions fare, if that is asked for.
    sessions: Option<Sessions>,
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
            sessions: config.until_complete.then(|| Sessions::awaiting(config.subject.awaited.clone())),
            settled: LogId(0),
            result: Ok(()),
        }
    }

    fn write(&mut self, log: LogId, lines: &[u8]) -> io::Result<()> {
        match &mut self.last {
            Some(last) if last.keeps(log) => {
                last.add(log, lines);
                Ok(())
            }
            _ => self.out.write_all(lines),
        }
    }
}

/// What decoders have held back.
impl Sink for Lines<'_> {
    fn begin(&mut self, source: SourceId, _: u64) {
        self.settled = LogId(source.0);
    }

    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        if let Some(sessions) = &mut self.sessions {
            sessions.add(event);
        }
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
        let is_counted = self.sessions.is_some();
        let new = || Piece::new(filter, written, is_counted.then(Sessions::default));
        let pieces = chunk.decode_pieces(threads, new);
        let mut first_line = chunk.first_line();
        for piece in pieces {
            for line in &piece.malformed {
                self.malformed.add(chunk.name(), first_line + line + 1);
            }
            first_line += piece.lines;
            for lines in &piece.out {
                self.write(log, lines)?;
            }
            if let (Some(sessions), Some(later)) = (&mut self.sessions, piece.sessions) {
                sessions.append(later);
            }
        }
        Ok(())
    }

    fn refresh(&mut self) -> io::Result<Flow> {
        std::mem::replace(&mut self.result, Ok(()))?;
        self.out.flush()?;
        Ok(Flow::Continue)
    }

    fn caught_up(&mut self, is_done: bool) -> io::Result<()> {
        let all = if is_done { self.last.take() } else { None };
        let files = self.last.as_mut().map(Last::of_files);
        let lines = all.into_iter().flat_map(Last::into_lines).chain(files.into_iter().flatten());
        lines.into_iter().try_for_each(|line| self.out.write_all(&line))
    }

    fn keeps_back(&self) -> bool {
        self.last.as_ref().is_some_and(Last::keeps_files)
    }

    fn due(&self) -> Option<Instant> {
        None
    }

    fn sessions(&self) -> Option<&Sessions> {
        self.sessions.as_ref()
    }

    fn malformed(&self) -> Option<&MalformedLines> {
        Some(&self.malformed)
    }
}
