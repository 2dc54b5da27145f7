//! One input, found but not yet opened.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use sigil_store::rotation;
use twox_hash::XxHash3_128;

use crate::archive::Member;
use crate::opened::Opened;

/// Where the bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Standard input.
    Stdin,
    /// A file, of which any part can be read at any time.
    File(PathBuf),
    /// A named pipe or device, which can be read once, in order.
    Stream(PathBuf),
    /// A member of an archive.
    Member(Member),
}

/// Whether a file is read whatever it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Its user named it.
    Named,
    /// A directory held it: it is read if a line of it is recognised.
    Walked,
}

/// One input. Sources are sorted, rotated parts of a log oldest first, so that their numbers are in the order of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What its user calls it: `stdin` or the path.
    pub name: String,
    /// Where its bytes are.
    pub place: Place,
    /// How it was found.
    pub found: Found,
    /// A stream that has been looked into.
    pub(crate) opened: Option<Opened>,
}

impl Source {
    /// Standard input.
    pub fn stdin() -> Self {
        Self::new("stdin".to_owned(), Place::Stdin, Found::Named)
    }

    /// A file.
    pub fn file(path: &Path, found: Found) -> Self {
        Self::new(path.display().to_string(), Place::File(path.to_owned()), found)
    }

    /// A named pipe or device.
    pub fn stream(path: &Path) -> Self {
        Self::new(path.display().to_string(), Place::Stream(path.to_owned()), Found::Named)
    }

    /// A member of an archive.
    pub(crate) fn member(member: Member, found: Found) -> Self {
        Self::new(member.name(), Place::Member(member), found)
    }

    /// What another run has read, which is not to be read again.
    pub fn elsewhere(name: &str) -> Self {
        Self::file(Path::new(name), Found::Named)
    }

    /// The file it is, if it is one.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) => Some(path),
            Place::Stdin | Place::Stream(_) | Place::Member(_) => None,
        }
    }

    /// How many bytes it holds as it lies there, if that can be told without reading it.
    pub fn size(&self) -> Option<u64> {
        match &self.place {
            Place::File(path) => fs::metadata(path).ok().map(|found| found.len()),
            Place::Stdin => {
                let found = rustix::fs::fstat(std::io::stdin()).ok()?;
                let is_file = rustix::fs::FileType::from_raw_mode(found.st_mode).is_file();
                u64::try_from(found.st_size).ok().filter(|_| is_file)
            }
            Place::Stream(_) | Place::Member(_) => None,
        }
    }

    /// Which file it is, on which machine, whatever it is called: 128 bits in hexadecimal; none of what is no file, or
    /// is there no more.
    pub fn identity(&self) -> Option<String> {
        let (path, within) = match &self.place {
            Place::File(path) => (&**path, ""),
            Place::Member(member) => (member.archive.path()?, &*member.path),
            Place::Stdin | Place::Stream(_) => return None,
        };
        let found = fs::metadata(path).ok()?;
        let file = format!("{} {} {} {within}", machine(), found.dev(), found.ino());
        Some(format!("{:032x}", XxHash3_128::oneshot(file.as_bytes())))
    }

    /// Whether its name will mean the same in another run: standard input is another one each time.
    pub fn is_lasting(&self) -> bool {
        match &self.place {
            Place::File(_) => true,
            Place::Member(member) => member.archive.path().is_some(),
            Place::Stdin | Place::Stream(_) => false,
        }
    }

    fn new(name: String, place: Place, found: Found) -> Self {
        Self { name, place, found, opened: None }
    }

    /// Whether lines of it that are no JSON may be text: of what lies in a directory only in `*.log`.
    pub(crate) fn may_hold_text(&self) -> bool {
        self.found == Found::Named || extension(self.log()) == Some("log")
    }

    /// The log that this is a part of, by its name without what rotation has put behind it.
    pub(crate) fn log(&self) -> &str {
        rotation::split(&self.name).0
    }

    /// The project whose directory it lies in: `projects/PROJECT/…`.
    pub(crate) fn project(&self) -> Option<&str> {
        let mut above = Path::new(&self.name).parent()?.iter().rev();
        let mut below = above.next()?;
        for directory in above {
            if directory == "projects" {
                return below.to_str();
            }
            below = directory;
        }
        None
    }

    /// Sorts sources by name, rotated parts of one log oldest first.
    pub fn order(&self) -> String {
        rotation::order_key(&self.name)
    }
}

/// What tells this machine from others.
fn machine() -> &'static str {
    static MACHINE: OnceLock<String> = OnceLock::new();
    MACHINE.get_or_init(|| {
        let id = fs::read_to_string("/etc/machine-id").unwrap_or_default();
        let name = rustix::system::uname();
        format!("{} {}", id.trim(), name.nodename().to_string_lossy())
    })
}

/// What a path says about what it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The session whose log this is, by the store's layout: `sessions/ID/execution.jsonl`.
    pub session: Option<String>,
    /// What events are called that name no session: the file's stem.
    pub fallback: Option<String>,
    /// The name says that all lines are JSON.
    pub is_json: bool,
}

impl Owner {
    /// The owner of what `path` holds.
    pub fn of(path: &Path) -> Self {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let (base, _) = rotation::split(&name);
        let directory = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy());
        let session = (base == sigil_store::EXECUTION_LOG).then_some(directory).flatten();
        let session = session.map(|directory| match sigil_store::SessionId::from_file_name(&directory) {
            Some(id) => id.as_str().to_owned(),
            None => directory.into_owned(),
        });
        let stem =
            Path::new(rotation::plain_name(base)).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let is_json = matches!(extension(base), Some("json" | "jsonl" | "ndjson"));
        Self { session, fallback: stem.filter(|stem| !stem.is_empty()), is_json }
    }
}

/// The extension of a name without what rotation has put behind it.
fn extension(base: &str) -> Option<&str> {
    Path::new(rotation::plain_name(base)).extension().and_then(|extension| extension.to_str())
}
