//! Files in the making: nobody reads them, and whoever finds one of a run that is dead may remove it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::fs::{
    FlockOperation, Gid, Mode, Timespec, Timestamps, UTIME_OMIT, Uid, fchmod, fchown, flock, futimens,
};

use super::place::{Found, Place};
use crate::kill_point::kill_point;

const PREFIX: &[u8] = b".sigil-rotate-";
const SUFFIX: &[u8] = b".tmp";

/// A file in the making, locked while it is, and removed unless it gets a name.
pub(super) struct Temporary<'a> {
    place: &'a Place,
    name: OsString,
    file: File,
    is_ours: bool,
}

impl<'a> Temporary<'a> {
    /// An empty file that those may read and write who may read and write `like`.
    pub(super) fn new(place: &'a Place, like: &Found) -> io::Result<Self> {
        let (name, file) = made(place)?;
        let temporary = Self { place, name, file, is_ours: true };
        kill_point("temporary-made");
        // Another run may have seen it before it was locked, and taken it for a dead one's.
        let is_locked = flock(&temporary.file, FlockOperation::NonBlockingLockExclusive).is_ok();
        if !is_locked || Found::of(&temporary.file)?.names == 0 {
            return Err(io::Error::other("another run is at work in its directory; run this again later"));
        }
        let (user, group) = like.owner;
        if Found::of(&temporary.file)?.owner != like.owner {
            // Only root may give files away.
            let _ = fchown(&temporary.file, Some(Uid::from_raw(user)), Some(Gid::from_raw(group)));
        }
        fchmod(&temporary.file, Mode::from_raw_mode(like.mode & 0o7777))?;
        kill_point("temporary-ready");
        Ok(temporary)
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Makes it look as old as `like`.
    pub(super) fn take_time(&self, like: &Found) -> io::Result<()> {
        let times = Timestamps {
            last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
            last_modification: like.modified(),
        };
        Ok(futimens(&self.file, &times)?)
    }

    /// Gives it the name that it was made for, which nothing has, beside the one that it has as long as it is in the
    /// making. Where files have one name only, it is no longer in the making.
    pub(super) fn share(&mut self, name: &OsStr) -> io::Result<()> {
        match self.place.link(&self.name, name) {
            Err(why)
                if matches!(why.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported) =>
            {
                self.place.rename(&self.name, name)?;
                self.is_ours = false;
                Ok(())
            }
            linked => linked,
        }
    }

    /// Lets the next run find it.
    pub(super) fn leave(mut self) {
        self.is_ours = false;
    }

    /// Gives it the name that it was made for, which nothing has.
    pub(super) fn persist(mut self, name: &OsStr) -> io::Result<()> {
        self.place.rename(&self.name, name)?;
        self.is_ours = false;
        Ok(())
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if self.is_ours {
            // What stays is found by the next run.
            let _ = self.place.remove(&self.name);
        }
    }
}

fn made(place: &Place) -> io::Result<(OsString, File)> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = OsString::from(format!(".sigil-rotate-{}-{number}.tmp", std::process::id()));
        match place.create(&name) {
            // That of a dead process which had the same number.
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
            made => return Ok((name, made?)),
        }
    }
}

/// Whether that is the name of a file in the making.
pub(super) fn is_name(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

/// Whether nobody works on that file any more.
pub(super) fn is_dead(file: &File) -> bool {
    flock(file, FlockOperation::NonBlockingLockExclusive).is_ok()
}
