//! The log store: `sessions/ID/execution.jsonl` with its rotated parts, `archive/`, `error.log` (guide 4.1).

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use crate::{Error, SessionId, is_glob, nearest, rotation, threads};

/// The log that the orchestrator writes for a session.
pub const EXECUTION_LOG: &str = "execution.jsonl";

/// How many sessions a thread looks at in turn.
const SHARE: usize = 200;

/// A log store on disk. It need not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    root: PathBuf,
}

/// A session that has a log in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// The session's id.
    pub id: String,
    /// Its directory.
    pub dir: PathBuf,
    /// Its log, oldest part first, the live file last.
    pub parts: Vec<PathBuf>,
}

impl Store {
    /// The store below `root`.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// The directory that holds everything else.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// One directory per session.
    pub fn sessions_dir(&self) -> PathBuf {
        self.root.join("sessions")
    }

    /// One directory per day of archiving.
    pub fn archive_dir(&self) -> PathBuf {
        self.root.join("archive")
    }

    /// The log of errors that belong to no session.
    pub fn error_log(&self) -> PathBuf {
        self.root.join("error.log")
    }

    /// The directory of a session, which need not exist.
    ///
    /// Its name is [`SessionId::to_file_name`], unless only a directory with the raw id as its name exists.
    pub fn session_dir(&self, id: &SessionId) -> PathBuf {
        let encoded = self.sessions_dir().join(id.to_file_name());
        match self.raw_dir(id) {
            Some(raw) if !encoded.is_dir() && raw.is_dir() => raw,
            _ => encoded,
        }
    }

    /// All sessions that have a log, by id.
    ///
    /// Without a sessions directory there are none. Hidden directories are nobody's session: a leading `.` is
    /// encoded, so they are left to programs that need a place for unfinished work.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the sessions directory cannot be read. One session that cannot be read is listed with
    /// the log it should have, so that its reader can say what is wrong.
    pub fn sessions(&self) -> Result<Vec<StoredSession>, Error> {
        Ok(self.sessions_in(self.session_names()?))
    }

    /// The names of the directories that may be sessions', in any order.
    ///
    /// # Errors
    ///
    /// As [`sessions`](Self::sessions).
    pub fn session_names(&self) -> Result<Vec<String>, Error> {
        let sessions_dir = self.sessions_dir();
        let unreadable = |source| Error::Io { action: "read", path: sessions_dir.clone(), source };
        let entries = match fs::read_dir(&sessions_dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(unreadable)?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if !name.starts_with('.') && is_dir(&entry) {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// The sessions in the directories of those names that have a log, by id.
    pub fn sessions_in(&self, names: Vec<String>) -> Vec<StoredSession> {
        let sessions_dir = self.sessions_dir();
        let named = |name: String| Some((SessionId::from_file_name(&name)?, sessions_dir.join(name)));
        let mut sessions = stored_all(names.into_iter().filter_map(named).collect());
        sessions.sort_by(|one, other| (&one.id, &one.dir).cmp(&(&other.id, &other.dir)));
        sessions
    }

    /// The sessions that `pattern` means: the one with exactly this id, else those that match it as a glob if
    /// it holds `*`, `?` or `[`.
    ///
    /// # Errors
    ///
    /// [`Error::SessionNotFound`] with the closest ids; [`Error::SessionId`] or [`Error::Pattern`] if it can
    /// be neither an id nor a glob; those of [`sessions`](Self::sessions).
    pub fn find(&self, pattern: &str) -> Result<Vec<StoredSession>, Error> {
        let is_glob = is_glob(pattern);
        match SessionId::new(pattern) {
            Ok(id) => {
                let exact = self.exact(&id);
                if !exact.is_empty() {
                    return Ok(exact);
                }
            }
            Err(error) if !is_glob => return Err(error),
            Err(_) => {}
        }
        let sessions = self.sessions()?;
        let mut suggestions = Vec::new();
        if is_glob {
            let refused =
                |error: glob::PatternError| Error::Pattern { pattern: pattern.to_owned(), reason: error.msg };
            let glob = glob::Pattern::new(pattern).map_err(refused)?;
            let matching: Vec<_> = sessions.into_iter().filter(|session| glob.matches(&session.id)).collect();
            if !matching.is_empty() {
                return Ok(matching);
            }
        } else {
            let ids = sessions.iter().map(|session| session.id.as_str());
            suggestions.extend(nearest::closest(pattern, ids).into_iter().map(str::to_owned));
        }
        Err(Error::SessionNotFound {
            pattern: pattern.to_owned(),
            sessions_dir: self.sessions_dir(),
            suggestions,
        })
    }

    /// The session of this id: one, or two if somebody wrote a raw name beside the encoded one.
    fn exact(&self, id: &SessionId) -> Vec<StoredSession> {
        let encoded = self.sessions_dir().join(id.to_file_name());
        let raw = self.raw_dir(id);
        let dirs = [Some(encoded), raw].into_iter().flatten().filter(|dir| dir.is_dir());
        dirs.filter_map(|dir| stored(id, dir)).collect()
    }

    /// Where a program that does not encode ids would put this one, if that is another directory and not the
    /// encoded name of another session.
    fn raw_dir(&self, id: &SessionId) -> Option<PathBuf> {
        let raw = id.as_str();
        let is_another = raw != id.to_file_name() && SessionId::from_file_name(raw).as_ref() == Some(id);
        is_another.then(|| self.sessions_dir().join(raw))
    }
}

/// Whether an entry is a directory, or a link to one. Nearly always the entry itself tells; a store may have
/// very many of them.
fn is_dir(entry: &DirEntry) -> bool {
    entry.file_type().map_or_else(
        |_| entry.path().is_dir(),
        |kind| kind.is_dir() || kind.is_symlink() && entry.path().is_dir(),
    )
}

/// The sessions in directories, those that hold a log. Looking into each is most of the work that a store of
/// many small sessions makes, so all cores share it.
fn stored_all(dirs: Vec<(SessionId, PathBuf)>) -> Vec<StoredSession> {
    let mut dirs = dirs.into_iter();
    let shares = (0..dirs.len().div_ceil(SHARE)).map(|_| dirs.by_ref().take(SHARE).collect()).collect();
    let look = |dirs: Vec<(SessionId, PathBuf)>| -> Vec<_> {
        dirs.into_iter().filter_map(|(id, dir)| stored(&id, dir)).collect()
    };
    threads::map(shares, look).into_iter().flatten().collect()
}

/// The session in a directory, if it holds a log.
fn stored(id: &SessionId, dir: PathBuf) -> Option<StoredSession> {
    let log = dir.join(EXECUTION_LOG);
    let parts = rotation::parts(&log).unwrap_or_else(|_| vec![log]);
    (!parts.is_empty()).then(|| StoredSession { id: id.as_str().to_owned(), dir, parts })
}

#[cfg(test)]
mod tests;
