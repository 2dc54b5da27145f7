//! Logs that are named.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use crate::{Place, much};

#[test]
fn parts_move_up_as_far_as_there_is_no_gap() {
    let place = Place::new();
    place.file("app.log", much("log"));
    for name in ["app.log.1", "app.log.2", "app.log.4", "app.log-20260111"] {
        place.file(name, much(name));
    }
    place.rotate().arg("app.log").stdout_contains("1 log rotated").status(0);
    let names = ["app.log", "app.log-20260111", "app.log.1", "app.log.2.gz", "app.log.3.gz", "app.log.4.gz"];
    assert_eq!(place.names("."), names);
    assert_eq!(place.text("app.log.2.gz"), much("app.log.1"));
    assert_eq!(place.text("app.log.3.gz"), much("app.log.2"));
    assert_eq!(place.text("app.log.4.gz"), much("app.log.4"));
    assert_eq!(place.text("app.log-20260111"), much("app.log-20260111"));
}

#[test]
fn compressed_parts_move_up_as_they_are() {
    let place = Place::new();
    place.file("app.log", much("log"));
    place.file("app.log.1.gz", "whatever");
    place.file("app.log.2.zst", "it is");
    place.rotate().arg("app.log").status(0);
    assert_eq!(place.names("."), ["app.log", "app.log.1", "app.log.2.gz", "app.log.3.zst"]);
    assert_eq!(fs::read(place.path().join("app.log.2.gz")).unwrap(), b"whatever");
}

#[test]
fn a_link_is_taken_for_what_it_leads_to() {
    let place = Place::new();
    place.file("real/x.log", much("log"));
    symlink("real/x.log", place.path().join("link")).unwrap();
    place.rotate().arg("link").stdout_contains("1 log rotated").status(0);
    assert_eq!(place.names("real"), ["x.log", "x.log.1"]);
    assert_eq!(place.names("."), ["link", "real"]);
}

#[test]
fn names_may_hold_anything() {
    let place = Place::new();
    let name = OsStr::from_bytes(b"a\nb\xff.log");
    fs::write(place.path().join(name), much("new")).unwrap();
    let part = OsStr::from_bytes(b"a\nb\xff.log.1");
    fs::write(place.path().join(part), much("old")).unwrap();
    place
        .rotate()
        .arg("-v")
        .arg(name)
        .stderr_contains("rotated a\\nb\u{fffd}.log: a\\nb\u{fffd}.log.1\n")
        .status(0);
    let older = place.path().join(OsStr::from_bytes(b"a\nb\xff.log.2.gz"));
    assert_eq!(crate::text(&older), much("old"));
    assert_eq!(fs::read_to_string(place.path().join(part)).unwrap(), much("new"));
}

#[test]
fn the_parts_that_a_glob_names_too_are_not_rotated() {
    let place = Place::new();
    place.file("app.log", much("log"));
    place.file("app.log.1", much("old"));
    place.file("app.log-20260111", much("older"));
    place
        .rotate()
        .args(["-v", "app.log", "app.log-20260111", "app.log.1"])
        .stderr_contains("app.log.1 stays: it is a rotated part of \"app.log\"\n")
        .status(0);
    assert_eq!(place.names("."), ["app.log", "app.log-20260111", "app.log.1", "app.log.2.gz"]);
}

#[test]
fn a_log_that_is_called_by_a_date_is_rotated() {
    let place = Place::new();
    place.file("access-20260111", much("log"));
    place.rotate().arg("access-20260111").stdout_contains("1 log rotated").status(0);
    assert_eq!(place.names("."), ["access-20260111", "access-20260111.1"]);
}

#[test]
fn a_log_that_is_gone_since_it_was_rotated_is_no_trouble() {
    let place = Place::new();
    place.file("app.log.1", much("old"));
    place.rotate().arg("app.log").stdout("").status(0);
    assert_eq!(place.names("."), ["app.log.1"]);
}
