//! `--copytruncate`.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::MetadataExt;

use crate::{Place, much};

#[test]
fn the_log_stays_the_same_file_and_is_empty() {
    let place = Place::new();
    let log = place.file("app.log", much("log"));
    place.file("app.log.1", much("old"));
    let before = fs::metadata(&log).unwrap();
    let mut writer = OpenOptions::new().append(true).open(&log).unwrap();
    place.rotate().args(["--copytruncate", "app.log"]).stdout_contains("1 log rotated (1.46 KiB)").status(0);
    writer.write_all(b"more\n").unwrap();
    assert_eq!(place.names("."), ["app.log", "app.log.1", "app.log.2.gz"]);
    assert_eq!(fs::metadata(&log).unwrap().ino(), before.ino());
    assert_eq!(place.text("app.log"), "more\n");
    assert_eq!(place.text("app.log.1"), much("log"));
    let part = fs::metadata(place.path().join("app.log.1")).unwrap();
    assert_eq!((part.mode(), part.mtime(), part.nlink()), (before.mode(), before.mtime(), 1));
}

#[test]
fn the_rest_of_a_line_is_waited_for_but_not_for_long() {
    let place = Place::new();
    place.file("app.log", much("log") + "a piece");
    place.rotate().args(["--copytruncate", "app.log"]).stdout_contains("1 log rotated").status(0);
    assert_eq!((place.text("app.log").as_str(), place.text("app.log.1")), ("", much("log") + "a piece"));
}

#[test]
fn a_copy_of_a_log_that_was_not_emptied_is_taken_back() {
    for (more, expected) in [("", much("log")), ("more\n", much("log") + "more\n")] {
        let place = Place::new();
        let part = place.file("app.log.1", much("log"));
        fs::hard_link(&part, place.path().join(".sigil-rotate-1-1.tmp")).unwrap();
        place.file("app.log", much("log") + more);
        place.rotate().args(["--max-size", "1GB", "app.log"]).stdout("").status(0);
        assert_eq!(place.names("."), ["app.log"]);
        assert_eq!(place.text("app.log"), expected);
    }
}

#[test]
fn a_copy_of_a_log_that_was_emptied_stays() {
    for log in ["", "more\n"] {
        let place = Place::new();
        let part = place.file("app.log.1", much("log"));
        fs::hard_link(&part, place.path().join(".sigil-rotate-1-1.tmp")).unwrap();
        place.file("app.log", log);
        place.rotate().args(["--max-size", "1GB", "app.log"]).stdout("").status(0);
        assert_eq!(place.names("."), ["app.log", "app.log.1"]);
        assert_eq!((place.text("app.log"), place.text("app.log.1")), (log.to_owned(), much("log")));
    }
}

#[test]
fn a_copy_of_another_log_waits_for_its_turn() {
    let place = Place::new();
    let part = place.file("other.log.1", much("other"));
    let temporary = place.path().join(".sigil-rotate-1-1.tmp");
    fs::hard_link(&part, &temporary).unwrap();
    place.file("other.log", much("other"));
    place.file("app.log", much("log"));
    place.rotate().arg("app.log").status(0);
    assert!(temporary.exists());
    place.rotate().args(["--max-size", "1GB", "other.log"]).status(0);
    assert_eq!(place.names("."), ["app.log", "app.log.1", "other.log"]);
}

#[test]
fn a_file_that_somebody_is_making_at_this_moment_is_left() {
    let place = Place::new();
    place.file("app.log", much("log"));
    let living = place.file(".sigil-rotate-1-1.tmp", "half");
    let file = fs::File::open(&living).unwrap();
    file.lock().unwrap();
    place.file(".sigil-rotate-1-2.tmp", "half");
    place.file(".sigil-Xy12.tmp", "somebody else's");
    place.rotate().arg("app.log").status(0);
    let names = [".sigil-Xy12.tmp", ".sigil-rotate-1-1.tmp", "app.log", "app.log.1"];
    assert_eq!(place.names("."), names);
}

#[test]
fn a_second_name_of_a_log_or_part_goes() {
    let place = Place::new();
    let log = place.file("app.log", "x\n");
    fs::hard_link(&log, place.path().join("app.log.1")).unwrap();
    let part = place.file("app.log.2", much("2"));
    fs::hard_link(&part, place.path().join("app.log.3")).unwrap();
    place.rotate().arg("app.log").status(0);
    assert_eq!(place.names("."), ["app.log", "app.log.2.gz"]);
}
