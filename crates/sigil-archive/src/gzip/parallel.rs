//! Several cores that compress the blocks of one stream.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::{Blocks, Deflater};

/// Threads that compress blocks, and the blocks on their way, oldest first.
pub(crate) struct Parallel<W> {
    output: W,
    comment: Option<String>,
    work: Option<SyncSender<Job>>,
    /// One for each block that has been handed out and is not written yet.
    pending: std::collections::VecDeque<Receiver<Pressed>>,
    spare: Vec<Vec<u8>>,
    size: usize,
    threads: Vec<JoinHandle<()>>,
}

struct Job {
    block: Vec<u8>,
    comment: Option<String>,
    answer: SyncSender<Pressed>,
}

/// A block's buffer, and the member made of it.
type Pressed = (Vec<u8>, io::Result<Vec<u8>>);

impl<W: Write> Parallel<W> {
    /// A parallel of `size` threads that writes to `output`.
    ///
    /// # Errors
    /// No thread can be had.
    pub(crate) fn new(size: usize, output: W, comment: Option<String>) -> io::Result<Self> {
        let (work, jobs) = sync_channel::<Job>(size);
        let jobs = Arc::new(Mutex::new(jobs));
        let mut threads = Vec::new();
        for _ in 0..size {
            let jobs = Arc::clone(&jobs);
            let thread = thread::Builder::new().spawn(move || compress(&jobs));
            match thread {
                Ok(thread) => threads.push(thread),
                // Those that there are do it.
                Err(_) if !threads.is_empty() => break,
                Err(why) => return Err(why),
            }
        }
        let pending = std::collections::VecDeque::new();
        Ok(Self { output, comment, work: Some(work), pending, spare: Vec::new(), size, threads })
    }

    /// Writes what is still being compressed, and gives the output back.
    ///
    /// # Errors
    /// A block cannot be compressed or written.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        while !self.pending.is_empty() {
            self.write_oldest()?;
        }
        drop(self.work.take());
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        Ok(self.output)
    }

    fn write_oldest(&mut self) -> io::Result<()> {
        let Some(answer) = self.pending.pop_front() else { return Ok(()) };
        let (mut block, member) = answer.recv().map_err(io::Error::other)?;
        self.output.write_all(&member?)?;
        block.clear();
        self.spare.push(block);
        Ok(())
    }
}

impl<W: Write> Blocks for Parallel<W> {
    fn take(&mut self, block: Vec<u8>) -> io::Result<Vec<u8>> {
        // As many wait as are in work, so that no thread has to.
        if self.pending.len() >= 2 * self.size {
            self.write_oldest()?;
        }
        let (answer, pressed) = sync_channel(1);
        let job = Job { block, comment: self.comment.take(), answer };
        if let Some(work) = &self.work {
            work.send(job).map_err(|_| io::Error::other("no thread is left to compress"))?;
        }
        self.pending.push_back(pressed);
        Ok(self.spare.pop().unwrap_or_else(|| Vec::with_capacity(super::BLOCK_BYTES)))
    }
}

fn compress(jobs: &Mutex<Receiver<Job>>) {
    let mut deflater = Deflater::new();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { block, comment, answer }) = job else { break };
        let member = deflater.member(&block, comment.as_deref()).map(<[u8]>::to_vec);
        // Whoever asked may have met an error and be gone.
        let _ = answer.send((block, member));
    }
}
