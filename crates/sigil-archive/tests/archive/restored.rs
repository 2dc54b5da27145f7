//! Bringing sessions back.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::store::{Store, log, names};

#[test]
fn a_session_comes_back_and_its_archive_stays() {
    let store = Store::of(2);
    store.archive();
    let told = store.tool().args(["restore", "s-001"]).run();
    assert_eq!(told.status.code(), Some(0), "{}", told.stderr_text());
    assert_eq!(fs::read_to_string(store.sessions().join("s-001/execution.jsonl")).unwrap(), log("s-001"));
    assert_eq!((store.live(), store.archives().len()), (vec!["s-001".to_owned()], 2));
}

#[test]
fn nothing_is_overwritten() {
    let store = Store::of(1);
    store.archive();
    store.file("sessions/s-000/execution.jsonl", "mine\n", 0);
    store
        .tool()
        .args(["restore", "s-000"])
        .stderr_contains("/s-000 is there; nothing is overwritten; put it elsewhere with --to")
        .status(2);
    assert_eq!(fs::read_to_string(store.sessions().join("s-000/execution.jsonl")).unwrap(), "mine\n");
    let to = store.root().join("out");
    let restore = || store.tool().args(["restore", "s-000", "-q", "--to"]).arg(&to);
    restore().status(0);
    assert_eq!(names(&to.join("s-000")), ["execution.jsonl", "tokens.json"]);
    // Again, as after a run that was killed: what is there is the same.
    fs::remove_file(to.join("s-000/tokens.json")).unwrap();
    restore().status(0);
    assert_eq!(names(&to.join("s-000")), ["execution.jsonl", "tokens.json"]);
    fs::remove_file(to.join("s-000/tokens.json")).unwrap();
    fs::write(to.join("s-000/execution.jsonl"), "other\n").unwrap();
    restore()
        .stderr_contains("execution.jsonl is there and holds something else; nothing is overwritten")
        .status(2);
    assert_eq!(names(&to), ["s-000"]);
    assert_eq!(
        names(&to.join("s-000")),
        ["execution.jsonl"],
        "nothing is moved before all is known to have room"
    );
}

#[test]
fn of_several_archives_the_one_that_is_meant_has_to_be_named() {
    let store = Store::of(1);
    store.archive();
    store.file("sessions/s-000/execution.jsonl", "{\"tokens\":1}\n", 9);
    store.archive();
    let output = store.tool().args(["restore", "s-000"]).run();
    let told = output.stderr_text();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        told.contains("session \"s-000\" was archived 2 times; name the archive that is meant: "),
        "{told}"
    );
    store.tool().arg("restore").arg(&store.archives()[1]).stdout_contains("1 archive restored").status(0);
    assert_eq!(
        fs::read_to_string(store.sessions().join("s-000/execution.jsonl")).unwrap(),
        "{\"tokens\":1}\n"
    );
}

#[test]
fn an_unknown_id_is_said_with_the_nearest() {
    let store = Store::of(1);
    store.archive();
    store
        .tool()
        .args(["restore", "s-00"])
        .stderr_contains("E001_SESSION_NF: session \"s-00\" not found in ")
        .stderr_contains("did you mean \"s-000\"?")
        .status(2);
}

#[test]
fn what_a_killed_run_left_is_in_nobody_s_way() {
    let store = Store::of(1);
    store.archive();
    let half = || {
        let file = store.file("sessions/.new-s-000/s-000/execution.jsonl", "half", 0);
        let directory = file.ancestors().nth(2).unwrap().to_owned();
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o700)).unwrap();
        directory
    };
    half();
    store.tool().args(["restore", "s-000", "-q"]).status(0);
    let directory = half();
    store.archive();
    store.check(&["s-000".to_owned()], "");
    // Others may look into it: no run has made it.
    half();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
    store.archive();
    store.tool().args(["restore", "s-000", "-q"]).status(0);
    assert_eq!(store.live(), [".new-s-000", "s-000"]);
}
