//! Writing the file of one archive, on one core or on all of them.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sigil_store::archived::archive_path;

use super::Candidate;
use crate::gzip::{BLOCK_BYTES, Deflater, Parallel, Serial, Stream};
use crate::packing::fingerprint;
use crate::packing::{Packed, pack};

/// From how many bytes on a session is worth all cores.
pub(super) const LARGE_BYTES: u64 = 16 << 20;

/// What is used for one archive after the other: a compressor and a buffer for each core.
pub(super) struct ArchiveWriter {
    tools: Mutex<Vec<(Deflater, Vec<u8>)>>,
    jobs: usize,
}

impl ArchiveWriter {
    pub(super) fn new(jobs: usize) -> Self {
        Self { tools: Mutex::default(), jobs }
    }

    /// Writes the archive of `candidate` to a new file in `directory`, private, and says where it is; nowhere if something has
    /// changed since it was looked at. It is not on the disk yet.
    ///
    /// # Errors
    /// A file cannot be read, or the archive cannot be written. Nothing is left behind then.
    pub(super) fn write(&self, candidate: &mut Candidate, directory: &Path) -> io::Result<Option<PathBuf>> {
        let (file, path) = new_file(directory, &candidate.unit.name)?;
        let packed = self.fill(candidate, file);
        if !matches!(packed, Ok(Packed::Whole)) {
            let _ = fs::remove_file(&path);
        }
        Ok((packed? == Packed::Whole).then_some(path))
    }

    fn fill(&self, candidate: &mut Candidate, file: File) -> io::Result<Packed> {
        let comment = Some(fingerprint::of(&candidate.contents));
        if self.is_for_all(candidate) {
            let mut stream =
                Stream::new(Parallel::new(self.jobs, file, comment)?, Vec::with_capacity(BLOCK_BYTES));
            let packed = pack(&mut stream, &mut candidate.opener, &candidate.contents)?;
            let (parallel, _) = stream.finish()?;
            parallel.finish()?;
            return Ok(packed);
        }
        let (mut deflater, block) = self.take();
        let mut stream = Stream::new(Serial { deflater: &mut deflater, output: file, comment }, block);
        let packed = pack(&mut stream, &mut candidate.opener, &candidate.contents)?;
        let (_, block) = stream.finish()?;
        self.tools.lock().unwrap_or_else(PoisonError::into_inner).push((deflater, block));
        Ok(packed)
    }

    /// Whether the archive of `candidate` is written by all cores together.
    pub(super) fn is_for_all(&self, candidate: &Candidate) -> bool {
        self.jobs > 1 && candidate.contents.bytes() >= LARGE_BYTES
    }

    fn take(&self) -> (Deflater, Vec<u8>) {
        let tools = self.tools.lock().unwrap_or_else(PoisonError::into_inner).pop();
        tools.unwrap_or_else(|| (Deflater::new(), Vec::with_capacity(BLOCK_BYTES)))
    }
}

/// A file in `directory` for an archive of what is called `name`. Several may be written on one day.
fn new_file(directory: &Path, name: &OsStr) -> io::Result<(File, PathBuf)> {
    let mut copy = 1;
    loop {
        let path = archive_path(directory, name, copy);
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => copy += 1,
            opened => return Ok((opened?, path)),
        }
    }
}
