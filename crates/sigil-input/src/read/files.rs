//! Many files, each in blocks, over all threads.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sigil_event::{Sink, SourceId};

use super::manner::Manner;
use super::queue::{Opened, Queue, ReadSources, Task, Work};
use super::{Job, Outcome, block, in_order, members};
use crate::error::Error;
use crate::format::{Carry, Decoder, Tally};
use crate::positioned::Positioned;
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
        // What small files hold is gathered, and handed over when all is read.
        let mut gathered = None;
        loop {
            let work = lock(&queue).next(&mut buffer);
            match work {
                Some(Work::Files(ids)) => {
                    let mut read = ReadSources::default();
                    for id in ids.map(SourceId) {
                        let sink = gathered.get_or_insert_with(job.new);
                        read_file(job, id, &mut buffer, sink, &mut read, &queue);
                    }
                    lock(&queue).read(read);
                }
                Some(Work::Piece(task)) if task.open.manner == Manner::Blocks => {
                    read_block(job, &task, &mut buffer, &queue);
                }
                Some(Work::Piece(task)) => read_in_order(job, &task, &queue),
                Some(Work::Archive(ids)) => {
                    let read = members::read(job, &ids);
                    lock(&queue).read(read);
                }
                None => break,
            }
        }
        if let Some(sink) = gathered {
            (job.take)(sink);
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
        Place::Stdin | Place::Stream(_) | Place::Member(_) => 0,
    }
}

fn lock<'q, 'a>(queue: &'q Mutex<Queue<'a>>) -> MutexGuard<'q, Queue<'a>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads a file that is the whole of its log: all of it, if it is small, into `sink`; else it is shared.
fn read_file<S, N, T>(
    job: &Job<'_, N, T>,
    id: SourceId,
    buffer: &mut Vec<u8>,
    sink: &mut S,
    read: &mut ReadSources,
    queue: &Mutex<Queue<'_>>,
) where
    S: Sink,
    N: Fn() -> S,
    T: Fn(S),
{
    let source = &job.sources[id.0 as usize];
    let Place::File(path) = &source.place else { return };
    match Opened::new(source, path, job.options, buffer) {
        Ok(None) => read.tallies.push((id, Tally::default())),
        Ok(Some(opened)) if opened.manner != Manner::Blocks => {
            let range = 0..opened.size;
            read_in_order(job, &Task { open: opened.alone(id), range }, queue);
        }
        Ok(Some(opened)) if opened.size > job.options.block_bytes as u64 => {
            lock(queue).offer(opened.alone(id));
        }
        Ok(Some(opened)) => match block::read(&opened.file, 0..opened.size, opened.size, buffer) {
            Ok(block) => {
                let mut decoder = job.options.decoder(source).first_of_all();
                block.decode(id, 0..opened.size, &mut decoder, Carry::default, sink);
                read.tallies.push((id, decoder.tally()));
            }
            Err(why) => read.errors.push(Error::of_io(&source.name, &why)),
        },
        Err(why) => read.errors.push(Error::of_io(&source.name, &why)),
    }
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
    let decode = |decoder: Decoder| {
        let file = Positioned::new(&open.file);
        match open.manner {
            Manner::Compressed(compression) => {
                in_order::read(job, open.id, compression.decode(file), decoder)
            }
            Manner::Blocks | Manner::InOrder => in_order::read(job, open.id, file, decoder),
        }
    };
    let mut read = decode(job.options.decoder(source).at_the_beginning());
    if read.decoder.needs_what_came_before() {
        read = decode(job.options.decoder(source).after(open.before(0)));
    }
    let tally = read.decoder.tally();
    open.carries.done(0, open.size, read.decoder.into_carry());
    if source.found == Found::Named || tally.recognised > 0 {
        (job.take)(read.sink);
    }
    let mut queue = lock(queue);
    match read.result {
        Ok(()) => queue.done(open, tally),
        Err(why) => queue.failed(open, &why),
    }
}
