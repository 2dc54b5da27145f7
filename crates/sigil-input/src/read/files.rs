//! Many files, each in blocks, over all threads.

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use flate2::read::MultiGzDecoder;
use sigil_event::Sink;

use super::manner::Manner;
use super::queue::{Queue, Task};
use super::stream::read_stream;
use super::{Job, Outcome, block};
use crate::format::{Carry, Decoder};
use crate::line::HEADER_START;
use crate::source::{Found, Place, Source};

/// Reads all files among the sources of `job`.
pub(super) fn read<S, N, T>(job: &Job<'_, N, T>) -> Outcome
where
    S: Sink + Send,
    N: Fn() -> S + Sync,
    T: Fn(S) + Sync,
{
    let queue = Mutex::new(Queue::new(job.sources, job.options));
    let work = || {
        let mut buffer = Vec::new();
        loop {
            let task = lock(&queue).next(&mut buffer);
            match task {
                Some(task) if task.open.manner == Manner::Blocks => {
                    read_block(job, &task, &mut buffer, &queue);
                }
                Some(task) => read_in_order(job, &task, &queue),
                None => return,
            }
        }
    };
    // A single small file is not worth a thread.
    let is_small =
        job.sources.len() == 1 && job.sources.iter().all(|source| size(source) <= job.options.block_bytes);
    let threads = if is_small { 1 } else { job.options.threads };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    queue.into_inner().unwrap_or_else(PoisonError::into_inner).finish()
}

fn size(source: &Source) -> usize {
    match &source.place {
        Place::File(path) => std::fs::metadata(path).map_or(0, |metadata| metadata.len() as usize),
        Place::Stdin | Place::Stream(_) => 0,
    }
}

fn lock<'q, 'a>(queue: &'q Mutex<Queue<'a>>) -> MutexGuard<'q, Queue<'a>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read_block<S, N, T>(job: &Job<'_, N, T>, task: &Task, buffer: &mut Vec<u8>, queue: &Mutex<Queue<'_>>)
where
    S: Sink,
    N: Fn() -> S,
    T: Fn(S),
{
    let Task { open, range } = task;
    let source = &job.sources[open.id.0 as usize];
    match block::read(&open.file, range.clone(), open.size, buffer) {
        Ok(block) => {
            let mut decoder = job.options.decoder(source);
            if range.start == 0 {
                decoder = decoder.at_the_beginning();
            }
            let before = || open.before(range.start);
            let mut sink = (job.new)();
            block.decode(open.id, range.clone(), &mut decoder, before, &mut sink);
            if decoder.needs_what_came_before() {
                decoder = job.options.decoder(source).after(before());
                sink = (job.new)();
                block.decode(open.id, range.clone(), &mut decoder, before, &mut sink);
            }
            let tally = decoder.tally();
            open.carries.done(range.start, range.end, decoder.into_carry());
            (job.take)(sink);
            lock(queue).done(open, tally);
        }
        Err(why) => {
            // Nobody will read on, so nobody shall wait for what comes behind.
            open.carries.done(range.start, open.size, Carry::default());
            lock(queue).failed(open, &why);
        }
    }
}

/// A file that is read from its beginning, however often it has been read.
struct Positioned<'f> {
    file: &'f File,
    at: u64,
}

impl Read for Positioned<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// Reads a file from its beginning, where it can be read in no other way: such files share the threads one
/// by one. What can be read of a damaged one counts, and its damage is reported.
fn read_in_order<S, N, T>(job: &Job<'_, N, T>, task: &Task, queue: &Mutex<Queue<'_>>)
where
    S: Sink,
    N: Fn() -> S,
    T: Fn(S),
{
    let open = &task.open;
    let source = &job.sources[open.id.0 as usize];
    let decode = |mut decoder: Decoder| {
        let mut sink = (job.new)();
        let file = Positioned { file: &open.file, at: 0 };
        let plain: Box<dyn Read> = match open.manner {
            Manner::Gzip => Box::new(MultiGzDecoder::new(BufReader::with_capacity(64 << 10, file))),
            Manner::Blocks | Manner::InOrder => Box::new(file),
        };
        let mut plain = BufReader::with_capacity(64 << 10, plain);
        // As in a file that is not compressed, headers count if it begins with one.
        match plain.fill_buf() {
            Ok(text) if text.starts_with(HEADER_START) => decoder = decoder.following_headers(),
            Ok(_) => {}
            Err(why) => return (sink, decoder, Err(why)),
        }
        let before_wait = |_: &mut S| Ok::<(), Infallible>(());
        let Ok(read) = read_stream(plain, open.id, &mut decoder, &mut sink, before_wait);
        (sink, decoder, read)
    };
    let (mut sink, mut decoder, mut result) = decode(job.options.decoder(source).at_the_beginning());
    if decoder.needs_what_came_before() {
        (sink, decoder, result) = decode(job.options.decoder(source).after(open.before(0)));
    }
    let tally = decoder.tally();
    open.carries.done(0, open.size, decoder.into_carry());
    if source.found == Found::Named || tally.recognised > 0 {
        (job.take)(sink);
    }
    let mut queue = lock(queue);
    match result {
        Ok(()) => queue.done(open, tally),
        Err(why) => queue.failed(open, &why),
    }
}
