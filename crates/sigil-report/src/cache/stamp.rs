//! By what a file is known again that has not changed.

use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, statat};
use rustix::path::Arg;
use sigil_input::Source;
use sigil_store::threads;

/// A file system may tell the time as coarsely as this: two changes within it can look like one.
const COARSE_NS: i64 = 2_000_000_000;

/// How many files one thread looks at in turn.
const AT_ONCE: usize = 256;

/// Which file, and as what it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) device: u64,
    pub(super) inode: u64,
    pub(super) size: u64,
    pub(super) modified_ns: i64,
    pub(super) changed_ns: i64,
}

impl Stamp {
    /// The stamp of a regular file.
    pub(super) fn of(path: &Path) -> Option<Self> {
        Self::of_kind(CWD, path, FileType::RegularFile)
    }

    /// The same of one below a directory that is open.
    pub(super) fn of_file_in(directory: &OwnedFd, path: &str) -> Option<Self> {
        Self::of_kind(directory, path, FileType::RegularFile)
    }

    /// The stamp of a directory below another: it changes when a name in it comes or goes.
    pub(super) fn of_directory_in(directory: &OwnedFd, path: &str) -> Option<Self> {
        Self::of_kind(directory, path, FileType::Directory)
    }

    // The widths of these numbers differ between systems.
    #[allow(clippy::unnecessary_cast)]
    fn of_kind(directory: impl AsFd, path: impl Arg, kind: FileType) -> Option<Self> {
        let found = statat(directory, path, AtFlags::empty()).ok()?;
        let ns = |seconds: i64, ns: i64| seconds.checked_mul(1_000_000_000)?.checked_add(ns);
        (FileType::from_raw_mode(found.st_mode) == kind).then_some(())?;
        Some(Self {
            device: found.st_dev as u64,
            inode: found.st_ino as u64,
            size: found.st_size as u64,
            modified_ns: ns(found.st_mtime as i64, found.st_mtime_nsec as i64)?,
            changed_ns: ns(found.st_ctime as i64, found.st_ctime_nsec as i64)?,
        })
    }

    /// When it was changed last.
    pub(super) fn newest_ns(self) -> i64 {
        self.modified_ns.max(self.changed_ns)
    }

    /// Whether the next change will look different.
    pub(super) fn is_settled(self, now_ns: i64) -> bool {
        is_settled(self.newest_ns(), now_ns)
    }

    pub(super) fn to_bytes(self) -> [u8; 40] {
        let Self { device, inode, size, modified_ns, changed_ns } = self;
        let parts = [device, inode, size, modified_ns.cast_unsigned(), changed_ns.cast_unsigned()];
        let mut bytes = [0; 40];
        for (place, part) in bytes.chunks_exact_mut(8).zip(parts) {
            place.copy_from_slice(&part.to_le_bytes());
        }
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8; 40]) -> Self {
        let mut parts = bytes.as_chunks::<8>().0.iter().map(|part| u64::from_le_bytes(*part));
        let mut next = || parts.next().unwrap_or(0);
        Self {
            device: next(),
            inode: next(),
            size: next(),
            modified_ns: next().cast_signed(),
            changed_ns: next().cast_signed(),
        }
    }
}

/// Whether what was changed last at that time will look different after its next change.
pub(super) fn is_settled(newest_ns: i64, now_ns: i64) -> bool {
    newest_ns < now_ns.saturating_sub(COARSE_NS)
}

/// The stamps of all sources that are files.
pub(super) fn all(sources: &[Source]) -> Vec<Option<Stamp>> {
    let shares = sources.chunks(AT_ONCE).collect();
    let stamps = threads::map(shares, |share| {
        share.iter().map(|source| source.path().and_then(Stamp::of)).collect::<Vec<_>>()
    });
    stamps.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_comes_back_and_settles_after_two_seconds() {
        let stamp = Stamp { device: 1, inode: 2, size: 3, modified_ns: -4, changed_ns: 5_000_000_000 };
        assert_eq!(Stamp::from_bytes(&stamp.to_bytes()), stamp);
        assert!(!stamp.is_settled(7_000_000_000) && stamp.is_settled(7_000_000_001));
        assert!(!stamp.is_settled(0), "from the future");
    }
}
