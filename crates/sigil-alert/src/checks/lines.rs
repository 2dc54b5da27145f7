//! Errors among new lines of a log: events and plain logs alike, as every tool reads them.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;

use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_input::read::{Options, read_stream};
use sigil_input::source::{Found, Source};

use super::growth::Piece;

/// How much is looked at at once for the end of the last whole line.
const BLOCK: u64 = 64 << 10;

/// Lines, and how many of them tell of an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) lines: u64,
    pub(super) errors: u64,
}

impl Sink for Count {
    fn begin(&mut self, _: SourceId, _: u64) {}

    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        self.lines += 1;
        self.errors += u64::from(event.event_type.is_error());
    }

    fn defect(&mut self, _: u64, _: Defect) {}

    fn end(&mut self, _: u64, _: u64) {}
}

/// Counts the whole lines of `pieces`. A last line without its newline is left for the next time: gives back where it
/// begins.
pub(super) fn count(log: &Path, pieces: &[Piece], options: &Options) -> io::Result<(Count, u64)> {
    let mut count = Count::default();
    let mut rest = 0;
    for (number, piece) in pieces.iter().enumerate() {
        let mut file = File::open(&piece.path)?;
        let is_last = number + 1 == pieces.len();
        let to = if is_last { end_of_last_line(&file, piece.from, piece.to)? } else { piece.to };
        rest = to;
        file.seek(SeekFrom::Start(piece.from))?;
        let mut decoder = options.decoder(&Source::file(log, Found::Named)).first_of_all();
        let read = read_stream(
            file.take(to.saturating_sub(piece.from)),
            SourceId(0),
            &mut decoder,
            &mut count,
            |_| Ok::<(), io::Error>(()),
        )?;
        read?;
    }
    Ok((count, rest))
}

fn end_of_last_line(file: &File, from: u64, to: u64) -> io::Result<u64> {
    let mut end = to;
    let mut block = Vec::new();
    while end > from {
        let start = end.saturating_sub(BLOCK).max(from);
        block.resize(usize::try_from(end - start).unwrap_or(0), 0);
        match file.read_exact_at(&mut block, start) {
            // It was truncated this very moment: the next check sees that.
            Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => return Ok(from),
            read => read?,
        }
        if let Some(at) = memchr::memrchr(b'\n', &block) {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(from)
}
