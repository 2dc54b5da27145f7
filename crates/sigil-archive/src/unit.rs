//! What is archived as one: a session of the store, or a transcript of another agent with what belongs to it.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use sigil_input::operand;
use sigil_store::{EXECUTION_LOG, Error, SessionId, Store, nearest};

use crate::cli::Owner;
use crate::contents::{self, Depth, Root};

/// A session or transcript.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    /// The session's id.
    pub(crate) id: String,
    /// What its archive is called, without the ending.
    pub(crate) name: OsString,
    pub(crate) base: Arc<Base>,
    /// What belongs to it, a directory last: its header carries the checksum of the file before.
    pub(crate) roots: Vec<Root>,
    /// Its log, as it is called in the archive.
    pub(crate) log: PathBuf,
}

/// The directory that units lie in.
#[derive(Debug)]
pub(crate) struct Base {
    pub(crate) path: PathBuf,
    pub(crate) fd: OwnedFd,
}

impl Base {
    /// # Errors
    /// It cannot be opened.
    pub(crate) fn open(path: &Path) -> Result<Arc<Self>, Error> {
        let refused = |source| Error::Io { action: "read", path: path.to_owned(), source };
        let fd = contents::base(path).map_err(refused)?;
        Ok(Arc::new(Self { path: path.to_owned(), fd }))
    }
}

impl Unit {
    /// The session in the directory called `name`.
    pub(crate) fn of_session(base: &Arc<Base>, name: &OsStr) -> Self {
        let root = Root { place: name.into(), name: name.into(), depth: Depth::Whole };
        let known = name.to_str().and_then(SessionId::from_file_name);
        Self {
            id: known.map_or_else(|| name.to_string_lossy().into_owned(), |id| id.as_str().to_owned()),
            name: name.to_owned(),
            base: Arc::clone(base),
            roots: vec![root],
            log: Path::new(name).join(EXECUTION_LOG),
        }
    }

    /// Where it is: a session's directory, or a transcript.
    pub(crate) fn path(&self) -> PathBuf {
        self.base.path.join(self.roots.first().map_or(Path::new(""), |root| &root.place))
    }
}

/// The sessions of a store, by the names of their directories, and those that are links, which are nobody's to remove.
///
/// # Errors
/// The directory of sessions cannot be read. Without one there are none.
pub(crate) fn sessions(store: &Store) -> Result<(Vec<Unit>, Vec<PathBuf>)> {
    let path = store.sessions_dir();
    if fs::symlink_metadata(&path).is_err_and(|why| why.kind() == io::ErrorKind::NotFound) {
        return Ok((Vec::new(), Vec::new()));
    }
    let base = Base::open(&path)?;
    let refused = |source| Error::Io { action: "read", path: path.clone(), source };
    let (mut names, mut links) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(&path).map_err(refused)? {
        let entry = entry.map_err(refused)?;
        let (name, kind) = (entry.file_name(), entry.file_type().map_err(refused)?);
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if kind.is_dir() {
            names.push(name);
        } else if kind.is_symlink() && entry.path().is_dir() {
            links.push(entry.path());
        }
    }
    names.sort_unstable();
    links.sort_unstable();
    Ok((names.iter().map(|name| Unit::of_session(&base, name)).collect(), links))
}

/// Those of `units` whose ids match one of `patterns`; all if there are none. A pattern may be met by an id in `finished`, too.
///
/// # Errors
/// A pattern is none, or matches nothing.
pub(crate) fn chosen(
    units: Vec<Unit>,
    patterns: &[String],
    finished: &[String],
    place: &Path,
) -> Result<Vec<Unit>> {
    if patterns.is_empty() {
        return Ok(units);
    }
    let mut wanted = vec![false; units.len()];
    for pattern in patterns {
        let glob = glob::Pattern::new(pattern).ok();
        let meant = |id: &String| id == pattern || glob.as_ref().is_some_and(|glob| glob.matches(id));
        let mut is_met = finished.iter().any(meant);
        for (unit, wanted) in units.iter().zip(&mut wanted) {
            let is_meant = meant(&unit.id);
            *wanted |= is_meant;
            is_met |= is_meant;
        }
        if !is_met {
            let ids = units.iter().map(|unit| unit.id.as_str());
            let suggestions = nearest::closest(pattern, ids).into_iter().map(str::to_owned).collect();
            let (pattern, sessions_dir) = (pattern.clone(), place.to_owned());
            return Err(Error::SessionNotFound { pattern, sessions_dir, suggestions }.into());
        }
    }
    Ok(units.into_iter().zip(wanted).filter_map(|(unit, wanted)| wanted.then_some(unit)).collect())
}

/// The transcripts in `places`, or where their owner keeps them if none is named, each once; and the directories that cannot be
/// looked into.
///
/// # Errors
/// A place that is named is not there.
pub(crate) fn transcripts(owner: Owner, places: &[PathBuf]) -> Result<(Vec<Unit>, Vec<Error>)> {
    let own: Vec<PathBuf>;
    let places = if places.is_empty() {
        let roots = match owner {
            Owner::Claude => operand::claude_roots(),
            Owner::Codex => operand::codex_roots(),
        };
        own = roots.iter().filter(|root| root.is_dir()).cloned().collect();
        if let (true, Some(path)) = (own.is_empty(), roots.into_iter().next_back()) {
            return Err(Error::Io { action: "read", path, source: io::ErrorKind::NotFound.into() }.into());
        }
        own.as_slice()
    } else {
        places
    };
    let mut walk = Walk::default();
    let mut seen = HashSet::new();
    for place in places {
        let refused = |source| Error::Io { action: "read", path: place.clone(), source };
        let place = fs::canonicalize(place).map_err(refused)?;
        if !seen.insert(place.clone()) {
            continue;
        }
        let directory = if place.is_dir() { place.as_path() } else { place.parent().unwrap_or(&place) };
        // What lies directly in a directory has the directory's name before its own.
        let above = Base::open(directory.parent().unwrap_or(directory))?;
        let prefix = PathBuf::from(directory.file_name().unwrap_or_default());
        if place.is_dir() {
            let inside = Base::open(directory)?;
            for inner in walk.directory(&above, &prefix, directory) {
                walk.tree(&inside, &inner);
            }
        } else {
            let name = place.file_name().unwrap_or_default();
            walk.units.push(transcript(&above, &prefix, name, place.with_extension("").is_dir()));
        }
    }
    // Of places that lie in each other, each transcript counts once.
    let mut paths = HashSet::new();
    walk.units.retain(|unit| paths.insert(unit.path()));
    Ok((walk.units, walk.refused))
}

/// Transcripts that were found, and directories that could not be looked into.
#[derive(Default)]
struct Walk {
    units: Vec<Unit>,
    refused: Vec<Error>,
}

impl Walk {
    /// Takes the transcripts in the directory `below` of `base` and in all directories in it.
    fn tree(&mut self, base: &Arc<Base>, below: &Path) {
        for inner in self.directory(base, below, &base.path.join(below)) {
            self.tree(base, &below.join(inner));
        }
    }

    /// Takes the transcripts in `directory`, which is `below` in `base`, and gives the names of the directories in it that
    /// belong to none of them.
    fn directory(&mut self, base: &Arc<Base>, below: &Path, directory: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(directory).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
        let entries = entries.unwrap_or_else(|source| {
            self.refused.push(Error::Io { action: "read", path: directory.to_owned(), source });
            Vec::new()
        });
        let (mut files, mut directories) = (Vec::new(), Vec::new());
        for entry in entries {
            let name = entry.file_name();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && !name.as_encoded_bytes().starts_with(b".") {
                directories.push(name);
            } else if kind.is_file() && Path::new(&name).extension().is_some_and(|ending| ending == "jsonl") {
                files.push(name);
            }
        }
        files.sort_unstable();
        directories.sort_unstable();
        let stem = |name: &OsString| Path::new(name).with_extension("").into_os_string();
        for name in &files {
            self.units.push(transcript(base, below, name, directories.contains(&stem(name))));
        }
        let stems: HashSet<_> = files.iter().map(stem).collect();
        directories.into_iter().filter(|name| !stems.contains(name)).map(PathBuf::from).collect()
    }
}

/// The transcript `name` in the directory `below`, with the directory that is called like it, if there is one.
fn transcript(base: &Arc<Base>, below: &Path, name: &OsStr, has_companion: bool) -> Unit {
    let log = below.join(name);
    let stem = log.with_extension("");
    let root = |path: &Path, depth| Root { place: path.to_owned(), name: path.to_owned(), depth };
    let mut roots = vec![root(&log, Depth::Itself)];
    if has_companion {
        roots.push(root(&stem, Depth::Whole));
    }
    roots.push(root(below, Depth::Itself));
    let name = stem.file_name().unwrap_or_default().to_owned();
    Unit { id: name.to_string_lossy().into_owned(), name, base: Arc::clone(base), roots, log }
}
