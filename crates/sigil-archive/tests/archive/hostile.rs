//! Disks that are full or cannot be written to, and archives that are not what they should be.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::not_run;
use super::store::{Store, names};

/// A small file system at `archive`, then the tool; without the right to mount it is in a user namespace of its own.
const ON_A_SMALL_DISK: &str = "mount -t tmpfs -o size=$1 none archive || exit 77
[ -z \"$2\" ] || mount -o remount,$2 archive
\"$0\" -l . >out 2>err
echo $? >status
find archive -name '*.tar.gz' | wc -l >archived
find archive -name '.sigil*' >left
cp -r archive kept
umount archive";

/// Runs the tool with an archive of so much room; whether that could be done.
fn on_a_small_disk(store: &Store, size: &str, option: &str) -> bool {
    fs::create_dir(store.root().join("archive")).unwrap();
    let tool = env!("CARGO_BIN_EXE_sigil-archive");
    let script = ["sh", "-c", ON_A_SMALL_DISK, tool, size, option];
    let namespace = ["unshare", "--user", "--map-root-user", "--mount"];
    let try_with = |prefix: &[&str]| {
        let words: Vec<_> = prefix.iter().chain(&script).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(store.root()).env("HOME", store.root()).stdin(Stdio::null());
        command.output().is_ok_and(|told| told.status.success())
    };
    let could = try_with(&namespace) || try_with(&[]);
    if !could {
        not_run("a small disk", "a file system cannot be mounted here");
    }
    could
}

#[test]
fn on_a_full_disk_what_has_no_room_stays() {
    let store = Store::of(20);
    // What cannot be compressed takes all the room that there is.
    let noise: Vec<u8> =
        (0..200_000_u64).map(|at| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
    let noise = noise.iter().scan(0x1234_5678_u32, |state, byte| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some(byte ^ state.to_be_bytes()[0])
    });
    store.file("sessions/s-010/noise", noise.collect::<Vec<u8>>(), 9);
    let ids = store.live();
    if !on_a_small_disk(&store, "120k", "") {
        return;
    }
    let read = |name: &str| fs::read_to_string(store.root().join(name)).unwrap();
    let told = read("err");
    assert_eq!(read("status").trim(), "2", "{told}");
    assert!(
        told.starts_with(
            "sigil-archive: E009_DISK_FULL: cannot archive session \"s-010\": no space left on device\n"
        ),
        "{told}"
    );
    assert_eq!(read("left"), "");
    let archived: usize = read("archived").trim().parse().unwrap();
    assert!(archived > 0 && store.live().len() == 20 - archived, "{archived} archived: {told}");
    // What was on the small disk was copied beside it.
    fs::remove_dir(store.root().join("archive")).unwrap();
    fs::rename(store.root().join("kept"), store.root().join("archive")).unwrap();
    store.check(&ids, &told);
}

#[test]
fn into_an_archive_that_cannot_be_written_nothing_goes() {
    let store = Store::of(20);
    let ids = store.live();
    if !on_a_small_disk(&store, "1m", "ro") {
        return;
    }
    let read = |name: &str| fs::read_to_string(store.root().join(name)).unwrap();
    let told = read("err");
    assert_eq!(read("status").trim(), "2", "{told}");
    let lines: Vec<_> = told.lines().collect();
    // Twenty times the same is said once for all.
    assert_eq!(lines.len(), 6, "{told}");
    assert!(
        lines[0]
            .starts_with("sigil-archive: E002_LOG_PERM: cannot archive session \"s-000\": cannot create "),
        "{told}"
    );
    assert_eq!(lines[5], "sigil-archive: E002_LOG_PERM: 15 more could not be done: read-only file system");
    assert_eq!(store.live(), ids);
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The name of a member, its kind, and where it leads.
type Member<'a> = (&'a str, tar::EntryType, &'a str);

/// An archive with members of those names, kinds and link targets.
fn archive(members: &[Member<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, kind, link) in members {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        header.set_size(if *kind == tar::EntryType::Regular { 1 } else { 0 });
        header.set_cksum();
        builder.append(&header, &b"x"[..usize::from(*kind == tar::EntryType::Regular)]).unwrap();
    }
    gzipped(&builder.into_inner().unwrap())
}

#[test]
fn nothing_in_an_archive_leaves_where_it_is_unpacked() {
    use tar::EntryType::{Link, Regular};
    let cases: &[(&[Member<'_>], &str)] = &[
        (&[("x/../../evil", Regular, "")], "would leave the directory"),
        (&[("/tmp/evil", Regular, "")], "would leave the directory"),
        (&[("../evil", Regular, "")], "would leave the directory"),
        (&[("x/a", Regular, ""), ("x/b", Link, "../../../../etc/passwd")], "is a link that leads elsewhere"),
    ];
    for (members, reason) in cases {
        let store = Store::new();
        store.file("archive/2026-01-10/x.tar.gz", archive(members), 0);
        let before = names(store.root());
        let output = store.tool().args(["restore", "x"]).run();
        let told = output.stderr_text();
        assert_eq!(output.status.code(), Some(2), "{members:?}");
        assert!(told.starts_with("sigil-archive: E0") && told.contains(reason), "{told}");
        assert_eq!(names(&store.sessions()), [""; 0], "{members:?}");
        assert!(!store.root().join("evil").exists() && !Path::new("/tmp/evil").exists());
        assert!(names(store.root()).len() <= before.len() + 2);
    }
}

#[test]
fn no_link_in_an_archive_leads_another_member_elsewhere() {
    use tar::EntryType::{Regular, Symlink};
    let elsewhere = Store::new();
    let target = elsewhere.root().to_str().unwrap();
    let cases: [&[Member<'_>]; 3] = [
        &[("x/out", Symlink, target), ("x/out/evil", Regular, "")],
        &[("x/out", Symlink, target), ("x/out/evil", Symlink, "y")],
        &[("x/out", Symlink, target), ("x/out/deep/evil", Symlink, "y")],
    ];
    for members in cases {
        let store = Store::new();
        store.file("archive/2026-01-10/x.tar.gz", archive(members), 0);
        let output = store.tool().args(["restore", "x"]).run();
        assert_eq!(output.status.code(), Some(2), "{members:?}");
        assert_eq!(names(elsewhere.root()), [""; 0], "{members:?}");
        assert_eq!(names(&store.sessions()), [""; 0], "{members:?}");
    }
}

#[test]
fn what_is_damaged_is_found() {
    let store = Store::of(1);
    store.archive();
    let path = &store.archives()[0];
    let whole = fs::read(path).unwrap();
    let damages: Vec<(&str, Vec<u8>)> = vec![
        ("cut", whole[..whole.len() - 9].to_vec()),
        ("empty", Vec::new()),
        ("no archive", b"hello\n".to_vec()),
        ("turned", {
            let mut bytes = whole.clone();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x10;
            bytes
        }),
        ("without its end", {
            let mut plain = Vec::new();
            std::io::copy(&mut flate2::read::MultiGzDecoder::new(whole.as_slice()), &mut plain).unwrap();
            plain.truncate(plain.len() - 1024);
            gzipped(&plain)
        }),
        ("with another byte", {
            let mut plain = Vec::new();
            std::io::copy(&mut flate2::read::MultiGzDecoder::new(whole.as_slice()), &mut plain).unwrap();
            let at = plain.windows(13).position(|bytes| bytes == b"session_start").unwrap();
            plain[at] = b'S';
            gzipped(&plain)
        }),
    ];
    for (damage, bytes) in damages {
        fs::write(path, bytes).unwrap();
        let output = store.tool().arg("verify").run();
        assert_eq!(output.status.code(), Some(1), "{damage}");
        let told = output.stderr_text();
        assert!(
            told.starts_with("sigil-archive: E003_PARSE_FAIL: cannot verify session \"s-000\": "),
            "{damage}: {told}"
        );
        assert!(told.contains("s-000.tar.gz: "), "{damage}: {told}");
        let restored = store.tool().args(["restore", "s-000"]).run();
        assert_eq!(restored.status.code(), Some(2), "{damage}");
        assert_eq!(store.live(), [""; 0]);
    }
}

#[test]
fn an_archive_that_is_damaged_is_none_and_the_session_is_archived_again() {
    let store = Store::of(1);
    store.archive();
    store.tool().args(["restore", "s-000", "-q"]).status(0);
    let path = &store.archives()[0];
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    store.archive();
    assert_eq!(store.live(), [""; 0]);
    assert_eq!(store.archives().len(), 2, "the damaged one is not touched");
    store.tool().args(["verify"]).arg(&store.archives()[1]).stdout_contains("1 archive verified").status(0);
}
