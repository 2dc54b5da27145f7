//! Looking at the archive and clearing it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::store::{Store, names};

/// A store with an archive on each of those days.
fn shelf(days: &[&str]) -> Store {
    let store = Store::new();
    for (at, day) in days.iter().enumerate() {
        store.file(&format!("archive/{day}/s{at}.tar.gz"), vec![0; 1 << 20], 0);
    }
    store
}

fn day(days_ago: i64) -> String {
    (chrono::Utc::now().date_naive() - chrono::TimeDelta::days(days_ago)).to_string()
}

#[test]
fn archives_are_listed_by_day() {
    let store = Store::of(2);
    store.tool().arg("list").stdout("").status(0);
    store.archive();
    let told = store.tool().arg("list").run().stdout_text();
    let lines: Vec<_> = told.lines().collect();
    assert!(lines[0].starts_with("DATE        SESSION"), "{told}");
    assert!(lines[1].starts_with(&format!("{}  s-000", day(0))), "{told}");
    assert!(lines[3].starts_with("2 archives, "), "{told}");
    let listed = store.tool().args(["list", "--json", "-s", "s-001"]).run().jsonl().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0]["session_id"], &listed[0]["date"]), (&"s-001".into(), &day(0).into()));
}

#[test]
fn pruning_goes_by_the_date_of_the_directory() {
    let (old, limit) = (day(31), day(30));
    let store = shelf(&[&old, &limit]);
    // What is not ours stays, and keeps its directory.
    store.file(&format!("archive/{old}/notes.txt"), "x", 0);
    store.file("archive/keep/s.tar.gz", "x", 0);
    store.tool().args(["prune", "--days", "30"]).stdout("1 archive pruned (1 MiB)\n").status(0);
    let mut left = vec![old.clone(), limit, "keep".to_owned()];
    left.sort();
    assert_eq!(names(&store.root().join("archive")), left);
    assert_eq!(names(&store.root().join("archive").join(old)), ["notes.txt"]);
    store.tool().args(["prune", "--days", "30"]).stdout("").status(0);
}

#[test]
fn the_whole_archive_is_kept_under_a_size() {
    let store = shelf(&["2026-01-01", "2026-01-02", "2026-01-03"]);
    let told = store.tool().args(["prune", "--max-size", "2MB"]).run();
    assert_eq!((told.status.code(), told.stdout_text().as_str()), (Some(0), "1 archive pruned (1 MiB)\n"));
    assert_eq!(names(&store.root().join("archive")), ["2026-01-02", "2026-01-03"]);
    store
        .tool()
        .args(["prune", "--max-size", "1", "--keep-last", "2"])
        .stdout("")
        .stderr_contains("the archive has 2 MiB, more than the 1 MiB of --max-size")
        .status(0);
}

#[test]
fn pruning_with_archiving_comes_after_it() {
    let store = shelf(&["2026-01-01"]);
    store.session("x", 9);
    let told = store.tool().args(["--prune-days", "30", "--keep-last", "1"]).run();
    assert_eq!(told.status.code(), Some(0), "{}", told.stderr_text());
    assert!(
        told.stdout_text().starts_with("1 session archived (")
            && told.stdout_text().ends_with("1 archive pruned (1 MiB)\n")
    );
    assert_eq!(store.archives().len(), 1);
}

#[test]
fn what_cannot_be_deleted_is_said_and_the_rest_is() {
    let store = shelf(&["2026-01-01", "2026-01-02"]);
    let tool = env!("CARGO_BIN_EXE_sigil-archive");
    // Root may do anything, unless it is nobody's root.
    let day = store.root().join("archive/2026-01-01");
    fs::set_permissions(&day, fs::Permissions::from_mode(0o555)).unwrap();
    let output = Command::new("unshare")
        .args(["--user", tool, "prune", "--days", "30", "-l"])
        .arg(store.root())
        .output()
        .unwrap();
    fs::set_permissions(&day, fs::Permissions::from_mode(0o755)).unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if told.starts_with("unshare: ") {
        super::not_run("what_cannot_be_deleted_is_said_and_the_rest_is", told.trim());
        return;
    }
    assert_eq!(told, "sigil-archive: E002_LOG_PERM: cannot prune session \"s0\": permission denied\n");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(names(&store.root().join("archive")), ["2026-01-01"]);
}

#[test]
fn a_directory_is_no_archive_whatever_it_is_called() {
    let store = shelf(&["2026-01-01"]);
    let path = store.root().join("archive/2026-01-01/s0.tar.gz");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    store.tool().args(["prune", "--days", "1"]).stdout("").status(0);
    assert!(path.exists());
}
