//! Names of archives and days, there and back.

use std::os::unix::fs::symlink;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// A store with these files below `archive/`.
fn store(files: &[&str]) -> (TempDir, Store) {
    let root = tempfile::tempdir().unwrap();
    let store = Store::new(root.path().to_owned());
    for file in files {
        let path = store.archive_dir().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    (root, store)
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn of(path: &str) -> Option<(String, u32)> {
    let archived = Archived::of(day("2026-01-10"), PathBuf::from(path))?;
    Some((archived.id(), archived.copy))
}

#[test]
fn a_day_is_a_date_that_the_calendar_has() {
    for text in ["2026-01-10", "2024-02-29", "2000-02-29", "0001-12-31", "9999-04-30"] {
        assert_eq!(day(text).to_string(), text);
    }
    for text in [
        "2026-02-29",
        "1900-02-29",
        "2026-04-31",
        "2026-00-10",
        "2026-13-01",
        "2026-01-00",
        "2026-1-10",
        "20260110",
        "2026-01-10x",
        "+026-01-10",
        "2026/01/10",
        "2026-01-1é",
        "",
        "lost+found",
    ] {
        assert_eq!(Day::parse(text), None, "{text}");
    }
    assert!(day("2025-12-31") < day("2026-01-01") && day("2026-01-31") < day("2026-02-01"));
    assert_eq!(day("2026-01-10").date(), (2026, 1, 10));
}

#[test]
fn the_first_archive_of_a_name_has_no_number_and_the_next_ones_have() {
    let path = |name: &str, copy| archive_path(Path::new("d"), OsStr::new(name), copy).display().to_string();
    assert_eq!(path("lead-1", 1), "d/lead-1.tar.gz");
    assert_eq!(path("lead-1", 2), "d/lead-1~2.tar.gz");
    assert_eq!(path("a%3Ab", 12), "d/a%3Ab~12.tar.gz");
    assert_eq!(path("raw~2", 1), "d/raw~2~1.tar.gz");
}

#[test]
fn a_name_tells_the_session_and_the_number() {
    let known = |id: &str, copy| Some((id.to_owned(), copy));
    assert_eq!(of("d/lead-1.tar.gz"), known("lead-1", 1));
    assert_eq!(of("d/lead-1~3.tar.gz"), known("lead-1", 3));
    assert_eq!(of("d/agent%3Amain~2.tar.gz"), known("agent:main", 2));
    assert_eq!(of("d/agent:main.tar.gz"), known("agent:main", 1));
    assert_eq!(of("d/raw~2~1.tar.gz"), known("raw~2", 1));
    for raw in ["a~", "a~x", "a~02", "a~1", "a~0", "a~99999999999", "~2"] {
        assert_eq!(of(&format!("d/{raw}.tar.gz")), known(raw, 1));
    }
    for other in ["d/.lead-1.tar.gz", "d/lead-1.tgz", "d/lead-1", "d/.tar.gz", "d/lead-1.tar.gz.part", "/"] {
        assert_eq!(of(other), None, "{other}");
    }
}

#[test]
fn archives_are_listed_by_day_then_name_then_number() {
    let (_root, store) = store(&[
        "2026-01-11/a.tar.gz",
        "2026-01-10/b~10.tar.gz",
        "2026-01-10/b~2.tar.gz",
        "2026-01-10/b.tar.gz",
        "2026-01-10/.b.tar.gz",
        "2026-01-10/notes.txt",
        "2026-01-10/deeper/c.tar.gz",
        "2026-02-30/d.tar.gz",
        "old/e.tar.gz",
        "f.tar.gz",
    ]);
    symlink("b.tar.gz", store.archive_day_dir(day("2026-01-10")).join("link.tar.gz")).unwrap();
    symlink("2026-01-10", store.archive_day_dir(day("2026-01-12"))).unwrap();
    let archives = store.archived().unwrap();
    let shown: Vec<_> = archives.iter().map(|archive| format!("{} {}", archive.day, archive.id())).collect();
    assert_eq!(shown, ["2026-01-10 b", "2026-01-10 b", "2026-01-10 b", "2026-01-11 a"]);
    assert_eq!(archives.iter().map(|archive| archive.copy).collect::<Vec<_>>(), [1, 2, 10, 1]);
    assert_eq!(archives[1].path, store.archive_dir().join("2026-01-10/b~2.tar.gz"));
    assert_eq!(store.archive_days().unwrap(), [day("2026-01-10"), day("2026-01-11")]);
}

#[test]
fn a_store_without_an_archive_has_no_archives() {
    let (_root, store) = store(&[]);
    assert_eq!(store.archived().unwrap(), []);
    assert_eq!(store.archived_on(day("2026-01-10")).unwrap(), []);
}

#[test]
fn an_archive_that_is_no_directory_is_an_error() {
    let (_root, store) = store(&[]);
    fs::write(store.archive_dir(), "").unwrap();
    let error = store.archived().unwrap_err().to_string();
    assert!(error.starts_with("E010_CONFIG_ERR: cannot read "), "{error}");
}

#[test]
fn a_name_that_is_no_text_is_listed_and_shown_as_far_as_it_is_text() {
    let (_root, store) = store(&["2026-01-10/a.tar.gz"]);
    let name = OsStr::from_bytes(b"b\xff");
    let path = archive_path(&store.archive_day_dir(day("2026-01-10")), name, 2);
    fs::write(&path, "").unwrap();
    let archives = store.archived().unwrap();
    assert_eq!((archives[1].name.as_os_str(), archives[1].copy), (name, 2));
    assert_eq!((archives[1].id().as_str(), &archives[1].path), ("b\u{fffd}", &path));
}

proptest! {
    #[test]
    fn every_name_and_number_come_back(name in "[a~.12\\xff]{0,8}[^/\0]", copy in 1_u32..300) {
        prop_assume!(!name.starts_with('.'));
        let path = archive_path(Path::new("d"), OsStr::new(&name), copy);
        let archived = Archived::of(day("2026-01-10"), path).unwrap();
        prop_assert_eq!((archived.name, archived.copy), (OsString::from(name), copy));
    }

    #[test]
    fn the_archive_of_every_id_is_that_of_its_session(id in "\\PC{1,40}", copy in 1_u32..300) {
        if let Ok(id) = SessionId::new(&id) {
            let path = archive_path(Path::new("d"), OsStr::new(&id.to_file_name()), copy);
            prop_assert_eq!(Archived::of(day("2026-01-10"), path).unwrap().id(), id.as_str());
        }
    }
}
