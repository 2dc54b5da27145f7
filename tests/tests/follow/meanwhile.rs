//! What happens to a log's files while the follower is busy with an older one: its reader has stopped reading.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::account::Account;
use crate::event;
use crate::process::sigil_tail;

/// More than pipe and buffers hold, so that it is not over when the first of it has come.
const OLDER: u64 = 100_000;

/// A log with an older part, and a follower that has begun with it.
struct Busy {
    dir: tempfile::TempDir,
    child: Child,
    account: Account,
}

impl Busy {
    /// The older part is `NAME.1`, and the log holds the next 1,000 events.
    fn start() -> Busy {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let log = dir.path().join("follow.log");
        write(&dir.path().join("follow.log.1"), 0..OLDER);
        write(&log, OLDER..OLDER + 1_000);
        let mut command = sigil_tail(dir.path());
        let mut child =
            command.arg(&log).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut first = [0; 64];
        child.stdout.as_mut().expect("stdout was piped").read_exact(&mut first).expect("its first bytes");
        let mut account = Account::default();
        account.take(&first);
        Busy { dir, child, account }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Adds a last event to the log, reads until it has come, and checks that all before it have, once and in order.
    fn expect_all(mut self, next: u64) {
        write(&self.path("follow.log"), next..next + 1);
        let mut stdout = self.child.stdout.take().expect("stdout was piped");
        let mut buffer = vec![0; 1 << 16];
        while self.account.last() != Some(next) && self.account.received() < 2 * next {
            let read = stdout.read(&mut buffer).expect("stdout can be read");
            assert!(read > 0, "it has ended: {:?}", self.account);
            self.account.take(&buffer[..read]);
        }
        assert_eq!(format!("{:?}", self.account), format!("[(0, {next})]"));
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Appends events to a file.
fn write(path: &Path, numbers: std::ops::Range<u64>) {
    let mut lines = Vec::new();
    numbers.for_each(|number| event::append(&mut lines, number));
    let mut file = OpenOptions::new().append(true).create(true).open(path).expect("a log can be opened");
    file.write_all(&lines).expect("a log can be written");
}

fn rename(busy: &Busy, from: &str, to: &str) {
    fs::rename(busy.path(from), busy.path(to)).expect("a part can be renamed");
}

fn gzip(path: &Path) {
    assert!(Command::new("gzip").arg(path).status().expect("gzip starts").success());
}

/// What copytruncate does.
fn copy_and_truncate(busy: &Busy) {
    rename(busy, "follow.log.1", "follow.log.2");
    fs::copy(busy.path("follow.log"), busy.path("follow.log.1")).expect("a log can be copied");
    File::create(busy.path("follow.log")).expect("a log can be truncated");
}

#[test]
fn a_log_is_renamed() {
    let busy = Busy::start();
    rename(&busy, "follow.log.1", "follow.log.2");
    rename(&busy, "follow.log", "follow.log.1");
    write(&busy.path("follow.log"), OLDER + 1_000..OLDER + 1_500);
    busy.expect_all(OLDER + 1_500);
}

#[test]
fn a_log_is_renamed_and_compressed() {
    let busy = Busy::start();
    rename(&busy, "follow.log.1", "follow.log.2");
    rename(&busy, "follow.log", "follow.log.1");
    write(&busy.path("follow.log"), OLDER + 1_000..OLDER + 1_500);
    gzip(&busy.path("follow.log.1"));
    gzip(&busy.path("follow.log.2"));
    busy.expect_all(OLDER + 1_500);
}

#[test]
fn a_log_is_copied_and_truncated() {
    let busy = Busy::start();
    copy_and_truncate(&busy);
    write(&busy.path("follow.log"), OLDER + 1_000..OLDER + 1_500);
    busy.expect_all(OLDER + 1_500);
}

#[test]
fn a_log_is_copied_and_truncated_and_has_grown_larger_than_it_was() {
    let busy = Busy::start();
    copy_and_truncate(&busy);
    write(&busy.path("follow.log"), OLDER + 1_000..OLDER + 3_500);
    busy.expect_all(OLDER + 3_500);
}

#[test]
fn a_log_is_copied_and_truncated_and_the_copies_are_compressed() {
    let busy = Busy::start();
    copy_and_truncate(&busy);
    write(&busy.path("follow.log"), OLDER + 1_000..OLDER + 3_500);
    gzip(&busy.path("follow.log.1"));
    gzip(&busy.path("follow.log.2"));
    busy.expect_all(OLDER + 3_500);
}

#[test]
fn a_log_is_copied_and_truncated_twice() {
    let busy = Busy::start();
    copy_and_truncate(&busy);
    write(&busy.path("follow.log"), OLDER + 1_000..OLDER + 3_500);
    rename(&busy, "follow.log.2", "follow.log.3");
    copy_and_truncate(&busy);
    write(&busy.path("follow.log"), OLDER + 3_500..OLDER + 4_000);
    gzip(&busy.path("follow.log.2"));
    busy.expect_all(OLDER + 4_000);
}
