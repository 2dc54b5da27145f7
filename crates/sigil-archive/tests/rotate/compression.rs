//! Compression of older parts.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::{Holder, Place, much};

#[test]
fn a_compressed_part_is_what_gzip_makes_of_it() {
    let place = Place::new();
    place.file("app.log", "");
    place.file("app.log.1", much("new"));
    // Several blocks.
    let old = much("old").repeat(1000);
    let part = place.file("app.log.2", &old);
    fs::set_permissions(&part, Permissions::from_mode(0o640)).unwrap();
    let then = SystemTime::UNIX_EPOCH + Duration::new(1_768_120_532, 123_456_789);
    fs::File::options().append(true).open(&part).unwrap().set_modified(then).unwrap();
    place.rotate().arg("app.log").stdout_contains("1 rotated part compressed (1.43 MiB in ").status(0);
    assert_eq!(place.names("."), ["app.log", "app.log.1", "app.log.2.gz"]);
    let packed = place.path().join("app.log.2.gz");
    let unpacked = Command::new("gzip").arg("-dc").arg(&packed).output().unwrap();
    assert!(unpacked.status.success() && unpacked.stdout == old.as_bytes());
    let found = fs::metadata(&packed).unwrap();
    assert_eq!((found.mode() & 0o7777, found.modified().unwrap()), (0o640, then));
}

#[test]
fn a_part_that_is_held_open_stays_plain_until_it_is_not() {
    let place = Place::new();
    place.file("app.log", much("new"));
    let log = place.file("app.log.1", much("old"));
    // As a writer that has not noticed two rotations.
    let holder = Holder::of(&log);
    place.rotate().arg("app.log").stdout("1 log rotated (1.46 KiB)\n").status(0);
    assert_eq!(place.names("."), ["app.log", "app.log.1", "app.log.2"]);
    drop(holder);
    place.rotate().arg("app.log").stdout_contains("1 rotated part compressed").status(0);
    assert_eq!(place.names("."), ["app.log", "app.log.1", "app.log.2.gz"]);
}

#[test]
fn a_part_that_has_another_name_stays_plain() {
    let place = Place::new();
    place.file("app.log.1", much("new"));
    let part = place.file("app.log.2", much("old"));
    fs::hard_link(&part, place.path().join("other")).unwrap();
    place.rotate().args(["-v", "app.log"]).stderr_contains("by which it may be written to").status(0);
    assert_eq!(place.names("."), ["app.log.1", "app.log.2", "other"]);
}

#[test]
fn an_empty_part_stays_as_it_is() {
    let place = Place::new();
    place.file("app.log.1", "");
    place.file("app.log.2", "");
    place.rotate().arg("app.log").stdout("").status(0);
    assert_eq!(place.names("."), ["app.log.1", "app.log.2"]);
}

#[test]
fn of_a_part_that_is_there_twice_the_plain_one_goes_if_both_hold_the_same() {
    let place = Place::new();
    let part = place.file("app.log.2", much("old"));
    place.file("app.log.1", much("new"));
    Command::new("gzip").arg("-k").arg(&part).status().unwrap();
    place.rotate().arg("app.log").stdout("").status(0);
    assert_eq!(place.names("."), ["app.log.1", "app.log.2.gz"]);
    assert_eq!(place.text("app.log.2.gz"), much("old"));
}

#[test]
fn of_a_part_that_is_there_twice_both_stay_if_they_differ() {
    let place = Place::new();
    let part = place.file("app.log.2", much("old"));
    Command::new("gzip").arg("-k").arg(&part).status().unwrap();
    place.file("app.log.2", much("other"));
    place.file("app.log.3", much("oldest"));
    place.file("app.log.3.gz", "no gzip");
    place
        .rotate()
        .arg("app.log")
        .args(["--max-size", "1GB"])
        .stdout("2 rotated parts left as they are\n")
        .stderr(
            "sigil-archive: app.log.2 stays: \"app.log.2.gz\" holds something else; the plain one counts, remove one of them\n\
             sigil-archive: app.log.3 stays: \"app.log.3.gz\" holds something else; the plain one counts, remove one of them\n",
        )
        .status(0);
    assert_eq!(place.names("."), ["app.log.2", "app.log.2.gz", "app.log.3", "app.log.3.gz"]);
}
