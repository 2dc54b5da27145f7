//! What things are called while work on them is not finished. All these names are hidden, so that nothing takes them for
//! sessions or archives, and tell a later run how far this one came.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Before the name of a session that has been taken aside and is looked at once more.
const ASIDE: &str = ".sigil-aside-";

/// Before the name of a session that is safe in the archive and is being removed.
const REMOVED: &str = ".sigil-removed-";

/// Around the name of an archive that is being written.
const UNFINISHED: (&str, &str) = (".sigil-", ".tmp");

pub(super) fn aside(name: &OsStr) -> OsString {
    before(ASIDE, name)
}

pub(super) fn removed(name: &OsStr) -> OsString {
    before(REMOVED, name)
}

/// Where the archive of the session called `name` is written.
pub(super) fn unfinished(day_dir: &Path, name: &OsStr) -> PathBuf {
    let mut text = before(UNFINISHED.0, name);
    text.push(UNFINISHED.1);
    day_dir.join(text)
}

/// The session that such a name was given to.
pub(super) fn of_aside(name: &OsStr) -> Option<OsString> {
    behind(ASIDE, name)
}

pub(super) fn is_removed(name: &OsStr) -> bool {
    behind(REMOVED, name).is_some()
}

pub(super) fn is_unfinished(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    bytes.starts_with(UNFINISHED.0.as_bytes()) && bytes.ends_with(UNFINISHED.1.as_bytes())
}

fn before(prefix: &str, name: &OsStr) -> OsString {
    let mut text = OsString::from(prefix);
    text.push(name);
    text
}

fn behind(prefix: &str, name: &OsStr) -> Option<OsString> {
    use std::os::unix::ffi::OsStrExt;
    name.as_bytes().strip_prefix(prefix.as_bytes()).map(|rest| OsStr::from_bytes(rest).to_owned())
}
