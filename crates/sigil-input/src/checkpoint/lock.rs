//! One run at a time: a lock that ends with the process that holds it, however it ends.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use sigil_store::home;

use super::failed;
use crate::error::Error;

/// A lock beside a file that is replaced as a whole, which itself cannot be locked.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "the lock lasts as long as the file is open")] File);

impl Lock {
    /// Locks the file at `path` for this process.
    ///
    /// # Errors
    /// Another process has it, which is named; or the lock cannot be made.
    pub(super) fn of(path: &Path) -> Result<Self, Error> {
        let mut name = path.as_os_str().to_owned();
        name.push(".lock");
        let beside = PathBuf::from(name);
        let opened =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&beside);
        let mut file = opened.map_err(|why| failed("create", &beside, why))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let mut holder = String::new();
                // Whoever holds it may just be about to say who it is.
                let _ = file.read_to_string(&mut holder);
                let holder = match holder.trim() {
                    "" => String::new(),
                    id => format!(" (process {id})"),
                };
                let name = home::shown(path);
                return Err(Error::Usage(format!(
                    "state file {name} is in use by another run{holder}; give each its own"
                )));
            }
            Err(why) => return Err(failed("lock", &beside, why.into())),
        }
        let said = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        match said {
            // The lock holds whether it says by whom or not.
            Ok(()) | Err(_) => Ok(Self(file)),
        }
    }
}
