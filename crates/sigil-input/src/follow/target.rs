//! What is followed: logs by name, patterns, directories, sessions of a store.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};
use sigil_store::{EXECUTION_LOG, Kept, SessionId, Store, escape, home, is_glob, rotation};

use crate::archive;
use crate::error::Error;
use crate::source::Found;

/// Names below a directory that is walked that are no logs.
const NEVER: [&str; 3] = ["tokens.json", "metrics.json", "archive"];

/// Something to follow.
#[derive(Clone, Debug)]
pub enum Target {
    /// A log by name, which need not exist yet.
    Log(PathBuf),
    /// The logs that a glob matches.
    Glob(String),
    /// The logs in a directory and below.
    Tree(PathBuf),
    /// The same, of an agent that may have several such directories or none.
    OwnTree(PathBuf),
    /// Sessions of a store: those that one of the patterns means, all if there are none.
    Sessions {
        /// The store.
        store: Store,
        /// Ids or globs.
        patterns: Vec<String>,
    },
    /// An archive of a store, in which a session is that has left the others.
    Archived {
        /// What was asked for: an id or a glob.
        pattern: String,
        /// The archive.
        path: PathBuf,
    },
    /// Standard input.
    Stdin,
    /// A named pipe, a device or an archive.
    Stream(PathBuf),
}

/// Which sessions, of those that are not among the store's, are read from its archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archives {
    /// All of them, and nothing is waited for.
    Read,
    /// Those that are named by their ids. More of them is waited for; what a glob means is only to come.
    ReadNamed,
    /// None: what is there was read by another run, and nothing of it may come twice.
    Leave,
}

impl Target {
    /// Sessions of a store: those that one of `patterns` means, all if there are none.
    pub(crate) fn of_store(store: Store, patterns: &[String], archives: Archives) -> Vec<Self> {
        let mut targets = Vec::new();
        let mut awaited = Vec::new();
        let mut known = HashSet::new();
        for pattern in patterns {
            let is_sought = match archives {
                Archives::Read => true,
                Archives::ReadNamed => !is_glob(pattern),
                Archives::Leave => false,
            };
            // What cannot be found is told by who waits for it.
            let archived = match is_sought.then(|| store.find_kept(pattern)) {
                Some(Ok(Kept::InArchive(archived))) => archived,
                _ => Vec::new(),
            };
            if archived.is_empty() || archives != Archives::Read {
                awaited.push(pattern.clone());
            }
            let new =
                archived.into_iter().map(|archived| archived.path).filter(|path| known.insert(path.clone()));
            targets.extend(new.map(|path| Self::Archived { pattern: pattern.clone(), path }));
        }
        if !awaited.is_empty() || patterns.is_empty() {
            targets.push(Self::Sessions { store, patterns: awaited });
        }
        targets
    }

    /// What an operand means: a file, a directory, a stream, or a glob if there is nothing of that name.
    pub fn of(operand: &Path) -> Self {
        if operand.as_os_str() == "-" {
            return Self::Stdin;
        }
        match std::fs::metadata(operand) {
            Ok(found) if found.is_dir() => Self::Tree(operand.to_owned()),
            // An archive does not grow: what is in it is read once.
            Ok(found) if !found.is_file() || archive::is_at(operand).unwrap_or(false) => {
                Self::Stream(operand.to_owned())
            }
            Ok(_) => Self::Log(operand.to_owned()),
            Err(_) => match operand.to_str().filter(|text| is_glob(text)) {
                Some(text) if Pattern::new(text).is_ok() => Self::Glob(text.to_owned()),
                _ => Self::Log(operand.to_owned()),
            },
        }
    }

    /// The same with whole paths, as the system tells of changes.
    pub(super) fn absolute(&self) -> Self {
        let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        match self {
            Self::Log(path) => Self::Log(whole(path)),
            Self::Glob(pattern) => Self::Glob(whole(Path::new(pattern)).to_string_lossy().into_owned()),
            Self::Tree(path) => Self::Tree(whole(path)),
            Self::OwnTree(path) => Self::OwnTree(whole(path)),
            Self::Sessions { store, patterns } => {
                Self::Sessions { store: Store::new(whole(store.root())), patterns: patterns.clone() }
            }
            Self::Stdin | Self::Stream(_) | Self::Archived { .. } => self.clone(),
        }
    }

    /// Whether its user names it from where they are.
    pub(super) fn is_relative(&self) -> bool {
        match self {
            Self::Log(path)
            | Self::Tree(path)
            | Self::OwnTree(path)
            | Self::Stream(path)
            | Self::Archived { path, .. } => path.is_relative(),
            Self::Glob(pattern) => Path::new(pattern).is_relative(),
            Self::Sessions { store, .. } => store.root().is_relative(),
            Self::Stdin => false,
        }
    }

    /// The directory that all it may ever mean lies in or below; none for a stream.
    pub fn root(&self) -> Option<PathBuf> {
        match self {
            Self::Log(path) => Some(parent(path)),
            Self::Glob(pattern) => {
                let plain = Path::new(pattern).components();
                let plain = plain.take_while(|part| !is_glob(&part.as_os_str().to_string_lossy()));
                let path: PathBuf = plain.collect();
                let is_whole = path.components().count() == Path::new(pattern).components().count();
                Some(if is_whole { parent(&path) } else { path })
            }
            Self::Tree(path) | Self::OwnTree(path) => Some(path.clone()),
            Self::Sessions { store, .. } => Some(store.sessions_dir()),
            Self::Stdin | Self::Stream(_) | Self::Archived { .. } => None,
        }
    }

    /// Whether what it means may lie in `directory`, which is inside another, or below it. A tree is walked without
    /// following links, which may lead back into it.
    pub(super) fn enters_inner(&self, directory: &Path, is_link: bool) -> bool {
        let leads_back = match self {
            Self::Tree(root) | Self::OwnTree(root) => !root.starts_with(directory),
            Self::Sessions { store, patterns } => {
                let is_named = directory
                    .file_name()
                    .is_some_and(|name| patterns.iter().any(|pattern| *pattern == name.to_string_lossy()));
                let sessions = store.sessions_dir().canonicalize();
                let target = directory.canonicalize();
                !is_named
                    && sessions.is_ok_and(|sessions| target.is_ok_and(|target| target.starts_with(sessions)))
            }
            Self::Log(_) | Self::Glob(_) | Self::Stdin | Self::Stream(_) | Self::Archived { .. } => false,
        };
        self.enters(directory) && !(is_link && leads_back)
    }

    /// Whether a link to `target` is what it means. In a tree what the link leads to is found by its own name.
    pub(super) fn wants_link(&self, target: &Path) -> bool {
        match self {
            Self::Tree(root) | Self::OwnTree(root) => {
                !root.canonicalize().is_ok_and(|root| target.starts_with(root))
            }
            _ => true,
        }
    }

    /// Whether what it means may lie in `directory`, or below it.
    pub(super) fn enters(&self, directory: &Path) -> bool {
        let is_above = self.root().is_some_and(|root| root.starts_with(directory));
        is_above
            || match self {
                Self::Log(_) | Self::Stdin | Self::Stream(_) | Self::Archived { .. } => false,
                Self::Glob(pattern) => {
                    let depth = directory.components().count();
                    let above: PathBuf = Path::new(pattern).components().take(depth).collect();
                    let is_deep = pattern.contains("**");
                    depth < Path::new(pattern).components().count()
                        && matches(&above.to_string_lossy(), directory)
                        || is_deep && self.root().is_some_and(|root| directory.starts_with(root))
                }
                Self::Tree(root) | Self::OwnTree(root) => directory
                    .strip_prefix(root)
                    .is_ok_and(|below| !below.iter().any(|name| is_never(&name.to_string_lossy()))),
                Self::Sessions { store, patterns } => {
                    directory.parent() == Some(&store.sessions_dir()) && is_session(directory, patterns)
                }
            }
    }

    /// Whether the log `name` in `directory`, which holds also the session's log if `is_session`, is meant.
    pub(super) fn wants(&self, directory: &Path, name: &str, is_session: bool) -> Option<Found> {
        match self {
            Self::Log(path) => {
                let is_it = parent(path) == directory
                    && path.file_name().is_some_and(|own| own.to_string_lossy() == name);
                is_it.then_some(Found::Named)
            }
            Self::Glob(pattern) => matches(pattern, &directory.join(name)).then_some(Found::Named),
            Self::Tree(_) | Self::OwnTree(_) if is_session => (name == EXECUTION_LOG).then_some(Found::Named),
            Self::Tree(_) | Self::OwnTree(_) => {
                let is_log =
                    self.enters(directory) && !is_never(name) && !archive::is_name_of_one(Path::new(name));
                is_log.then_some(Found::Walked)
            }
            Self::Sessions { store, .. } => {
                let is_it = directory.parent() == Some(&store.sessions_dir()) && self.enters(directory);
                (is_it && name == EXECUTION_LOG).then_some(Found::Named)
            }
            Self::Stdin | Self::Stream(_) | Self::Archived { .. } => None,
        }
    }

    /// Whether it means a rotated part by itself, and not the log that it is a part of.
    pub(super) fn wants_part(&self, directory: &Path, name: &str) -> bool {
        match self {
            Self::Log(_) => rotation::split(name).1.is_some() && self.wants(directory, name, false).is_some(),
            Self::Glob(_) => self.wants(directory, name, false).is_some(),
            Self::Tree(_)
            | Self::OwnTree(_)
            | Self::Sessions { .. }
            | Self::Stdin
            | Self::Stream(_)
            | Self::Archived { .. } => false,
        }
    }

    /// The error that it is that nothing of it is there.
    pub(super) fn missing(&self) -> Error {
        match self {
            Self::Log(path) | Self::Stream(path) | Self::Archived { path, .. } => {
                match std::fs::metadata(path) {
                    Err(why) => Error::of_io(&home::shown(path), &why),
                    Ok(_) => Error::NotFound { name: home::shown(path) },
                }
            }
            Self::Glob(pattern) => Error::NotFound { name: pattern.clone() },
            Self::Tree(path) | Self::OwnTree(path) => match std::fs::read_dir(path) {
                Err(why) => Error::of_io(&home::shown(path), &why),
                Ok(_) => Error::Nothing {
                    name: home::shown(path),
                    why: "no logs in this directory (-v names what was left out)".to_owned(),
                },
            },
            Self::Sessions { store, patterns } => {
                let missing = patterns.iter().find_map(|pattern| find(store, pattern).err());
                let name = home::shown(&store.sessions_dir());
                missing.unwrap_or_else(|| Error::Nothing {
                    name,
                    why: "no sessions here yet; see --log-path".to_owned(),
                })
            }
            Self::Stdin => Error::NotFound { name: "stdin".to_owned() },
        }
    }

    /// The sessions that are asked for one by one and not there.
    ///
    /// # Errors
    /// One is not.
    pub(super) fn check(&self) -> Result<(), Error> {
        if let Self::Sessions { store, patterns } = self {
            for pattern in patterns {
                find(store, pattern)?;
            }
        }
        Ok(())
    }
}

/// Looks whether one of the store's sessions is meant.
fn find(store: &Store, pattern: &str) -> Result<(), Error> {
    match store.find_kept(pattern)? {
        Kept::InSessions(_) => Ok(()),
        Kept::InArchive(archives) => Err(Error::Archived {
            pattern: escape::quoted(pattern),
            name: archives.last().map(|archived| home::shown(&archived.path)).unwrap_or_default(),
        }),
    }
}

fn parent(path: &Path) -> PathBuf {
    path.parent().unwrap_or(path).to_owned()
}

fn is_never(name: &str) -> bool {
    NEVER.contains(&name)
}

/// Whether a glob matches a path, component by component.
fn matches(pattern: &str, path: &Path) -> bool {
    let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
    Pattern::new(pattern).is_ok_and(|pattern| pattern.matches_path_with(path, options))
}

/// Whether a directory of a store is that of a session that one of `patterns` means.
fn is_session(directory: &Path, patterns: &[String]) -> bool {
    let Some(name) = directory.file_name().and_then(|name| name.to_str()) else { return false };
    if name.starts_with('.') {
        return false;
    }
    let Some(id) = SessionId::from_file_name(name) else { return false };
    patterns.is_empty()
        || patterns.iter().any(|wanted| {
            wanted == id.as_str() || Pattern::new(wanted).is_ok_and(|glob| glob.matches(id.as_str()))
        })
}
