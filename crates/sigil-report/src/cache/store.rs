//! The file that the cache is kept in: records, one behind the other, the later ones instead of the earlier.
//!
//! Whoever writes holds a lock; whoever reads needs none: what is not there yet, or not as it was written, is not
//! known. The file is written anew, without what has no use, when it has grown to twice what it was then.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{FlockOperation, flock};
use rustix::process::geteuid;
use sigil_store::{atomic, cause};

use super::record::Record;
use super::stamp::Stamp;

/// What the file begins with: what it is, and how long it was when it was written anew.
const MARK: [u8; 8] = *b"SIGCACH\x01";
const HEAD: usize = 16;

/// Growth that is not worth writing the file anew.
const SLACK: usize = 1 << 20;

/// How many caches of what was gathered under something else are kept.
const OTHERS: usize = 7;

/// What the file holds.
#[derive(Debug)]
pub(super) struct Stored {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Stored {
    /// Reads the file, if there is one that may be trusted.
    pub(super) fn read(path: PathBuf) -> Self {
        let bytes = read(&path).filter(|bytes| bytes.starts_with(&MARK));
        Self { path, bytes: bytes.unwrap_or_default() }
    }

    fn records(&self) -> Records<'_> {
        Records { bytes: self.bytes.get(HEAD..).unwrap_or(&[]) }
    }

    /// The records by their keys.
    pub(super) fn index(&self) -> HashMap<u128, Record<'_>> {
        self.records().map(|record| (record.key, record)).collect()
    }

    /// Adds records to what is there now.
    ///
    /// # Errors
    /// They cannot be added, and why.
    pub(super) fn add(self, new: Vec<Vec<u8>>) -> Result<(), String> {
        let directory = self.path.parent().unwrap_or(Path::new("."));
        atomic::create_dir(directory).map_err(|why| why.to_string())?;
        let Some(_lock) = lock(directory)? else { return Ok(()) };
        // Others may have written since.
        let now = Self::read(self.path.clone());
        let written = now.bytes.get(8..HEAD).and_then(|length| length.first_chunk::<8>());
        let written = written.map_or(0, |length| u64::from_le_bytes(*length));
        let end = HEAD + now.records().map(|record| record.bytes().len()).sum::<usize>();
        let more: usize = new.iter().map(Vec::len).sum();
        let room = usize::try_from(written).unwrap_or(0).saturating_mul(2).saturating_add(SLACK);
        if now.bytes.len() >= HEAD && end + more <= room {
            return append(&self.path, end, &new.concat());
        }
        now.write_anew(&new)?;
        leave_few(&self.path);
        Ok(())
    }

    /// Writes the file anew: of each path the last record, if the file there is still the same.
    fn write_anew(&self, new: &[Vec<u8>]) -> Result<(), String> {
        let added = new.iter().filter_map(|bytes| Some(Record::first(bytes)?.0));
        let all: Vec<_> = self.records().chain(added).collect();
        let mut seen = HashSet::new();
        let mut kept: Vec<_> = all
            .iter()
            .rev()
            .filter(|record| {
                record.path().is_some_and(|path| Stamp::of(&path) == Some(record.stamp) && seen.insert(path))
            })
            .collect();
        kept.reverse();
        let length = HEAD + kept.iter().map(|record| record.bytes().len()).sum::<usize>();
        atomic::write_soon(&self.path, |out| {
            out.write_all(&MARK)?;
            out.write_all(&(length as u64).to_le_bytes())?;
            kept.iter().try_for_each(|record| out.write_all(record.bytes()))
        })
        .map_err(|why| why.to_string())
    }
}

/// Records as far as they follow each other.
struct Records<'a> {
    bytes: &'a [u8],
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let (record, length) = Record::first(self.bytes)?;
        self.bytes = self.bytes.get(length..)?;
        Some(record)
    }
}

/// All that is in a file, if nobody else can have written it.
pub(super) fn read(path: &Path) -> Option<Vec<u8>> {
    let mut file = own(path)?;
    let mut bytes = Vec::with_capacity(usize::try_from(file.metadata().ok()?.len()).ok()?);
    file.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Opens a file that nobody else can have written.
fn own(path: &Path) -> Option<File> {
    let file = File::open(path).ok()?;
    let found = file.metadata().ok()?;
    let is_own = found.is_file() && found.uid() == geteuid().as_raw() && found.mode() & 0o022 == 0;
    is_own.then_some(file)
}

/// Locks the directory for writing; none if another run writes.
pub(super) fn lock(directory: &Path) -> Result<Option<File>, String> {
    let path = directory.join("lock");
    let opened = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = opened.map_err(|why| cause::of_io(&why))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(why) => Err(cause::of_io(&why.into())),
    }
}

/// Puts `bytes` behind the last whole record, or leaves the file as it was.
pub(super) fn append(path: &Path, end: usize, bytes: &[u8]) -> Result<(), String> {
    let write = || {
        let file = OpenOptions::new().write(true).open(path)?;
        file.set_len(end as u64)?;
        file.write_all_at(bytes, end as u64).inspect_err(|_| {
            // Half a record would be nobody's.
            let _ = file.set_len(end as u64);
        })
    };
    write().map_err(|why: std::io::Error| cause::of_io(&why))
}

/// Removes the files of the same kind for what was gathered under something else that were written longest ago, but
/// a few.
pub(super) fn leave_few(own: &Path) {
    let directory = own.parent().unwrap_or(Path::new("."));
    let Ok(entries) = fs::read_dir(directory) else { return };
    let others = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path != own && path.extension() == own.extension());
    let written = |path: &PathBuf| fs::metadata(path).and_then(|found| found.modified()).ok();
    let mut others: Vec<(Option<SystemTime>, PathBuf)> = others.map(|path| (written(&path), path)).collect();
    others.sort_unstable();
    let superfluous = others.len().saturating_sub(OTHERS);
    for (_, path) in others.into_iter().take(superfluous) {
        let _ = fs::remove_file(path);
    }
}
