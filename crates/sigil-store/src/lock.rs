//! One run at a time: a lock that ends with the process that holds it, however it ends.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};

/// How often a lock that another process holds is tried again.
const AGAIN: Duration = Duration::from_millis(50);

/// A lock, held as long as this value lives.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "the lock lasts as long as the file is open")] File);

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
        let mut file = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        let begun = Instant::now();
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                Err(rustix::io::Errno::WOULDBLOCK) if begun.elapsed() < wait => {
                    thread::sleep(AGAIN.min(wait.saturating_sub(begun.elapsed())));
                }
                Err(rustix::io::Errno::WOULDBLOCK) => {
                    let mut said = String::new();
                    // Whoever holds it may just be about to say who it is.
                    let _ = file.read_to_string(&mut said);
                    return Ok(Err(Holder { process: said.trim().parse().ok() }));
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(why) => return Err(why.into()),
            }
        }
        let said = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        match said {
            // The lock holds whether it says by whom or not.
            Ok(()) | Err(_) => Ok(Ok(Self(file))),
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
