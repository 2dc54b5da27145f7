//! Directories for what is not whole yet: hidden, nobody else's, and locked as long as a run unpacks into one.

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use sigil_store::{Archived, Error, Lock, home, lock};

use super::archived;
use crate::archiving;
use crate::remove::remove_all;

/// Before the name of what is being restored.
const UNFINISHED: &str = ".new-";

/// Nobody else has a right to it.
const MODE: u32 = 0o700;

/// A directory for what is not whole yet. It goes when this goes.
pub(super) struct Unfinished {
    pub(super) path: PathBuf,
    _lock: Option<Lock>,
}

impl Unfinished {
    /// Makes one in `directory`. What a run has left that was killed goes; that of a run at work stays, and another name is
    /// taken.
    pub(super) fn new(directory: &Path, name: &OsStr) -> Result<Self> {
        let mut hidden = OsString::from(UNFINISHED);
        hidden.push(name);
        for number in 2.. {
            let path = directory.join(&hidden);
            clear(&path).with_context(|| format!("cannot remove {}", home::shown(&path)))?;
            match DirBuilder::new().mode(MODE).create(&path) {
                Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
                Err(source) => return Err(Error::Io { action: "create", path, source }.into()),
                Ok(()) => match lock::directory(&path, Duration::ZERO) {
                    Ok(Ok(Some(lock))) if lock.is_at(&path) => return Ok(Self { path, _lock: Some(lock) }),
                    // Where directories cannot be locked, nobody takes it for one that was left.
                    Ok(Ok(None)) => return Ok(Self { path, _lock: None }),
                    // Another run has just taken it for one.
                    Ok(_) => {}
                    Err(why) if why.kind() == io::ErrorKind::NotFound => {}
                    Err(source) => return Err(Error::Io { action: "lock", path, source }.into()),
                },
            }
            hidden = OsString::from(UNFINISHED);
            hidden.push(name);
            hidden.push(format!("~{number}"));
        }
        unreachable!("a directory has no room for as many directories as there are numbers")
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = remove_all(&self.path);
    }
}

/// What was being restored in a directory with such a hidden name.
pub(crate) fn of_unfinished(hidden: &OsStr) -> Option<OsString> {
    let mut name = archiving::behind(UNFINISHED, hidden)?;
    name.push(".tar.gz");
    // It may have a number, as archives may.
    archived(Path::new(&name)).map(|Archived { name, .. }| name)
}

/// Removes such a directory if no run is at work in it. One that others may look into was made by somebody else.
///
/// # Errors
/// It cannot be removed.
pub(crate) fn clear(path: &Path) -> io::Result<()> {
    let is_own = |found: fs::Metadata| found.is_dir() && found.mode() & 0o777 == MODE;
    if !fs::symlink_metadata(path).is_ok_and(is_own) {
        return Ok(());
    }
    match lock::directory(path, Duration::ZERO) {
        Ok(Ok(Some(_lock))) => remove_all(path),
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
        _ => Ok(()),
    }
}
