//! One run at a time for a store.

use std::path::Path;

use anyhow::{Result, anyhow};
use sigil_store::lock::{self, Holder};
use sigil_store::{Error, Lock, atomic, home};

use crate::cli::Terms;

/// The file that is locked, in the store's root.
const NAME: &str = ".sigil-archive.lock";

/// Locks the store, waiting for another run as long as was asked for; and its directories, which may be those of another
/// store, too.
///
/// # Errors
/// Another run holds it, which is named; or the lock cannot be made.
pub(crate) fn lock(terms: &Terms) -> Result<Vec<Lock>> {
    let root = terms.store.root();
    let path = root.join(NAME);
    if !root.exists() {
        atomic::create_dir(root)?;
    }
    let refused = |path: &Path, source| Error::Io { action: "lock", path: path.to_owned(), source };
    let held = Lock::acquire(&path, terms.wait).map_err(|why| refused(&path, why))?;
    let mut locks = vec![held.map_err(|holder| at_work(root, &holder))?];
    for directory in [terms.store.sessions_dir(), terms.store.archive_dir()] {
        if directory.is_dir() {
            let held = lock::directory(&directory, terms.wait).map_err(|why| refused(&directory, why))?;
            locks.extend(held.map_err(|holder| at_work(&directory, &holder))?);
        }
    }
    Ok(locks)
}

fn at_work(place: &Path, holder: &Holder) -> anyhow::Error {
    let process = holder.process.map_or("another process".to_owned(), |id| format!("process {id}"));
    anyhow!(
        "E010_CONFIG_ERR: {process} is at work in {}; try again when it is done, or wait for it with --wait 10m",
        home::shown(place)
    )
}
