//! Which archives are meant.

use std::path::PathBuf;

use anyhow::Result;
use sigil_store::archived::Archived;
use sigil_store::{Error, nearest};

use crate::cli::Terms;

/// The archives of the store whose session is meant.
///
/// # Errors
/// The archive cannot be read, or a pattern matches nothing.
pub(crate) fn meant(terms: &Terms, patterns: &[String]) -> Result<Vec<Archived>> {
    meant_of(terms.store.archived()?, terms, patterns)
}

/// Those of `all` archives of the store whose session is meant.
///
/// # Errors
/// A pattern matches nothing.
pub(crate) fn meant_of(all: Vec<Archived>, terms: &Terms, patterns: &[String]) -> Result<Vec<Archived>> {
    if patterns.is_empty() {
        return Ok(all);
    }
    for pattern in patterns {
        if !all.iter().any(|archived| is_meant(archived, pattern)) {
            let mut ids: Vec<_> = all.iter().map(Archived::id).collect();
            ids.dedup();
            let close = nearest::closest(pattern, ids.iter().map(String::as_str));
            let suggestions = close.into_iter().map(str::to_owned).collect();
            let (pattern, sessions_dir) = (pattern.clone(), terms.store.archive_dir());
            return Err(Error::SessionNotFound { pattern, sessions_dir, suggestions }.into());
        }
    }
    Ok(all
        .into_iter()
        .filter(|archived| patterns.iter().any(|pattern| is_meant(archived, pattern)))
        .collect())
}

fn is_meant(archived: &Archived, pattern: &str) -> bool {
    let id = archived.id();
    id == pattern || glob::Pattern::new(pattern).is_ok_and(|glob| glob.matches(&id))
}

/// The archives that are meant by paths and ids; all of the store, or those of `-s`, if none is named.
///
/// # Errors
/// One means nothing.
pub(crate) fn named(what: &[PathBuf], terms: &Terms) -> Result<Vec<(PathBuf, Option<String>)>> {
    let of_store = |archives: Vec<Archived>| -> Vec<_> {
        archives.into_iter().map(|archived| (archived.path.clone(), Some(archived.id()))).collect()
    };
    if what.is_empty() {
        return Ok(of_store(meant(terms, &terms.sessions)?));
    }
    let mut paths = Vec::new();
    for name in what {
        // A bare name is an id, unless only a file is called so.
        let is_bare = name.components().count() == 1 && name.extension().is_none_or(|ending| ending != "gz");
        let pattern = name.to_string_lossy().into_owned();
        match meant(terms, &[pattern]) {
            Ok(archives) if is_bare || !name.is_file() => paths.extend(of_store(archives)),
            _ if name.is_file() => paths.push((name.clone(), None)),
            meant => paths.extend(of_store(meant?)),
        }
    }
    Ok(paths)
}
