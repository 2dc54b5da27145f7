//! tar archives, compressed or not, whose members are read where they are.

mod entries;
mod listing;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::compressed;
use crate::positioned::Positioned;
pub(crate) use entries::{BLOCK, is_header};
pub use entries::{Entries, Entry, EntryKind};
pub(crate) use listing::{Listing, is_log_name, list};

/// What the names of archives end in.
const ENDINGS: [&str; 9] =
    [".tar.gz", ".tgz", ".tar.zst", ".tzst", ".tar", ".tar.xz", ".txz", ".tar.bz2", ".tar.lz4"];

/// An archive that members are read from, as often as need be.
#[derive(Debug)]
pub struct Archive {
    /// What its user calls it.
    name: String,
    bytes: Bytes,
}

/// Where the bytes of an archive are.
#[derive(Debug)]
enum Bytes {
    Path(PathBuf),
    /// What came through a pipe.
    Memory(Vec<u8>),
    File(File),
}

impl Archive {
    pub(crate) fn at(path: &Path) -> Self {
        Self { name: path.display().to_string(), bytes: Bytes::Path(path.to_owned()) }
    }

    /// The archive that `input`, called `name`, is. It is kept as it comes, in memory or, if it is large, in a
    /// temporary file without a name: parts of a log may stand in it in any order.
    ///
    /// # Errors
    /// The file cannot be written. Input that cannot be read on is an archive that ends early.
    pub(crate) fn kept(name: &str, mut input: impl Read) -> io::Result<Self> {
        const IN_MEMORY: usize = 16 << 20;
        let mut kept = tempfile::SpooledTempFile::new(IN_MEMORY);
        let mut buffer = vec![0; 256 << 10];
        loop {
            match input.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => io::Write::write_all(&mut kept, &buffer[..n])?,
                Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        let bytes = match kept.into_inner() {
            tempfile::SpooledData::InMemory(bytes) => Bytes::Memory(bytes.into_inner()),
            tempfile::SpooledData::OnDisk(file) => Bytes::File(file),
        };
        Ok(Self { name: name.to_owned(), bytes })
    }

    /// What its user calls it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn path(&self) -> Option<&Path> {
        match &self.bytes {
            Bytes::Path(path) => Some(path),
            Bytes::Memory(_) | Bytes::File(_) => None,
        }
    }

    /// Its members, from the first.
    ///
    /// # Errors
    /// Its beginning cannot be read.
    pub(crate) fn entries(&self) -> io::Result<Entries<Box<dyn Read + Send + '_>>> {
        Ok(Entries::new(match &self.bytes {
            Bytes::Path(path) => compressed::plain(Positioned::new(File::open(path)?))?,
            Bytes::Memory(bytes) => compressed::plain(bytes.as_slice())?,
            Bytes::File(file) => compressed::plain(Positioned::new(file))?,
        }))
    }

    /// Whose log a member is that lies in no directory: the archive's name without its ending.
    fn stem(&self) -> Option<&str> {
        let name = self.path()?.file_name()?.to_str()?;
        ENDINGS.iter().find_map(|ending| name.strip_suffix(ending))
    }
}

/// A member of an archive that is a log.
#[derive(Clone, Debug)]
pub struct Member {
    pub(crate) archive: Arc<Archive>,
    pub(crate) number: usize,
    pub(crate) path: String,
}

impl Member {
    /// What its user calls it.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.archive.name(), self.path)
    }

    /// The path that says whose log it is.
    pub(crate) fn owner_path(&self) -> PathBuf {
        match self.archive.stem() {
            Some(stem) if !self.path.contains('/') => Path::new(stem).join(&self.path),
            _ => PathBuf::from(&self.path),
        }
    }
}

impl PartialEq for Member {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.archive, &other.archive) && self.number == other.number
    }
}

impl Eq for Member {}

/// Whether what begins with these bytes, which are not compressed, is an archive.
pub(crate) fn is_beginning_of_one(plain: &[u8]) -> bool {
    is_header(plain)
}

/// Whether the file at `path` is an archive, by what it begins with.
///
/// # Errors
/// It cannot be opened. What cannot be read is no archive: who reads it will say why.
pub(crate) fn is_at(path: &Path) -> io::Result<bool> {
    let file = Positioned::new(File::open(path)?);
    let mut beginning = Vec::with_capacity(BLOCK);
    if let Ok(plain) = compressed::plain(file) {
        let _ = plain.take(BLOCK as u64).read_to_end(&mut beginning);
    }
    Ok(is_beginning_of_one(&beginning))
}

/// Whether a file of this name is an archive, by its name.
pub(crate) fn is_name_of_one(path: &Path) -> bool {
    let name = path.to_string_lossy();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests;
