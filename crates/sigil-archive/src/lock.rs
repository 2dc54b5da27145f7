//! One run at a time for a store.

use std::io;

use anyhow::{Result, bail};
use sigil_store::{Error, Lock, atomic, home};

use crate::cli::Terms;

/// The file that is locked, in the store's root.
const NAME: &str = ".sigil-archive.lock";

/// Locks the store, waiting for another run as long as was asked for.
///
/// # Errors
/// Another run holds it, which is named; or the lock cannot be made.
pub(crate) fn lock(terms: &Terms) -> Result<Lock> {
    let root = terms.store.root();
    let path = root.join(NAME);
    if !root.exists() {
        atomic::create_dir(root)?;
    }
    let refused = |source: io::Error| Error::Io { action: "lock", path: path.clone(), source };
    match Lock::acquire(&path, terms.wait).map_err(refused)? {
        Ok(lock) => Ok(lock),
        Err(holder) => {
            let process = holder.process.map_or("another process".to_owned(), |id| format!("process {id}"));
            bail!(
                "E010_CONFIG_ERR: {process} is at work in {}; try again when it is done, or wait for it with --wait 10m",
                home::shown(root)
            )
        }
    }
}
