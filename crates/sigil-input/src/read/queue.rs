//! What is still to be read of many files, block by block.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use sigil_event::{Defect, EventRef, Sink, SourceId};

use super::block;
use super::carries::Carries;
use super::manner::{BEGINNING, Manner};
use super::{Options, Outcome};
use crate::archive::{self, Member};
use crate::compressed;
use crate::error::Error;
use crate::format::{Carry, Tally};
use crate::source::{Found, Place, Source};

/// How many files a thread takes at once, and how many there must be left for that.
const AT_ONCE: usize = 16;
const MANY: usize = 64;

/// An open file that blocks are taken from.
pub(super) struct Open {
    pub(super) id: SourceId,
    pub(super) file: File,
    /// Where it ended when it was opened: what is appended meanwhile belongs to the next run.
    pub(super) size: u64,
    pub(super) manner: Manner,
    pub(super) carries: Arc<Carries>,
    /// What the parts of the same log that come before have left behind, and where each part ends; the last
    /// part first. Not the parts themselves: a log may have more of them than files can be open.
    before: Option<Arc<Before>>,
}

struct Before {
    carries: Arc<Carries>,
    size: u64,
    before: Option<Arc<Before>>,
}

impl Open {
    /// Waits until all of the log before byte `start` is done, and gives what it has left behind. Of the
    /// parts that come before this one only the time goes on here.
    pub(super) fn before(&self, start: u64) -> Carry {
        let mut carry = self.carries.before(start);
        let mut before = &self.before;
        while let (None, Some(part)) = (carry.latest_us, before) {
            carry.latest_us = part.carries.before(part.size).latest_us;
            before = &part.before;
        }
        carry
    }
}

/// A block to be read.
pub(super) struct Task {
    pub(super) open: Arc<Open>,
    pub(super) range: Range<u64>,
}

/// What a thread does next.
pub(super) enum Work {
    Piece(Task),
    /// To read these sources, each a file that is the whole of its log. Nobody has opened them yet: of many
    /// small files, opening is most of the work.
    Files(Range<u32>),
    /// To read these sources, which are members of one archive.
    Archive(Vec<SourceId>),
}

/// What is still to be read, in the order of sources.
pub(super) struct Queue<'a> {
    sources: &'a [Source],
    options: &'a Options,
    next_source: u32,
    current: Option<(Arc<Open>, u64)>,
    /// Files that a thread has opened and found worth sharing.
    opened: Vec<Arc<Open>>,
    /// The source that was opened last, and what comes before the next part of its log.
    last: Option<(SourceId, Arc<Before>)>,
    outcome: Outcome,
    /// What each source that has been opened held.
    tallies: Vec<Option<Tally>>,
    /// The members of the archives that nobody reads yet.
    archives: HashMap<usize, Vec<SourceId>>,
}

impl<'a> Queue<'a> {
    pub(super) fn new(sources: &'a [Source], options: &'a Options) -> Self {
        let mut archives: HashMap<_, Vec<_>> = HashMap::new();
        for (id, source) in (0..).map(SourceId).zip(sources) {
            if let Place::Member(member) = &source.place {
                archives.entry(address(member)).or_default().push(id);
            }
        }
        Self {
            sources,
            options,
            next_source: 0,
            current: None,
            opened: Vec::new(),
            last: None,
            outcome: Outcome::default(),
            tallies: vec![None; sources.len()],
            archives,
        }
    }

    /// The next block, in the order of sources and of their bytes. A file that must be read in order is one block.
    pub(super) fn next(&mut self, buffer: &mut Vec<u8>) -> Option<Work> {
        loop {
            if let Some((open, at)) = &mut self.current {
                if open.manner != Manner::Blocks {
                    let task = Task { open: Arc::clone(open), range: 0..open.size };
                    self.current = None;
                    return Some(Work::Piece(task));
                }
                if *at < open.size || (*at == 0 && open.size == 0) {
                    let end = at.saturating_add(self.options.block_bytes as u64).min(open.size);
                    let task = Task { open: Arc::clone(open), range: *at..end };
                    *at = end;
                    if open.size == 0 {
                        self.current = None;
                    }
                    return Some(Work::Piece(task));
                }
                self.current = None;
            }
            if let Some(open) = self.opened.pop() {
                self.current = Some((open, 0));
                continue;
            }
            let files = self.whole_logs();
            if !files.is_empty() {
                self.next_source = files.end;
                return Some(Work::Files(files));
            }
            let id = SourceId(self.next_source);
            let source = self.sources.get(id.0 as usize)?;
            self.next_source += 1;
            let path = match &source.place {
                Place::File(path) => path,
                Place::Member(member) => match self.archives.remove(&address(member)) {
                    Some(ids) => return Some(Work::Archive(ids)),
                    None => continue,
                },
                Place::Stdin | Place::Stream(_) => continue,
            };
            match self.open(id, source, path, buffer) {
                Ok(true) => {}
                Ok(false) => self.tallies[id.0 as usize] = Some(Tally::default()),
                Err(why) => self.outcome.errors.push(Error::of_io(&source.name, &why)),
            }
        }
    }

    /// The next sources, as many as one thread shall take, that are files and have no log in common with
    /// another.
    fn whole_logs(&self) -> Range<u32> {
        let log = |at: u32| self.sources.get(at as usize).map(Source::log);
        let is_one = |at: &u32| {
            let is_file = |source: &Source| matches!(source.place, Place::File(_));
            self.sources.get(*at as usize).is_some_and(is_file)
                && log(*at) != log(at + 1)
                && at.checked_sub(1).is_none_or(|before| log(before) != log(*at))
        };
        let first = self.next_source;
        // The last files are opened in turn: they may be large, and then all threads shall have of them.
        if self.sources.len().saturating_sub(first as usize) < MANY {
            return first..first;
        }
        let count = (first..).take(AT_ONCE).take_while(is_one).count();
        first..first + count as u32
    }

    /// Shares a file among the threads.
    pub(super) fn offer(&mut self, open: Arc<Open>) {
        self.opened.push(open);
    }

    fn open(&mut self, id: SourceId, source: &Source, path: &Path, buffer: &mut Vec<u8>) -> io::Result<bool> {
        let Some(Opened { file, size, manner }) = Opened::new(source, path, self.options, buffer)? else {
            return Ok(false);
        };
        let is_same_log = |last: &SourceId| self.sources[last.0 as usize].log() == source.log();
        let before = self.last.take().filter(|(last, _)| is_same_log(last)).map(|(_, before)| before);
        let carries = Arc::new(Carries::default());
        let next = Before { carries: Arc::clone(&carries), size, before: before.clone() };
        self.last = Some((id, Arc::new(next)));
        self.current = Some((Arc::new(Open { id, file, size, manner, carries, before }), 0));
        Ok(true)
    }

    /// Notes what sources held that one thread has read.
    pub(super) fn read(&mut self, read: ReadSources) {
        for (id, tally) in read.tallies {
            self.tallies[id.0 as usize] = Some(tally);
        }
        self.outcome.errors.extend(read.errors);
    }

    /// Notes what a block held.
    pub(super) fn done(&mut self, open: &Open, tally: Tally) {
        *self.tallies[open.id.0 as usize].get_or_insert_default() += tally;
    }

    /// Notes that a file cannot be read on.
    pub(super) fn failed(&mut self, open: &Arc<Open>, why: &io::Error) {
        self.outcome.errors.push(Error::of_io(&self.sources[open.id.0 as usize].name, why));
        if self.current.as_ref().is_some_and(|(current, _)| Arc::ptr_eq(current, open)) {
            self.current = None;
        }
    }

    pub(super) fn finish(mut self) -> Outcome {
        for (source, tally) in self.sources.iter().zip(&self.tallies) {
            if let Some(tally) = tally {
                self.outcome.note(source, *tally, Ok(()));
            }
        }
        self.outcome
    }
}

/// A file that is worth reading.
pub(crate) struct Opened {
    pub(super) file: File,
    pub(super) size: u64,
    pub(super) manner: Manner,
}

impl Opened {
    /// Opens the file of `source`; none if nobody has named it and nothing in it is known.
    pub(crate) fn new(
        source: &Source,
        path: &Path,
        options: &Options,
        buffer: &mut Vec<u8>,
    ) -> io::Result<Option<Self>> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut beginning = [0; BEGINNING];
        let read = file.read_at(&mut beginning, 0)?;
        let manner = Manner::of(&beginning[..read], options.format);
        if source.found == Found::Walked {
            let is_compressed = matches!(manner, Manner::Compressed(_));
            let is_archive = if is_compressed {
                archive::is_at(path)?
            } else {
                archive::is_beginning_of_one(&beginning[..read])
            };
            if is_archive || !is_compressed && !is_recognised(&file, size, source, options, buffer)? {
                return Ok(None);
            }
        } else if let Some(why) = compressed::unread(&beginning[..read]) {
            return Err(why);
        } else if size == 0 && compressed::is_name_of_one(path) {
            // As zcat takes it: something was to be there.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Some(Self { file, size, manner }))
    }

    /// The file, as the whole of its log.
    pub(super) fn alone(self, id: SourceId) -> Arc<Open> {
        let Self { file, size, manner } = self;
        Arc::new(Open { id, file, size, manner, carries: Arc::default(), before: None })
    }
}

/// Whether a file that nobody named holds a line of a known format. Looks on as long as it sees
/// JSON objects: transcripts may open with many that could be anything.
fn is_recognised(
    file: &File,
    size: u64,
    source: &Source,
    options: &Options,
    buffer: &mut Vec<u8>,
) -> io::Result<bool> {
    // Nearly always the first line or two tell.
    let mut step = (16u64 << 10).min(options.block_bytes as u64);
    let mut at = 0;
    while at < size {
        let end = (at + step).min(size);
        let mut decoder = options.decoder(source);
        if at == 0 {
            decoder = decoder.at_the_beginning();
        }
        let mut looks = Looks::default();
        let block = block::read(file, at..end, size, buffer)?;
        let (found, looked_at) = block.any_line(|line| {
            decoder.line(line, 0, 0, &mut looks);
            decoder.tally().recognised > 0
        });
        if found {
            return Ok(true);
        }
        let is_a_whole_block = end - at >= options.block_bytes as u64;
        if is_a_whole_block && looked_at > 0 && looks.defects >= looked_at {
            return Ok(false);
        }
        at = end;
        step = options.block_bytes as u64;
    }
    Ok(false)
}

/// What sources held that one thread has read.
#[derive(Default)]
pub(super) struct ReadSources {
    pub(super) tallies: Vec<(SourceId, Tally)>,
    pub(super) errors: Vec<Error>,
}

/// Tells archives apart.
fn address(member: &Member) -> usize {
    Arc::as_ptr(&member.archive).addr()
}

/// Counts wrong lines and nothing else.
#[derive(Default)]
struct Looks {
    defects: u64,
}

impl Sink for Looks {
    fn begin(&mut self, _: SourceId, _: u64) {}
    fn event(&mut self, _: &EventRef<'_>, _: u64) {}
    fn defect(&mut self, _: u64, _: Defect) {
        self.defects += 1;
    }
    fn end(&mut self, _: u64, _: u64) {}
}
