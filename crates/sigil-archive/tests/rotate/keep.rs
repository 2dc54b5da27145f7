//! `--keep`.

use crate::{Holder, Place, much};

#[test]
fn the_newest_parts_are_kept() {
    let place = Place::new();
    for round in ["a", "b", "c", "d", "e"] {
        place.file("app.log", much(round));
        place.rotate().args(["--keep", "3", "app.log"]).status(0);
    }
    assert_eq!(place.names("."), ["app.log", "app.log.1", "app.log.2.gz", "app.log.3.gz"]);
    assert_eq!(place.text("app.log.3.gz"), much("c"));
}

#[test]
fn a_log_that_needs_no_rotation_keeps_no_more_either() {
    let place = Place::new();
    place.file("app.log", "little\n");
    for number in 1..=4 {
        place.file(&format!("app.log.{number}.gz"), "x");
    }
    place.rotate().args(["--keep", "2", "app.log"]).stdout("2 rotated parts deleted (2 B)\n").status(0);
    assert_eq!(place.names("."), ["app.log", "app.log.1.gz", "app.log.2.gz"]);
}

#[test]
fn without_it_nothing_is_deleted() {
    let place = Place::new();
    for round in 0..6 {
        place.file("app.log", much(&round.to_string()));
        place.rotate().arg("app.log").status(0);
    }
    assert_eq!(place.names(".").len(), 7);
    assert_eq!(place.lines("app.log").len(), 600);
}

#[test]
fn a_part_that_is_held_open_is_not_deleted() {
    let place = Place::new();
    place.file("app.log", "little\n");
    place.file("app.log.1", much("new"));
    let held = place.file("app.log.2", much("old"));
    let holder = Holder::of(&held);
    let run = || place.rotate().args(["--keep", "1", "app.log"]);
    run()
        .stdout("1 rotated part left as it is\n")
        .stderr("sigil-archive: app.log.2 stays: a process holds it open\n")
        .status(0);
    assert_eq!(place.text("app.log.2"), much("old"));
    drop(holder);
    run().stdout("1 rotated part deleted (1.46 KiB)\n").status(0);
    assert_eq!(place.names("."), ["app.log", "app.log.1"]);
}
