//! What cannot be rotated, beside what can.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use crate::{Place, much};

#[test]
fn what_is_no_log_is_refused_and_the_others_are_rotated() {
    let place = Place::new();
    place.file("app.log", much("log"));
    fs::create_dir(place.path().join("dir")).unwrap();
    symlink("nowhere", place.path().join("dangling")).unwrap();
    let _socket = UnixListener::bind(place.path().join("socket")).unwrap();
    place
        .rotate()
        .args(["gone", "dir", "dangling", "socket", "/dev/null", "app.log"])
        .stdout("1 log rotated (1.46 KiB), 5 logs could not be rotated\n")
        .stderr(
            "sigil-archive: E001_SESSION_NF: cannot rotate gone: no such file or directory\n\
             sigil-archive: E001_SESSION_NF: cannot rotate dangling: no such file or directory\n\
             sigil-archive: E010_CONFIG_ERR: cannot rotate dir: it is a directory; name the logs in it\n\
             sigil-archive: E010_CONFIG_ERR: cannot rotate socket: it is no regular file\n\
             sigil-archive: E010_CONFIG_ERR: cannot rotate /dev/null: it is no regular file\n",
        )
        .status(2);
    assert_eq!(place.names("."), ["app.log", "app.log.1", "dangling", "dir", "socket"]);
}

#[test]
fn a_log_that_became_a_fifo_keeps_nobody_waiting() {
    let place = Place::new();
    fs::create_dir_all(place.path().join("sessions/a")).unwrap();
    let fifo = place.path().join("sessions/a/execution.jsonl");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    place.file("sessions/b/execution.jsonl", much("b"));
    place
        .rotate()
        .stdout("1 log rotated (1.27 KiB), 1 log could not be rotated\n")
        .stderr("sigil-archive: E010_CONFIG_ERR: cannot rotate session \"a\": it is no regular file\n")
        .status(2);
}

#[test]
fn logs_and_sessions_are_not_named_together() {
    let place = Place::new();
    place.file("app.log", much("log"));
    place
        .rotate()
        .args(["-s", "a", "app.log"])
        .stderr(
            "sigil-archive: E010_CONFIG_ERR: rotate takes either logs or sessions; leave out -s or the names of files\n",
        )
        .status(2);
    assert_eq!(place.names("."), ["app.log"]);
}

#[test]
fn a_directory_in_which_another_run_is_at_work_is_left() {
    let place = Place::new();
    place.file("app.log", much("log"));
    let directory = fs::File::open(place.path()).unwrap();
    directory.lock().unwrap();
    place
        .rotate()
        .arg("app.log")
        .stdout("1 log could not be rotated\n")
        .stderr_contains(
            "cannot rotate app.log: another run is at work in its directory; run this again later",
        )
        .status(2);
    assert_eq!(place.names("."), ["app.log"]);
}

#[test]
fn a_name_that_leaves_no_room_for_a_number_is_said() {
    let place = Place::new();
    let name = "x".repeat(254);
    place.file(&name, much("log"));
    place
        .rotate()
        .arg(&name)
        .stdout("1 log could not be rotated\n")
        .stderr_contains("name too long")
        .status(2);
    assert_eq!(place.names("."), [name]);
}
