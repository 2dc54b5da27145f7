//! Other runs and writers at the same time.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::store::Store;

#[test]
fn of_two_runs_at_once_one_works_and_the_other_says_who_does() {
    for _ in 0..10 {
        let store = Store::of(60);
        let ids: Vec<_> = store.live();
        let start = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_sigil-archive"));
            command
                .arg("-l")
                .arg(store.root())
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            command.spawn().unwrap()
        };
        let (one, other) = (start(), start());
        let processes = [one.id(), other.id()];
        let outputs = [one.wait_with_output().unwrap(), other.wait_with_output().unwrap()];
        let refused: Vec<_> =
            outputs.iter().enumerate().filter(|(_, output)| output.status.code() == Some(2)).collect();
        // Where the first was done before the second began, both have worked.
        assert!(refused.len() < 2, "{outputs:?}");
        for (at, output) in refused {
            let told = String::from_utf8_lossy(&output.stderr);
            let holder = format!("process {} is at work in ", processes[1 - at]);
            let is_told = told.contains(&holder) || told.contains("another process is at work in ");
            assert!(is_told && told.contains("--wait"), "{told}");
        }
        store.check(&ids, "two runs");
        assert_eq!(store.live(), [""; 0]);
    }
}

#[test]
fn a_run_that_waits_works_when_the_other_is_done() {
    let store = Store::of(3);
    let lock = store.root().join(".sigil-archive.lock");
    // Without a child that would hold it longer.
    let mut holder =
        Command::new("flock").args(["--no-fork"]).arg(&lock).args(["sleep", "600"]).spawn().unwrap();
    let is_held = || !Command::new("flock").arg("-n").arg(&lock).arg("true").status().unwrap().success();
    while !is_held() {
        thread::yield_now();
    }
    store.tool().stderr_contains("is at work in ").status(2);
    let waiting = thread::scope(|scope| {
        let waiting = scope.spawn(|| store.tool().args(["--wait", "60"]).run());
        holder.kill().unwrap();
        holder.wait().unwrap();
        waiting.join().unwrap()
    });
    assert_eq!(waiting.status.code(), Some(0), "{}", waiting.stderr_text());
    assert_eq!(store.live(), [""; 0]);
}

#[test]
fn a_writer_that_goes_on_during_runs_loses_nothing() {
    let store = Store::of(8);
    let is_done = AtomicBool::new(false);
    let append = |id: &str, number: usize| {
        let line = format!("{{\"session_id\":\"{id}\",\"event_type\":\"x\",\"tokens\":{number}}}\n");
        let directory = store.sessions().join(id);
        loop {
            // Either may meet a directory that is just being taken away.
            let made = fs::create_dir_all(&directory);
            let opened = OpenOptions::new().append(true).create(true).open(directory.join("execution.jsonl"));
            let (Ok(()), Ok(mut file)) = (made, opened) else { continue };
            file.write_all(line.as_bytes()).unwrap();
            return line;
        }
    };
    let mut expected: Vec<String> = (0..8)
        .flat_map(|at| {
            let log = super::store::log(&format!("s-{at:03}"));
            log.lines().map(|line| format!("{line}\n")).collect::<Vec<_>>()
        })
        .collect();
    let written = thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|at| {
                let (is_done, append) = (&is_done, &append);
                scope.spawn(move || {
                    let id = format!("s-{at:03}");
                    let mut lines = Vec::new();
                    while !is_done.load(Ordering::Relaxed) {
                        lines.push(append(&id, lines.len()));
                    }
                    lines
                })
            })
            .collect();
        for _ in 0..15 {
            let output = store.tool().args(["--days", "0", "--force", "-q"]).run();
            assert_eq!(output.status.code(), Some(0), "{}", output.stderr_text());
        }
        is_done.store(true, Ordering::Relaxed);
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
    });
    expected.extend(written);
    let events = store.events();
    let found: usize = events.values().sum();
    for line in &expected {
        assert_eq!(events.get(line.trim_end()), Some(&1), "{line}");
    }
    assert_eq!(found, expected.len());
}

#[test]
fn two_stores_with_the_same_sessions_do_not_work_on_them_at_once() {
    let (one, other) = (Store::of(2), Store::new());
    std::os::unix::fs::symlink(one.sessions(), other.sessions()).unwrap();
    let mut holder =
        Command::new("flock").args(["--no-fork"]).arg(one.sessions()).args(["sleep", "600"]).spawn().unwrap();
    let is_held =
        || !Command::new("flock").arg("-n").arg(one.sessions()).arg("true").status().unwrap().success();
    while !is_held() {
        thread::yield_now();
    }
    other.tool().stderr_contains("another process is at work in ").status(2);
    holder.kill().unwrap();
    holder.wait().unwrap();
    other.archive();
    assert_eq!((one.live().len(), other.archives().len()), (0, 2));
}
