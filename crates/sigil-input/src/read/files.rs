//! Many files, each in blocks, over all threads.

use std::convert::Infallible;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};

use flate2::read::MultiGzDecoder;
use sigil_event::{Defect, EventRef, Sink, SourceId};

use super::block;
use super::clocks::Clocks;
use super::stream::read_stream;
use super::{Options, Outcome};
use crate::error::Error;
use crate::format::Tally;
use crate::source::{Found, Place, Source};

/// An open file that blocks are taken from.
struct Open {
    id: SourceId,
    file: File,
    size: u64,
    is_gzip: bool,
    clocks: Clocks,
}

/// A block to be read.
struct Task {
    open: Arc<Open>,
    range: Range<u64>,
}

/// What is still to be read, in the order of sources.
struct Queue<'a> {
    sources: &'a [Source],
    options: &'a Options,
    next_source: u32,
    current: Option<(Arc<Open>, u64)>,
    outcome: Outcome,
    /// What each source that has been opened held.
    tallies: Vec<Option<Tally>>,
}

pub(super) fn read<S, N, T>(sources: &[Source], options: &Options, new: &N, take: &T) -> Outcome
where
    S: Sink + Send,
    N: Fn() -> S + Sync,
    T: Fn(S) + Sync,
{
    let queue = Mutex::new(Queue {
        sources,
        options,
        next_source: 0,
        current: None,
        outcome: Outcome::default(),
        tallies: vec![None; sources.len()],
    });
    let work = || {
        let mut buffer = Vec::new();
        loop {
            let task = lock(&queue).next(&mut buffer);
            let Some(task) = task else { return };
            run(&task, &mut buffer, options, &queue, new, take);
        }
    };
    // A single small file is not worth a thread.
    let blocks = sources.iter().take(2).map(size_hint).sum::<u64>() / options.block_bytes.max(1) as u64;
    let threads = if blocks == 0 && sources.len() == 1 { 1 } else { options.threads };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    queue.into_inner().unwrap_or_else(PoisonError::into_inner).finish()
}

fn size_hint(source: &Source) -> u64 {
    match &source.place {
        Place::File(path) => std::fs::metadata(path).map_or(0, |metadata| metadata.len()),
        Place::Stdin | Place::Stream(_) => 0,
    }
}

fn lock<'q, 'a>(queue: &'q Mutex<Queue<'a>>) -> std::sync::MutexGuard<'q, Queue<'a>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run<S, N, T>(
    task: &Task,
    buffer: &mut Vec<u8>,
    options: &Options,
    queue: &Mutex<Queue<'_>>,
    new: &N,
    take: &T,
) where
    S: Sink + Send,
    N: Fn() -> S,
    T: Fn(S),
{
    let Task { open, range } = task;
    let sources = lock(queue).sources;
    let source = &sources[open.id.0 as usize];
    if open.is_gzip {
        return run_gzip(open, source, options, queue, new, take);
    }
    match block::read(&open.file, range.clone(), open.size, buffer) {
        Ok(block) => {
            let mut decoder = options.decoder(source);
            let mut sink = new();
            block.decode(open.id, range.clone(), &mut decoder, &mut sink);
            if decoder.needs_what_came_before() {
                decoder = options.decoder(source).after(open.clocks.before(range.start));
                sink = new();
                block.decode(open.id, range.clone(), &mut decoder, &mut sink);
            }
            open.clocks.done(range.start, range.end, decoder.latest_us());
            take(sink);
            *lock(queue).tallies[open.id.0 as usize].get_or_insert_default() += decoder.tally();
        }
        Err(why) => {
            open.clocks.done(range.start, range.end, None);
            let mut queue = lock(queue);
            queue.outcome.errors.push(Error::of_io(&source.name, &why));
            queue.current = None;
        }
    }
}

/// Reads a compressed file from its beginning: it can be read in no other way, so such files share the
/// threads one by one. What can be read of a damaged one counts, and its damage is reported.
fn run_gzip<S, N, T>(
    open: &Open,
    source: &Source,
    options: &Options,
    queue: &Mutex<Queue<'_>>,
    new: &N,
    take: &T,
) where
    S: Sink + Send,
    N: Fn() -> S,
    T: Fn(S),
{
    let mut sink = new();
    let mut decoder = options.decoder(source).after(None);
    let input = MultiGzDecoder::new(io::BufReader::with_capacity(64 << 10, &open.file));
    let Ok(result) = read_stream(input, open.id, &mut decoder, &mut sink, |_| Ok::<(), Infallible>(()));
    if source.found == Found::Named || decoder.tally().recognised > 0 {
        take(sink);
    }
    let mut queue = lock(queue);
    match result {
        Ok(()) => queue.tallies[open.id.0 as usize] = Some(decoder.tally()),
        Err(why) => queue.outcome.errors.push(Error::of_io(&source.name, &why)),
    }
}

/// Whether a file begins as gzip files do (RFC 1952, section 2.3.1).
fn is_gzip(file: &File) -> io::Result<bool> {
    let mut magic = [0; 2];
    Ok(file.read_at(&mut magic, 0)? == 2 && magic == [0x1f, 0x8b])
}

impl Queue<'_> {
    fn next(&mut self, buffer: &mut Vec<u8>) -> Option<Task> {
        loop {
            if let Some((open, at)) = &mut self.current {
                if open.is_gzip {
                    let task = Task { open: Arc::clone(open), range: 0..open.size };
                    self.current = None;
                    return Some(task);
                }
                if *at < open.size || (*at == 0 && open.size == 0) {
                    let end = at.saturating_add(self.options.block_bytes as u64).min(open.size);
                    let task = Task { open: Arc::clone(open), range: *at..end };
                    *at = end;
                    if open.size == 0 {
                        self.current = None;
                    }
                    return Some(task);
                }
                self.current = None;
            }
            let id = SourceId(self.next_source);
            let source = self.sources.get(id.0 as usize)?;
            self.next_source += 1;
            let Place::File(path) = &source.place else { continue };
            match self.open(id, source, path, buffer) {
                Ok(true) => {}
                Ok(false) => self.tallies[id.0 as usize] = Some(Tally::default()),
                Err(why) => self.outcome.errors.push(Error::of_io(&source.name, &why)),
            }
        }
    }

    fn open(
        &mut self,
        id: SourceId,
        source: &Source,
        path: &std::path::Path,
        buffer: &mut Vec<u8>,
    ) -> io::Result<bool> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let is_gzip = is_gzip(&file)?;
        if source.found == Found::Walked && !is_gzip && !self.is_recognised(&file, size, source, buffer)? {
            return Ok(false);
        }
        self.current = Some((Arc::new(Open { id, file, size, is_gzip, clocks: Clocks::default() }), 0));
        Ok(true)
    }

    /// Whether a file that nobody named holds a line of a known format. Looks on as long as it sees
    /// JSON objects: transcripts may open with many that could be anything.
    fn is_recognised(
        &self,
        file: &File,
        size: u64,
        source: &Source,
        buffer: &mut Vec<u8>,
    ) -> io::Result<bool> {
        // Nearly always the first line or two tell.
        let mut step = (16u64 << 10).min(self.options.block_bytes as u64);
        let mut at = 0;
        while at < size {
            let end = (at + step).min(size);
            let mut decoder = self.options.decoder(source);
            let mut looks = Looks::default();
            let block = block::read(file, at..end, size, buffer)?;
            let (found, looked_at) = block.any_line(|line| {
                decoder.line(line, 0, 0, &mut looks);
                decoder.tally().recognised > 0
            });
            if found {
                return Ok(true);
            }
            if looked_at > 0 && looks.defects >= looked_at {
                return Ok(false);
            }
            at = end;
            step = self.options.block_bytes as u64;
        }
        Ok(false)
    }

    fn finish(mut self) -> Outcome {
        for (source, tally) in self.sources.iter().zip(&self.tallies) {
            if let Some(tally) = tally {
                self.outcome.note(source, *tally, Ok(()));
            }
        }
        self.outcome
    }
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
