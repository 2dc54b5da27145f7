//! From operands to sources.

use std::collections::{HashMap, HashSet};
use std::env;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sigil_store::{home, rotation};
use walkdir::{DirEntry, WalkDir};

use crate::error::Error;
use crate::source::{Found, Place, Source};

/// The live log of a session.
const LOG: &str = "execution.jsonl";

/// Files and directories in a store that are no logs.
const NEVER: [&str; 3] = ["tokens.json", "metrics.json", "archive"];

/// A directory operand.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    path: PathBuf,
}

impl Directory {
    /// Whether a source lies in it, by whatever name either is called.
    pub(crate) fn holds(&self, source: &Source) -> bool {
        let Place::File(path) = &source.place else { return false };
        match (self.path.canonicalize(), path.canonicalize()) {
            (Ok(directory), Ok(path)) => path.starts_with(directory),
            _ => path.starts_with(&self.path),
        }
    }

    pub(crate) fn without_logs(&self) -> Error {
        Error::Nothing {
            name: home::shown(&self.path),
            why: "no logs in this directory (-v names what was left out)".to_owned(),
        }
    }
}

/// The sources that operands mean.
#[derive(Debug, Default)]
pub struct Plan {
    pub(crate) sources: Vec<Source>,
    pub(crate) directories: Vec<Directory>,
}

impl Plan {
    pub(crate) fn stdin() -> Self {
        Self { sources: vec![Source::stdin()], directories: Vec::new() }
    }

    pub(crate) fn files(sources: impl Iterator<Item = Source>) -> Result<Self, Error> {
        let mut plan = Self { sources: sources.collect(), directories: Vec::new() };
        plan.finish();
        Ok(plan)
    }

    /// Numbers sources in the order of their names, each file once however often it is named.
    fn finish(&mut self) {
        let mut seen = HashSet::new();
        self.sources.sort_by_cached_key(|source| (source.found == Found::Walked, source.order()));
        self.sources.retain(|source| match &source.place {
            Place::Stdin => seen.insert((0, 0)),
            // What cannot be looked at stays: opening it will say why.
            Place::File(path) | Place::Stream(path) => {
                fs::metadata(path).map_or(true, |found| seen.insert((found.dev(), found.ino())))
            }
        });
        // A part that is being compressed, or was kept beside its compressed form, counts once.
        let names: HashSet<_> = self.sources.iter().map(|source| source.name.clone()).collect();
        self.sources
            .retain(|source| source.name.strip_suffix(".gz").is_none_or(|plain| !names.contains(plain)));
        self.sources.sort_by_cached_key(Source::order);
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
    let pattern = operand.to_str().filter(|text| text.contains(['*', '?', '[']));
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
    if is_archive(path) {
        return Err(Error::Read {
            name: home::shown(path),
            why: "session archives are not read in place yet; unpack it with tar -xzf".to_owned(),
        });
    }
    File::open(path).map_err(|why| failed(&why))?;
    if path.file_name() == Some(OsStr::new(LOG)) {
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

/// Whether this is a session's archive, by its name.
fn is_archive(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.ends_with(".tar.gz") || name.ends_with(".tgz")
}

fn add_directory(path: &Path, plan: &mut Plan) -> Result<(), Error> {
    let directory = Directory { path: path.to_owned() };
    let known = plan.sources.len();
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
        if !is_file || is_archive(path) {
            continue;
        }
        let Some(parent) = path.parent() else { continue };
        // A directory that holds a session's log holds that log; what else lies there is no part of it.
        if !sessions.contains_key(parent) {
            let known = plan.sources.len();
            add_session(&parent.join(LOG), plan)?;
            sessions.insert(parent.to_path_buf(), plan.sources.len() > known);
        }
        if sessions.get(parent) == Some(&false) {
            plan.sources.push(Source::file(path, Found::Walked));
        }
    }
    if plan.sources.len() == known {
        return Err(directory.without_logs());
    }
    plan.directories.push(directory);
    Ok(())
}

/// Where Claude Code keeps its transcripts.
pub(crate) fn claude_directories() -> Result<Plan, Error> {
    let home = env::home_dir().unwrap_or_default();
    let configured = env::var("CLAUDE_CONFIG_DIR").unwrap_or_default();
    let named = configured.split(',').map(str::trim).filter(|path| !path.is_empty()).map(PathBuf::from);
    let mut roots: Vec<PathBuf> = named.collect();
    if roots.is_empty() {
        roots = vec![home.join(".config/claude"), home.join(".claude")];
    }
    existing(roots.iter().map(|root| root.join("projects")), "no transcripts of Claude Code found")
}

/// Where Codex keeps its rollouts.
pub(crate) fn codex_directories() -> Result<Plan, Error> {
    let configured = env::var_os("CODEX_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let root = configured.unwrap_or_else(|| env::home_dir().unwrap_or_default().join(".codex"));
    let sessions = ["archived_sessions", "sessions"].iter().map(|name| root.join(name));
    existing(sessions, "no rollouts of Codex found")
}

/// The sources in those directories that there are.
fn existing(directories: impl Iterator<Item = PathBuf>, otherwise: &str) -> Result<Plan, Error> {
    let (found, missing): (Vec<_>, Vec<_>) = directories.partition(|path| path.is_dir());
    if found.is_empty() {
        let name = missing.last().map(|path| home::shown(path)).unwrap_or_default();
        return Err(Error::Nothing { name, why: otherwise.to_owned() });
    }
    find(&found)
}
