//! Cron's way: run now and then, with `--once` and a state file, in an environment that has next to nothing in it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use sigil_testkit::binary;

use crate::account::Account;
use crate::logrotate::{self, Logrotate};
use crate::writer::{Pace, Writer};
use crate::{alone, disk, events, tell};

/// Where a run stopped is known by `FILE`; what it reads is `LOG` and its parts.
const LINE: &str = "exec \"$TAIL\" --once --state tail.state \"$PWD/follow.log*\" >> out.jsonl";

/// Runs the line as cron does: with sh, and neither home nor path.
fn run(dir: &Path) {
    let line = LINE.replace("$TAIL", binary("sigil-tail").to_str().expect("a path that is text"));
    let told = Command::new("env")
        .args(["-i", "/bin/sh", "-c", &line])
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .expect("env starts");
    let words = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success() && words.is_empty(), "{}: {words}", told.status);
}

fn output(dir: &Path) -> Account {
    let mut account = Account::default();
    account.take(&fs::read(dir.join("out.jsonl")).unwrap_or_default());
    account
}

#[test]
fn every_event_comes_once_when_a_log_is_rotated_between_runs() {
    for (name, directives) in [
        ("cron, create", &["create"][..]),
        ("cron, create, compress", &["create", "compress"]),
        ("cron, create, delaycompress", &["create", "compress", "delaycompress"]),
        ("cron, copytruncate", &["copytruncate"]),
        ("cron, copytruncate, compress", &["copytruncate", "compress"]),
    ] {
        if !logrotate::is_there(name) {
            return;
        }
        let dir = tempfile::tempdir().expect("a temporary directory");
        let log = dir.path().join("follow.log");
        let mut writer = Writer::new(&log);
        let logrotate = Logrotate::new(dir.path(), &log, directives);
        for round in 0..24 {
            writer.write_until(writer.next() + 50 * (round % 4), Pace::Full);
            // Before a rotation, after it, after two of them, or not at all.
            if round % 3 != 1 {
                run(dir.path());
            }
            writer.write_until(writer.next() + 7, Pace::Full);
            if round % 2 == 0 {
                assert!(logrotate.rotate());
            }
            writer.write_one();
        }
        run(dir.path());
        run(dir.path());
        let came = output(dir.path());
        assert_eq!(came.garbage, [""; 0], "{name}");
        assert!(came.is_in_order(), "{name}: {came:?}");
        assert_eq!(came.lacks(&disk::account(&log)), [], "{name}");
        assert_eq!(came.received(), writer.next(), "{name}");
    }
}

#[test]
fn every_event_comes_once_when_runs_and_rotations_meet() {
    let name = "cron beside logrotate";
    if !logrotate::is_there(name) {
        return;
    }
    let _alone = alone();
    let dir = tempfile::tempdir().expect("a temporary directory");
    let log = dir.path().join("follow.log");
    let mut writer = Writer::new(&log);
    let rotating =
        Logrotate::new(dir.path(), &log, &["create", "compress", "delaycompress"]).again_and_again();
    let total = events();
    let writing = thread::spawn(move || {
        writer.write_until(total, Pace::PauseAfter(total / 50, Duration::from_millis(20)));
        writer
    });
    let mut runs = 1;
    while !writing.is_finished() {
        run(dir.path());
        runs += 1;
    }
    let mut writer = writing.join().expect("the writer writes");
    let rotations = rotating.stop();
    writer.write_one();
    run(dir.path());
    let (came, on_disk) = (output(dir.path()), disk::account(&log));
    tell(&format!(
        "{name}: {} events on disk, {rotations} rotations; {runs} runs: {came}",
        on_disk.received()
    ));
    assert_eq!(came.garbage, [""; 0], "{name}");
    assert!(came.is_in_order(), "{name}: {came:?}");
    assert_eq!(came.lacks(&on_disk), [], "{name}");
}
