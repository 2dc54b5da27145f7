//! Archives as programs make them and as they should not be.

use std::io::Write;

use proptest::prelude::*;
use tar::{Builder, EntryType, Header};

use super::*;
use crate::source::{Found, Place, Source};

/// A header, its checksum right.
fn header(path: &[u8], kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.as_old_mut().name[..path.len()].copy_from_slice(path);
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o600);
    header.set_cksum();
    header
}

/// A member: its header, its bytes, and what fills the last block.
fn member(path: &str, kind: EntryType, bytes: &[u8]) -> Vec<u8> {
    let header = header(path.as_bytes(), kind, bytes.len() as u64);
    let padding = bytes.len().next_multiple_of(BLOCK) - bytes.len();
    [header.as_bytes(), bytes, &vec![0; padding]].concat()
}

fn file(path: &str, bytes: &[u8]) -> Vec<u8> {
    member(path, EntryType::Regular, bytes)
}

/// What stands in an archive: paths and texts of files, and what is wrong.
fn read(bytes: &[u8]) -> (Vec<(String, String)>, Option<String>) {
    let mut files = Vec::new();
    let mut entries = Entries::new(bytes);
    loop {
        match entries.next() {
            Ok(Some(entry)) if entry.is_file() => {
                let mut held = Vec::new();
                let result = entries.read_to_end(&mut held);
                files.push((entry.path(), String::from_utf8_lossy(&held).into_owned()));
                if let Err(why) = result {
                    return (files, Some(why.to_string()));
                }
            }
            Ok(Some(_)) => {}
            Ok(None) => return (files, None),
            Err(why) => return (files, Some(why.to_string())),
        }
    }
}

#[track_caller]
fn holds(bytes: &[u8], files: &[(&str, &str)]) {
    let files: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    assert_eq!(read(bytes), (files, None));
}

/// A record of a pax header.
fn record(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len() + 1;
    while format!("{length}{rest}").len() != length {
        length += 1;
    }
    format!("{length}{rest}")
}

#[test]
fn names_are_what_they_are_below_the_place_of_unpacking() {
    let bytes = [file("./a/x", b"1"), file("/b//y", b"2"), file("c", b""), vec![0; 1024]].concat();
    holds(&bytes, &[("a/x", "1"), ("b/y", "2"), ("c", "")]);
}

#[test]
fn the_end_may_be_without_zeros_and_archives_may_follow_each_other() {
    let one = file("one", b"1");
    holds(&one, &[("one", "1")]);
    holds(&[&one[..], &[0; 512]].concat(), &[("one", "1")]);
    holds(&[&one[..], &[0; 100]].concat(), &[("one", "1")]);
    holds(&[&one[..], &[0; 10_240], &file("two", b"2"), &[0; 1024]].concat(), &[("one", "1"), ("two", "2")]);
}

#[test]
fn links_directories_and_devices_are_no_files() {
    let mut hard_link = header(b"hard", EntryType::Link, 7);
    hard_link.set_cksum();
    let bytes = [
        member("d/", EntryType::Directory, b""),
        // A directory of the time before there were types.
        member("old/", EntryType::Regular, b""),
        member("soft", EntryType::Symlink, b""),
        hard_link.as_bytes().to_vec(),
        member("fifo", EntryType::Fifo, b""),
        file("file", b"1"),
    ];
    holds(&bytes.concat(), &[("file", "1")]);
}

#[test]
fn long_names_of_gnu_and_of_pax_count() {
    let long = format!("{}/execution.jsonl", "d".repeat(300));
    let mut builder = Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.set_size(1);
    header.set_cksum();
    builder.append_data(&mut header, &long, &b"1"[..]).unwrap();
    holds(&builder.into_inner().unwrap(), &[(&long, "1")]);

    let pax = record("mtime", "1.5") + &record("path", &long);
    let global = member("g", EntryType::XGlobalHeader, record("path", "nobody").as_bytes());
    let bytes =
        [global, member("x", EntryType::XHeader, pax.as_bytes()), file("short", b"1"), file("next", b"2")];
    holds(&bytes.concat(), &[(&long, "1"), ("next", "2")]);
}

#[test]
fn the_size_of_a_pax_header_counts() {
    let pax = member("x", EntryType::XHeader, record("size", "3").as_bytes());
    let mut large = file("large", b"abc");
    large[..BLOCK].copy_from_slice(header(b"large", EntryType::Regular, 0).as_bytes());
    holds(&[pax, large, file("next", b"2")].concat(), &[("large", "abc"), ("next", "2")]);
}

#[test]
fn sparse_members_are_what_is_there_of_them() {
    let pax = record("GNU.sparse.major", "1")
        + &record("GNU.sparse.minor", "0")
        + &record("GNU.sparse.name", "s/execution.jsonl");
    let mut map = b"2\n0\n4\n4096\n4\n".to_vec();
    map.resize(BLOCK, 0);
    map.extend(b"one\ntwo\n");
    let bytes = [
        member("x", EntryType::XHeader, pax.as_bytes()),
        file("GNUSparseFile.1/execution.jsonl", &map),
        file("next", b"2"),
    ];
    holds(&bytes.concat(), &[("s/execution.jsonl", "one\ntwo\n"), ("next", "2")]);
}

#[test]
fn headers_without_the_word_ustar_count_and_text_does_not() {
    let mut old = Header::new_old();
    old.set_path("x").unwrap();
    old.set_size(1);
    old.set_cksum();
    assert!(is_header(old.as_bytes()));
    let mut wrong = *old.as_bytes();
    wrong[0] = b'y';
    assert!(!is_header(&wrong));
    for text in
        ["{\"tokens\":5}\n".repeat(100), "\0".repeat(512), "0".repeat(600), " ".repeat(600), String::new()]
    {
        assert!(!is_header(text.as_bytes()));
    }
}

/// An archive that declares a name of a gibibyte must not take a gibibyte.
#[test]
fn a_name_without_measure_is_refused() {
    for kind in [EntryType::GNULongName, EntryType::XHeader] {
        let bytes = header(b"x", kind, 1 << 30).as_bytes().to_vec();
        let (files, why) = read(&bytes);
        assert_eq!(files, []);
        assert_eq!(why.unwrap(), "damaged archive: it holds a name of more than a mebibyte");
    }
}

#[test]
fn what_is_no_member_is_told_behind_those_that_are() {
    let (files, why) = read(&[file("one", b"1"), b"garbage".repeat(100)].concat());
    assert_eq!(files.len(), 1);
    assert_eq!(why.unwrap(), "damaged archive: it holds something that is no member of a tar archive");
}

#[test]
fn wherever_it_breaks_off_that_is_said_unless_nothing_is_missing() {
    let whole = [file("one", &b"1".repeat(700)), file("two", b"2")].concat();
    for end in 0..whole.len() {
        let (_, why) = read(&whole[..end]);
        let nothing_is_missing = end == 0 || end == BLOCK + 1024;
        assert_eq!(why.is_none(), nothing_is_missing, "after {end} bytes: {why:?}");
    }
}

fn names(archive: Archive) -> Vec<(String, Found)> {
    let Listing { sources, damage } = list(&Arc::new(archive));
    assert!(damage.is_none());
    sources.into_iter().map(|source| (source.name, source.found)).collect()
}

#[test]
fn logs_are_found_by_their_names() {
    let paths = [
        "s/execution.jsonl",
        "s/execution.jsonl.1",
        "s/execution.jsonl.2.gz",
        "s/execution.jsonl-20260111.zst",
        "s/execution.jsonl.bak",
        "s/notes.jsonl",
        "s/tokens.json",
        "s/metrics.json",
        "s/._execution.jsonl",
        "t/rollout.jsonl",
        "t/._rollout.jsonl",
        "t/access.log.2.gz",
        "t/nightly.jsonl.zst",
        "t/readme.txt",
        "t/old.tar.gz",
    ];
    let bytes: Vec<u8> = paths.iter().flat_map(|path| file(path, b"x")).collect();
    let found = names(Archive::kept("a", bytes.as_slice()).unwrap());
    let named = |path: &str| (format!("a:{path}"), Found::Named);
    let walked = |path: &str| (format!("a:{path}"), Found::Walked);
    let expected = [
        named("s/execution.jsonl"),
        named("s/execution.jsonl-20260111.zst"),
        named("s/execution.jsonl.1"),
        named("s/execution.jsonl.2.gz"),
        walked("t/access.log.2.gz"),
        walked("t/nightly.jsonl.zst"),
        walked("t/rollout.jsonl"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn of_members_with_one_name_the_last_counts() {
    let bytes = [file("./s/execution.jsonl", b"1"), file("s/execution.jsonl", b"2")].concat();
    let archive = Arc::new(Archive::kept("a", bytes.as_slice()).unwrap());
    let sources = list(&archive).sources;
    let [Source { place: Place::Member(member), .. }] = sources.as_slice() else { panic!("{sources:?}") };
    assert_eq!(member.number, 1);
}

#[test]
fn a_member_in_no_directory_is_the_archives() {
    let dir = tempfile::tempdir().unwrap();
    for ending in [".tar", ".tar.gz", ".tgz", ".tar.zst"] {
        let path = dir.path().join(format!("agent%3Amain{ending}"));
        File::create(&path).unwrap().write_all(&file("./execution.jsonl", b"1")).unwrap();
        let sources = list(&Arc::new(Archive::at(&path))).sources;
        let [Source { place: Place::Member(member), .. }] = sources.as_slice() else { panic!("{sources:?}") };
        let owner = crate::source::Owner::of(&member.owner_path());
        assert_eq!(owner.session.as_deref(), Some("agent:main"), "{ending}");
    }
}

/// What came through a pipe and does not fit in memory is kept in a file.
#[test]
fn a_large_archive_can_be_read_again_and_again() {
    let bytes = [file("a.log", &b"x".repeat(20 << 20)), file("b.log", b"1\n")].concat();
    let archive = Archive::kept("a", bytes.as_slice()).unwrap();
    assert!(matches!(archive.bytes, Bytes::File(_)));
    for _ in 0..2 {
        let mut entries = archive.entries().unwrap();
        assert_eq!(entries.next().unwrap().unwrap().path(), "a.log");
        assert_eq!(entries.next().unwrap().unwrap().path(), "b.log");
        let mut text = String::new();
        entries.read_to_string(&mut text).unwrap();
        assert_eq!(text, "1\n");
        assert!(entries.next().unwrap().is_none());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000), at in 0usize..1536) {
        let _ = read(&bytes);
        let mut whole = [file("one", b"1"), bytes].concat();
        whole[at % 512] ^= 0xff;
        let _ = read(&whole);
    }
}

#[test]
fn what_an_extended_header_says_of_a_member_counts() {
    for (text, time) in [
        ("1768120532.25", (1_768_120_532, 250_000_000)),
        ("1768120532", (1_768_120_532, 0)),
        ("-1.5", (-2, 500_000_000)),
        ("-3", (-3, 0)),
    ] {
        let mut builder = Builder::new(Vec::new());
        let records = [("mtime", text.as_bytes()), ("comment", b"a\nnote"), ("linkpath", b"\xff/x")];
        builder.append_pax_extensions(records).unwrap();
        builder.append(&header(b"link", EntryType::Symlink, 0), io::empty()).unwrap();
        let bytes = builder.into_inner().unwrap();
        let mut entries = Entries::new(bytes.as_slice());
        let entry = entries.next().unwrap().unwrap();
        assert_eq!(
            (entry.kind, entry.mtime, entry.link.as_slice()),
            (EntryKind::Symlink, time, b"\xff/x".as_slice())
        );
        assert_eq!(entry.comment.as_deref(), Some(b"a\nnote".as_slice()));
        assert!(entries.next().unwrap().is_none() && entries.has_end());
    }
}

#[test]
fn an_archive_without_its_end_says_so() {
    let bytes = file("a.log", b"x\n");
    let mut entries = Entries::new(bytes.as_slice());
    while entries.next().unwrap().is_some() {}
    assert!(!entries.has_end());
}
