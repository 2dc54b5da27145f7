//! Where a follower stopped, kept across runs.
//!
//! The state file says of every log what its files are recognised by and how far each has been read. It is replaced as
//! a whole, and held by one run at a time.

mod document;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sigil_store::{Complaint, Lock, atomic, home};

use crate::error::Error;
use crate::follow::Mark;
use document::Document;

/// While lines come, the state is written that often.
const OFTEN: Duration = Duration::from_millis(25);

/// And not for more than one part in so many of the time.
const SHARE: u32 = 20;

/// How long what was written may be lost in a power cut.
const UNSAFE: Duration = Duration::from_secs(1);

/// A state file.
#[derive(Debug)]
pub struct Checkpoint {
    path: PathBuf,
    marks: HashMap<PathBuf, Vec<Mark>>,
    written: Option<Instant>,
    /// How long writing it took.
    cost: Duration,
    /// When the state was written that is not safe on the disk yet.
    is_unsafe_since: Option<Instant>,
    /// The last try to write it was in vain.
    has_failed: bool,
    _lock: Lock,
}

impl Checkpoint {
    /// Opens the state file at `path`, which need not exist. One that is damaged is set aside, and that is said.
    ///
    /// # Errors
    /// It is in use by another run, was written by a newer version, or cannot be read or locked.
    pub fn open(path: &Path) -> Result<(Self, Option<Complaint>), Error> {
        // It is replaced as a whole: a device must not be.
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            let name = home::shown(path);
            return Err(Error::Usage(format!("--state {name} is no file; name one that may be replaced")));
        }
        // Whatever it is called, it is one.
        let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let lock = lock(path)?;
        let (marks, complaint) = match fs::read(path) {
            Ok(bytes) => match Document::parse(&bytes, path)? {
                Ok(document) => (document.map(Document::marks).unwrap_or_default(), None),
                Err(_) if is_another(&bytes) => {
                    let name = home::shown(path);
                    return Err(Error::Usage(format!(
                        "--state {name} is no state file; it is left as it is"
                    )));
                }
                Err(why) => (HashMap::new(), Some(set_aside(path, &why)?)),
            },
            Err(why) if why.kind() == io::ErrorKind::NotFound => (HashMap::new(), None),
            Err(why) => return Err(failed("read", path, why)),
        };
        let path = path.to_owned();
        let (written, cost, is_unsafe_since, has_failed) = (None, Duration::ZERO, None, false);
        let state = Self { path, marks, written, cost, is_unsafe_since, has_failed, _lock: lock };
        Ok((state, complaint))
    }

    pub(crate) fn take_marks(&mut self) -> HashMap<PathBuf, Vec<Mark>> {
        std::mem::take(&mut self.marks)
    }

    /// When the state is to be written, if there is something new to write or not.
    pub(crate) fn due(&self, is_behind: bool) -> Option<Instant> {
        let often = if self.has_failed { UNSAFE } else { OFTEN };
        let often = self.written.map(|written| written + often.max(self.cost * SHARE));
        let is_safe = self.is_unsafe_since.map(|since| since + UNSAFE);
        match (is_behind, is_safe) {
            (true, _) => Some(often.unwrap_or_else(Instant::now)),
            (false, safe) => safe,
        }
    }

    /// Whether the last try to write it was in vain.
    pub(crate) fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Writes the state, so that it is at least as safe as anybody would notice.
    pub(crate) fn write(&mut self, marks: impl FnOnce() -> Vec<(PathBuf, Vec<Mark>)>) -> Result<(), Error> {
        if self.is_unsafe_since.is_some_and(|since| since.elapsed() >= UNSAFE) {
            return self.write_safely(marks);
        }
        self.is_unsafe_since.get_or_insert_with(Instant::now);
        self.replace(marks, |path, bytes| atomic::write_soon(path, |out| out.write_all(bytes)))
    }

    /// Writes the state to the disk.
    pub(crate) fn write_safely(
        &mut self,
        marks: impl FnOnce() -> Vec<(PathBuf, Vec<Mark>)>,
    ) -> Result<(), Error> {
        self.is_unsafe_since = None;
        self.replace(marks, |path, bytes| atomic::write(path, |out| out.write_all(bytes)))
    }

    fn replace(
        &mut self,
        marks: impl FnOnce() -> Vec<(PathBuf, Vec<Mark>)>,
        write: impl FnOnce(&Path, &[u8]) -> Result<(), sigil_store::Error>,
    ) -> Result<(), Error> {
        let begun = Instant::now();
        let bytes = Document::of(marks()).to_json().map_err(|why| failed("write", &self.path, why));
        let written = bytes.and_then(|bytes| Ok(write(&self.path, &bytes)?));
        self.written = Some(Instant::now());
        self.cost = begun.elapsed();
        self.has_failed = written.is_err();
        written
    }
}

/// Whether a file that is no state file was never one: it has several lines, or is an object of another kind.
fn is_another(bytes: &[u8]) -> bool {
    let line = bytes.trim_ascii();
    line.contains(&b'\n')
        || line.starts_with(b"{")
            && !line.starts_with(b"{\"version\"")
            && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

/// Moves a damaged state file out of the way, where somebody may look at it.
fn set_aside(path: &Path, why: &str) -> Result<Complaint, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".damaged");
    let aside = PathBuf::from(name);
    fs::rename(path, &aside).map_err(|why| failed("rename", path, why))?;
    Ok(Complaint::Warning(format!(
        "E003_PARSE_FAIL: {}: the state is damaged ({why}); set aside as {}, all is read from the beginning",
        home::shown(path),
        home::shown(&aside)
    )))
}

/// Locks the file beside the one at `path`, which is replaced as a whole and cannot itself be locked.
fn lock(path: &Path) -> Result<Lock, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let beside = PathBuf::from(name);
    match Lock::acquire(&beside, Duration::ZERO) {
        Ok(Ok(lock)) => Ok(lock),
        Ok(Err(holder)) => {
            let holder = holder.process.map_or(String::new(), |id| format!(" (process {id})"));
            Err(Error::Usage(format!(
                "state file {} is in use by another run{holder}; give each its own",
                home::shown(path)
            )))
        }
        Err(why) if why.kind() == io::ErrorKind::NotFound => Err(Error::Usage(format!(
            "the directory of --state {} does not exist; make it first",
            home::shown(path)
        ))),
        Err(why) => Err(failed("lock", &beside, why)),
    }
}

fn failed(action: &'static str, path: &Path, source: io::Error) -> Error {
    sigil_store::Error::Io { action, path: path.to_owned(), source }.into()
}
