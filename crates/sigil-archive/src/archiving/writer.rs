//! Writing the file of one archive, on one core or on all of them.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use sigil_store::archived::archive_path;

use super::{Candidate, names};
use crate::gzip::{BLOCK_BYTES, Deflater, Parallel, Serial, Stream};
use crate::packing::fingerprint;
use crate::packing::{Packed, pack};

/// From how many bytes on a session is worth all cores.
pub(super) const LARGE_BYTES: u64 = 16 << 20;

/// What is used for one archive after the other, by a core at a time.
struct Tools {
    deflater: Deflater,
    block: Vec<u8>,
    /// Where it writes: cores that make files in one directory wait for each other.
    directory: PathBuf,
}

/// Writes archives.
pub(super) struct ArchiveWriter {
    idle: Mutex<Vec<Tools>>,
    /// How many tools there are.
    made: AtomicUsize,
    jobs: usize,
}

impl ArchiveWriter {
    pub(super) fn new(jobs: usize) -> Self {
        Self { idle: Mutex::default(), made: AtomicUsize::new(0), jobs }
    }

    /// Writes the archive of `candidate` to a new file below `directory`, private, and says where it is; nowhere if something
    /// has changed since it was looked at. It is not on the disk yet.
    ///
    /// # Errors
    /// A file cannot be read, or the archive cannot be written. Nothing is left behind then.
    pub(super) fn write(&self, candidate: &mut Candidate, directory: &Path) -> Result<Option<PathBuf>> {
        let mut tools = self.take(directory)?;
        let (file, path) = new_file(&tools.directory, &candidate.unit.name)?;
        let packed = self.fill(candidate, file, &mut tools);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(tools);
        if !matches!(packed, Ok(Packed::Whole)) {
            let _ = fs::remove_file(&path);
        }
        Ok((packed? == Packed::Whole).then_some(path))
    }

    fn fill(&self, candidate: &mut Candidate, file: File, tools: &mut Tools) -> io::Result<Packed> {
        let comment = Some(fingerprint::of(&candidate.contents));
        tools.block.clear();
        let block = std::mem::take(&mut tools.block);
        if self.is_for_all(candidate) {
            let mut stream = Stream::new(Parallel::new(self.jobs, file, comment)?, block);
            let packed = pack(&mut stream, &mut candidate.opener, &candidate.contents)?;
            let (parallel, block) = stream.finish()?;
            tools.block = block;
            parallel.finish()?;
            return Ok(packed);
        }
        let mut stream = Stream::new(Serial { deflater: &mut tools.deflater, output: file, comment }, block);
        let packed = pack(&mut stream, &mut candidate.opener, &candidate.contents)?;
        (_, tools.block) = stream.finish()?;
        Ok(packed)
    }

    /// Whether the archive of `candidate` is written by all cores together.
    pub(super) fn is_for_all(&self, candidate: &Candidate) -> bool {
        self.jobs > 1 && candidate.contents.bytes() >= LARGE_BYTES
    }

    fn take(&self, directory: &Path) -> Result<Tools> {
        if let Some(tools) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            return Ok(tools);
        }
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let directory = directory.join(number.to_string());
        names::make_dir(&directory)?;
        Ok(Tools { deflater: Deflater::new(), block: Vec::with_capacity(BLOCK_BYTES), directory })
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
