//! From operands to sources.

use std::collections::{HashMap, HashSet};
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sigil_store::{Archived, EXECUTION_LOG, StoredSession, cause, home, is_glob, rotation};
use walkdir::{DirEntry, WalkDir};

use crate::archive::{self, Archive, Listing};
use crate::error::Error;
use crate::source::{Found, Place, Source};

/// Files and directories in a store that are no logs.
const NEVER: [&str; 3] = ["tokens.json", "metrics.json", "archive"];

/// An operand that must hold a log.
#[derive(Clone, Debug)]
pub(crate) enum Holder {
    Directory(PathBuf),
    Archive {
        archive: Arc<Archive>,
        /// Why not all that it holds is known.
        damage: Option<String>,
    },
}

impl Holder {
    /// Whether a source lies in it, by whatever name either is called.
    pub(crate) fn holds(&self, source: &Source) -> bool {
        match (self, &source.place) {
            (Self::Directory(directory), Place::File(path)) => is_within(path, directory),
            (Self::Directory(directory), Place::Member(member)) => {
                member.archive.path().is_some_and(|path| is_within(path, directory))
            }
            (Self::Archive { archive, .. }, Place::Member(member)) => Arc::ptr_eq(archive, &member.archive),
            (_, Place::Stdin | Place::Stream(_)) | (Self::Archive { .. }, Place::File(_)) => false,
        }
    }

    pub(crate) fn without_logs(&self) -> Error {
        match self {
            Self::Directory(path) => Error::Nothing {
                name: home::shown(path),
                why: "no logs in this directory (-v names what was left out)".to_owned(),
            },
            Self::Archive { archive, damage: Some(why) } => {
                Error::Read { name: archive.name().to_owned(), why: why.clone() }
            }
            Self::Archive { archive, damage: None } => {
                Error::Nothing { name: archive.name().to_owned(), why: "no logs in this archive".to_owned() }
            }
        }
    }
}

fn is_within(path: &Path, directory: &Path) -> bool {
    match (directory.canonicalize(), path.canonicalize()) {
        (Ok(directory), Ok(path)) => path.starts_with(directory),
        _ => path.starts_with(directory),
    }
}

/// The sources that operands mean.
#[derive(Debug, Default)]
pub struct Plan {
    pub(crate) sources: Vec<Source>,
    pub(crate) holders: Vec<Holder>,
    /// Devices and inodes of the archives that have been looked into.
    archives: HashSet<(u64, u64)>,
}

impl Plan {
    pub(crate) fn stdin() -> Self {
        Self { sources: vec![Source::stdin()], ..Self::default() }
    }

    /// Adds archives of a store, each once.
    ///
    /// # Errors
    /// One cannot be read, or is no archive.
    pub(crate) fn add_archived(&mut self, archives: &[Archived]) -> Result<(), Error> {
        let mut known = HashSet::new();
        for Archived { path, .. } in archives.iter().filter(|archived| known.insert(&archived.path)) {
            let name = home::shown(path);
            if !archive::is_at(path).map_err(|why| Error::of_io(&name, &why))? {
                return Err(Error::Read { name, why: "not an archive".to_owned() });
            }
            self.add_archive(Archive::at(path));
        }
        self.sort();
        Ok(())
    }

    /// The logs of a store, which has each once.
    pub(crate) fn stored(sessions: &[StoredSession]) -> Self {
        let parts = sessions.iter().flat_map(|session| &session.parts);
        let sources = parts.map(|path| Source::file(path, Found::Named));
        let mut plan = Self { sources: sources.collect(), ..Self::default() };
        let mut seen = HashSet::new();
        plan.sources.retain(|source| seen.insert(source.name.clone()));
        plan.sort();
        plan
    }

    /// Numbers sources in the order of their names, each file once however often it is named.
    pub(crate) fn finish(&mut self) {
        let mut seen = HashSet::new();
        self.sources.sort_by_cached_key(|source| (source.found == Found::Walked, source.order()));
        self.sources.retain(|source| match &source.place {
            Place::Stdin => seen.insert((0, 0)),
            // What cannot be looked at stays: opening it will say why.
            Place::File(path) | Place::Stream(path) => {
                fs::metadata(path).map_or(true, |found| seen.insert((found.dev(), found.ino())))
            }
            Place::Member(_) => true,
        });
        self.sort();
    }

    fn sort(&mut self) {
        // A part that is being compressed, or was kept beside its compressed form, counts once.
        let names: HashSet<_> = self.sources.iter().map(|source| source.name.clone()).collect();
        let has_better =
            |source: &Source| rotation::better_names(&source.name).any(|name| names.contains(&name));
        self.sources.retain(|source| !has_better(source));
        self.sources.sort_by_cached_key(Source::order);
    }

    /// Adds the logs in an archive. What is wrong with it is said when it is read.
    pub(crate) fn add_archive(&mut self, archive: Archive) {
        let archive = Arc::new(archive);
        let Listing { sources, damage } = archive::list(&archive);
        if sources.iter().all(|source| source.found == Found::Walked) {
            let damage = damage.map(|why| cause::of_io(&why));
            self.holders.push(Holder::Archive { archive, damage });
        }
        self.sources.extend(sources);
    }
}

/// Finds what `operands` mean.
///
/// # Errors
/// One means nothing, or is a file that cannot be read: a total without it would not be the total.
pub fn find(operands: &[PathBuf]) -> Result<Plan, Error> {
    let mut plan = Plan::default();
    for operand in operands {
        if operand.as_os_str() == "-" {
            plan.sources.push(Source::stdin());
            continue;
        }
        match fs::metadata(operand) {
            Ok(_) => add(operand, &mut plan)?,
            Err(why) => {
                let paths = expand(operand);
                if paths.is_empty() {
                    return Err(Error::of_io(&home::shown(operand), &why));
                }
                for path in paths {
                    add(&path, &mut plan)?;
                }
            }
        }
    }
    plan.finish();
    Ok(plan)
}

/// The files that a quoted glob means.
fn expand(operand: &Path) -> Vec<PathBuf> {
    let pattern = operand.to_str().filter(|text| is_glob(text));
    let paths = pattern.and_then(|pattern| glob::glob(pattern).ok());
    paths.map(|paths| paths.flatten().collect()).unwrap_or_default()
}

fn add(path: &Path, plan: &mut Plan) -> Result<(), Error> {
    let failed = |why: &std::io::Error| Error::of_io(&home::shown(path), why);
    let metadata = fs::metadata(path).map_err(|why| failed(&why))?;
    if metadata.is_dir() {
        return add_directory(path, plan);
    }
    if !metadata.is_file() {
        plan.sources.push(Source::stream(path));
        return Ok(());
    }
    if archive::is_at(path).map_err(|why| failed(&why))? {
        if plan.archives.insert((metadata.dev(), metadata.ino())) {
            plan.add_archive(Archive::at(path));
        }
        return Ok(());
    }
    if path.file_name() == Some(OsStr::new(EXECUTION_LOG)) {
        add_session(path, plan)?;
    }
    plan.sources.push(Source::file(path, Found::Named));
    Ok(())
}

/// A session is its live log and what was rotated out of it.
fn add_session(log: &Path, plan: &mut Plan) -> Result<(), Error> {
    let parts = rotation::parts(log).map_err(|why| Error::of_io(&home::shown(log), &why))?;
    plan.sources.extend(parts.iter().map(|part| Source::file(part, Found::Named)));
    Ok(())
}

/// Adds what a directory holds: its logs, or, where nothing is named like one, its archives.
fn add_directory(path: &Path, plan: &mut Plan) -> Result<(), Error> {
    let directory = Holder::Directory(path.to_owned());
    let known = plan.sources.len();
    let mut archives = Vec::new();
    let mut sessions: HashMap<PathBuf, bool> = HashMap::new();
    let wanted = |entry: &DirEntry| {
        entry.depth() == 0 || !NEVER.iter().any(|name| entry.file_name() == OsStr::new(name))
    };
    for entry in WalkDir::new(path).sort_by_file_name().into_iter().filter_entry(wanted) {
        let entry = entry.map_err(|why| {
            let name = why.path().map_or_else(|| home::shown(path), home::shown);
            match why.into_io_error() {
                Some(why) => Error::of_io(&name, &why),
                None => Error::Nothing { name, why: "a directory that contains itself".to_owned() },
            }
        })?;
        let path = entry.path();
        let is_file = entry.file_type().is_file() || entry.path_is_symlink() && path.is_file();
        if !is_file {
            continue;
        }
        if archive::is_name_of_one(path) {
            archives.push(path.to_owned());
            continue;
        }
        let Some(parent) = path.parent() else { continue };
        // A directory that holds a session's log holds that log; what else lies there is no part of it.
        if !sessions.contains_key(parent) {
            let known = plan.sources.len();
            add_session(&parent.join(EXECUTION_LOG), plan)?;
            sessions.insert(parent.to_path_buf(), plan.sources.len() > known);
        }
        if sessions.get(parent) == Some(&false) {
            plan.sources.push(Source::file(path, Found::Walked));
        }
    }
    let is_named_so = |source: &Source| archive::is_log_name(&source.name);
    if !plan.sources.get(known..).unwrap_or(&[]).iter().any(is_named_so) {
        for archive in &archives {
            add(archive, plan)?;
        }
    }
    if plan.sources.len() == known && archives.is_empty() {
        return Err(directory.without_logs());
    }
    plan.holders.push(directory);
    Ok(())
}

/// Where Claude Code keeps its transcripts, whether they are there or not.
pub fn claude_roots() -> Vec<PathBuf> {
    let home = env::home_dir().unwrap_or_default();
    let configured = env::var("CLAUDE_CONFIG_DIR").unwrap_or_default();
    let named = configured.split(',').map(str::trim).filter(|path| !path.is_empty()).map(PathBuf::from);
    let mut roots: Vec<PathBuf> = named.collect();
    if roots.is_empty() {
        roots = vec![home.join(".config/claude"), home.join(".claude")];
    }
    roots.iter().map(|root| root.join("projects")).collect()
}

/// Where Codex keeps its rollouts, whether they are there or not.
pub fn codex_roots() -> Vec<PathBuf> {
    let configured = env::var_os("CODEX_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let root = configured.unwrap_or_else(|| env::home_dir().unwrap_or_default().join(".codex"));
    ["archived_sessions", "sessions"].iter().map(|name| root.join(name)).collect()
}

/// The transcripts of Claude Code.
pub(crate) fn claude_directories() -> Result<Plan, Error> {
    existing(claude_roots(), "no transcripts of Claude Code found")
}

/// The rollouts of Codex.
pub(crate) fn codex_directories() -> Result<Plan, Error> {
    existing(codex_roots(), "no rollouts of Codex found")
}

/// The sources in those directories that there are.
fn existing(directories: Vec<PathBuf>, otherwise: &str) -> Result<Plan, Error> {
    let (found, missing): (Vec<_>, Vec<_>) = directories.into_iter().partition(|path| path.is_dir());
    if found.is_empty() {
        let name = missing.last().map(|path| home::shown(path)).unwrap_or_default();
        return Err(Error::Nothing { name, why: otherwise.to_owned() });
    }
    find(&found)
}
