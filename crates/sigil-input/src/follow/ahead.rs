//! Reading on while what was read before is decoded: what comes next of a long log is at hand when it is asked for.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};

use crate::cores;
use crate::positioned::{Filled, fill};

/// What is read of one file before it is asked for.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    reading: Option<Reading>,
    /// The buffer that is not in use.
    spare: Vec<u8>,
}

#[derive(Debug)]
struct Reading {
    at: u64,
    read: Receiver<(Vec<u8>, Filled)>,
    _turn: Turn,
}

impl Ahead {
    /// Begins to read `size` bytes from byte `at` of `file` on. Not where there is one core, or while another file is
    /// read ahead.
    pub(super) fn begin(&mut self, file: &Arc<File>, at: u64, size: usize) {
        let (Some(others), Some(turn)) = (cores::others(), Turn::take()) else { return };
        let (done, read) = channel();
        let (file, mut buffer) = (Arc::clone(file), std::mem::take(&mut self.spare));
        others.spawn(move || {
            buffer.resize(size, 0);
            // What cannot be read is tried again, and told then.
            let filled = fill(&file, &mut buffer, at).unwrap_or_default();
            // Nobody waits for it if the file was written anew.
            drop(done.send((buffer, filled)));
        });
        self.reading = Some(Reading { at, read, _turn: turn });
    }

    /// Puts the `size` bytes at byte `at` of the file into `buffer`, if they are what was read.
    pub(super) fn finish(&mut self, at: u64, size: usize, buffer: &mut Vec<u8>) -> Option<Filled> {
        let reading = self.reading.take()?;
        let (read, filled) = reading.read.recv().ok()?;
        let is_asked_for = reading.at == at && filled.bytes == size;
        is_asked_for.then(|| {
            self.spare = std::mem::replace(buffer, read);
            filled
        })
    }
}

/// Whose turn it is to be read ahead: of many long files one keeps the cores busy, and needs little memory.
#[derive(Debug)]
struct Turn;

static IS_TAKEN: AtomicBool = AtomicBool::new(false);

impl Turn {
    fn take() -> Option<Self> {
        (!IS_TAKEN.swap(true, Ordering::Acquire)).then_some(Self)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        IS_TAKEN.store(false, Ordering::Release);
    }
}
