//! Writing the file of one archive, on one core or on all of them.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::Case;
use crate::fingerprint;
use crate::gzip::{Alone, BLOCK_BYTES, Crew, Deflater, Stream};
use crate::packing::{Packed, pack};

/// From how many bytes on a session is worth all cores.
pub(super) const LARGE_BYTES: u64 = 16 << 20;

/// What is used for one archive after the other: a compressor and a buffer for each core.
pub(super) struct Pen {
    tools: Mutex<Vec<(Deflater, Vec<u8>)>>,
    jobs: usize,
}

impl Pen {
    pub(super) fn new(jobs: usize) -> Self {
        Self { tools: Mutex::default(), jobs }
    }

    /// Writes the archive of `case` to a new file at `path`, private. It is not on the disk yet.
    ///
    /// # Errors
    /// A file cannot be read, or the archive cannot be written. Whatever was written is left to the caller.
    pub(super) fn write(&self, case: &mut Case, path: &Path) -> io::Result<Packed> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        let comment = Some(fingerprint::of(&case.contents));
        if self.is_for_all(case) {
            let mut stream =
                Stream::new(Crew::new(self.jobs, file, comment)?, Vec::with_capacity(BLOCK_BYTES));
            let packed = pack(&mut stream, &mut case.opener, &case.contents)?;
            let (crew, _) = stream.finish()?;
            crew.finish()?;
            return Ok(packed);
        }
        let (mut deflater, block) = self.take();
        let mut stream = Stream::new(Alone { deflater: &mut deflater, output: file, comment }, block);
        let packed = pack(&mut stream, &mut case.opener, &case.contents)?;
        let (_, block) = stream.finish()?;
        self.tools.lock().unwrap_or_else(PoisonError::into_inner).push((deflater, block));
        Ok(packed)
    }

    /// Whether the archive of `case` is written by all cores together.
    pub(super) fn is_for_all(&self, case: &Case) -> bool {
        self.jobs > 1 && case.contents.bytes() >= LARGE_BYTES
    }

    fn take(&self) -> (Deflater, Vec<u8>) {
        let tools = self.tools.lock().unwrap_or_else(PoisonError::into_inner).pop();
        tools.unwrap_or_else(|| (Deflater::new(), Vec::with_capacity(BLOCK_BYTES)))
    }
}
