//! Marks: what tells a later run which archives were published whose sessions may be there yet.
//!
//! A mark lies in the hidden directory of a day, in the directory of a core. It is the name that the archive was
//! written under, which it keeps beside its own until its session is gone; where files have one name only it is a small
//! file that says what the archive is called. An archive there that has no name beside is not finished.
//!
//! Directories are opened one in the other and no link is followed, and only files that are called like marks are
//! removed: whatever else lies there, or wherever a link leads, is none of this program's.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, openat, statat, unlinkat};
use sigil_store::archived::Archived;
use sigil_store::atomic;

use super::names::{self, UNFINISHED};
use crate::contents::directory;
use crate::holders::FileId;

/// What the names of archives end in, and those of files that say what an archive is called.
const ARCHIVE: &[u8] = b".tar.gz";
const NOTE: &[u8] = b".name";

/// A mark, or an archive that is not finished.
pub(super) struct Mark {
    within: Arc<OwnedFd>,
    name: OsString,
    pub(super) path: PathBuf,
}

/// What lies in the hidden directory of a day.
#[derive(Default)]
pub(super) struct Marks {
    /// Archives of the day with their marks.
    pub(super) published: Vec<(Archived, Mark)>,
    /// Those that belong to no archive.
    pub(super) needless: Vec<Mark>,
}

impl Mark {
    /// Removes it.
    pub(super) fn remove(&self) -> io::Result<()> {
        Ok(unlinkat(&self.within, &self.name, AtFlags::empty())?)
    }

    fn id(&self) -> Option<FileId> {
        let found = statat(&self.within, &self.name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        Some((found.st_dev, found.st_ino))
    }

    /// What the archive is called that it says the name of, if it is such a file.
    fn note(&self) -> Option<OsString> {
        if !self.name.as_bytes().ends_with(NOTE) {
            return None;
        }
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = openat(&self.within, &self.name, flags, Mode::empty()).ok()?;
        let mut text = Vec::new();
        File::from(opened).take(4096).read_to_end(&mut text).ok()?;
        Some(OsString::from_vec(text))
    }
}

/// The marks in the directory of a day whose archives are `archived`.
///
/// # Errors
/// The day's hidden directory cannot be looked into; it may be a link.
pub(super) fn of_day(day_dir: &Path, archived: &[Archived]) -> io::Result<Marks> {
    let mut found = Vec::new();
    let Some(unfinished) = open(day_dir)? else { return Ok(Marks::default()) };
    let path = names::unfinished_dir(day_dir);
    for (name, kind) in entries(&unfinished)? {
        if kind == FileType::Directory {
            let inner = Arc::new(directory(unfinished.as_fd(), &name)?);
            found.extend(marks(&inner, &path.join(&name))?);
        }
    }
    if found.is_empty() {
        return Ok(Marks::default());
    }
    let file_name = |one: &Archived| one.path.file_name().unwrap_or_default().to_owned();
    let by_name: HashMap<_, _> = archived.iter().map(|one| (file_name(one), one)).collect();
    let id = |path: &Path| fs::symlink_metadata(path).ok().map(|found| (found.dev(), found.ino()));
    let by_id: HashMap<_, _> = archived.iter().filter_map(|one| Some((id(&one.path)?, one))).collect();
    let mut all = Marks::default();
    for mark in found {
        let twin = match mark.note() {
            Some(name) => by_name.get(&name),
            None => mark.id().and_then(|id| by_id.get(&id)),
        };
        match twin {
            Some(twin) => all.published.push(((*twin).clone(), mark)),
            None => all.needless.push(mark),
        }
    }
    Ok(all)
}

/// Forgets that the session may be there yet whose archive that is.
pub(crate) fn forget(archived: &Archived) {
    let Some(day_dir) = archived.path.parent() else { return };
    for (_, mark) in of_day(day_dir, std::slice::from_ref(archived)).unwrap_or_default().published {
        let _ = mark.remove();
    }
}

/// Writes a mark into `directory` that says what an archive is to be called, and brings it to the disk.
pub(super) fn note(directory: &Path, archive: &OsStr) -> io::Result<PathBuf> {
    for number in 1_u64.. {
        let mut name = number.to_string().into_bytes();
        name.extend_from_slice(NOTE);
        let path = directory.join(OsString::from_vec(name));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
            Err(why) => return Err(why),
            Ok(mut file) => {
                let written = file.write_all(archive.as_bytes()).and_then(|()| file.sync_all());
                let synced = written.and_then(|()| atomic::sync_dir(directory));
                return synced.map(|()| path.clone()).inspect_err(|_| drop(fs::remove_file(&path)));
            }
        }
    }
    unreachable!("a directory has no room for as many files as there are numbers")
}

/// Removes the hidden directory of a day, and the day's own, unless anything is in them.
pub(super) fn remove_dirs(day_dir: &Path) {
    if let Ok(Some(unfinished)) = open(day_dir) {
        let remove = |within: &OwnedFd, name: &OsStr| unlinkat(within, name, AtFlags::REMOVEDIR);
        for (name, kind) in entries(&unfinished).unwrap_or_default() {
            if kind == FileType::Directory && remove(&unfinished, &name).is_err() {
                let Ok(inner) = directory(unfinished.as_fd(), &name) else { continue };
                for (name, _) in entries(&inner).unwrap_or_default() {
                    let _ = remove(&inner, &name);
                }
                let _ = remove(&unfinished, &name);
            }
        }
        if let Ok(day) = directory(rustix::fs::CWD, day_dir.as_os_str()) {
            let _ = remove(&day, OsStr::new(UNFINISHED));
        }
    }
    let _ = fs::remove_dir(day_dir);
}

/// The hidden directory of a day, if there is one.
fn open(day_dir: &Path) -> io::Result<Option<OwnedFd>> {
    let day = directory(rustix::fs::CWD, day_dir.as_os_str());
    match day.and_then(|day| directory(day.as_fd(), OsStr::new(UNFINISHED))) {
        Err(rustix::io::Errno::NOENT) => Ok(None),
        opened => Ok(Some(opened?)),
    }
}

/// The files in a directory that are called like marks.
fn marks(within: &Arc<OwnedFd>, path: &Path) -> io::Result<Vec<Mark>> {
    let is_mark = |name: &OsStr| name.as_bytes().ends_with(ARCHIVE) || name.as_bytes().ends_with(NOTE);
    let files = entries(within)?.into_iter().filter(|(name, kind)| kind.is_file() && is_mark(name));
    Ok(files.map(|(name, _)| Mark { within: Arc::clone(within), path: path.join(&name), name }).collect())
}

/// What a directory holds, and of what kind it is.
fn entries(within: &OwnedFd) -> io::Result<Vec<(OsString, FileType)>> {
    let mut all = Vec::new();
    for entry in Dir::read_from(within)? {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name == "." || name == ".." {
            continue;
        }
        let kind = match entry.file_type() {
            // Some file systems do not say it at once.
            FileType::Unknown => {
                FileType::from_raw_mode(statat(within, name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode)
            }
            kind => kind,
        };
        all.push((name.to_owned(), kind));
    }
    Ok(all)
}
