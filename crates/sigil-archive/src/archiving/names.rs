//! What things are called while work on them is not finished. All these names are hidden, so that nothing takes them for
//! sessions or archives, and tell a later run how far this one came.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use sigil_store::{atomic, home};

/// How long the name of a session may be, in bytes: with what stands behind or before it, it has to fit into 255.
pub(super) const LONGEST_NAME: usize = 248;

/// Before the name of a session that has been taken aside and is looked at once more.
const ASIDE: &str = ".aside-";

/// Before the name of a session that is safe in the archive and is being removed.
const REMOVED: &str = ".gone-";

/// The directory in that of a day in which archives are written, in a directory for each core. What is done keeps its name
/// there until its session is gone.
pub(super) const UNFINISHED: &str = ".unfinished";

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

/// Makes a directory of a day, of archives that are written, or of a core. It is no link: what is written there stays there.
///
/// # Errors
/// It cannot be made, or something else is called so.
pub(super) fn make_dir(path: &Path) -> anyhow::Result<()> {
    atomic::create_dir(path)?;
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()) {
        return Ok(());
    }
    let path = home::shown(path);
    anyhow::bail!("E010_CONFIG_ERR: {path} is a link; archives are kept in a directory of that name")
}

/// The session that such a name was given to.
pub(super) fn of_aside(name: &OsStr) -> Option<OsString> {
    behind(ASIDE, name)
}

pub(super) fn of_removed(name: &OsStr) -> Option<OsString> {
    behind(REMOVED, name)
}

fn before(prefix: &str, name: &OsStr) -> OsString {
    let mut text = OsString::from(prefix);
    text.push(name);
    text
}

/// Whether the session called `name` was taken aside and has not got its name back.
pub(crate) fn is_aside(sessions: &Path, name: &OsStr) -> bool {
    fs::symlink_metadata(sessions.join(aside(name))).is_ok()
}

/// What stands behind a prefix, if a session can be called so.
pub(crate) fn behind(prefix: &str, name: &OsStr) -> Option<OsString> {
    let rest = name.as_bytes().strip_prefix(prefix.as_bytes())?;
    let is_name = !rest.is_empty() && !rest.starts_with(b".");
    is_name.then(|| OsStr::from_bytes(rest).to_owned())
}
