//! A stream in its own order: what has arrived is decoded before the next wait.

use std::io::{self, Read};

use memchr::memrchr;
use sigil_event::{Malformed, Sink, SourceId};

use crate::format::Decoder;
use crate::line::MAX_LINE;

/// The most that one read takes.
const CHUNK: usize = 256 << 10;

/// Reads `input` to its end and decodes its lines in order, on this thread.
///
/// Before each read, which may wait, `before_wait` is called: whoever writes has to flush then. A line
/// is decoded when its newline has come; the last one when the input ends. A failed read ends the input
/// like its end does, and is returned. Nothing comes before a stream: `decoder` must know that
/// ([`Decoder::first_of_all`]).
///
/// # Errors
/// What `before_wait` returns; it ends the reading.
pub fn read_stream<S, E>(
    mut input: impl Read,
    id: SourceId,
    decoder: &mut Decoder,
    sink: &mut S,
    mut before_wait: impl FnMut(&mut S) -> Result<(), E>,
) -> Result<io::Result<()>, E>
where
    S: Sink,
{
    let mut lines = Lines::default();
    sink.begin(id, 0);
    loop {
        decoder.before_wait(sink);
        before_wait(sink)?;
        let read = lines.fill(&mut input);
        let ended = !matches!(read, Ok(1..));
        let new = *read.as_ref().unwrap_or(&0);
        let complete = if ended { lines.filled } else { lines.complete(new) };
        let number = decoder.lines(&lines.buffer[..complete], lines.offset, lines.number, sink);
        lines.consume(complete, number);
        if lines.drop_what_is_too_long() {
            sink.defect(lines.number, Malformed::TooLong.into());
        }
        if ended {
            decoder.finish(sink);
            sink.end(lines.offset, lines.number);
            return Ok(read.map(|_| ()));
        }
    }
}

/// What has been read of a stream and not yet decoded.
#[derive(Default)]
struct Lines {
    buffer: Vec<u8>,
    filled: usize,
    /// Where the buffer begins in the stream.
    offset: u64,
    /// The number of the line that the buffer begins with.
    number: u64,
    /// That line is too long: all up to the next newline is skipped.
    skipping: bool,
}

impl Lines {
    fn fill(&mut self, input: &mut impl Read) -> io::Result<usize> {
        if self.buffer.len() < self.filled + CHUNK {
            self.buffer.resize(self.filled + CHUNK, 0);
        }
        loop {
            match input.read(&mut self.buffer[self.filled..]) {
                Ok(n) => {
                    self.filled += n;
                    self.skip();
                    return Ok(n);
                }
                Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
                Err(why) => return Err(why),
            }
        }
    }

    /// Bytes up to the last newline, which is among the `new` ones, if there is one.
    fn complete(&self, new: usize) -> usize {
        let known = self.filled.saturating_sub(new);
        memrchr(b'\n', &self.buffer[known..self.filled]).map_or(0, |at| known + at + 1)
    }

    fn consume(&mut self, bytes: usize, number: u64) {
        self.buffer.copy_within(bytes..self.filled, 0);
        self.filled -= bytes;
        self.offset += bytes as u64;
        self.number = number;
    }

    /// Forgets the beginning of a line that has grown too long.
    fn drop_what_is_too_long(&mut self) -> bool {
        if self.filled <= MAX_LINE {
            return false;
        }
        self.consume(self.filled, self.number);
        self.buffer = Vec::new();
        self.skipping = true;
        true
    }

    /// Forgets the rest of such a line.
    fn skip(&mut self) {
        if self.skipping {
            let end = memchr::memchr(b'\n', &self.buffer[..self.filled]);
            let (bytes, number) = end.map_or((self.filled, self.number), |at| (at + 1, self.number + 1));
            self.consume(bytes, number);
            self.skipping = end.is_none();
        }
    }
}
