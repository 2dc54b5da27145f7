//! `--dry-run`.

use crate::{Holder, Place, much};

#[test]
fn a_dry_run_says_what_the_real_one_does_and_touches_nothing() {
    let place = Place::new();
    place.file("app.log", much("log"));
    for number in 1..=3 {
        place.file(&format!("app.log.{number}"), much("old"));
    }
    place.file(".sigil-rotate-1-1.tmp", "half");
    let before = place.names(".");
    let run = || place.rotate().args(["--keep", "3", "app.log"]);
    run()
        .arg("-n")
        .stdout(
            "would rotate app.log, 1.46 KiB\n\
             would delete app.log.3, 1.46 KiB\n\
             would compress app.log.1, 1.46 KiB\n\
             would compress app.log.2, 1.46 KiB\n\
             1 log would be rotated (1.46 KiB), 2 rotated parts would be compressed (2.93 KiB), \
             1 rotated part would be deleted (1.46 KiB)\n",
        )
        .status(0);
    assert_eq!(place.names("."), before);
    assert_eq!(place.text("app.log"), much("log"));
    run().stdout_contains("1 rotated part deleted (1.46 KiB)").status(0);
    assert_eq!(place.names("."), ["app.log", "app.log.1", "app.log.2.gz", "app.log.3.gz"]);
}

#[test]
fn what_is_held_open_would_not_be_touched() {
    let place = Place::new();
    let part = place.file("app.log.2", much("old"));
    let _holder = Holder::of(&part);
    place.rotate().args(["-n", "app.log.2"]).stdout("").status(0);
    place.file("app.log", "");
    place.rotate().args(["-n", "app.log"]).stdout("").status(0);
}
