//! What lies in a session's directory: every file, link and directory, and what they are recognised by.
//!
//! Directories are opened one within the other and links are never followed, so that whatever is moved about meanwhile,
//! nothing outside is looked at.

mod found;
mod log;
mod open;

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Dir, FileType, Stat, readlinkat};

use crate::holders::{FileId, Holders};
use found::{Found, Mount};
pub(crate) use log::part_order;
pub(crate) use open::{Opener, directory};

/// How deep directories may lie in each other. No session is anywhere near; each takes an open descriptor.
const DEEPEST: usize = 64;

/// A file, link or directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its name in an archive.
    pub(crate) name: PathBuf,
    /// Where it is on the disk, below the directory that was looked into.
    pub(crate) place: PathBuf,
    pub(crate) kind: Kind,
    pub(crate) stamp: Stamp,
    pub(crate) mode: u32,
    /// User and group.
    pub(crate) owner: (u32, u32),
}

/// What a member is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Directory,
    /// A symbolic link, and where it says that it leads.
    Link(PathBuf),
}

/// What tells whether a file is the one it was and has stayed as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) id: FileId,
    /// In bytes. That of a directory says nothing.
    pub(crate) size: u64,
    /// When its bytes were changed: seconds since 1970, and nanoseconds behind them.
    pub(crate) mtime: (i64, u32),
    /// When anything of it was changed.
    ctime: (i64, u32),
}

/// Everything that lies in some directories: what a directory holds stands before itself, in the order of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) members: Vec<Member>,
    /// What all of it is mounted with.
    mount: Option<Mount>,
}

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Root {
    /// Where it is, below the directory that is looked into.
    pub(crate) place: PathBuf,
    /// Its name in an archive.
    pub(crate) name: PathBuf,
    /// Whether what lies in it belongs to it.
    pub(crate) depth: Depth,
}

/// How far a look goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    Whole,
    Itself,
}

/// Why something cannot be archived.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// It is neither a file nor a directory nor a link.
    #[error(
        "{}: it holds {what}, {}, which no archive can hold; remove it",
        sigil_store::code::CONFIGURATION, sigil_cli::escape::quoted(&name.to_string_lossy())
    )]
    Kind {
        /// Which kind.
        what: &'static str,
        /// Its name.
        name: PathBuf,
    },
    /// It is on another file system than the directory that it is in.
    #[error(
        "{}: another file system is mounted at {}, and removing would empty it; unmount it",
        sigil_store::code::CONFIGURATION, sigil_cli::escape::quoted(&name.to_string_lossy())
    )]
    Mount {
        /// Its name.
        name: PathBuf,
    },
    /// Directories lie too deep in each other.
    #[error(
        "{}: {} lies more than {DEEPEST} directories deep, and is not looked into",
        sigil_store::code::CONFIGURATION, sigil_cli::escape::quoted(&name.to_string_lossy())
    )]
    Depth {
        /// The innermost one.
        name: PathBuf,
    },
    /// The operating system refused.
    #[error(
        "{}: cannot read {}: {}",
        sigil_store::code::of_io(source), sigil_cli::escape::quoted(&name.to_string_lossy()),
        sigil_store::cause::of_io(source)
    )]
    Io {
        /// The name of what was looked at.
        name: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

impl Contents {
    /// What is in `roots`, which lie below the directory `base`.
    ///
    /// # Errors
    /// Something cannot be looked at, or is of a kind that no archive can hold.
    pub(crate) fn of(base: &OwnedFd, roots: &[Root]) -> Result<Self, Refusal> {
        let mut contents = Self::default();
        for root in roots {
            contents.look(
                base.as_fd(),
                root.place.as_os_str(),
                root.place.clone(),
                root.name.clone(),
                root.depth,
                0,
            )?;
        }
        Ok(contents)
    }

    /// Whether everything is where it was and as it was, though the roots may have other names now.
    pub(crate) fn is_still(&self, now: &Self) -> bool {
        let same = |one: &Member, other: &Member| {
            // What a directory holds is looked at itself; its own times may change when it is renamed.
            let is_directory = one.kind == Kind::Directory;
            one.name == other.name
                && one.kind == other.kind
                && one.stamp.id == other.stamp.id
                && (is_directory || one.stamp == other.stamp)
        };
        self.members.len() == now.members.len()
            && self.members.iter().zip(&now.members).all(|(one, other)| same(one, other))
    }

    /// Whether a process holds any of it open.
    pub(crate) fn is_held(&self, holders: &Holders) -> bool {
        self.members.iter().any(|member| holders.hold(member.stamp.id))
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.kind == Kind::File)
    }

    /// The sizes of all files, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.files().map(|file| file.stamp.size).sum()
    }

    fn look(
        &mut self,
        parent: rustix::fd::BorrowedFd<'_>,
        entry: &OsStr,
        place: PathBuf,
        name: PathBuf,
        depth: Depth,
        level: usize,
    ) -> Result<(), Refusal> {
        let refused = |source: rustix::io::Errno| Refusal::Io { name: name.clone(), source: source.into() };
        let Found { stamp, mode, owner, mount } = Found::at(parent, entry).map_err(refused)?;
        if level > 0 && self.mount != Some(mount) {
            return Err(Refusal::Mount { name });
        }
        self.mount = Some(mount);
        let kind = match FileType::from_raw_mode(mode) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Directory,
            FileType::Symlink => {
                let target = readlinkat(parent, entry, Vec::new()).map_err(refused)?;
                Kind::Link(PathBuf::from(OsStr::from_bytes(target.as_bytes())))
            }
            other => return Err(Refusal::Kind { what: described(other), name }),
        };
        if kind == Kind::Directory && depth == Depth::Whole {
            if level >= DEEPEST {
                return Err(Refusal::Depth { name });
            }
            let mut opened = Dir::new(directory(parent, entry).map_err(refused)?).map_err(refused)?;
            for inner in entries(&mut opened).map_err(refused)? {
                let (place, name) = (place.join(&*inner), name.join(&*inner));
                self.look(opened.fd().map_err(refused)?, &inner, place, name, depth, level + 1)?;
            }
        }
        let mode = mode & 0o7777;
        self.members.push(Member { name, place, kind, stamp, mode, owner });
        Ok(())
    }
}

impl Stamp {
    /// That of a file that the system has described.
    pub(crate) fn of(found: &Stat) -> Self {
        let time = |seconds, nanos| (seconds, u32::try_from(nanos).unwrap_or(0));
        Self {
            id: (found.st_dev, found.st_ino),
            size: u64::try_from(found.st_size).unwrap_or(0),
            mtime: time(found.st_mtime, found.st_mtime_nsec),
            ctime: time(found.st_ctime, found.st_ctime_nsec),
        }
    }
}

/// The names in a directory, in their order.
fn entries(directory: &mut Dir) -> Result<Vec<OsString>, rustix::io::Errno> {
    let mut names = Vec::new();
    while let Some(entry) = directory.read() {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name != "." && name != ".." {
            names.push(name.to_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn described(kind: FileType) -> &'static str {
    match kind {
        FileType::Fifo => "a named pipe",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        _ => "something",
    }
}

/// The directory at `path`, for looking into; here a link may lead to it.
///
/// # Errors
/// It cannot be opened.
pub(crate) fn base(path: &Path) -> io::Result<OwnedFd> {
    std::fs::File::open(path).map(Into::into)
}
