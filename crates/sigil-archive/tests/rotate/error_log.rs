//! `--error-log-days`.

use std::fs::File;
use std::time::{Duration, SystemTime};

use chrono::{TimeDelta, Utc};
use sigil_testkit::Tool;

use crate::{BINARY, Holder, Place, much};

fn run<'t>(place: &Place) -> Tool<'t> {
    place.tool(BINARY).args(["-l", ".", "--error-log-days", "3"])
}

/// The name of a rotation that was made so many days ago.
fn ago(days: i64) -> String {
    format!("error.log-{}", (Utc::now() - TimeDelta::days(days)).format("%Y%m%d"))
}

/// Writes a file that was last changed so many days ago.
fn aged(place: &Place, name: &str, days: u64) {
    let path = place.file(name, much("old"));
    let then = SystemTime::now() - Duration::from_secs(days * 86_400);
    let file = File::options().append(true).open(path).expect("a log can be opened");
    file.set_modified(then).expect("it is ours");
}

#[test]
fn the_error_log_is_rotated_once_a_day() {
    let place = Place::new();
    place.file("error.log", "one\n");
    run(&place).stdout("1 log rotated (4 B)\n").status(0);
    assert_eq!(place.names("."), ["error.log".to_owned(), ago(0)]);
    place.file("error.log", "two\n");
    run(&place).stdout("").status(0);
    assert_eq!((place.text("error.log"), place.text(&ago(0))), ("two\n".to_owned(), "one\n".to_owned()));
}

#[test]
fn nothing_is_said_where_there_is_nothing_to_do() {
    let place = Place::new();
    run(&place).stdout("").status(0);
    place.file("error.log", "");
    run(&place).stdout("").status(0);
    assert_eq!(place.names("."), ["error.log"]);
}

#[test]
fn older_rotations_are_compressed_and_old_ones_deleted() {
    let place = Place::new();
    place.file("error.log", "new\n");
    aged(&place, &ago(1), 1);
    aged(&place, &ago(2), 2);
    aged(&place, &ago(9), 9);
    aged(&place, &format!("{}.gz", ago(8)), 8);
    aged(&place, "error.log.2", 9);
    aged(&place, "error.log.1", 1);
    // Of name and last change the younger one counts.
    aged(&place, &format!("{}.gz", ago(7)), 1);
    aged(&place, &ago(3), 90);
    run(&place).stdout_contains("3 rotated parts deleted").status(0);
    let mut names = vec!["error.log".to_owned(), ago(0), "error.log.1".to_owned()];
    names.extend([1, 2, 3, 7].map(|days| format!("{}.gz", ago(days))));
    names.sort();
    assert_eq!(place.names("."), names);
    run(&place).stdout("").status(0);
}

#[test]
fn rotations_that_are_held_open_stay() {
    let place = Place::new();
    aged(&place, &ago(1), 1);
    aged(&place, &ago(2), 2);
    aged(&place, &ago(9), 9);
    let holders = [ago(2), ago(9)].map(|name| Holder::of(&place.path().join(name)));
    run(&place)
        .stdout("1 rotated part left as it is\n")
        .stderr(format!("sigil-archive: ./{} stays: a process holds it open\n", ago(9)))
        .status(0);
    assert_eq!(place.names("."), [ago(9), ago(2), ago(1)]);
    drop(holders);
    run(&place).stdout_contains("1 rotated part deleted").status(0);
    assert_eq!(place.names("."), [format!("{}.gz", ago(2)), ago(1)]);
}

#[test]
fn with_no_days_the_rotation_of_today_is_there_all_the_same() {
    let place = Place::new();
    aged(&place, "error.log", 30);
    place.tool(BINARY).args(["-l", ".", "--error-log-days", "0"]).stdout_contains("1 log rotated").status(0);
    assert_eq!(place.names("."), ["error.log".to_owned(), ago(0)]);
}

#[test]
fn a_dry_run_touches_nothing() {
    let place = Place::new();
    place.file("error.log", "new\n");
    aged(&place, &ago(9), 9);
    let before = place.names(".");
    run(&place)
        .arg("-n")
        .stdout_contains("would rotate ./error.log, 4 B\n")
        .stdout_contains(format!("would delete ./{}, ", ago(9)))
        .status(0);
    assert_eq!(place.names("."), before);
}
