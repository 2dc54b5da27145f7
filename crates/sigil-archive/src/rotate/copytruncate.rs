//! Rotation for writers that keep their log open for ever: the log is copied, and emptied.
//!
//! As with logrotate's `copytruncate`, the writer has to append. A line that it is in the middle of is waited for, but
//! not for long. What is written between the last look at the log and the emptying, some microseconds, is lost; nothing can be done
//! about that from outside. Nothing else is, wherever the program is killed:
//!
//! 1. The copy is made under a temporary name, brought to the disk and compared with the log. Killed here, only a
//!    temporary file is left.
//! 2. The copy gets its name as a part beside the temporary one. Killed here, the same events are in the log and in the
//!    part, and readers count them twice until the next run: it finds the part that still has a temporary name, sees
//!    that the log begins with all of it, and takes the part away.
//! 3. The log is emptied, and then the temporary name goes. Killed between, the next run finds that the log does not
//!    begin with the part. Only a log that has meanwhile been filled with the very same bytes again would be mistaken
//!    for one that was not emptied; lines that carry a time cannot be the same.
//!
//! Where the file system gives a file only one name, nothing tells the next run of step 2, and what is in both stays so.

use std::cmp::Ordering;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::thread;
use std::time::Duration;

use super::place::{Found, Place};
use super::temporary::Temporary;
use super::{parts, shift};
use crate::kill_point::kill_point;
use crate::sameness;

/// How often what was added meanwhile is brought to the disk before the log is emptied, at most.
const ROUNDS: usize = 20;

/// How often the last look at a log may find that more was written.
const LOOKS: usize = 10_000;

/// How often, and how long, the rest of a line that is being written is waited for.
const WAITS: usize = 100;
const WAIT: Duration = Duration::from_millis(1);

/// Copies the log to part 1 and empties it; gives the bytes that the part has.
pub(super) fn copy_and_empty(place: &Place, log: &OsStr, found: &Found) -> io::Result<u64> {
    let file = place.open_to_write(log)?;
    if Found::of(&file)?.id != found.id {
        return Err(io::Error::other("another file has taken its place meanwhile; run this again"));
    }
    let mut copy = Temporary::new(place, found)?;
    let mut copied = 0;
    catch_up(&file, &copy, &mut copied)?;
    kill_point("log-copied");
    if !sameness::begins_with(&file, copy.file())? {
        return Err(io::Error::other("it was changed while it was copied; run this again"));
    }
    shift::make_room(place, log)?;
    let part = parts::name(log, 1, "");
    copy.share(&part)?;
    kill_point("copy-named");
    if let Err(why) = empty(place, &file, &copy, &mut copied) {
        // All of it is still in the log. If the part cannot go now, the next run sees by the other name that it may.
        if place.remove(&part).is_err() {
            copy.leave();
        }
        return Err(why);
    }
    kill_point("log-emptied");
    copy.file().sync_all()?;
    kill_point("copy-synced");
    drop(copy);
    kill_point("copy-done");
    place.sync()?;
    Ok(copied)
}

/// Copies what was added, until all of it is on the disk or the writer is too quick for that.
fn catch_up(log: &File, copy: &Temporary<'_>, copied: &mut u64) -> io::Result<()> {
    for _ in 0..ROUNDS {
        let added = io::copy(&mut &*log, &mut copy.file())?;
        *copied += added;
        if added == 0 {
            break;
        }
        copy.file().sync_data()?;
    }
    Ok(())
}

/// Empties the log as soon as all of it is in the copy.
fn empty(place: &Place, log: &File, copy: &Temporary<'_>, copied: &mut u64) -> io::Result<()> {
    place.sync()?;
    catch_up(log, copy, copied)?;
    copy.take_time(&Found::of(log)?)?;
    kill_point("copy-complete");
    let mut waits = 0;
    for _ in 0..LOOKS {
        *copied += io::copy(&mut &*log, &mut copy.file())?;
        let is_whole = waits == WAITS || ends_with_line(copy.file(), *copied)?;
        // Nothing may stand between this look and the emptying.
        match Found::of(log)?.bytes.cmp(copied) {
            Ordering::Equal if is_whole => return log.set_len(0),
            Ordering::Equal => {
                waits += 1;
                thread::sleep(WAIT);
            }
            Ordering::Greater => {}
            Ordering::Less => return Err(io::Error::other("another program has cut it short meanwhile")),
        }
    }
    Err(io::Error::other("it is written to faster than it can be copied; run this again later"))
}

/// Whether a writer is not in the middle of a line: long writes come in pieces.
fn ends_with_line(copy: &File, bytes: u64) -> io::Result<bool> {
    let mut last = *b"\n";
    if let Some(at) = bytes.checked_sub(1) {
        copy.read_exact_at(&mut last, at)?;
    }
    Ok(last == *b"\n")
}
