//! A follower with a state file that is killed again and again, and started again at once.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::account::{Account, covered};
use crate::logrotate::{self, Logrotate};
use crate::process::{Process, sigil_tail};
use crate::writer::{Pace, Writer};
use crate::{alone, disk, events, tell};

/// How often it is killed.
const KILLS: u64 = 50;

/// A state that has to be written is, long before this.
const SOON: Duration = Duration::from_secs(2);

#[test]
fn nothing_is_lost_when_the_follower_is_killed_again_and_again() {
    check("killed, create", &["create"]);
}

#[test]
fn nothing_is_lost_when_it_is_killed_and_parts_are_compressed() {
    check("killed, create, compress", &["create", "compress", "delaycompress"]);
}

#[test]
fn only_what_logrotate_loses_is_lost_when_it_is_killed_and_copies_are_made() {
    check("killed, copytruncate", &["copytruncate"]);
}

/// The runs together hold all that is on disk, each run in order and from where one before it had been or earlier.
fn check(name: &str, directives: &[&str]) {
    if !logrotate::is_there(name) {
        return;
    }
    let _alone = alone();
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (log, state) = (dir.path().join("follow.log"), dir.path().join("tail.state"));
    let start = || Process::start(sigil_tail(dir.path()).arg("--state").arg(&state).arg(&log));
    let mut writer = Writer::new(&log);
    let rotating = Logrotate::new(dir.path(), &log, directives).again_and_again();
    let total = events();
    let is_over = Arc::new(AtomicBool::new(false));
    let is_over_for_writer = Arc::clone(&is_over);
    // It writes as long as the follower is killed, and then what is left of the events that it owes.
    let writing = thread::spawn(move || {
        let pace = Pace::PauseAfter(total / 100, Duration::from_millis(20));
        while !is_over_for_writer.load(Ordering::Relaxed) || writer.next() < total {
            writer.write_until(writer.next() + total / 100, pace);
        }
        writer
    });

    let mut runs: Vec<Account> = Vec::new();
    for kill in 0..KILLS {
        let process = start();
        // Killed in the middle of its work, each time at another place.
        let share = total / KILLS;
        let quota = share / 4 + kill * 7_919 % share;
        let before = fs::read(&state).ok();
        process.wait_until(|account| account.received() >= quota);
        if kill % 2 == 0 {
            // The others may be killed before they have come to write it.
            await_other(&state, before.as_deref());
        }
        let ended = process.kill();
        assert!(!ended.status.success(), "{name}: ended by itself: {}; {}", ended.status, ended.stderr);
        runs.push(ended.account);
    }
    is_over.store(true, Ordering::Relaxed);
    let mut writer = writing.join().expect("the writer writes");
    let rotations = rotating.stop();
    writer.write_one();
    let last = writer.next() - 1;
    let process = start();
    let has_all = process.wait_until(|account| account.last() == Some(last));
    let ended = process.terminate();
    runs.push(ended.account);

    let on_disk = disk::account(&log);
    let mut all = Account::default();
    runs.iter().for_each(|run| all.append(run));
    let lost = all.lacks(&on_disk);
    tell(&format!(
        "{name}: {} events on disk, {rotations} rotations, {KILLS} kills; {} events in {} runs, {} of them again, lost {}",
        on_disk.received(),
        all.received(),
        runs.len(),
        all.doubled(),
        covered(&lost),
    ));
    assert!(has_all, "{name}: the last event has not come; {}", ended.stderr);
    assert_eq!(all.garbage, [""; 0], "{name}: {}", ended.stderr);
    assert_eq!(lost, [], "{name}: on disk and in no output");
    let (mut seen, mut begun, mut progress) = (Account::default(), 0, 0);
    for run in &runs {
        seen.append(run);
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        assert!(run.is_in_order(), "{name}: a run is not in order: {run:?}");
        assert_eq!(run.lacks(&on_disk.between(first, last)), [], "{name}: a run has a gap");
        assert_eq!(seen.lacks(&on_disk.between(0, last)), [], "{name}: a run begins behind what had come");
        assert!(first >= begun, "{name}: a run begins with {first}, and one before it with {begun}");
        progress += u64::from(first > begun);
        begun = first;
    }
    assert!(progress >= KILLS / 3, "{name}: only {progress} runs went on where one before had stopped");
}

/// Waits until the state file is another one.
fn await_other(state: &Path, before: Option<&[u8]>) {
    let begin = Instant::now();
    while fs::read(state).ok().as_deref() == before && begin.elapsed() < SOON {
        thread::sleep(Duration::from_millis(2));
    }
}
