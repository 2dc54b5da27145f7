//! Opening files below a directory without following a link on the way.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{Mode, OFlags, fstat, openat};

use super::{Member, Stamp};
use crate::unit::Base;

/// Opens a directory in `parent` that is no link.
///
/// # Errors
/// It is not there, is no directory, or may not be opened.
pub(crate) fn directory(parent: BorrowedFd<'_>, name: &OsStr) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(parent, name, flags, Mode::empty())
}

/// Opens files below one directory. The directory of the last file stays open for the next.
#[derive(Debug)]
pub(crate) struct Opener {
    base: Arc<Base>,
    last: Option<(PathBuf, OwnedFd)>,
}

impl Opener {
    /// Opens files below `base`.
    pub(crate) fn new(base: &Arc<Base>) -> Self {
        Self { base: Arc::clone(base), last: None }
    }

    /// Lets go of the directory that is open.
    pub(crate) fn close(&mut self) {
        self.last = None;
    }

    /// Opens a file that has stayed as it was when it was found; none if it has not.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(crate) fn open(&mut self, member: &Member) -> io::Result<Option<File>> {
        let Some(file) = self.open_as_it_is(member)? else { return Ok(None) };
        let is_same = Stamp::of(&fstat(&file)?) == member.stamp;
        Ok(is_same.then_some(file))
    }

    /// Opens what is called like a file that was found, whether it has stayed as it was or not; none if it is not there.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(crate) fn open_as_it_is(&mut self, member: &Member) -> io::Result<Option<File>> {
        Ok(Some(match self.open_at(&member.place) {
            Err(rustix::io::Errno::NOENT | rustix::io::Errno::LOOP | rustix::io::Errno::NOTDIR) => {
                return Ok(None);
            }
            Err(why) => {
                let name = sigil_cli::escape::quoted(&member.name.to_string_lossy());
                let (why, cause) = (io::Error::from(why), sigil_store::cause::of_io(&why.into()));
                return Err(io::Error::new(why.kind(), format!("cannot read {name}: {cause}")));
            }
            Ok(opened) => File::from(opened),
        }))
    }

    fn open_at(&mut self, place: &Path) -> rustix::io::Result<OwnedFd> {
        // A pipe that has taken the file's place must not make the program wait.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let parent = place.parent().unwrap_or(Path::new(""));
        let name = place.file_name().unwrap_or_default();
        if self.last.as_ref().is_none_or(|(known, _)| known != parent) {
            let mut opened: Option<OwnedFd> = None;
            for part in parent.iter() {
                let within = opened.as_ref().map_or(self.base.fd.as_fd(), AsFd::as_fd);
                opened = Some(directory(within, part)?);
            }
            self.last = opened.map(|opened| (parent.to_owned(), opened));
        }
        let within = self.last.as_ref().map_or(self.base.fd.as_fd(), |(_, opened)| opened.as_fd());
        openat(within, name, flags, Mode::empty())
    }
}
