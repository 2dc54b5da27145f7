//! Killed at every point, and run again: every line is in exactly one place, and nothing in the making is left.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::process::ExitStatusExt;

use sigil_testkit::Tool;

use crate::{Place, much};

/// A log with parts of which some are to be compressed, and how it is rotated.
fn furnished() -> Place {
    let place = Place::new();
    place.file("app.log", much("log"));
    for number in 1..=3 {
        place.file(&format!("app.log.{number}"), much(&number.to_string()));
    }
    place
}

fn run<'t>(place: &Place, args: &[&str]) -> Tool<'t> {
    place.rotate().args(args).args(["-j", "1", "-q", "app.log"])
}

/// Every point that is reached, and how often before.
fn points(args: &[&str]) -> Vec<String> {
    let place = furnished();
    run(&place, args).env("SIGIL_ARCHIVE_KILL_POINTS", "points").status(0);
    let text = place.text("points");
    let mut points: Vec<String> = Vec::new();
    for (at, name) in text.lines().enumerate() {
        let times = text.lines().take(at + 1).filter(|other| *other == name).count();
        points.push(format!("{name}:{times}"));
    }
    points
}

/// Kills at every point. Between that and the next run a writer writes `more` to the log.
fn check(args: &[&str], more: &str, expected: impl Fn(&Place) -> Vec<String>) {
    let points = points(args);
    assert!(points.len() > 10, "{points:?}");
    for point in points {
        let place = furnished();
        let killed = run(&place, args).env("SIGIL_ARCHIVE_KILL_AT", &point).run();
        assert_eq!(killed.status.signal(), Some(9), "{args:?}, {point}: {}", killed.stderr_text());
        let here = place.path().join("app.log");
        let mut log = OpenOptions::new().append(true).create(true).open(here).expect("a log can be opened");
        log.write_all(more.as_bytes()).expect("a log can be written");
        drop(log);
        run(&place, args).stdout("").status(0);
        let twice: BTreeSet<_> = place.names(".").into_iter().collect();
        assert!(!twice.iter().any(|name| name.ends_with(".tmp")), "{args:?}, {point}: {twice:?}");
        let is_twice = |name: &String| twice.contains(&format!("{name}.gz"));
        assert!(!twice.iter().any(is_twice), "{args:?}, {point}: {twice:?}");
        assert_eq!(place.sorted("app.log"), expected(&place), "{args:?}, {point}: {twice:?}");
    }
}

fn all(more: &str) -> Vec<String> {
    let texts = [&much("log"), &much("1"), &much("2"), &much("3"), more];
    let mut lines: Vec<_> = texts.iter().flat_map(|text| text.lines().map(str::to_owned)).collect();
    lines.sort();
    lines
}

#[test]
fn rename_and_create_loses_and_doubles_nothing() {
    for more in ["", "more\n"] {
        check(&[], more, |_| all(more));
    }
}

#[test]
fn copytruncate_loses_and_doubles_nothing() {
    for more in ["", "more\n"] {
        check(&["--copytruncate"], more, |_| all(more));
    }
}

#[test]
fn with_keep_nothing_is_lost_of_what_is_kept() {
    for args in [&["--keep", "2"][..], &["--keep", "2", "--copytruncate"]] {
        check(args, "more\n", |place| {
            let lines = place.sorted("app.log");
            let has = |text: &str| text.lines().all(|line| lines.iter().any(|other| other == line));
            assert!(has(&much("log")) && has(&much("1")) && has("more\n"), "{:?}", place.names("."));
            assert!(place.names(".").len() <= 3, "{:?}", place.names("."));
            lines
        });
    }
}

#[test]
fn killed_twice_is_no_worse() {
    // What the first kill has left is being settled when the second one comes.
    for first in ["copy-named:1", "copy-complete:1", "compressed-synced:1", "log-copied:1"] {
        for second in ["copy-taken-back:1", "temporary-removed:1", "pair-settled:1"] {
            let place = furnished();
            run(&place, &["--copytruncate"]).env("SIGIL_ARCHIVE_KILL_AT", first).run();
            run(&place, &["--copytruncate"]).env("SIGIL_ARCHIVE_KILL_AT", second).run();
            run(&place, &["--copytruncate"]).status(0);
            assert_eq!(place.sorted("app.log"), all(""), "{first}, {second}");
            assert!(!place.names(".").iter().any(|name| name.ends_with(".tmp")));
        }
    }
}

#[test]
fn error_log_rotations_survive_it_too() {
    let furnished = || {
        let place = Place::new();
        place.file("error.log", "now\n");
        place.file("error.log-20200102", much("newer"));
        place.file("error.log-20200101", much("older"));
        place
    };
    let run = |place: &Place| place.tool(crate::BINARY).args(["-l", ".", "--error-log-days", "36500", "-q"]);
    let place = furnished();
    run(&place).env("SIGIL_ARCHIVE_KILL_POINTS", "points").status(0);
    let points: BTreeSet<_> = place.text("points").lines().map(str::to_owned).collect();
    for point in points {
        let place = furnished();
        run(&place).env("SIGIL_ARCHIVE_KILL_AT", format!("{point}:1")).run();
        run(&place).status(0);
        let texts = "now\n".to_owned() + &much("newer") + &much("older");
        let mut expected: Vec<_> = texts.lines().collect();
        expected.sort_unstable();
        assert_eq!(place.sorted("error.log"), expected, "{point}");
        let names = place.names(".");
        assert!(!names.iter().any(|name| name.ends_with(".tmp")), "{point}: {names:?}");
        assert!(fs::exists(place.path().join("error.log-20200101.gz")).unwrap(), "{point}: {names:?}");
        assert!(!fs::exists(place.path().join("error.log-20200101")).unwrap(), "{point}: {names:?}");
    }
}
