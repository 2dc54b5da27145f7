//! One block of a file: the lines that begin in it.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use memchr::{memchr, memrchr};
use sigil_event::{Malformed, Sink, SourceId};

use crate::format::{Carry, Decoder};
use crate::line::MAX_LINE;

/// How much more is read at a time while the last line of a block goes on.
const STEP: usize = 64 << 10;

/// Bytes of a block in memory: what is behind the first line start in `range`, up to the end of the
/// last line that begins in it.
pub(super) struct Block<'b> {
    bytes: &'b [u8],
    /// Where `bytes` begins in its source.
    offset: u64,
    /// The last line is longer than [`MAX_LINE`] and is not in `bytes`.
    too_long: bool,
    /// Where the source ends.
    source_end: u64,
}

/// Reads the lines of `file` that begin in `range` into `buffer`. `size` is where the file ended when it
/// was opened: what is appended meanwhile belongs to the next run.
pub(super) fn read<'b>(
    file: &File,
    range: Range<u64>,
    size: u64,
    buffer: &'b mut Vec<u8>,
) -> io::Result<Block<'b>> {
    // The byte before tells whether a line begins with the block.
    let from = range.start.saturating_sub(1);
    let mut text = Text { file, buffer, filled: 0, from };
    text.extend(usize::try_from(range.end - from).unwrap_or(usize::MAX))?;
    let first = match range.start {
        0 => 0,
        _ => memchr(b'\n', text.bytes()).map_or(text.filled, |at| at + 1),
    };
    let mut too_long = false;
    if first < text.filled && text.bytes().last() != Some(&b'\n') {
        let line = memrchr(b'\n', text.bytes()).map_or(first, |at| (at + 1).max(first));
        too_long = !text.finish_line(size, line)?;
    }
    let filled = text.filled;
    Ok(Block {
        bytes: buffer.get(first..filled).unwrap_or(&[]),
        offset: from + first as u64,
        too_long,
        source_end: size,
    })
}

/// The beginning of a buffer, filled from byte `from` of a file on. What is behind it is left from
/// earlier blocks: a buffer is cleared once, when it grows.
struct Text<'t> {
    file: &'t File,
    buffer: &'t mut Vec<u8>,
    filled: usize,
    from: u64,
}

impl Text<'_> {
    fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or(&[])
    }

    /// Reads on until the line that begins at `line` ends, and drops it if it is too long.
    fn finish_line(&mut self, size: u64, line: usize) -> io::Result<bool> {
        let mut step = STEP;
        loop {
            let known = self.filled;
            let left = size.saturating_sub(self.from + known as u64);
            let wanted = step.min(usize::try_from(left).unwrap_or(usize::MAX));
            if wanted == 0 || self.extend(wanted)? == 0 {
                return Ok(true);
            }
            if let Some(end) = self.bytes().get(known..).and_then(|new| memchr(b'\n', new)) {
                self.filled = known + end + 1;
                if known + end - line <= MAX_LINE {
                    return Ok(true);
                }
            }
            if self.filled - line > MAX_LINE {
                self.filled = line;
                self.buffer.truncate(line);
                self.buffer.shrink_to_fit();
                return Ok(false);
            }
            step = (step * 2).min(4 << 20);
        }
    }

    /// Reads up to `wanted` bytes more, fewer only where the file ends, and says how many.
    fn extend(&mut self, wanted: usize) -> io::Result<usize> {
        let known = self.filled;
        if self.buffer.len() < known + wanted {
            self.buffer.resize(known + wanted, 0);
        }
        while self.filled < known + wanted {
            let at = self.from + self.filled as u64;
            match self.file.read_at(&mut self.buffer[self.filled..known + wanted], at) {
                Ok(0) => break,
                Ok(n) => self.filled += n,
                Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
                Err(why) => return Err(why),
            }
        }
        Ok(self.filled - known)
    }
}

impl Block<'_> {
    /// Whether `test` holds for a line; looks at none behind the first that it holds for. The second
    /// value is how many lines were looked at.
    pub(super) fn any_line(&self, mut test: impl FnMut(&[u8]) -> bool) -> (bool, u64) {
        let mut looked_at = 0;
        let lines = self.bytes.split(|byte| *byte == b'\n');
        let found = lines.filter(|line| !line.is_empty()).any(|line| {
            looked_at += 1;
            test(line)
        });
        (found, looked_at)
    }

    /// Decodes all lines, as the piece `range` of `source`; `before` gives what lies before it, if need be.
    pub(super) fn decode(
        &self,
        source: SourceId,
        range: Range<u64>,
        decoder: &mut Decoder,
        before: impl FnOnce() -> Carry,
        sink: &mut impl Sink,
    ) {
        sink.begin(source, range.start);
        let mut lines = decoder.lines(self.bytes, self.offset, 0, sink);
        if self.too_long {
            sink.defect(lines, Malformed::TooLong.into());
            lines += 1;
        }
        if range.end >= self.source_end {
            decoder.finish_source(before, sink);
        }
        sink.end(range.end, lines);
    }
}
