//! Bringing archived sessions back, never over what is there.
//!
//! An archive is unpacked beside where it belongs, in a hidden directory that nobody else writes to: links are made
//! last, so none can lead a member elsewhere. Only when all is on the disk it gets its name.

mod unfinished;

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, lchown, symlink};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, syncfs, utimensat};
use sigil_cli::escape::quoted;
use sigil_cli::failure;
use sigil_input::{Entry, EntryKind};
use sigil_store::archived::{Archived, Day};
use sigil_store::{Error, atomic, home};

use crate::account::Account;
use crate::archiving;
use crate::cli::Terms;
use crate::kill_point::kill_point;
use crate::packing::Sum;
use crate::reading;
use crate::record::{Action, Record, Status};
use crate::rename;
use crate::sameness;
use crate::selection;
use unfinished::Unfinished;
pub(crate) use unfinished::{clear, of_unfinished};

/// What an archive has brought.
#[derive(Clone, Copy, Debug, Default)]
struct Restored {
    files: u64,
    bytes: u64,
}

/// Restores what is named, into `to` or the store's sessions.
///
/// # Errors
/// A name means nothing. What happens to one archive alone becomes its record.
pub(crate) fn restore(
    what: &[PathBuf],
    to: Option<&Path>,
    terms: &Terms,
    account: &mut Account<'_, '_>,
) -> Result<()> {
    for name in what {
        let mut archives = selection::named(std::slice::from_ref(name), terms)?;
        let is_one_session = archives.iter().all(|(_, id)| id.as_deref() == name.to_str());
        if archives.len() > 1 && is_one_session {
            let paths: Vec<_> = archives.iter().map(|(path, _)| home::shown(path)).collect();
            bail!(
                "E010_CONFIG_ERR: session {} was archived {} times; name the archive that is meant: {}",
                quoted(&name.to_string_lossy()),
                paths.len(),
                paths.join(", ")
            );
        }
        for (path, id) in archives.drain(..) {
            account.add(&restore_one(&path, id, to, terms))?;
        }
    }
    Ok(())
}

fn restore_one(path: &Path, id: Option<String>, to: Option<&Path>, terms: &Terms) -> Record {
    let archived = archived(path);
    let record = Record {
        session_id: id.or_else(|| archived.as_ref().map(Archived::id)),
        archive: Some(path.to_owned()),
        archive_bytes: fs::metadata(path).ok().map(|found| found.len()),
        ..Record::new(Action::Restore, Status::Done)
    };
    let restored = match (to, archived) {
        (Some(to), archived) => into_directory(path, to, archived.as_ref(), terms),
        (None, Some(archived)) => into_sessions(&archived, terms),
        (None, None) => Err(anyhow::anyhow!(
            "E010_CONFIG_ERR: {} is not called like an archived session; say where to put it with --to",
            home::shown(path)
        )),
    };
    match restored {
        Ok((target, _)) if terms.is_dry => Record { status: Status::Planned, path: Some(target), ..record },
        Ok((target, restored)) => {
            Record { path: Some(target), files: Some(restored.files), bytes: Some(restored.bytes), ..record }
        }
        Err(error) => Record { status: Status::Failed, reason: Some(failure::describe(&error)), ..record },
    }
}

/// What the name of a file says of the archive that it is. The day does not matter.
fn archived(path: &Path) -> Option<Archived> {
    Archived::of(Day::parse("1970-01-01")?, path.to_owned())
}

/// Restores a session under its name in the store.
fn into_sessions(archived: &Archived, terms: &Terms) -> Result<(PathBuf, Restored)> {
    let (path, name) = (archived.path.as_path(), archived.name.as_os_str());
    let sessions = terms.store.sessions_dir();
    let target = sessions.join(name);
    if fs::symlink_metadata(&target).is_ok() {
        bail!(
            "E010_CONFIG_ERR: {} is there; nothing is overwritten; put it elsewhere with --to",
            home::shown(&target)
        );
    }
    if archiving::is_aside(&sessions, name) {
        bail!(
            "E010_CONFIG_ERR: a run was killed that was archiving it, and it is whole; sigil-archive without a command gives it back its name"
        );
    }
    if terms.is_dry {
        return Ok((target, Restored::default()));
    }
    atomic::create_dir(&sessions)?;
    let unfinished = Unfinished::new(&sessions, name)?;
    let restored = unpack(path, &unfinished.path)?;
    let found = unfinished.path.join(name);
    if top_names(&unfinished.path)? != [name] || !found.symlink_metadata().is_ok_and(|found| found.is_dir()) {
        bail!(
            "E010_CONFIG_ERR: {} does not hold the one directory {} that a session's archive holds; unpack it elsewhere with --to",
            home::shown(path),
            quoted(&name.to_string_lossy())
        );
    }
    kill_point("restored");
    rename(&found, &target)?;
    atomic::sync_dir(&sessions)?;
    // Of what a killed run had archived and removed there is a session again, and the archive stays.
    archiving::forget(archived);
    Ok((target, restored))
}

/// Restores what an archive holds into any directory, beside what is there.
fn into_directory(
    path: &Path,
    to: &Path,
    archived: Option<&Archived>,
    terms: &Terms,
) -> Result<(PathBuf, Restored)> {
    if terms.is_dry {
        return Ok((to.to_owned(), Restored::default()));
    }
    atomic::create_dir(to)?;
    let name = archived.map_or(path.file_name().unwrap_or_default(), |archived| &archived.name);
    let unfinished = Unfinished::new(to, name)?;
    let restored = unpack(path, &unfinished.path)?;
    kill_point("restored");
    // Nothing is moved before everything is known to have room.
    for name in top_names(&unfinished.path)? {
        check_room(&unfinished.path.join(&name), &to.join(&name))?;
    }
    for name in top_names(&unfinished.path)? {
        settle(&unfinished.path.join(&name), &to.join(&name))?;
    }
    atomic::sync_dir(to)?;
    let is_store = || fs::canonicalize(to).ok() == fs::canonicalize(terms.store.sessions_dir()).ok();
    if let Some(archived) = archived.filter(|_| is_store()) {
        archiving::forget(archived);
    }
    Ok((to.to_owned(), restored))
}

/// Checks that what is at `from` can go to `to`: it is free, a directory in both places, or the same file.
fn check_room(from: &Path, to: &Path) -> Result<()> {
    let Ok(there) = fs::symlink_metadata(to) else { return Ok(()) };
    let coming = fs::symlink_metadata(from)?;
    if there.is_dir() && coming.is_dir() {
        for name in top_names(from)? {
            check_room(&from.join(&name), &to.join(&name))?;
        }
        return Ok(());
    }
    if !is_same(from, to)? {
        bail!(
            "E010_CONFIG_ERR: {} is there and holds something else; nothing is overwritten",
            home::shown(to)
        );
    }
    Ok(())
}

/// Moves what is at `from` to `to`, into directories that are there.
fn settle(from: &Path, to: &Path) -> Result<()> {
    let is_there = fs::symlink_metadata(to).is_ok();
    if !is_there {
        return rename(from, to);
    }
    if fs::symlink_metadata(from)?.is_dir() {
        for name in top_names(from)? {
            settle(&from.join(&name), &to.join(&name))?;
        }
    }
    Ok(())
}

/// Whether two files hold the same.
fn is_same(one: &Path, other: &Path) -> Result<bool> {
    let (of_one, of_other) = (fs::symlink_metadata(one)?, fs::symlink_metadata(other)?);
    if of_one.file_type() != of_other.file_type() || of_one.len() != of_other.len() {
        return Ok(false);
    }
    if of_one.is_symlink() {
        return Ok(fs::read_link(one)? == fs::read_link(other)?);
    }
    Ok(sameness::is_same(File::open(one)?, File::open(other)?)?)
}

/// Unpacks the archive at `path` into `target`, an empty directory, and brings it to the disk.
fn unpack(path: &Path, target: &Path) -> Result<Restored> {
    let mut entries = reading::entries(path).map_err(|source| Error::Io {
        action: "read",
        path: path.to_owned(),
        source,
    })?;
    let mut restored = Restored::default();
    let (mut links, mut directories) = (Vec::new(), Vec::new());
    let mut buffer = vec![0; 64 << 10];
    let mut sum: Option<(Sum, String)> = None;
    let unreadable = || format!("cannot read {}", home::shown(path));
    while let Some(entry) = entries.next().with_context(unreadable)? {
        let shown = quoted(&String::from_utf8_lossy(&entry.name));
        if let Some((sum, name)) = sum.take()
            && sum.agrees(entry.comment.as_deref().unwrap_or_default()) == Some(false)
        {
            bail!("E003_PARSE_FAIL: {name} has another checksum than when it was archived");
        }
        let Some(inner) = inner_path(&entry.name) else {
            bail!("E003_PARSE_FAIL: {shown} would leave the directory that it is to be unpacked in");
        };
        if inner.as_os_str().is_empty() {
            continue;
        }
        let place = target.join(&inner);
        match entry.kind {
            EntryKind::Directory => {
                make_directories(&place)?;
                directories.push((place, entry));
            }
            EntryKind::File => {
                make_directories(place.parent().unwrap_or(target))?;
                // Of members with one name the last counts.
                let _ = fs::remove_file(&place);
                let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&place)?;
                let mut of_member = Sum::new();
                loop {
                    let read = reading::fill(&mut entries, &mut buffer).with_context(unreadable)?;
                    if read == 0 {
                        break;
                    }
                    of_member.add(&buffer[..read]);
                    file.write_all(&buffer[..read])
                        .with_context(|| format!("cannot write {}", home::shown(&place)))?;
                    restored.bytes += read as u64;
                }
                set_owner(&place, &entry);
                // Nobody's program may become somebody else's by coming out of an archive.
                file.set_permissions(Permissions::from_mode(entry.mode & 0o777))?;
                file.set_modified(time(entry.mtime))?;
                restored.files += 1;
                sum = Some((of_member, shown));
            }
            EntryKind::Symlink => links.push((place, entry)),
            EntryKind::HardLink => {
                let Some(first) = inner_path(&entry.link).map(|inner| target.join(inner)) else {
                    bail!("E003_PARSE_FAIL: {shown} is a link that leads elsewhere");
                };
                make_directories(place.parent().unwrap_or(target))?;
                fs::hard_link(&first, &place).with_context(|| format!("cannot link {shown}"))?;
            }
            EntryKind::Sparse => {
                bail!("E010_CONFIG_ERR: {shown} is a sparse file; unpack the archive with tar -xzf")
            }
            EntryKind::Other => bail!(
                "E010_CONFIG_ERR: {shown} is no file, directory or link; unpack the archive with tar -xzf"
            ),
        }
    }
    if !entries.has_end() {
        bail!("E003_PARSE_FAIL: its end is missing, and what stood before that perhaps");
    }
    // As long as there is no link, no directory can be made through one.
    for (place, _) in &links {
        make_directories(place.parent().unwrap_or(target))?;
    }
    for (place, entry) in links {
        let link = OsStr::from_bytes(&entry.link);
        symlink(link, &place).with_context(|| format!("cannot make the link {}", home::shown(&place)))?;
        set_owner(&place, &entry);
        let (tv_sec, nanos) = entry.mtime;
        let last_modification = Timespec { tv_sec, tv_nsec: nanos.into() };
        let times = Timestamps { last_access: last_modification, last_modification };
        let _ = utimensat(CWD, &place, &times, AtFlags::SYMLINK_NOFOLLOW);
    }
    // What is in a directory changes its time, so those in others come first.
    directories.sort_by(|(one, _), (other, _)| other.cmp(one));
    for (place, entry) in directories {
        set_owner(&place, &entry);
        let directory = File::open(&place)?;
        directory.set_permissions(Permissions::from_mode(entry.mode & 0o3777))?;
        directory.set_modified(time(entry.mtime))?;
    }
    syncfs(File::open(target)?)
        .map_err(io::Error::from)
        .context("what was restored cannot be brought to the disk")?;
    Ok(restored)
}

/// Makes a directory and those above it. They are all in one that was empty, so none of them is a link.
fn make_directories(path: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.with_context(|| format!("cannot make {}", home::shown(path)))
}

/// The path of a member below where it is to be unpacked; none if it would lead out.
fn inner_path(name: &[u8]) -> Option<PathBuf> {
    let mut inner = PathBuf::new();
    for part in Path::new(OsStr::from_bytes(name)).components() {
        match part {
            Component::Normal(part) => inner.push(part),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(inner)
}

/// Only root may give files away; to others they belong as whatever they make.
fn set_owner(path: &Path, entry: &Entry) {
    let id = |number: u64| u32::try_from(number).ok();
    if rustix::process::geteuid().is_root() {
        let _ = lchown(path, id(entry.owner.0), id(entry.owner.1));
    }
}

fn time((seconds, nanos): (i64, u32)) -> SystemTime {
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(whole)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(whole)
    };
    time.and_then(|time| time.checked_add(Duration::from_nanos(nanos.into())))
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

fn top_names(directory: &Path) -> Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        names.push(entry?.file_name());
    }
    names.sort_unstable();
    Ok(names)
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    let found = fs::symlink_metadata(from)?;
    let is_closed = found.is_dir() && found.mode() & 0o200 == 0;
    if is_closed {
        // A directory that may not be written to goes into no other.
        fs::set_permissions(from, Permissions::from_mode(found.mode() | 0o200))?;
    }
    rename::rename(CWD, from, CWD, to).with_context(|| format!("cannot put it at {}", home::shown(to)))?;
    if is_closed {
        fs::set_permissions(to, found.permissions())?;
    }
    Ok(())
}
