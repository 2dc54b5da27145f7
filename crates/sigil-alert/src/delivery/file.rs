//! A file that reports are appended to.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;
use sigil_store::{cause, code};

use super::answer::{Answer, Trouble};
use crate::alert::Alert;
use crate::report;

/// How long another process may hold the lock.
const LOCK_LIMIT: Duration = Duration::from_secs(5);
/// How often a lock that another process holds is tried again.
const AGAIN: Duration = Duration::from_millis(10);

/// Appends the reports of alerts, all of them or, as far as the file system lets it, none.
///
/// The file is locked meanwhile, so that reports of two processes do not mix.
pub(super) fn deliver(path: &Path, alerts: &[Alert], is_stopped: &dyn Fn() -> bool) -> Answer {
    match append(path, alerts, is_stopped) {
        Ok(true) => Answer::Delivered,
        Ok(false) if is_stopped() => Answer::Abandoned,
        Ok(false) => Answer::Failed(Trouble::configuration("is locked by another process")),
        Err(why) => Answer::Failed(Trouble {
            code: code::of_io(&why),
            what: format!("cannot be written ({})", cause::of_io(&why)),
        }),
    }
}

/// Whether the file could be locked and written.
fn append(path: &Path, alerts: &[Alert], is_stopped: &dyn Fn() -> bool) -> io::Result<bool> {
    // A pipe that nobody reads would not even be opened, and would hold up everything.
    let no_wait = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0);
    let mut file =
        OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(no_wait).open(path)?;
    if !is_locked(&file, is_stopped)? {
        return Ok(false);
    }
    let metadata = file.metadata()?;
    let written = alerts.iter().try_for_each(|alert| file.write_all(report::text(alert).as_bytes()));
    if metadata.is_file() {
        let written = written.and_then(|()| file.sync_all());
        if written.is_err() {
            // What is there in part would be there twice after the next attempt.
            let _ = file.set_len(metadata.len());
        }
        written?;
    } else {
        written?;
    }
    Ok(true)
}

/// Waits for the lock, which ends with the file.
fn is_locked(file: &File, is_stopped: &dyn Fn() -> bool) -> io::Result<bool> {
    let begun = Instant::now();
    loop {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(true),
            Err(Errno::WOULDBLOCK) if is_stopped() || begun.elapsed() >= LOCK_LIMIT => return Ok(false),
            Err(Errno::WOULDBLOCK) => thread::sleep(AGAIN),
            Err(Errno::INTR) => {}
            // Pipes and devices, and some network file systems, cannot be locked.
            Err(Errno::INVAL | Errno::NOTSUP | Errno::NOLCK | Errno::NOSYS | Errno::BADF) => return Ok(true),
            Err(why) => return Err(why.into()),
        }
    }
}
