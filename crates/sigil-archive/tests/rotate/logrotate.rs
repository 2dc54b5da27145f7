//! Beside the real logrotate: the same names after the same rotations.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::{Place, much};

/// Where Debian puts it; it is for root's path.
const PROGRAM: &str = "/usr/sbin/logrotate";

/// The names in one directory after each of five rotations by logrotate, and in another by this tool.
fn compare(directives: &str, args: &[&str]) {
    if !Path::new(PROGRAM).is_file() {
        return crate::not_run("beside logrotate: it is not installed; apt-get install logrotate");
    }
    let place = Place::new();
    let log = place.file("theirs/app.log", "");
    let text =
        format!("{} {{\n rotate 3\n size 1k\n compress\n delaycompress\n {directives}\n}}\n", log.display());
    let configuration = place.file("logrotate.conf", text);
    // logrotate ignores one that others may write.
    fs::set_permissions(&configuration, Permissions::from_mode(0o600)).expect("it is ours");
    for round in 0..5 {
        place.file("theirs/app.log", much(&round.to_string()));
        place.file("ours/app.log", much(&round.to_string()));
        let state = place.path().join("state");
        let told = Command::new(PROGRAM)
            .arg("-s")
            .arg(state)
            .arg(&configuration)
            .output()
            .expect("logrotate starts");
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        place.rotate().args(["--keep", "3", "-q"]).args(args).arg("ours/app.log").status(0);
        let names = place.names("theirs");
        assert_eq!(place.names("ours"), names, "{directives}, round {round}");
        for name in names {
            let (ours, theirs) = (place.text(&format!("ours/{name}")), place.text(&format!("theirs/{name}")));
            assert_eq!(ours, theirs, "{directives}, round {round}, {name}");
        }
    }
}

#[test]
fn renamed_logs_have_the_names_that_logrotate_gives() {
    compare("create", &[]);
}

#[test]
fn copied_logs_have_the_names_that_logrotate_gives() {
    compare("copytruncate", &["--copytruncate"]);
}

#[test]
fn what_logrotate_has_begun_is_gone_on_with() {
    let place = Place::new();
    for (name, text) in [("app.log", "4"), ("app.log.1", "3"), ("app.log.2", "2")] {
        place.file(name, much(text));
    }
    Command::new("gzip").arg(place.path().join("app.log.2")).status().unwrap();
    place.rotate().args(["-q", "app.log"]).status(0);
    assert_eq!(place.names("."), ["app.log", "app.log.1", "app.log.2.gz", "app.log.3.gz"]);
    assert_eq!(place.lines("app.log").len(), 300);
}
