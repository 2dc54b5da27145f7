//! One file of a log that can be read anywhere, and what has been read of it.
//!
//! Nothing is kept of a line that has not ended yet: it is read again when it has. Every read is checked against what
//! stood before the position, before and after, so that a file that was cut off and written anew in the meantime is
//! never taken for what it was.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memchr::{memchr, memchr_iter, memrchr};

use super::ahead::Ahead;
use super::mark::{CONTEXT, HEAD, Mark, Point, Print, Stamp, read_at};
use crate::line::MAX_LINE;
use crate::positioned::{self, Filled};

/// How much is read at a time, lines permitting.
pub(super) const READ: usize = if cfg!(test) { 4 << 10 } else { 4 << 20 };

/// How many of the places where reading has ended are remembered, beside those that are fixed.
const RECENT: usize = 16;

/// Up to there every end of a line is remembered: a copy of so little ends with one, and tells nothing else.
const BEGINNING: u64 = 1 << 10;

/// A file that is open.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) path: PathBuf,
    pub(super) file: Arc<File>,
    /// Behind the last line that was handed out.
    pub(super) position: u64,
    /// Lines before the position.
    pub(super) lines: u64,
    head: Print,
    /// The bytes right before the position.
    context: Vec<u8>,
    /// Up to there no newline stands behind the position.
    scanned: u64,
    /// The file as it was when all of it had been looked at.
    seen: Option<Stamp>,
    found: Option<Found>,
    /// The file as it was when its last line, which has no newline, was looked at.
    rest_seen: Option<Stamp>,
    /// Places on the way: the first ends of lines, then each twice as far as the one before.
    fixed: Vec<Point>,
    /// The last places at which reading ended.
    recent: VecDeque<Point>,
    ahead: Ahead,
}

/// The lines that the last look has found.
#[derive(Debug)]
struct Found {
    /// Where they end in the buffer.
    end: usize,
    lines: u64,
    /// Whether as much again stands behind them.
    has_more: bool,
}

/// What a look at a file has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// No whole line that is new.
    Nothing,
    /// Whole lines: where they stand in the buffer. They count as read once they are [taken](Part::take).
    Lines(Range<usize>),
    /// A line that is longer than any may be: it ends before that byte of the file.
    TooLong(u64),
    /// The file does not hold any more what was read of it.
    Rewritten,
}

impl Part {
    /// A file of which nothing has been read.
    pub(super) fn new(path: &Path, file: File) -> Self {
        Self {
            path: path.to_owned(),
            file: Arc::new(file),
            position: 0,
            lines: 0,
            head: Print::default(),
            context: Vec::new(),
            scanned: 0,
            seen: None,
            found: None,
            rest_seen: None,
            fixed: Vec::new(),
            recent: VecDeque::new(),
            ahead: Ahead::default(),
        }
    }

    /// A file of which `mark` has been read, which was checked.
    pub(super) fn behind(path: &Path, file: File, mark: &Mark) -> io::Result<Self> {
        let mut context = vec![0; mark.before.bytes.min(CONTEXT)];
        let read = read_at(&file, &mut context, mark.position.saturating_sub(mark.before.bytes as u64))?;
        context.truncate(read);
        let Mark { head, position, lines, .. } = *mark;
        let is_fixed = |point: &Point| point.position <= BEGINNING || point.position.is_power_of_two();
        let (fixed, recent): (Vec<_>, Vec<_>) = mark.trail.iter().partition(|point| is_fixed(point));
        let recent = recent.into();
        Ok(Self { position, lines, head, context, scanned: position, fixed, recent, ..Self::new(path, file) })
    }

    /// What it is recognised by.
    pub(super) fn mark(&self) -> Mark {
        let mut trail: Vec<_> = self.fixed.iter().chain(&self.recent).copied().collect();
        trail.sort_by_key(|point| point.position);
        Mark {
            head: self.head,
            before: Print::of(&self.context),
            position: self.position,
            lines: self.lines,
            stamp: self.seen,
            trail,
        }
    }

    pub(super) fn stamp(&self) -> io::Result<Stamp> {
        Ok(Stamp::of(&self.file.metadata()?))
    }

    /// Whether it may hold more than when it was last looked at.
    pub(super) fn may_have_grown(&self) -> bool {
        self.stamp().is_ok_and(|stamp| self.seen != Some(stamp))
    }

    /// Whether it does not hold any more what was read of it.
    pub(super) fn is_rewritten(&self) -> io::Result<bool> {
        let mut context = [0; CONTEXT];
        let context = &mut context[..self.context.len()];
        let read = read_at(&self.file, context, self.position - self.context.len() as u64)?;
        Ok(context[..read] != *self.context)
    }

    /// Begins anew: what it holds now was never read.
    pub(super) fn restart(&mut self) {
        (self.position, self.lines, self.scanned) = (0, 0, 0);
        self.head = Print::default();
        self.context.clear();
        self.fixed.clear();
        self.recent.clear();
        self.seen = None;
        self.ahead = Ahead::default();
    }

    /// Looks for whole lines behind the position and reads them into `buffer`, about [`READ`] bytes of them.
    pub(super) fn look(&mut self, buffer: &mut Vec<u8>) -> io::Result<Look> {
        let stamp = self.stamp()?;
        if self.seen == Some(stamp) {
            return Ok(Look::Nothing);
        }
        if stamp.size < self.position {
            return Ok(Look::Rewritten);
        }
        if stamp.size < self.scanned {
            // The line that had begun is another one now.
            self.scanned = self.position;
        }
        // No more room than there are bytes, and one to see that they are all.
        let left = usize::try_from(stamp.size - self.position).unwrap_or(READ);
        let mut wanted = READ.min(left.saturating_add(1));
        if self.scanned - self.position >= READ as u64 {
            match self.end_of_line(buffer)? {
                _ if self.is_rewritten()? => return Ok(Look::Rewritten),
                Some(end) if end - self.position > MAX_LINE as u64 + 1 => {
                    return if self.pass_hole(buffer)? { self.look(buffer) } else { Ok(Look::TooLong(end)) };
                }
                Some(end) => wanted = usize::try_from(end - self.position).unwrap_or(READ),
                None => return Ok(self.nothing(stamp)),
            }
        }
        let before = self.context.len();
        let from = self.position - before as u64;
        if buffer.len() < before + wanted {
            buffer.resize(before + wanted, 0);
        }
        let Filled { bytes: read, newlines } = match self.ahead.finish(from, before + wanted, buffer) {
            Some(filled) => filled,
            None => positioned::fill(&self.file, &mut buffer[..before + wanted], from)?,
        };
        // Nothing may have changed at the beginning of what was read while it was read.
        let mut check = [0; CONTEXT];
        let check = &mut check[..CONTEXT.min(read)];
        let checked = read_at(&self.file, check, from)?;
        if read < before || buffer[..before] != *self.context || buffer[..check.len()] != check[..checked] {
            return Ok(Look::Rewritten);
        }
        let data = &buffer[before..read];
        if let Some(end) = memrchr(b'\n', data) {
            // Where a file was cut off under a writer that does not append, a hole of NULs stands before its lines.
            let start = data.iter().position(|byte| *byte != 0).unwrap_or(0);
            let passed = memchr_iter(b'\n', &self.context).count();
            self.found = Some(Found {
                end: before + end + 1,
                lines: (newlines - passed) as u64,
                has_more: left > 2 * READ,
            });
            return Ok(Look::Lines(before + start.min(end)..before + end + 1));
        }
        self.scanned = self.position + data.len() as u64;
        if data.len() < wanted {
            return Ok(self.nothing(stamp));
        }
        self.look(buffer)
    }

    fn nothing(&mut self, stamp: Stamp) -> Look {
        self.seen = Some(stamp);
        Look::Nothing
    }

    /// Where the line at the position ends, behind its newline.
    fn end_of_line(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<u64>> {
        buffer.resize(buffer.len().max(READ), 0);
        loop {
            let read = read_at(&self.file, &mut buffer[..READ], self.scanned)?;
            if let Some(at) = memchr(b'\n', &buffer[..read]) {
                return Ok(Some(self.scanned + at as u64 + 1));
            }
            self.scanned += read as u64;
            if read < READ {
                return Ok(None);
            }
        }
    }

    /// Passes over the NULs at the position, before a line that is there: where a file was cut off under a writer that
    /// does not append, they stand for what was cut off. Whether there are any.
    fn pass_hole(&mut self, buffer: &mut Vec<u8>) -> io::Result<bool> {
        let begun = self.position;
        buffer.resize(buffer.len().max(READ), 0);
        loop {
            let read = read_at(&self.file, &mut buffer[..READ], self.position)?;
            let line = buffer[..read].iter().position(|byte| *byte != 0);
            self.position += line.unwrap_or(read) as u64;
            if line.is_some() || read < READ {
                break;
            }
        }
        if self.position == begun {
            return Ok(false);
        }
        self.context.resize(CONTEXT, 0);
        let read = read_at(&self.file, &mut self.context, self.position - CONTEXT as u64)?;
        self.context.truncate(read);
        self.scanned = self.position;
        self.head = self.head_of_file()?;
        Ok(true)
    }

    /// What stands behind the last newline, if that is a line that may be read.
    pub(super) fn rest(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<Range<usize>>> {
        let size = self.stamp()?.size;
        let length = size.saturating_sub(self.position);
        if length == 0 || length > MAX_LINE as u64 {
            return Ok(None);
        }
        let before = self.context.len();
        let whole = before + usize::try_from(length).unwrap_or(MAX_LINE);
        buffer.resize(buffer.len().max(whole), 0);
        let read = read_at(&self.file, &mut buffer[..whole], self.position - before as u64)?;
        let is_same = read > before && buffer[..before] == *self.context && !self.is_rewritten()?;
        Ok(is_same.then_some(before..read))
    }

    /// The same of a file that was rotated away, if that is little and was not looked at before.
    pub(super) fn rest_of_old(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<Range<usize>>> {
        const LITTLE: u64 = 64 << 10;
        let stamp = self.stamp()?;
        if self.rest_seen == Some(stamp) || stamp.size.saturating_sub(self.position) > LITTLE {
            return Ok(None);
        }
        self.rest_seen = Some(stamp);
        self.rest(buffer)
    }

    /// Where the lines in `range` of the buffer begin in the file.
    pub(super) fn start_of(&self, range: &Range<usize>) -> u64 {
        self.position + (range.start - self.context.len()) as u64
    }

    /// Counts lines as read: those that the last look has found in `range` of `buffer`.
    pub(super) fn take(&mut self, buffer: &[u8], range: Range<usize>) -> io::Result<()> {
        let before = self.context.len();
        let end = range.end;
        let bytes = end - before;
        let found = self.found.take().filter(|found| found.end == end);
        self.lines += match &found {
            Some(found) => found.lines,
            None => memchr_iter(b'\n', &buffer[range]).count() as u64,
        };
        let is_first = self.position == 0;
        self.pass(&buffer[..end], before);
        self.position += bytes as u64;
        self.scanned = self.position;
        self.seen = None;
        self.context.clear();
        self.context.extend_from_slice(&buffer[end.saturating_sub(CONTEXT)..end]);
        if self.head.bytes < HEAD {
            self.head = if is_first { Print::of(&buffer[..end.min(HEAD)]) } else { self.head_of_file()? };
        }
        if found.is_some_and(|found| found.has_more) {
            let before = self.context.len();
            self.ahead.begin(&self.file, self.position - before as u64, before + READ);
        } else {
            self.ahead = Ahead::default();
        }
        Ok(())
    }

    /// Remembers places on the way. The position stands at byte `at` of `bytes`, and moves to their end.
    fn pass(&mut self, bytes: &[u8], at: usize) {
        let first = self.position - at as u64;
        let point = |position: u64| {
            let end = usize::try_from(position - first).unwrap_or(bytes.len()).min(bytes.len());
            Point { position, before: Print::of(&bytes[end.saturating_sub(CONTEXT)..end]) }
        };
        let end = first + bytes.len() as u64;
        if self.position < BEGINNING {
            let within = bytes.len().min(usize::try_from(BEGINNING - first).unwrap_or(bytes.len()));
            let ends = memchr_iter(b'\n', &bytes[at..within.max(at)])
                .map(|newline| first + (at + newline) as u64 + 1);
            self.fixed.extend(ends.map(point));
        }
        let mut next = 2 * BEGINNING;
        while next < end {
            // What lies before what is at hand was passed before.
            if next > self.position {
                self.fixed.push(point(next));
            }
            next *= 2;
        }
        if self.recent.len() >= RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(point(end));
    }

    /// Counts a line as read that ends before byte `end` of the file, without looking at it.
    pub(super) fn skip_to(&mut self, end: u64) -> io::Result<()> {
        let from = end.saturating_sub(CONTEXT as u64);
        self.context.resize(CONTEXT, 0);
        let read = read_at(&self.file, &mut self.context[..], from)?;
        self.context.truncate(read.min(usize::try_from(end - from).unwrap_or(read)));
        (self.position, self.scanned) = (end, end);
        self.lines += 1;
        self.seen = None;
        self.head = self.head_of_file()?;
        Ok(())
    }

    fn head_of_file(&self) -> io::Result<Print> {
        let mut head = vec![0; HEAD.min(usize::try_from(self.position).unwrap_or(HEAD))];
        let read = read_at(&self.file, &mut head, 0)?;
        Ok(Print::of(&head[..read]))
    }
}
