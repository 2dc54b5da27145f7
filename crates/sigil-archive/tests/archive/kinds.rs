//! What a session's directory may hold beside a log.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;

use super::not_run;
use super::store::{Store, age, log, members};

/// Checks that only `bad` could not be archived, and for which reason.
#[track_caller]
fn only_bad_stays(store: &Store, reason: &str) {
    let output = store.tool().run();
    assert_eq!(output.status.code(), Some(2), "{}", output.stdout_text());
    let told = output.stderr_text();
    assert_eq!(told, format!("sigil-archive: {reason}\n"));
    assert_eq!(output.stdout_text().matches("2 sessions archived").count(), 1, "{}", output.stdout_text());
    assert_eq!(store.live(), ["bad"]);
    store.check(&["a".to_owned(), "bad".to_owned(), "z".to_owned()], "");
}

fn store_with_bad() -> Store {
    let store = Store::new();
    for id in ["a", "bad", "z"] {
        store.session(id, 9);
    }
    store
}

#[test]
fn a_pipe_or_a_socket_keeps_its_session_out() {
    let store = store_with_bad();
    let fifo = store.sessions().join("bad/queue");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let what = |kind| {
        format!(
            "E010_CONFIG_ERR: cannot archive session \"bad\": it holds {kind}, \"bad/queue\", which no archive can hold; remove it"
        )
    };
    only_bad_stays(&store, &what("a named pipe"));

    let store = store_with_bad();
    let _socket = UnixListener::bind(store.sessions().join("bad/queue")).unwrap();
    only_bad_stays(&store, &what("a socket"));
}

#[test]
fn a_link_is_kept_as_a_link_and_never_followed() {
    let store = Store::new();
    let session = store.session("linked", 9);
    symlink("/etc", session.join("etc")).unwrap();
    symlink("execution.jsonl", session.join("latest")).unwrap();
    symlink("gone".repeat(60), session.join("long")).unwrap();
    store.archive();
    assert!(fs::metadata("/etc/passwd").is_ok());
    let names: Vec<_> = members(&store.archives()[0]).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "linked/etc",
            "linked/execution.jsonl",
            "linked/latest",
            "linked/long",
            "linked/tokens.json",
            "linked/"
        ]
    );
    store.tool().args(["restore", "linked", "-q"]).status(0);
    assert_eq!(fs::read_link(session.join("etc")).unwrap(), OsStr::new("/etc"));
    assert_eq!(fs::read_link(session.join("long")).unwrap(), OsStr::new(&"gone".repeat(60)));
}

#[test]
fn a_session_that_is_a_link_is_not_ours_to_remove() {
    let store = Store::of(1);
    let elsewhere = store.file("elsewhere/execution.jsonl", log("x"), 9);
    symlink(elsewhere.parent().unwrap(), store.sessions().join("x")).unwrap();
    let output = store.tool().arg("-v").run();
    assert_eq!(output.status.code(), Some(0));
    assert!(
        output.stderr_text().contains("/x stays: it is a link, and what it leads to lies elsewhere\n"),
        "{}",
        output.stderr_text()
    );
    assert_eq!(store.live(), ["x"]);
    assert!(elsewhere.exists());
}

#[test]
fn names_may_be_any_bytes() {
    let store = Store::new();
    let session = store.session("odd", 9);
    let name = OsStr::from_bytes(b"new\nline \xff\xfe \x1b[31m");
    fs::write(session.join(name), "x").unwrap();
    let deep = session.join("d".repeat(120)).join("e".repeat(120));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join(name), "y").unwrap();
    for path in [session.join(name), deep.join(name)] {
        age(&path, 9);
    }
    let raw = store.sessions().join(OsStr::from_bytes(b"raw \xff\n"));
    fs::create_dir(&raw).unwrap();
    fs::write(raw.join("execution.jsonl"), log("raw")).unwrap();
    age(&raw.join("execution.jsonl"), 9);
    store.archive();
    assert_eq!(store.live(), [""; 0]);
    store.tool().arg("verify").stdout_contains("2 archives verified").status(0);
    store.tool().args(["restore", "odd", "-q"]).status(0);
    assert_eq!(fs::read(session.join(name)).unwrap(), b"x");
    assert_eq!(fs::read(deep.join(name)).unwrap(), b"y");
    // What is printed of it harms no terminal.
    let listed = store.tool().arg("list").run().stdout_text();
    assert!(listed.contains("raw ") && !listed.contains('\x1b'), "{listed}");
}

#[test]
fn hard_links_and_files_with_holes_are_kept_with_all_their_bytes() {
    let store = Store::new();
    let session = store.session("heavy", 9);
    fs::hard_link(session.join("execution.jsonl"), session.join("twice")).unwrap();
    let outside = store.file("outside", "mine", 9);
    fs::hard_link(&outside, session.join("outside")).unwrap();
    let mut sparse = File::create(session.join("sparse")).unwrap();
    sparse.seek(SeekFrom::Start(40 << 20)).unwrap();
    sparse.write_all(b"end").unwrap();
    drop(sparse);
    age(&session.join("sparse"), 9);
    store.archive();
    assert_eq!(fs::read_to_string(&outside).unwrap(), "mine");
    store.tool().args(["restore", "heavy", "-q"]).status(0);
    assert_eq!(fs::read_to_string(session.join("twice")).unwrap(), log("heavy"));
    assert_eq!(fs::metadata(session.join("sparse")).unwrap().len(), (40 << 20) + 3);
    assert!(fs::read(session.join("sparse")).unwrap().ends_with(b"\0end"));
}

#[test]
fn permissions_and_times_survive() {
    let store = Store::new();
    let session = store.session("kept", 9);
    let file = session.join("execution.jsonl");
    fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    fs::create_dir(session.join("inner")).unwrap();
    fs::set_permissions(session.join("inner"), Permissions::from_mode(0o750)).unwrap();
    let look = || {
        ["", "execution.jsonl", "inner"].map(|name| {
            let found = fs::symlink_metadata(session.join(name)).unwrap();
            (found.mode(), found.mtime(), found.mtime_nsec(), found.uid(), found.gid())
        })
    };
    let before = look();
    store.archive();
    store.tool().args(["restore", "kept", "-q"]).status(0);
    assert_eq!(look(), before);
}

#[test]
fn a_session_that_may_not_be_read_stays_and_the_others_do_not() {
    let store = store_with_bad();
    let locked = store.sessions().join("bad/execution.jsonl");
    fs::set_permissions(&locked, Permissions::from_mode(0o000)).unwrap();
    // Root may read everything, unless it is nobody's root.
    let tool = env!("CARGO_BIN_EXE_sigil-archive");
    let is_root = fs::read(&locked).is_ok();
    let mut command = if is_root { Command::new("unshare") } else { Command::new(tool) };
    if is_root {
        command.args(["--user", tool]);
    }
    let output = command.arg("-l").arg(store.root()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if told.starts_with("unshare: ") {
        not_run("a_session_that_may_not_be_read_stays_and_the_others_do_not", told.trim());
        return;
    }
    assert_eq!(
        told,
        "sigil-archive: E002_LOG_PERM: cannot archive session \"bad\": cannot read \"bad/execution.jsonl\": permission denied\n"
    );
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(store.live(), ["bad"]);
}

#[test]
fn a_file_of_five_gigabytes_is_archived_like_any_other() {
    let store = Store::of(1);
    let path = store.file("sessions/huge/execution.jsonl", "", 9);
    File::options().write(true).open(&path).unwrap().set_len(5 << 30).unwrap();
    age(&path, 9);
    store.tool().memory_below(64 << 20).stdout_contains("2 sessions archived (5.00 GiB in ").status(0);
    store
        .tool()
        .args(["verify", "huge"])
        .memory_below(64 << 20)
        .stdout_contains("1 archive verified (5 GiB in ")
        .status(0);
}

#[test]
fn a_large_session_is_packed_by_all_cores_in_little_memory() {
    let store = Store::new();
    let line =
        "{\"session_id\":\"large\",\"event_type\":\"x\",\"message\":\"0123456789abcdef\",\"tokens\":1}\n";
    let path = store.file("sessions/large/execution.jsonl", "", 9);
    let mut file = File::create(&path).unwrap();
    let block = line.repeat(10_000);
    for _ in 0..130 {
        file.write_all(block.as_bytes()).unwrap();
    }
    drop(file);
    age(&path, 9);
    store.tool().memory_below(64 << 20).stdout_contains("1 session archived (").status(0);
    store.tool().arg("verify").memory_below(64 << 20).status(0);
    store.tool().args(["restore", "large", "-q"]).memory_below(64 << 20).status(0);
    let restored = fs::read(&path).unwrap();
    assert_eq!(restored.len(), 130 * block.len());
    assert!(restored.chunks(block.len()).all(|chunk| chunk == block.as_bytes()));
}
