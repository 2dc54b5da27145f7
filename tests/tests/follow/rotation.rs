//! A log that is rotated every 200 ms while it is written at full speed, with `tail -F` beside.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use sigil_tests::not_run;

use crate::account::{Account, covered};
use crate::logrotate::{self, Logrotate};
use crate::process::{Process, gnu_tail, sigil_tail};
use crate::writer::{Pace, Writer};
use crate::{alone, disk, events, tell};

/// What may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loss {
    /// Nothing: whatever the writer wrote is on disk in the end.
    Nothing,
    /// What is nowhere on disk, since logrotate has lost it.
    Logrotates,
}

/// How a log is rotated, and beside whom.
struct Case<'a> {
    name: &'a str,
    /// What logrotate is told.
    directives: &'a [&'a str],
    pace: Pace,
    loss: Loss,
    /// The followers are stopped again and again, for several rotations each time.
    is_held: bool,
}

impl Default for Case<'_> {
    fn default() -> Self {
        Self { name: "", directives: &[], pace: Pace::Full, loss: Loss::Logrotates, is_held: false }
    }
}

/// So slow that it takes some seconds longer.
fn leisurely() -> Pace {
    Pace::PauseAfter(events() / 25, Duration::from_millis(100))
}

#[test]
fn every_event_comes_once_through_create() {
    check(&Case { name: "create", directives: &["create"], loss: Loss::Nothing, ..Case::default() });
}

#[test]
fn copytruncate_loses_only_what_logrotate_loses() {
    check(&Case { name: "copytruncate", directives: &["copytruncate"], ..Case::default() });
}

#[test]
fn every_event_comes_once_through_create_and_compression() {
    // A writer that sleeps through two rotations writes to a file that was compressed already.
    let directives = &["create", "compress", "delaycompress"];
    check(&Case { name: "create, compress", directives, ..Case::default() });
}

#[test]
fn compressed_copies_lose_only_what_logrotate_loses() {
    let directives = &["copytruncate", "compress"];
    check(&Case { name: "copytruncate, compress", directives, ..Case::default() });
}

#[test]
fn every_event_comes_once_through_parts_with_dates() {
    // Names have whole seconds: only one rotation in five finds a name that is not taken.
    let directives = &["create", "dateext", "dateformat -%Y%m%d-%s", "compress", "delaycompress"];
    check(&Case { name: "create, dateext, compress", directives, pace: leisurely(), ..Case::default() });
}

#[test]
fn every_event_comes_once_to_a_follower_that_is_held_up() {
    let directives = &["create", "compress", "delaycompress"];
    let case = Case { name: "held up, create, compress", directives, pace: leisurely(), ..Case::default() };
    check(&Case { is_held: true, ..case });
}

#[test]
fn a_follower_that_is_held_up_finds_what_was_cut_off() {
    let directives = &["copytruncate"];
    let case = Case { name: "held up, copytruncate", directives, pace: leisurely(), ..Case::default() };
    check(&Case { is_held: true, ..case });
}

#[test]
fn a_follower_that_is_held_up_finds_what_was_cut_off_in_the_copies() {
    let directives = &["copytruncate", "compress"];
    let case =
        Case { name: "held up, copytruncate, compress", directives, pace: leisurely(), ..Case::default() };
    check(&Case { is_held: true, ..case });
}

/// Runs writer, logrotate, `sigil-tail` and `tail -F` side by side, and holds what came against what is on disk.
fn check(case: &Case<'_>) {
    let Case { name, directives, pace, loss, is_held } = *case;
    if !logrotate::is_there(name) {
        return;
    }
    let _alone = alone();
    let dir = tempfile::tempdir().expect("a temporary directory");
    let log = dir.path().join("follow.log");
    let mut writer = Writer::new(&log);
    let ours = Process::start(sigil_tail(dir.path()).arg(&log));
    let theirs = Process::start(&mut gnu_tail(&log));
    let begin = Instant::now();
    let rotating = Logrotate::new(dir.path(), &log, directives).again_and_again();
    let writing = thread::spawn(move || {
        writer.write_until(events(), pace);
        writer
    });
    while is_held && !writing.is_finished() {
        thread::sleep(Duration::from_millis(200));
        [&ours, &theirs].iter().for_each(|follower| follower.hold());
        thread::sleep(Duration::from_millis(700));
        [&ours, &theirs].iter().for_each(|follower| follower.go_on());
    }
    let mut writer = writing.join().expect("the writer writes");
    let written = begin.elapsed();
    let rotations = rotating.stop();
    // Nobody rotates any more, so that this one is not lost.
    writer.write_one();
    let last = writer.next() - 1;
    let has_all = ours.wait_until(|account| account.last() == Some(last));
    let caught_up = begin.elapsed().saturating_sub(written);
    theirs.wait_until(|account| account.last() == Some(last));
    // Were something to come twice, it could come behind the last one.
    thread::sleep(Duration::from_millis(300));
    let (ours, theirs) = (ours.terminate(), theirs.terminate());

    let on_disk = disk::account(&log);
    let mut written_all = Account::default();
    written_all.add_run(0, last);
    let lost = on_disk.lacks(&written_all);
    let ours_lost = ours.account.lacks(&on_disk);
    let theirs_lost = theirs.account.lacks(&on_disk);
    let misses = |account: &Account| covered(&account.lacks(&written_all));
    tell(&format!(
        "{name}: {} events in {:.1} s, {rotations} rotations, {} nowhere on disk; sigil-tail: {}, {} of those on disk lost, \
         {} of all, caught up after {:.2} s; tail -F: {}, {} of those on disk lost, {} of all",
        last + 1,
        written.as_secs_f64(),
        covered(&lost),
        ours.account,
        covered(&ours_lost),
        misses(&ours.account),
        caught_up.as_secs_f64(),
        theirs.account,
        covered(&theirs_lost),
        misses(&theirs.account),
    ));
    if rotations == 0 {
        not_run(name, "logrotate did not rotate in the time");
    }
    assert_eq!(ours.account.garbage, [""; 0], "{name}: {}", ours.stderr);
    assert!(has_all, "{name}: the last event has not come; {}; {}", ours.account, ours.stderr);
    assert!(ours.is_by_request(), "{name}: {}; {}", ours.status, ours.stderr);
    assert_eq!(ours_lost, [], "{name}: on disk and not in the output; {}", ours.stderr);
    assert_eq!(ours.account.doubled(), 0, "{name}: {:?}", ours.account);
    assert!(ours.account.is_in_order(), "{name}: {:?}", ours.account);
    if loss == Loss::Nothing {
        assert_eq!(lost, [], "{name}: logrotate deletes nothing, and the writer wrote to what it renamed");
    }
}

/// The parts lie where logrotate put them.
#[test]
fn what_is_on_disk_is_found_in_all_parts() {
    if !logrotate::is_there("parts") {
        return;
    }
    let dir = tempfile::tempdir().expect("a temporary directory");
    let log = dir.path().join("follow.log");
    let mut writer = Writer::new(&log);
    let logrotate = Logrotate::new(dir.path(), &log, &["create", "compress", "delaycompress"]);
    for _ in 0..3 {
        writer.write_until(writer.next() + 100, Pace::Full);
        assert!(logrotate.rotate());
        writer.write_one();
    }
    let name = |part: &str| dir.path().join(part).exists();
    assert!(name("follow.log") && name("follow.log.1") && name("follow.log.2.gz") && name("follow.log.3.gz"));
    let account = disk::account(Path::new(&log));
    assert_eq!((account.received(), account.doubled(), account.garbage.len()), (303, 0, 0));
}
