//! One run at a time: a lock that ends with the process that holds it, however it ends.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, OFlags, flock};

/// How often a lock that another process holds is tried again.
const AGAIN: Duration = Duration::from_millis(50);

/// A lock, held as long as this value lives.
#[derive(Debug)]
pub struct Lock(File);

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The id of the process, unless it has not said so yet.
    pub process: Option<u32>,
}

impl Lock {
    /// Locks the file at `path` for this process, waiting for at most `wait`; else says who holds it. The file is
    /// made if it is not there, and stays: a lock file that is removed can be held twice.
    ///
    /// # Errors
    /// The file cannot be made or locked.
    pub fn acquire(path: &Path, wait: Duration) -> io::Result<Result<Self, Holder>> {
        let mut options = OpenOptions::new();
        // A link would have this write to what it leads to.
        let no_link = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0);
        options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(no_link);
        let mut file = options.open(path)?;
        if !is_locked(&file, wait)? {
            let mut said = String::new();
            // Whoever holds it may just be about to say who it is.
            let _ = file.read_to_string(&mut said);
            return Ok(Err(Holder { process: said.trim().parse().ok() }));
        }
        let said = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        match said {
            // The lock holds whether it says by whom or not.
            Ok(()) | Err(_) => Ok(Ok(Self(file))),
        }
    }

    /// Whether what is locked is still what is at `path`, and nothing else has come there.
    pub fn is_at(&self, path: &Path) -> bool {
        let there = fs::symlink_metadata(path).and_then(|there| Ok((there, self.0.metadata()?)));
        there.is_ok_and(|(there, held)| (there.dev(), there.ino()) == (held.dev(), held.ino()))
    }
}

/// Locks a directory for this process, waiting for at most `wait`, whatever it is called; none if another holds it, or if
/// the file system locks no directories.
///
/// # Errors
/// It cannot be opened.
pub fn directory(path: &Path, wait: Duration) -> io::Result<Result<Option<Lock>, Holder>> {
    let opened = File::open(path)?;
    match is_locked(&opened, wait) {
        Ok(true) => Ok(Ok(Some(Lock(opened)))),
        Ok(false) => Ok(Err(Holder { process: None })),
        Err(_) => Ok(Ok(None)),
    }
}

/// Whether a file could be locked before the time was over.
fn is_locked(file: &File, wait: Duration) -> io::Result<bool> {
    let begun = Instant::now();
    loop {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(true),
            Err(rustix::io::Errno::WOULDBLOCK) if begun.elapsed() < wait => {
                thread::sleep(AGAIN.min(wait.saturating_sub(begun.elapsed())));
            }
            Err(rustix::io::Errno::WOULDBLOCK) => return Ok(false),
            Err(rustix::io::Errno::INTR) => {}
            Err(why) => return Err(why.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_it_and_the_other_is_told_who() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let held = Lock::acquire(&path, Duration::ZERO).unwrap().unwrap();
        let refused = Lock::acquire(&path, Duration::from_millis(1)).unwrap().unwrap_err();
        assert_eq!(refused.process, Some(std::process::id()));
        drop(held);
        assert!(Lock::acquire(&path, Duration::ZERO).unwrap().is_ok());
    }

    #[test]
    fn a_link_is_not_written_through() {
        let directory = tempfile::tempdir().unwrap();
        let (mine, path) = (directory.path().join("mine"), directory.path().join("lock"));
        std::fs::write(&mine, "precious").unwrap();
        std::os::unix::fs::symlink("mine", &path).unwrap();
        assert!(Lock::acquire(&path, Duration::ZERO).is_err());
        assert_eq!(std::fs::read_to_string(&mine).unwrap(), "precious");
    }

    #[test]
    fn a_directory_is_locked_by_whatever_name() {
        let parent = tempfile::tempdir().unwrap();
        let (real, link) = (parent.path().join("real"), parent.path().join("link"));
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink("real", &link).unwrap();
        let held = directory(&real, Duration::ZERO).unwrap().unwrap();
        assert!(held.is_some());
        assert_eq!(directory(&link, Duration::ZERO).unwrap().unwrap_err(), Holder { process: None });
    }

    #[test]
    fn who_waits_gets_it_when_it_is_free() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let held = Lock::acquire(&path, Duration::ZERO).unwrap().unwrap();
        let waiting = thread::spawn({
            let path = path.clone();
            move || Lock::acquire(&path, Duration::from_secs(60)).unwrap().is_ok()
        });
        drop(held);
        assert!(waiting.join().unwrap());
    }
}
