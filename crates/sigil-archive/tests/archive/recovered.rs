//! What a run finds that another one left which was killed, and what only looks so.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use super::store::{Store, age, goes_on, names};

/// Today and tomorrow, whatever comes first at the run.
fn days() -> [String; 2] {
    let today = chrono::Local::now().date_naive();
    [today, today + chrono::TimeDelta::days(1)].map(|day| day.to_string())
}

/// A directory with archives that are nobody's here.
fn elsewhere() -> Store {
    let elsewhere = Store::new();
    for name in ["a.tar.gz", "inner/b.tar.gz", "notes"] {
        elsewhere.file(name, "precious", 0);
    }
    fs::create_dir(elsewhere.root().join("empty")).unwrap();
    elsewhere
}

fn all(elsewhere: &Store) -> [Vec<String>; 2] {
    [names(elsewhere.root()), names(&elsewhere.root().join("inner"))]
}

#[test]
fn nothing_is_removed_behind_a_link_or_that_is_no_archive() {
    let (store, elsewhere) = (Store::of(1), elsewhere());
    let before = all(&elsewhere);
    let archive = store.root().join("archive");
    fs::create_dir_all(archive.join("2026-01-01")).unwrap();
    fs::create_dir_all(archive.join("2026-01-02/.unfinished")).unwrap();
    symlink(elsewhere.root(), archive.join("2026-01-01/.unfinished")).unwrap();
    symlink(elsewhere.root(), archive.join("2026-01-02/.unfinished/0")).unwrap();
    symlink(elsewhere.root().join("a.tar.gz"), archive.join("2026-01-02/.unfinished/a.tar.gz")).unwrap();
    let notes = store.file("archive/2026-01-02/.unfinished/1/notes", "mine", 0);
    let half = store.file("archive/2026-01-02/.unfinished/1/half.tar.gz", "half", 0);
    store.tool().stderr_contains("2026-01-01/.unfinished is no directory, and is not looked into").status(0);
    assert_eq!(all(&elsewhere), before);
    assert!(notes.exists() && !half.exists());
    assert_eq!(store.live(), [""; 0]);
}

#[test]
fn nothing_is_written_behind_a_link() {
    for place in [".unfinished", ".unfinished/0"] {
        let (store, elsewhere) = (Store::of(1), elsewhere());
        let before = all(&elsewhere);
        for day in days() {
            let link = store.root().join("archive").join(day).join(place);
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            symlink(elsewhere.root(), link).unwrap();
        }
        store
            .tool()
            .args(["--jobs", "1"])
            .stderr_contains(" is a link; archives are kept in a directory of that name")
            .status(2);
        assert_eq!(all(&elsewhere), before, "{place}");
        assert_eq!(store.live(), ["s-000"], "{place}");
    }
}

#[test]
fn what_is_only_called_like_what_a_run_leaves_stays() {
    let store = Store::of(1);
    let kept = [
        ".gone-fishing/diary",
        ".gone-.x/diary",
        ".gone-/diary",
        ".aside-/diary",
        ".aside-.x/diary",
        ".new-/diary",
        ".new-photos/1.jpg",
    ]
    .map(|name| store.file(&format!("sessions/{name}"), "mine", 100));
    let file = store.file("sessions/.gone-file", "mine", 100);
    let output = store.archive();
    let told = output.stderr_text();
    assert!(
        told.contains(
            "/.gone-fishing is called like a session that is being removed, and no archive holds it"
        ),
        "{told}"
    );
    assert!(output.stdout_text().contains("1 session archived"), "{}", output.stdout_text());
    assert!(kept.iter().chain([&file]).all(|path| path.exists()), "{:?}", store.live());
    assert_eq!(store.live().len(), kept.len() + 1);
}

#[test]
fn what_is_left_of_a_session_goes_only_if_an_archive_holds_all_of_it() {
    let left = |change: &dyn Fn(&Store, PathBuf)| {
        let store = Store::of(1);
        store.killed_at(&[], "removing:1");
        let gone = store.sessions().join(".gone-s-000");
        fs::remove_file(gone.join("tokens.json")).unwrap();
        change(&store, gone);
        store
    };
    let store = left(&|_, _| {});
    let output = store.archive();
    assert!(
        output.stdout_text().starts_with("1 session removed, archived before"),
        "{}",
        output.stdout_text()
    );
    store.check(&["s-000".to_owned()], "");
    assert_eq!(store.live(), [""; 0]);

    // Somebody has written to it meanwhile, or put something there.
    let store = left(&|store, gone| {
        store.file("sessions/.gone-s-000/new", "mine", 0);
        fs::remove_file(gone.join("execution.jsonl")).unwrap();
    });
    let output = store.archive();
    assert!(output.stderr_text().contains("no archive holds all of it"), "{}", output.stderr_text());
    assert_eq!(fs::read_to_string(store.sessions().join("s-000/new")).unwrap(), "mine");
}

#[test]
fn runs_at_once_leave_each_other_what_they_restore() {
    let store = Store::of(2);
    store.archive();
    let out = store.root().join("out");
    let to = ["restore", "s-000", "--to", out.to_str().unwrap()];
    let first = store.stopped_at(&to, "restored:1");
    assert!(store.command(&to).status().unwrap().success());
    assert!(goes_on(first));
    assert_eq!(names(&out), ["s-000"]);

    let sessions = store.sessions();
    let to = ["restore", "s-000", "--to", sessions.to_str().unwrap()];
    let first = store.stopped_at(&to, "restored:1");
    store.archive();
    assert!(goes_on(first));
    assert_eq!(store.live(), ["s-000"]);
    assert_eq!(names(&sessions.join("s-000")), ["execution.jsonl", "tokens.json"]);
}

/// What stands in the log of a session that goes on.
const MORE: &str = "{\"more\":1}";

fn append(store: &Store) {
    use std::io::Write;
    let path = store.sessions().join("s-000/execution.jsonl");
    writeln!(File::options().append(true).open(path).unwrap(), "{MORE}").unwrap();
}

/// Makes the session old, and runs the tool until all is done that can be.
fn is_there_once(store: &Store, more: &[&str], told: &str) {
    store.check_with(&["s-000"], more, told);
    let session = store.sessions().join("s-000");
    for name in names(&session) {
        age(&session.join(name), 10);
    }
    store.archive();
    store.check_with(&["s-000"], more, told);
    store.check_hidden(told);
    assert_eq!((store.live().len(), store.archives().len()), (0, 1), "{told}");
}

#[test]
fn a_session_that_is_written_to_while_a_run_recovers_is_there_once() {
    for point in ["recovering:1", "comparing:1", "withdrawing:1", "withdrawn:1"] {
        let store = Store::of(1);
        store.killed_at(&[], "published:1");
        let run = store.stopped_at(&[], point);
        append(&store);
        assert!(goes_on(run), "{point}");
        assert_eq!(store.live(), ["s-000"], "{point}");
        is_there_once(&store, &[MORE], point);
    }
}

#[test]
fn a_session_whose_other_files_were_written_anew_is_there_once() {
    let store = Store::of(1);
    store.killed_at(&[], "published:1");
    store.file("sessions/s-000/tokens.json", "{\"used\":5}\n", 0);
    append(&store);
    store.archive();
    assert_eq!(store.live(), ["s-000"]);
    is_there_once(&store, &[MORE], "");
}

#[test]
fn a_session_whose_log_was_rotated_is_there_once() {
    let store = Store::of(1);
    store.killed_at(&[], "published:1");
    store.tool().args(["rotate", "--max-size", "10B", "-q"]).status(0);
    append(&store);
    store.archive();
    assert_eq!(
        names(&store.sessions().join("s-000")),
        ["execution.jsonl", "execution.jsonl.1", "tokens.json"]
    );
    is_there_once(&store, &[MORE], "");
}

#[test]
fn a_session_that_cannot_be_looked_at_is_decided_about_when_it_can() {
    let store = Store::of(1);
    store.killed_at(&[], "published:1");
    let socket = store.sessions().join("s-000/socket");
    let listener = UnixListener::bind(&socket).unwrap();
    let output = store.tool().run();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stderr_text().contains("whether it is as it was archived cannot be told"));
    drop(listener);
    fs::remove_file(socket).unwrap();
    append(&store);
    store.archive();
    is_there_once(&store, &[MORE], "");
}

#[test]
fn where_the_sessions_are_not_there_for_a_run_nothing_is_decided() {
    let store = Store::of(1);
    let elsewhere = store.root().join("disk");
    fs::rename(store.sessions(), &elsewhere).unwrap();
    symlink("disk", store.sessions()).unwrap();
    store.killed_at(&[], "published:1");
    fs::rename(&elsewhere, store.root().join("unmounted")).unwrap();
    let _ = store.tool().run();
    fs::rename(store.root().join("unmounted"), &elsewhere).unwrap();
    append(&store);
    store.archive();
    is_there_once(&store, &[MORE], "");
}

#[test]
fn what_an_archive_alone_holds_is_not_withdrawn() {
    for (name, text) in [("execution.jsonl", "{\"other\":1}\n"), ("notes", "mine\n")] {
        let store = Store::of(1);
        store.killed_at(&[], "removed:1");
        store.file(&format!("sessions/s-000/{name}"), text, 0);
        let output = store.archive();
        assert!(output.stderr_text().contains("it is not as it was archived"), "{}", output.stderr_text());
        assert_eq!((store.live().len(), store.archives().len()), (1, 1), "{name}");
        store.check_hidden(name);
    }
}

#[test]
fn a_copying_run_removes_nothing_that_a_killed_one_was_about_to() {
    for point in ["published:1", "all-aside:1"] {
        let store = Store::of(1);
        store.killed_at(&[], point);
        store.tool().args(["--copy", "-q"]).status(0);
        assert_eq!((store.live(), store.archives().len()), (vec!["s-000".to_owned()], 1), "{point}");
        store.check_hidden(point);
    }
}

#[test]
fn the_age_that_is_asked_for_holds_for_what_a_killed_run_has_left() {
    for point in ["published:1", "all-aside:1"] {
        let store = Store::of(1);
        store.killed_at(&[], point);
        store.tool().args(["--days", "3650", "-q"]).status(0);
        assert_eq!((store.live(), store.archives().len()), (vec!["s-000".to_owned()], 0), "{point}");
        store.check_hidden(point);
    }
    // What was restored since stays, and so does its archive.
    for (point, to) in [("removing:1", None), ("removed:1", None), ("removed:1", Some("sessions"))] {
        let store = Store::of(1);
        store.killed_at(&[], point);
        let to = to.map(|to| store.root().join(to));
        let to = to.iter().flat_map(|to| ["--to", to.to_str().unwrap()]);
        store.tool().args(["restore", "s-000", "-q"]).args(to).status(0);
        store.tool().args(["--days", "3650", "-q"]).status(0);
        assert_eq!((store.live(), store.archives().len()), (vec!["s-000".to_owned()], 1), "{point}");
        store.check_hidden(point);
    }
    let store = Store::of(1);
    store.killed_at(&[], "all-aside:1");
    store.tool().args(["restore", "s-000"]).stderr_contains("gives it back its name").status(2);
}

#[test]
fn a_session_that_a_killed_run_was_at_can_be_named() {
    for point in ["published:1", "all-aside:1", "removing:1", "removed:1"] {
        for pattern in ["s-000", "s-*"] {
            let store = Store::of(1);
            store.killed_at(&[], point);
            store.tool().args(["-q", "-s", pattern]).stderr("").status(0);
            store.check(&["s-000".to_owned()], point);
            assert_eq!(store.live(), [""; 0], "{point}");
        }
    }
    Store::of(1).tool().args(["-s", "s-001"]).stderr_contains("E001_SESSION_NF").status(2);
}

#[test]
fn a_dry_run_says_what_would_become_of_what_a_killed_one_left() {
    for (point, told) in [
        ("published:1", "would recover session \"s-000\""),
        ("all-aside:1", "would recover session \"s-000\""),
        ("removing:1", "would remove session \"s-000\""),
    ] {
        let store = Store::of(1);
        store.killed_at(&[], point);
        let before = (store.live(), store.archives());
        store.tool().arg("-n").stdout_contains(told).status(0);
        assert_eq!((store.live(), store.archives()), before, "{point}");
        store.archive();
        store.check(&["s-000".to_owned()], point);
    }
}

#[test]
fn a_day_that_is_in_disorder_keeps_no_other() {
    let store = Store::of(1);
    store.file("archive/2026-01-01/.unfinished", "a file", 0);
    fs::create_dir_all(store.root().join("archive/2026-01-02/.unfinished/0/inner")).unwrap();
    store.file("archive/2026-01-03/.unfinished/0/inner/mine", "x", 0);
    for id in ["s-000", "s-001"] {
        store.session(id, 10);
        let output = store.archive();
        assert!(output.stdout_text().contains("1 session archived"), "{}", output.stdout_text());
    }
    assert!(!store.root().join("archive/2026-01-02").exists());
    assert!(store.root().join("archive/2026-01-03/.unfinished/0/inner/mine").exists());
}

#[test]
fn a_day_whose_archives_were_not_finished_goes() {
    for point in ["writing:1", "written:1", "published:1"] {
        let store = Store::of(1);
        store.killed_at(&[], point);
        let archive = store.root().join("archive");
        let day = names(&archive).remove(0);
        fs::rename(archive.join(day), archive.join("2020-01-01")).unwrap();
        store.tool().args(["--days", "3650", "-q"]).status(0);
        assert_eq!((names(&archive), store.live().len()), (Vec::new(), 1), "{point}");
    }
}

#[test]
fn a_day_that_may_not_be_read_keeps_no_other() {
    let test = "a_day_that_may_not_be_read_keeps_no_other";
    let store = Store::of(1);
    let day = store.root().join("archive/2026-01-01");
    fs::create_dir_all(&day).unwrap();
    fs::set_permissions(&day, fs::Permissions::from_mode(0o000)).unwrap();
    store.file("archive/2020-01-02/old.tar.gz", "x", 0);
    let output = super::surroundings::as_nobody(&store, &["--prune-days", "30"], test);
    fs::set_permissions(&day, fs::Permissions::from_mode(0o700)).unwrap();
    let Some(output) = output else { return };
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("E002_LOG_PERM") && told.contains("archive/2026-01-01"), "{told}");
    assert_eq!(store.live(), [""; 0], "{told}");
    assert!(!store.root().join("archive/2020-01-02").exists(), "{told}");
}
