//! Writers that go on while their log is rotated.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::{BINARY, Place};

/// How often the log is rotated beside the writer.
const ROTATIONS: usize = 25;

/// Writes lines until told to stop, each to what is called so now, and gives what it wrote.
fn write_by_name(log: &Path, stop: &AtomicBool) -> Vec<String> {
    let mut written = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let line = format!("line {:040}", written.len());
        let mut file = OpenOptions::new().create(true).append(true).open(log).expect("a log can be opened");
        file.write_all(format!("{line}\n").as_bytes()).expect("a log can be written");
        written.push(line);
    }
    written
}

/// Waits until so much has been written that there is something to rotate.
fn wait_until_due(log: &Path) {
    while !fs::metadata(log).is_ok_and(|found| found.len() > 4096) {
        thread::yield_now();
    }
}

#[test]
fn a_writer_that_opens_its_log_for_each_line_loses_none() {
    let place = Place::new();
    let log = place.file("app.log", "");
    let stop = AtomicBool::new(false);
    let mut written = thread::scope(|scope| {
        let writer = scope.spawn(|| write_by_name(&log, &stop));
        for _ in 0..ROTATIONS {
            wait_until_due(&log);
            place.rotate().args(["-q", "app.log"]).stdout("").status(0);
        }
        stop.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    assert!(place.names(".").len() > 2, "{:?}", place.names("."));
    // One that had the log open when it was renamed may come after one that is in the new log.
    written.sort();
    let found = place.sorted("app.log");
    assert!(found == written, "{} of {} lines", found.len(), written.len());
}

#[test]
fn a_run_that_is_killed_at_any_moment_beside_a_writer_loses_and_doubles_nothing() {
    let place = Place::new();
    let log = place.file("app.log", "");
    let stop = AtomicBool::new(false);
    let mut written = thread::scope(|scope| {
        let writer = scope.spawn(|| write_by_name(&log, &stop));
        for kill in 0..60 {
            let mut run = Command::new(BINARY);
            run.args(["rotate", "-q", "--max-size", "1KiB", "app.log"]).current_dir(place.path());
            let mut run = run.env_clear().env("HOME", place.path()).spawn().unwrap();
            // From before it has begun to after its end, in no order.
            thread::sleep(Duration::from_micros(kill * 7_919 % 24_000));
            run.kill().unwrap();
            run.wait().unwrap();
        }
        stop.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    place.rotate().args(["-q", "app.log"]).stdout("").status(0);
    let names = place.names(".");
    assert!(!names.iter().any(|name| name.ends_with(".tmp")), "{names:?}");
    written.sort();
    let found = place.sorted("app.log");
    assert!(found == written, "{} of {} lines", found.len(), written.len());
}

#[test]
fn a_writer_that_never_opens_its_log_again_goes_on_in_the_part() {
    let place = Place::new();
    let log = place.file("app.log", crate::much("a"));
    let mut writer = OpenOptions::new().append(true).open(&log).unwrap();
    place.rotate().arg("app.log").status(0);
    writer.write_all(b"late\n").unwrap();
    place.file("app.log", crate::much("b"));
    // Another process holds what this one writes to, so that it is seen.
    let holder = crate::Holder::of(&place.path().join("app.log.1"));
    place.rotate().arg("app.log").status(0);
    writer.write_all(b"later\n").unwrap();
    drop((writer, holder));
    place.rotate().arg("app.log").status(0);
    assert_eq!(place.names("."), ["app.log", "app.log.1", "app.log.2.gz"]);
    assert_eq!(place.text("app.log.2.gz"), crate::much("a") + "late\nlater\n");
}

#[test]
fn copytruncate_beside_a_writer_doubles_nothing_and_cuts_no_line() {
    let place = Place::new();
    let log = place.file("app.log", "");
    let stop = AtomicBool::new(false);
    let written = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut file = OpenOptions::new().append(true).open(&log).unwrap();
            let mut written = 0;
            while !stop.load(Ordering::Relaxed) {
                file.write_all(format!("line {written:040}\n").as_bytes()).unwrap();
                written += 1;
            }
            written
        });
        for _ in 0..ROTATIONS {
            wait_until_due(&log);
            place.rotate().args(["-q", "--copytruncate", "app.log"]).stdout("").status(0);
        }
        stop.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    let lines = place.lines("app.log");
    let wrong = lines.windows(2).find(|pair| pair[0] >= pair[1]);
    assert_eq!(wrong, None, "whole, in order, and none twice");
    // What is written between the last look and the emptying is lost, and nothing else.
    let number = |line: &String| line.trim_start_matches("line ").parse::<usize>().unwrap();
    let gaps = lines.windows(2).filter(|pair| number(&pair[1]) != number(&pair[0]) + 1).count();
    assert!(gaps <= ROTATIONS, "{gaps} gaps in {written} lines");
}
