//! One block of a file: the lines that begin in it.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use memchr::memchr;
use sigil_event::{Malformed, Sink, SourceId};

use super::MAX_LINE;
use crate::format::Decoder;

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
    buffer.clear();
    extend(file, buffer, from, usize::try_from(range.end - from).unwrap_or(usize::MAX))?;
    let first = match range.start {
        0 => 0,
        _ => memchr(b'\n', buffer).map_or(buffer.len(), |at| at + 1),
    };
    let mut too_long = false;
    if first < buffer.len() && buffer.last() != Some(&b'\n') {
        let line = memchr::memrchr(b'\n', buffer).map_or(first, |at| (at + 1).max(first));
        too_long = !finish_line(file, buffer, from, size, line)?;
    }
    Ok(Block { bytes: buffer.get(first..).unwrap_or(&[]), offset: from + first as u64, too_long })
}

/// Reads on until the line that begins at `line` ends, and drops it if it is too long.
fn finish_line(file: &File, buffer: &mut Vec<u8>, from: u64, size: u64, line: usize) -> io::Result<bool> {
    let mut step = STEP;
    loop {
        let known = buffer.len();
        let left = size.saturating_sub(from + known as u64);
        let wanted = step.min(usize::try_from(left).unwrap_or(usize::MAX));
        if wanted == 0 || extend(file, buffer, from + known as u64, wanted)? == 0 {
            return Ok(true);
        }
        if let Some(end) = buffer.get(known..).and_then(|new| memchr(b'\n', new)) {
            buffer.truncate(known + end + 1);
            if known + end - line <= MAX_LINE {
                return Ok(true);
            }
        }
        if buffer.len() - line > MAX_LINE {
            buffer.truncate(line);
            buffer.shrink_to(STEP.max(line));
            return Ok(false);
        }
        step = (step * 2).min(4 << 20);
    }
}

/// Appends up to `wanted` bytes from `at` on, fewer only where the file ends, and says how many.
fn extend(file: &File, buffer: &mut Vec<u8>, at: u64, wanted: usize) -> io::Result<usize> {
    let known = buffer.len();
    buffer.resize(known + wanted, 0);
    let mut filled = 0;
    while filled < wanted {
        match file.read_at(&mut buffer[known + filled..], at + filled as u64) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => {
                buffer.truncate(known);
                return Err(why);
            }
        }
    }
    buffer.truncate(known + filled);
    Ok(filled)
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

    /// Decodes all lines, as the piece `range` of `source`.
    pub(super) fn decode(
        &self,
        source: SourceId,
        range: Range<u64>,
        decoder: &mut Decoder,
        sink: &mut impl Sink,
    ) {
        sink.begin(source, range.start);
        let mut lines = decoder.lines(self.bytes, self.offset, 0, sink);
        if self.too_long {
            sink.defect(lines, Malformed::TooLong.into());
            lines += 1;
        }
        sink.end(range.end, lines);
    }
}
