//! One compressed file of a log: it does not grow, and is read from its beginning.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use memchr::{memchr_iter, memrchr};

use super::mark::{CONTEXT, HEAD, Likeness, Mark, Point, Print, Stamp, read_at};
use crate::compressed::Compression;
use crate::line::MAX_LINE;

/// How much is unpacked at a time, lines permitting.
const READ: usize = 1 << 20;

/// A compressed file that is being read.
pub(super) struct Packed {
    pub(super) path: PathBuf,
    plain: Box<dyn Read + Send>,
    stamp: Stamp,
    /// Behind the last line that was handed out, in bytes as they are unpacked.
    pub(super) position: u64,
    pub(super) lines: u64,
    /// The first bytes, as many as tell what it is.
    head: Vec<u8>,
    context: Vec<u8>,
    /// What was unpacked and not yet handed out stands at the beginning of it.
    buffer: Vec<u8>,
    filled: usize,
    ended: bool,
    /// Why it could not be read to its end.
    pub(super) damage: Option<io::Error>,
    /// The rest of a line that is too long is passed over.
    is_skipping: bool,
}

/// What comes next.
pub(super) enum Next {
    /// Whole lines, or the last one without its newline: where they stand in the buffer.
    Lines(Range<usize>),
    /// A line that is longer than any may be.
    TooLong,
    /// Nothing.
    End,
}

impl Packed {
    /// A compressed file from its beginning.
    pub(super) fn new(path: &Path, file: File, compression: Compression) -> io::Result<Self> {
        let stamp = Stamp::of(&file.metadata()?);
        Ok(Self {
            path: path.to_owned(),
            plain: compression.decode(file),
            stamp,
            position: 0,
            lines: 0,
            head: Vec::new(),
            context: Vec::new(),
            buffer: Vec::new(),
            filled: 0,
            ended: false,
            damage: None,
            is_skipping: false,
        })
    }

    /// The first bytes, unpacked.
    pub(super) fn head(&mut self) -> &[u8] {
        while self.filled < HEAD && !self.ended {
            self.fill(HEAD);
        }
        &self.buffer[..self.filled.min(HEAD)]
    }

    /// Passes over what `mark` says was read, if it is that; else it is of no more use.
    pub(super) fn skip(&mut self, mark: &Mark) -> Likeness {
        if mark.position == 0 || !self.may_be_of(mark) {
            return Likeness::Other;
        }
        let goal = Point { position: mark.position, before: mark.before };
        let mut passed: Option<Point> = None;
        for point in mark.trail.iter().filter(|point| point.position < mark.position).chain([&goal]) {
            if !self.pass_to(point.position) {
                // It ends before.
                let is_it = passed.is_some_and(|point| point.tells_of(self.position));
                return if is_it { Likeness::Within } else { Likeness::Other };
            }
            let before = self.context.len().saturating_sub(point.before.bytes);
            if point.before != Print::of(&self.context[before..]) {
                return Likeness::Other;
            }
            passed = Some(*point);
        }
        self.lines = mark.lines;
        Likeness::Behind
    }

    /// Whether `file` begins with all that it holds, which is something. It is of no more use then.
    pub(super) fn is_beginning_of(&mut self, file: &File) -> io::Result<bool> {
        let mut other = Vec::new();
        loop {
            self.fill(READ);
            other.resize(self.filled, 0);
            if self.filled == 0 {
                return Ok(self.position > 0);
            }
            let read = read_at(file, &mut other, self.position)?;
            if other[..read] != self.buffer[..self.filled] {
                return Ok(false);
            }
            self.forget(self.filled);
        }
    }

    /// Whether it begins like what was read, or is too short to tell.
    fn may_be_of(&mut self, mark: &Mark) -> bool {
        let head = self.head();
        let is_short = head.len() < HEAD.min(mark.head.bytes);
        is_short || mark.head.is_beginning_of(head)
    }

    /// Passes over what lies before `position`, if there is so much.
    fn pass_to(&mut self, position: u64) -> bool {
        while self.position < position {
            if self.filled == 0 {
                if self.ended {
                    return false;
                }
                self.fill(READ);
                continue;
            }
            let left = usize::try_from(position - self.position).unwrap_or(usize::MAX);
            self.forget(left.min(self.filled));
        }
        true
    }

    /// What it is recognised by.
    pub(super) fn mark(&self) -> Mark {
        Mark {
            head: Print::of(&self.head),
            before: Print::of(&self.context),
            position: self.position,
            lines: self.lines,
            // Only what has been read to its end need not be unpacked again.
            stamp: (self.ended && self.filled == 0).then_some(self.stamp),
            trail: Vec::new(),
        }
    }

    /// The next lines. They count as read once they are [taken](Self::take).
    pub(super) fn next(&mut self) -> Next {
        loop {
            if self.is_skipping {
                match memchr::memchr(b'\n', &self.buffer[..self.filled]) {
                    Some(at) => {
                        self.forget(at + 1);
                        self.is_skipping = false;
                        self.lines += 1;
                        return Next::TooLong;
                    }
                    None => self.forget(self.filled),
                }
            }
            if let Some(end) = memrchr(b'\n', &self.buffer[..self.filled]) {
                return Next::Lines(0..end + 1);
            }
            if self.ended {
                return if self.is_skipping {
                    self.is_skipping = false;
                    Next::TooLong
                } else if self.filled > 0 {
                    Next::Lines(0..self.filled)
                } else {
                    Next::End
                };
            }
            if self.filled > MAX_LINE {
                self.is_skipping = true;
                continue;
            }
            self.fill(READ);
        }
    }

    /// Whether nothing more comes.
    pub(super) fn is_at_end(&mut self) -> bool {
        if self.filled == 0 && !self.ended {
            self.fill(READ);
        }
        self.filled == 0
    }

    /// What the last ranges are of.
    pub(super) fn buffer(&self) -> &[u8] {
        &self.buffer
    }

    /// Counts the first `bytes` of the buffer as read, and forgets them.
    pub(super) fn take(&mut self, bytes: usize) {
        self.lines += memchr_iter(b'\n', &self.buffer[..bytes]).count() as u64;
        self.forget(bytes);
    }

    fn forget(&mut self, bytes: usize) {
        let gone = &self.buffer[..bytes];
        let missing = HEAD.saturating_sub(self.head.len()).min(gone.len());
        self.head.extend_from_slice(&gone[..missing]);
        self.context.extend_from_slice(&gone[gone.len().saturating_sub(CONTEXT)..]);
        self.context.drain(..self.context.len().saturating_sub(CONTEXT));
        self.position += bytes as u64;
        self.buffer.copy_within(bytes..self.filled, 0);
        self.filled -= bytes;
    }

    /// Unpacks more. What can be read of a damaged file counts.
    fn fill(&mut self, most: usize) {
        self.buffer.resize(self.buffer.len().max(self.filled + most), 0);
        let end = self.filled + most;
        while self.filled < end {
            match self.plain.read(&mut self.buffer[self.filled..end]) {
                Ok(0) => self.ended = true,
                Ok(read) => self.filled += read,
                Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
                Err(why) => {
                    self.damage = Some(why);
                    self.ended = true;
                }
            }
            if self.ended {
                return;
            }
        }
    }
}
