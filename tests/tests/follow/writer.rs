//! A program that logs: it appends events, and notices late that its log was renamed, as daemons do.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::event;

/// After how many writes it looks whether its log is still the one that is called so.
const LOOKS_EVERY: u64 = 16;

/// How fast it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// As fast as it can.
    Full,
    /// With a pause after this many writes.
    PauseAfter(u64, Duration),
}

/// A writer of numbered events.
pub(crate) struct Writer {
    path: PathBuf,
    file: File,
    inode: u64,
    /// The number of the next event.
    next: u64,
    writes: u64,
}

impl Writer {
    /// Begins at number 0 with an empty log at `path`.
    pub(crate) fn new(path: &Path) -> Writer {
        let file = OpenOptions::new().append(true).create_new(true).open(path).expect("a log can be made");
        let inode = file.metadata().expect("an open file has an inode").ino();
        Writer { path: path.to_owned(), file, inode, next: 0, writes: 0 }
    }

    /// Writes events until `end` have been written: mostly one in a write, at times a few, always whole lines.
    pub(crate) fn write_until(&mut self, end: u64, pace: Pace) {
        let mut lines = Vec::new();
        while self.next < end {
            lines.clear();
            let batch = if self.writes % 64 == 63 { 8 } else { 1 };
            for number in self.next..end.min(self.next + batch) {
                event::append(&mut lines, number);
                self.next = number + 1;
            }
            self.file.write_all(&lines).expect("a log can be written");
            self.writes += 1;
            if self.writes.is_multiple_of(LOOKS_EVERY) {
                self.look();
            }
            if let Pace::PauseAfter(writes, pause) = pace
                && self.writes.is_multiple_of(writes)
            {
                thread::sleep(pause);
            }
        }
    }

    /// Writes one more event, to the file that is called so now.
    pub(crate) fn write_one(&mut self) {
        self.look();
        self.write_until(self.next + 1, Pace::Full);
    }

    /// The number of the next event.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// Goes over to the file that has taken the place of its own, if one has.
    fn look(&mut self) {
        let Ok(there) = fs::metadata(&self.path) else { return };
        if there.ino() == self.inode {
            return;
        }
        // It may be gone again.
        let Ok(file) = OpenOptions::new().append(true).open(&self.path) else { return };
        self.inode = file.metadata().expect("an open file has an inode").ino();
        self.file = file;
    }
}
