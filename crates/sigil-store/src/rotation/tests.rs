//! Which names belong to a log, and their order.

use std::os::unix::fs::symlink;

use proptest::prelude::*;

use super::*;

fn dated(stamp: u64, counter: u32) -> Option<Rotation> {
    Some(Rotation::Dated { stamp, counter })
}

fn numbered(number: u32) -> Option<Rotation> {
    Some(Rotation::Numbered(Reverse(number)))
}

#[test]
fn rotated_names_are_recognised() {
    for (name, base, rotation) in [
        ("execution.jsonl.1", "execution.jsonl", numbered(1)),
        ("execution.jsonl.12.gz", "execution.jsonl", numbered(12)),
        ("execution.jsonl.12.zst", "execution.jsonl", numbered(12)),
        ("execution.jsonl-20260111", "execution.jsonl", dated(20260111000000, 0)),
        ("execution.jsonl-20260111.gz", "execution.jsonl", dated(20260111000000, 0)),
        ("execution.jsonl-20260111.2.gz", "execution.jsonl", dated(20260111000000, 2)),
        ("execution.jsonl-2026011110", "execution.jsonl", dated(20260111100000, 0)),
        ("execution.jsonl-2026-01-11", "execution.jsonl", dated(20260111000000, 0)),
        ("execution.jsonl.20260111", "execution.jsonl", dated(20260111000000, 0)),
        ("lead-20260110.log-20260111", "lead-20260110.log", dated(20260111000000, 0)),
        ("x.1.2", "x.1", numbered(2)),
    ] {
        assert_eq!(split(name), (base, rotation), "{name}");
    }
}

#[test]
fn other_names_are_returned_whole() {
    for name in [
        "execution.jsonl",
        "execution.jsonl.gz",
        "execution.jsonl.old",
        "execution.jsonl-1",
        "core.1234567",
        ".1",
        "",
        "lead-analysis-20260111-001",
        "execution.jsonl.1.bz2",
        "execution.jsonl.",
        "execution.jsonl.-1",
        "tokens.json",
    ] {
        assert_eq!(split(name), (name, None), "{name}");
    }
}

#[test]
fn keys_put_parts_oldest_first_and_files_in_name_order() {
    let in_order = [
        "/var/a",
        "/var/a.b",
        "/var/app.log-20260110.gz",
        "/var/app.log-20260111",
        "/var/app.log-20260111.1",
        "/var/app.log-2026011110",
        "/var/app.log.10.gz",
        "/var/app.log.2.gz",
        "/var/app.log.1",
        "/var/app.log",
        "/var/app.log.old",
        "/var/b.log.1",
        "/var/b.log",
    ];
    let mut sorted = in_order;
    sorted.reverse();
    sorted.sort_by_key(|path| order_key(path));
    assert_eq!(sorted, in_order);
}

#[test]
fn the_parts_of_a_log_are_found_beside_it() {
    let directory = tempfile::tempdir().unwrap();
    let names = [
        "execution.jsonl",
        "execution.jsonl.1",
        "execution.jsonl.2.gz",
        "execution.jsonl.10.gz",
        "execution.jsonl-20260101.gz",
        "execution.jsonl.bak",
        "execution.jsonl.1.tmp",
        "other.jsonl.1",
        "tokens.json",
    ];
    for name in names {
        fs::write(directory.path().join(name), "").unwrap();
    }
    fs::create_dir(directory.path().join("execution.jsonl.3")).unwrap();
    let found = parts(&directory.path().join("execution.jsonl")).unwrap();
    let found: Vec<_> = found.iter().map(|part| part.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(
        found,
        [
            "execution.jsonl-20260101.gz",
            "execution.jsonl.10.gz",
            "execution.jsonl.2.gz",
            "execution.jsonl.1",
            "execution.jsonl"
        ]
    );
}

#[test]
fn a_part_that_is_being_compressed_counts_once() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["log.1", "log.1.gz"] {
        fs::write(directory.path().join(name), "").unwrap();
    }
    let log = directory.path().join("log");
    assert_eq!(parts(&log).unwrap(), [directory.path().join("log.1")]);
}

#[test]
fn a_log_that_is_not_there_has_no_parts() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(parts(&directory.path().join("log")).unwrap(), [] as [PathBuf; 0]);
    assert_eq!(parts(&directory.path().join("gone/log")).unwrap(), [] as [PathBuf; 0]);
    assert_eq!(parts(Path::new("/")).unwrap(), [] as [PathBuf; 0]);
}

proptest! {
    #[test]
    fn keys_order_parts_as_rotations_do(
        numbers in prop::collection::vec(0_u32..=999_999, 1..8),
        days in prop::collection::vec(1_u32..=28, 1..8),
    ) {
        let mut names: Vec<String> = numbers.iter().map(|number| format!("log.{number}")).collect();
        names.extend(days.iter().map(|day| format!("log-202601{day:02}.gz")));
        let mut by_key = names.clone();
        by_key.sort_by_key(|name| order_key(name));
        names.sort_by_key(|name| split(name).1);
        prop_assert_eq!(by_key, names);
    }

    #[test]
    fn any_name_can_be_split(name in any::<String>()) {
        let (base, rotation) = split(&name);
        prop_assert!(name.starts_with(base));
        prop_assert_eq!(rotation.is_none(), base == name);
    }

    #[test]
    fn different_names_have_different_keys(one in "[a.0-9-]{0,12}", other in "[a.0-9-]{0,12}") {
        prop_assert_eq!(order_key(&one) == order_key(&other), one == other);
    }
}

#[test]
fn a_linked_log_is_a_part_and_a_directory_or_a_broken_link_is_none() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::write(at("elsewhere"), "").unwrap();
    symlink(at("elsewhere"), at("linked.jsonl")).unwrap();
    assert_eq!(parts(&at("linked.jsonl")).unwrap(), [at("linked.jsonl")]);
    symlink("nowhere", at("broken.jsonl")).unwrap();
    assert_eq!(parts(&at("broken.jsonl")).unwrap(), [] as [PathBuf; 0]);
    fs::create_dir(at("directory.jsonl")).unwrap();
    symlink(at("directory.jsonl"), at("to-directory.jsonl")).unwrap();
    for name in ["directory.jsonl", "to-directory.jsonl"] {
        assert_eq!(parts(&at(name)).unwrap(), [] as [PathBuf; 0]);
    }
}
