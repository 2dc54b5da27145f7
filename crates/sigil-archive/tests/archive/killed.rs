//! Killed at any moment and run again, the tool has lost nothing and doubled nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sigil_testkit::Shuffle;

use super::store::Store;

/// Sessions of a store.
const SESSIONS: usize = 200;

/// How often a run is killed at random.
const KILLS: usize = 200;

fn ids() -> Vec<String> {
    (0..SESSIONS).map(|number| format!("s-{number:03}")).collect()
}

fn command(store: &Store) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sigil-archive"));
    command.arg("-l").arg(store.root()).args(["--days", "7", "-q"]).env("HOME", store.root());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Runs the tool until `after` has passed, and kills it.
fn kill(store: &Store, after: Duration) {
    let mut child = command(store).spawn().unwrap();
    thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn at_any_moment() {
    let store = Store::of(SESSIONS);
    let begun = Instant::now();
    assert!(command(&store).status().unwrap().success());
    let whole = begun.elapsed();
    store.check(&ids(), "a run that was not killed");
    let workers = thread::available_parallelism().map_or(1, usize::from).min(4);
    thread::scope(|scope| {
        for worker in 0..workers {
            scope.spawn(move || {
                let mut random = Shuffle::new(worker as u64);
                let mut moment = || whole.mul_f64(random.below(1200) as f64 / 1000.0);
                for round in (worker..KILLS).step_by(workers) {
                    let store = Store::of(SESSIONS);
                    let (first, second) = (moment(), moment());
                    kill(&store, first);
                    // Going on may be cut short as well.
                    if round % 3 == 0 {
                        kill(&store, second);
                    }
                    store.archive();
                    store.check(&ids(), &format!("killed after {first:?} of {whole:?}"));
                    assert_eq!(store.live(), [""; 0]);
                }
            });
        }
    });
}

#[test]
fn at_every_point() {
    let store = Store::of(20);
    let ids = &ids()[..20];
    let list = store.root().join("points");
    assert!(command(&store).env("SIGIL_ARCHIVE_KILL_POINTS", &list).status().unwrap().success());
    let mut points: BTreeMap<String, usize> = BTreeMap::new();
    for name in fs::read_to_string(&list).unwrap().lines() {
        *points.entry(name.to_owned()).or_default() += 1;
    }
    for name in ["written", "proving", "publishing", "archive-synced", "taking-aside", "looking", "removing"]
    {
        assert!(points.contains_key(name), "{name} is not reached: {points:?}");
    }
    for (name, times) in points {
        for time in [1, times.div_ceil(2), times] {
            let store = Store::of(20);
            let at = format!("{name}:{time}");
            let killed = command(&store).env("SIGIL_ARCHIVE_KILL_AT", &at).status().unwrap();
            assert!(!killed.success(), "not killed at {at}");
            // Wherever it was, every event is still somewhere, and what is found by its name is whole.
            store.archive();
            store.check(ids, &at);
            assert_eq!(store.live(), [""; 0], "{at}");
        }
    }
}

/// Appends an event to a session wherever it is, as whoever has its directory open can.
fn append(store: &Store, line: &str) {
    let place = ["s-000", ".aside-s-000"].map(|name| store.sessions().join(name).join("execution.jsonl"));
    let log = place.iter().find(|log| log.exists()).unwrap();
    fs::OpenOptions::new().append(true).open(log).unwrap().write_all(line.as_bytes()).unwrap();
}

/// Runs the tool until it stops at a point.
fn stopped(store: &Store, at: &str) -> std::process::Child {
    store.stopped_at(&["--days", "7"], at)
}

#[test]
fn a_session_that_goes_on_after_the_run_was_killed_is_in_one_place() {
    for point in ["written:1", "publishing:1", "published:1", "taking-aside:1", "all-aside:1", "looking:1"] {
        let store = Store::of(1);
        let mut child = stopped(&store, point);
        child.kill().unwrap();
        child.wait().unwrap();
        append(&store, "{\"more\":1}\n");
        store.archive();
        let mut ids = store.events();
        assert_eq!(ids.remove("{\"more\":1}"), Some(1), "{point}");
        assert!(ids.len() == 3 && ids.values().all(|times| *times == 1), "{point}: {ids:?}");
        // It is young again.
        assert_eq!(store.live(), ["s-000"], "{point}");
    }
}

#[test]
fn a_session_that_is_written_to_at_any_step_stays_with_all_its_events() {
    for point in [
        "writing:1",
        "written:1",
        "proving:1",
        "publishing:1",
        "published:1",
        "taking-aside:1",
        "all-aside:1",
    ] {
        let store = Store::of(1);
        let mut child = stopped(&store, point);
        append(&store, "{\"more\":1}\n");
        let id = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(id, rustix::process::Signal::CONT).unwrap();
        assert!(child.wait().unwrap().success(), "{point}");
        let events = store.events();
        assert!(events.len() == 4 && events.values().all(|times| *times == 1), "{point}: {events:?}");
        assert_eq!(store.live(), ["s-000"], "{point}");
        store.check_hidden(point);
    }
}

#[test]
fn killed_while_it_withdraws_or_recovers_nothing_is_lost_either() {
    // First a run that finds a session changed after it was taken aside, or one that was killed before; then the kill.
    for point in ["withdrawing", "withdrawn", "back"] {
        let store = Store::of(1);
        let mut child = command(&store)
            .env("SIGIL_ARCHIVE_STOP_AT", "all-aside:1")
            .env("SIGIL_ARCHIVE_KILL_AT", format!("{point}:1"))
            .spawn()
            .unwrap();
        let stat = format!("/proc/{}/stat", child.id());
        while !fs::read_to_string(&stat).unwrap().contains(") T ") {
            thread::yield_now();
        }
        append(&store, "{\"more\":1}\n");
        let id = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(id, rustix::process::Signal::CONT).unwrap();
        assert!(!child.wait().unwrap().success(), "{point} is not reached");
        store.archive();
        let events = store.events();
        assert!(events.len() == 4 && events.values().all(|times| *times == 1), "{point}: {events:?}");
        store.check_hidden(point);
    }
    for (first, second) in [
        ("all-aside:1", "recovering:1"),
        ("all-aside:1", "comparing:2"),
        ("all-aside:1", "looking:1"),
        ("published:1", "taking-aside:1"),
        ("published:1", "recovering:2"),
        ("published:1", "withdrawing:2"),
        ("published:1", "withdrawn:1"),
        ("all-aside:1", "withdrawn:3"),
        ("sessions-synced:1", "recovering-removed:1"),
        ("removing:2", "recovering-removed:1"),
    ] {
        let store = Store::of(3);
        let ids = store.live();
        for at in [first, second] {
            let killed = command(&store).env("SIGIL_ARCHIVE_KILL_AT", at).status().unwrap();
            assert!(!killed.success(), "{first}, then {second}: not killed at {at}");
        }
        store.archive();
        store.check(&ids, &format!("{first}, then {second}"));
        assert_eq!(store.live(), [""; 0]);
    }
}

#[test]
fn killed_while_it_restores_or_prunes_it_can_be_run_again() {
    let store = Store::of(2);
    let ids = store.live();
    store.archive();
    let killed = |args: &[&str], at: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sigil-archive"));
        command.args(args).arg("-l").arg(store.root()).env("SIGIL_ARCHIVE_KILL_AT", at).stdout(Stdio::null());
        assert!(!command.status().unwrap().success(), "{at} is not reached");
    };
    killed(&["restore", "s-000"], "restored:1");
    assert_eq!(store.live(), [".new-s-000"]);
    store.tool().args(["restore", "s-000", "-q"]).status(0);
    assert_eq!(store.live(), ["s-000"]);
    killed(&["restore", "s-001"], "restored:1");
    store.archive();
    store.check(&ids, "a restore that was killed");
    killed(&["prune", "--max-size", "1B"], "pruning:2");
    assert_eq!(store.archives().len(), 1);
    store.tool().args(["prune", "--max-size", "1B", "-q"]).status(0);
    assert!(store.archives().is_empty());
}

#[test]
fn what_was_taken_aside_comes_back_beside_what_came_in_its_place() {
    let store = Store::of(1);
    let aside = store.sessions().join(".aside-s-000");
    fs::rename(store.sessions().join("s-000"), &aside).unwrap();
    store.file("sessions/s-000/execution.jsonl", "{\"tokens\":1}\n", 0);
    let output = store.tool().run();
    assert!(
        output.stderr_text().contains("its name was taken meanwhile, so it is "),
        "{}",
        output.stderr_text()
    );
    assert_eq!(store.live(), ["s-000"]);
    // It was old, so it went on into the archive.
    assert_eq!(store.archives().len(), 1);
    assert_eq!(store.events().len(), 4);
}
