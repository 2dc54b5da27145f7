//! The directory that a log and its rotated parts are in: held open, so that nobody can put another in its place, and
//! locked, so that no other run works there. Nothing in here writes over anything, or follows a link.

use std::ffi::{CStr, OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{
    AtFlags, CWD, Dir, FileType, FlockOperation, Mode, OFlags, Stat, Timespec, flock, fstat, fsync, linkat,
    openat, statat, unlinkat,
};
use rustix::io::Errno;

use crate::holders::FileId;
use crate::rename::rename;

/// A directory.
pub(super) struct Place(OwnedFd);

/// What the system says of a file; two that are equal have not been written to in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) id: FileId,
    pub(super) bytes: u64,
    pub(super) mode: u32,
    pub(super) owner: (u32, u32),
    /// How many names it has.
    pub(super) names: u64,
    /// Seconds since 1970, and nanoseconds.
    pub(super) modified: (i64, i64),
    changed: (i64, i64),
}

impl Found {
    /// Of an open file.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        Ok(Self::from(&fstat(file)?))
    }

    pub(super) fn kind(&self) -> FileType {
        FileType::from_raw_mode(self.mode)
    }

    pub(super) fn is_file(&self) -> bool {
        self.kind().is_file()
    }

    pub(super) fn modified(&self) -> Timespec {
        Timespec { tv_sec: self.modified.0, tv_nsec: self.modified.1 }
    }
}

#[expect(clippy::unnecessary_cast, clippy::useless_conversion, reason = "widths differ between systems")]
impl From<&Stat> for Found {
    fn from(found: &Stat) -> Self {
        Self {
            id: (found.st_dev as u64, found.st_ino as u64),
            bytes: u64::try_from(found.st_size).unwrap_or(0),
            mode: found.st_mode.into(),
            owner: (found.st_uid, found.st_gid),
            names: found.st_nlink as u64,
            modified: (found.st_mtime as i64, found.st_mtime_nsec as i64),
            changed: (found.st_ctime as i64, found.st_ctime_nsec as i64),
        }
    }
}

impl Place {
    /// Opens and locks the directory at `path`.
    ///
    /// # Errors
    /// It cannot be opened, or another run is at work in it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let directory =
            openat(CWD, path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        match flock(&directory, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => {
                Err(io::Error::other("another run is at work in its directory; run this again later"))
            }
            // Some network file systems lock no directories; the store's lock is left then.
            Ok(()) | Err(_) => Ok(Self(directory)),
        }
    }

    /// The names of all that is in it.
    pub(super) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let name: &CStr = entry.file_name();
            names.push(OsStr::from_bytes(name.to_bytes()).to_owned());
        }
        Ok(names)
    }

    /// What is called `name`, if anything is; a link itself and not what it leads to.
    pub(super) fn look(&self, name: &OsStr) -> io::Result<Option<Found>> {
        match statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => Ok(Some(Found::from(&found))),
            Err(Errno::NOENT) => Ok(None),
            Err(why) => Err(why.into()),
        }
    }

    /// Opens a file for reading.
    pub(super) fn open_file(&self, name: &OsStr) -> io::Result<File> {
        self.open_as(name, OFlags::RDONLY)
    }

    /// Opens a file for reading and writing.
    pub(super) fn open_to_write(&self, name: &OsStr) -> io::Result<File> {
        self.open_as(name, OFlags::RDWR)
    }

    fn open_as(&self, name: &OsStr, access: OFlags) -> io::Result<File> {
        // A FIFO that has taken the file's place must not be waited for.
        let flags = access | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(openat(&self.0, name, flags, Mode::empty())?);
        if Found::of(&file)?.is_file() { Ok(file) } else { Err(io::Error::other("it is no regular file")) }
    }

    /// Makes a private file that was not there.
    pub(super) fn create(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        Ok(openat(&self.0, name, flags, Mode::RUSR | Mode::WUSR)?.into())
    }

    /// Gives a file another name, which nothing has.
    ///
    /// Where the system cannot do so at once, the file has both names for an instant: `settle` takes the second one
    /// away if this program dies then.
    pub(super) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        rename(&self.0, from, &self.0, to)
    }

    /// Gives a file a second name, which nothing has.
    pub(super) fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(linkat(&self.0, from, &self.0, to, AtFlags::empty())?)
    }

    /// Takes a name away, with the file if it has no other.
    pub(super) fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::empty())?)
    }

    /// Brings names to the disk. Some network file systems cannot do that and say so.
    pub(super) fn sync(&self) -> io::Result<()> {
        match fsync(&self.0) {
            Ok(()) | Err(Errno::INVAL | Errno::OPNOTSUPP) => Ok(()),
            Err(why) => Err(why.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn nothing_is_written_over() {
        let directory = tempfile::tempdir().unwrap();
        let place = Place::open(directory.path()).unwrap();
        for name in ["a", "b"] {
            fs::write(directory.path().join(name), name).unwrap();
        }
        let (a, b) = (OsStr::new("a"), OsStr::new("b"));
        for refused in [place.rename(a, b), place.link(a, b), place.create(b).map(|_| ())] {
            assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        }
        assert_eq!(fs::read(directory.path().join("b")).unwrap(), b"b");
        place.remove(b).unwrap();
        place.rename(a, b).unwrap();
        assert_eq!(
            (place.look(a).unwrap(), fs::read(directory.path().join("b")).unwrap()),
            (None, b"a".into())
        );
    }

    #[test]
    fn no_link_is_followed() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("real"), "").unwrap();
        symlink("real", directory.path().join("link")).unwrap();
        let place = Place::open(directory.path()).unwrap();
        let link = OsStr::new("link");
        assert!(place.open_file(link).is_err() && place.open_to_write(link).is_err());
        assert!(!place.look(link).unwrap().unwrap().is_file());
    }

    #[test]
    fn what_is_written_to_is_another_find() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        fs::write(&path, "one").unwrap();
        let place = Place::open(directory.path()).unwrap();
        let name = OsStr::new("log");
        let before = place.look(name).unwrap().unwrap();
        assert_eq!(place.look(name).unwrap(), Some(before));
        assert_eq!(Found::of(&place.open_file(name).unwrap()).unwrap(), before);
        fs::write(&path, "one two").unwrap();
        assert_ne!(place.look(name).unwrap(), Some(before));
    }
}
