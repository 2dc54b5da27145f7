//! What a directory holds: logs, each with its rotated parts, and directories.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::os::unix::fs::{DirEntryExt, MetadataExt};
use std::path::{Path, PathBuf};

use sigil_store::rotation::{self, Rotation};

use super::mark::FileId;

/// The names in a directory, all of one moment.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// By the name of their log.
    logs: HashMap<String, Names>,
    pub(super) directories: Vec<Inner>,
}

/// A directory in a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Inner {
    pub(super) path: PathBuf,
    pub(super) is_link: bool,
}

/// The files of one log: with the place of each among the rotated parts, the live one as none.
type Names = BTreeMap<Place, (usize, Sibling)>;

/// Rotated parts come before the live file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Rotated(Rotation),
    Live,
}

/// A file of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sibling {
    pub(super) path: PathBuf,
    pub(super) id: FileId,
    /// It has the log's own name: its writer opens it by that.
    pub(super) is_live: bool,
    /// It lies elsewhere, and its name here leads there.
    pub(super) is_link: bool,
}

impl Sibling {
    /// Asks the file itself which it is.
    pub(super) fn ask(&mut self) {
        if let Ok(found) = fs::metadata(&self.path) {
            self.id = FileId { device: found.dev(), inode: found.ino() };
        }
    }
}

/// So many entries come in one answer of the system, which is then of one moment.
const AT_ONCE: usize = 300;

/// How often a large directory is read for two readings that are alike.
const TRIES: usize = 20;

impl Listing {
    /// Reads `directory`. One that is not there holds nothing.
    pub(super) fn of(directory: &Path) -> io::Result<Self> {
        let (mut listing, mut count) = Self::read(directory)?;
        // Between two answers a file could be moved from one not yet seen to one already passed.
        for _ in 0..TRIES {
            if count <= AT_ONCE {
                break;
            }
            let (again, count_again) = Self::read(directory)?;
            let is_same = again.logs == listing.logs;
            (listing, count) = (again, count_again);
            if is_same {
                break;
            }
        }
        Ok(listing)
    }

    fn read(directory: &Path) -> io::Result<(Self, usize)> {
        let mut listing = Self::default();
        let mut count = 0;
        let (entries, device) =
            match fs::read_dir(directory).and_then(|entries| Ok((entries, fs::metadata(directory)?.dev()))) {
                Ok(found) => found,
                Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok((listing, 0)),
                Err(why) => return Err(why),
            };
        for entry in entries {
            let entry = entry?;
            count += 1;
            let path = entry.path();
            let kind = entry.file_type()?;
            let (is_dir, id) = if kind.is_symlink() {
                // A link that leads nowhere is nothing yet.
                let Ok(target) = fs::metadata(&path) else { continue };
                (target.is_dir(), FileId { device: target.dev(), inode: target.ino() })
            } else {
                (kind.is_dir(), FileId { device, inode: entry.ino() })
            };
            if is_dir {
                listing.directories.push(Inner { path, is_link: kind.is_symlink() });
                continue;
            }
            let name = entry.file_name();
            if !kind.is_file() && !kind.is_symlink() {
                continue;
            }
            let name = name.to_string_lossy();
            let (base, rotation) = rotation::split(&name);
            let place = rotation.map_or(Place::Live, Place::Rotated);
            let sibling = Sibling { path, id, is_live: rotation.is_none(), is_link: kind.is_symlink() };
            // Of a part that is being compressed, or was kept beside its compressed form, the plain one counts.
            let packing = name.len() - rotation::plain_name(&name).len();
            let names = listing.logs.entry(base.to_owned()).or_default();
            if names.get(&place).is_none_or(|(known, _)| packing < *known) {
                names.insert(place, (packing, sibling));
            }
        }
        listing.directories.sort();
        Ok((listing, count))
    }

    /// The names of the logs.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.logs.keys().map(String::as_str)
    }

    /// Whether a log of that name is there, or a part of it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.logs.contains_key(name)
    }

    /// Whether the log called `name` has other files, or in another order, than in an older listing.
    pub(super) fn differs(&self, older: &Self, name: &str) -> bool {
        self.logs.get(name) != older.logs.get(name)
    }

    /// The files of the log called `name`, oldest first.
    pub(super) fn siblings(&self, name: &str) -> Vec<Sibling> {
        let names = self.logs.get(name).into_iter().flat_map(BTreeMap::values);
        names.map(|(_, sibling)| sibling.clone()).collect()
    }
}
