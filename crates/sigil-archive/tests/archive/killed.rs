//! Killed at any moment and run again, the tool has lost nothing and doubled nothing.

use std::collections::BTreeMap;
use std::fs;
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

#[test]
fn what_was_taken_aside_comes_back_beside_what_came_in_its_place() {
    let store = Store::of(1);
    let aside = store.sessions().join(".sigil-aside-s-000");
    fs::rename(store.sessions().join("s-000"), &aside).unwrap();
    store.file("sessions/s-000/execution.jsonl", "{\"tokens\":1}\n", 0);
    let output = store.tool().run();
    assert!(
        output.stderr_text().contains("its name was taken meanwhile: it is "),
        "{}",
        output.stderr_text()
    );
    assert_eq!(store.live(), ["s-000"]);
    // It was old, so it went on into the archive.
    assert_eq!(store.archives().len(), 1);
    assert_eq!(store.events().len(), 4);
}
