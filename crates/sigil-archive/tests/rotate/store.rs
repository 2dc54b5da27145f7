//! The logs of a store.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use crate::{Place, much};

fn store() -> Place {
    let place = Place::new();
    place.file("sessions/large/execution.jsonl", much("large"));
    place.file("sessions/small/execution.jsonl", "little\n");
    place.file("error.log", much("error"));
    place
}

#[test]
fn large_logs_of_all_sessions_and_the_error_log_are_rotated() {
    let place = store();
    place.rotate().stdout("2 logs rotated (3.32 KiB)\n").status(0);
    assert_eq!(place.names("sessions/large"), ["execution.jsonl", "execution.jsonl.1"]);
    assert_eq!(place.names("sessions/small"), ["execution.jsonl"]);
    assert_eq!(place.names("."), ["error.log", "error.log.1", "sessions"]);
    assert_eq!(place.text("sessions/large/execution.jsonl"), "");
    assert_eq!(place.text("sessions/large/execution.jsonl.1"), much("large"));
    place.rotate().stdout("").status(0);
    assert_eq!(place.names("sessions/large"), ["execution.jsonl", "execution.jsonl.1"]);
}

#[test]
fn sessions_that_are_named_are_rotated_and_nothing_else() {
    let place = store();
    place.file("sessions/other/execution.jsonl", much("other"));
    place.rotate().args(["-s", "l*"]).stdout("1 log rotated (1.66 KiB)\n").status(0);
    assert_eq!(place.names("sessions/large"), ["execution.jsonl", "execution.jsonl.1"]);
    assert_eq!(place.names("sessions/other"), ["execution.jsonl"]);
    assert_eq!(place.names("."), ["error.log", "sessions"]);
}

#[test]
fn a_session_that_is_not_there_keeps_no_other_from_being_rotated() {
    let place = store();
    place
        .rotate()
        .args(["-s", "larg", "-s", "large"])
        .stdout("1 log rotated (1.66 KiB), 1 log could not be rotated\n")
        .stderr(
            "sigil-archive: E001_SESSION_NF: cannot rotate session \"larg\": session \"larg\" not found in ./sessions; \
             did you mean \"large\"?\n",
        )
        .status(2);
    assert_eq!(place.names("sessions/large"), ["execution.jsonl", "execution.jsonl.1"]);
}

#[test]
fn the_new_log_may_be_read_and_written_by_whom_the_old_one_could() {
    let place = store();
    let log = place.path().join("sessions/large/execution.jsonl");
    fs::set_permissions(&log, Permissions::from_mode(0o664)).unwrap();
    let old = fs::metadata(&log).unwrap();
    place.rotate().args(["-s", "large"]).status(0);
    let new = fs::metadata(&log).unwrap();
    assert_ne!(new.ino(), old.ino());
    assert_eq!((new.mode(), new.uid(), new.gid()), (old.mode(), old.uid(), old.gid()));
    // A session is as old as its newest file.
    assert_eq!((new.mtime(), new.mtime_nsec()), (old.mtime(), old.mtime_nsec()));
    let part = fs::metadata(place.path().join("sessions/large/execution.jsonl.1")).unwrap();
    assert_eq!((part.ino(), part.mode(), part.mtime_nsec()), (old.ino(), old.mode(), old.mtime_nsec()));
}

#[test]
fn records_say_what_became_of_each() {
    let place = store();
    place.file("sessions/large/execution.jsonl.1", much("older"));
    place
        .rotate()
        .args(["-s", "large", "--json"])
        .stdout_jsonl(|records| {
            let [rotated, compressed] = records else { panic!("{records:?}") };
            for (key, expected) in [
                ("action", "rotate"),
                ("status", "done"),
                ("session_id", "large"),
                ("path", "./sessions/large/execution.jsonl"),
                ("archive", "./sessions/large/execution.jsonl.1"),
            ] {
                assert_eq!(rotated[key], expected);
            }
            assert_eq!(rotated["bytes"], much("large").len());
            for (key, expected) in [
                ("action", "compress"),
                ("status", "done"),
                ("session_id", "large"),
                ("path", "./sessions/large/execution.jsonl.2"),
                ("archive", "./sessions/large/execution.jsonl.2.gz"),
            ] {
                assert_eq!(compressed[key], expected);
            }
        })
        .status(0);
}

#[test]
fn links_out_of_the_store_are_left_with_a_word() {
    let place = Place::new();
    let (other, log) = (place.file("elsewhere/log", much("log")), place.path().join("store/sessions"));
    place.file("elsewhere/dir/execution.jsonl", much("dir"));
    fs::create_dir_all(log.join("linked")).unwrap();
    symlink(&other, log.join("linked/execution.jsonl")).unwrap();
    symlink(place.path().join("elsewhere/dir"), log.join("whole")).unwrap();
    place
        .rotate()
        .args(["-l", "store"])
        .stdout("2 logs left as they are\n")
        .stderr(
            "sigil-archive: session \"linked\" stays: it is a symbolic link; name the log to rotate what it leads to\n\
             sigil-archive: session \"whole\" stays: its directory is a symbolic link; name the log to rotate what it leads to\n",
        )
        .status(0);
    assert_eq!(place.names("elsewhere"), ["dir", "log"]);
    assert_eq!(place.names("elsewhere/dir"), ["execution.jsonl"]);
}

#[test]
fn an_error_log_that_leads_elsewhere_is_left() {
    let place = Place::new();
    symlink("/dev/null", place.path().join("error.log")).unwrap();
    place.rotate().stdout("").status(0);
    fs::remove_file(place.path().join("error.log")).unwrap();
    place.file("elsewhere", much("error"));
    symlink("elsewhere", place.path().join("error.log")).unwrap();
    place
        .rotate()
        .stdout_contains("1 log left")
        .stderr_contains("./error.log stays: it is a symbolic link")
        .status(0);
    assert_eq!(place.names("."), ["elsewhere", "error.log"]);
}

#[test]
fn a_sessions_directory_that_cannot_be_read_keeps_the_error_log_from_nothing() {
    let place = Place::new();
    place.file("sessions", "no directory");
    place.file("error.log", much("error"));
    place
        .rotate()
        .stdout_contains("1 log rotated (1.66 KiB), 1 log could not be rotated")
        .stderr_contains("cannot rotate ./sessions: ")
        .status(2);
}

#[test]
fn a_session_whose_log_was_rotated_by_somebody_else_is_looked_after() {
    let place = Place::new();
    place.file("sessions/a/execution.jsonl.1", much("new"));
    place.file("sessions/a/execution.jsonl.2", much("old"));
    place.rotate().stdout_contains("1 rotated part compressed").status(0);
    assert_eq!(place.names("sessions/a"), ["execution.jsonl.1", "execution.jsonl.2.gz"]);
}

#[test]
fn an_empty_store_is_fine() {
    let place = Place::new();
    place.rotate().stdout("").status(0);
    place
        .rotate()
        .args(["-l", "not-there"])
        .stderr_contains("E001_SESSION_NF: there is no log store at not-there")
        .status(2);
}
