//! A log that is rotated by `sigil-archive` while it is written at full speed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use sigil_testkit::binary;

use crate::account::{Account, covered};
use crate::process::{Process, sigil_tail};
use crate::writer::{Pace, Writer};
use crate::{alone, disk, events, tell};

/// How long it rests between two rotations.
const INTERVAL: Duration = Duration::from_millis(100);

#[test]
fn every_event_comes_once_through_rotation_by_sigil_archive() {
    check(&[]);
}

#[test]
fn copytruncate_by_sigil_archive_loses_only_what_was_never_on_disk_again() {
    check(&["--copytruncate"]);
}

fn rotate(home: &Path, log: &Path, args: &[&str]) {
    let mut command = Command::new(binary("sigil-archive"));
    command.env_clear().env("HOME", home).env("TZ", "UTC");
    command.args(["rotate", "-q", "--max-size", "1KiB"]).args(args).arg(log);
    let told = command.output().expect("sigil-archive starts");
    let words = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success() && words.is_empty(), "{words}");
}

fn check(args: &[&str]) {
    let _alone = alone();
    let dir = tempfile::tempdir().expect("a temporary directory");
    let log: PathBuf = dir.path().join("follow.log");
    let mut writer = Writer::new(&log);
    let ours = Process::start(sigil_tail(dir.path()).arg(&log));
    let begin = Instant::now();
    let pace = Pace::PauseAfter(events() / 25, Duration::from_millis(100));
    let writing = thread::spawn(move || {
        writer.write_until(events(), pace);
        writer
    });
    let mut rotations = 0;
    while !writing.is_finished() {
        rotate(dir.path(), &log, args);
        rotations += 1;
        thread::sleep(INTERVAL);
    }
    let mut writer = writing.join().expect("the writer writes");
    // Nobody rotates any more, so that this one is not lost.
    writer.write_one();
    let last = writer.next() - 1;
    let has_all = ours.wait_until(|account| account.last() == Some(last));
    // Were something to come twice, it could come behind the last one.
    thread::sleep(Duration::from_millis(300));
    let ours = ours.terminate();
    let on_disk = disk::account(&log);
    let mut all = Account::default();
    all.add_run(0, last);
    let lost = on_disk.lacks(&all);
    tell(&format!(
        "sigil-archive {args:?}: {} events in {:.1} s, {rotations} runs, {} nowhere on disk; sigil-tail: {}",
        last + 1,
        begin.elapsed().as_secs_f64(),
        covered(&lost),
        ours.account,
    ));
    assert!(has_all, "the last event has not come; {}; {}", ours.account, ours.stderr);
    assert_eq!(ours.account.garbage, [""; 0], "{}", ours.stderr);
    assert_eq!(ours.account.lacks(&on_disk), [], "on disk and not in the output; {}", ours.stderr);
    assert_eq!(ours.account.doubled(), 0, "{:?}", ours.account);
    assert!(ours.account.is_in_order(), "{:?}", ours.account);
    assert_eq!(on_disk.doubled(), 0);
    if args.is_empty() {
        assert_eq!(lost, [], "what is renamed loses nothing");
    }
}
