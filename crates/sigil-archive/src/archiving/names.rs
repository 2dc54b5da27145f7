//! What things are called while work on them is not finished. All these names are hidden, so that nothing takes them for
//! sessions or archives, and tell a later run how far this one came.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// How long the name of a session may be, in bytes: with what stands behind or before it, it has to fit into 255.
pub(super) const LONGEST_NAME: usize = 248;

/// Before the name of a session that has been taken aside and is looked at once more.
const ASIDE: &str = ".aside-";

/// Before the name of a session that is safe in the archive and is being removed.
const REMOVED: &str = ".gone-";

/// The directory in that of a day in which archives are written, in a directory for each core. What is done keeps its name
/// there until its session is gone.
const UNFINISHED: &str = ".unfinished";

pub(super) fn aside(name: &OsStr) -> OsString {
    before(ASIDE, name)
}

pub(super) fn removed(name: &OsStr) -> OsString {
    before(REMOVED, name)
}

/// Where the archives of a day are written.
pub(super) fn unfinished_dir(day_dir: &Path) -> PathBuf {
    day_dir.join(UNFINISHED)
}

/// Removes that directory, unless something is in the making there.
pub(super) fn remove_unfinished_dir(day_dir: &Path) {
    let directory = unfinished_dir(day_dir);
    for inner in fs::read_dir(&directory).into_iter().flatten().flatten() {
        let _ = fs::remove_dir(inner.path());
    }
    let _ = fs::remove_dir(directory);
}

/// The session that such a name was given to.
pub(super) fn of_aside(name: &OsStr) -> Option<OsString> {
    behind(ASIDE, name)
}

pub(super) fn is_removed(name: &OsStr) -> bool {
    behind(REMOVED, name).is_some()
}

fn before(prefix: &str, name: &OsStr) -> OsString {
    let mut text = OsString::from(prefix);
    text.push(name);
    text
}

fn behind(prefix: &str, name: &OsStr) -> Option<OsString> {
    name.as_bytes().strip_prefix(prefix.as_bytes()).map(|rest| OsStr::from_bytes(rest).to_owned())
}
