//! No room, and no right: everything stays as it was.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::{BINARY, Place, much};

/// Runs a script where a file system may be mounted; without the right to, in a user namespace of its own.
fn mounted(place: &Place, script: &str) -> bool {
    let script = ["sh", "-c", script, BINARY];
    let namespace = ["unshare", "--user", "--map-root-user", "--mount"];
    let try_with = |prefix: &[&str]| {
        let words: Vec<_> = prefix.iter().chain(&script).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(place.path()).env_clear();
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", place.path());
        command.output().is_ok_and(|told| told.status.success())
    };
    try_with(&namespace) || try_with(&[])
}

#[test]
fn a_full_disk_leaves_everything_as_it_was() {
    let place = Place::new();
    place.file("app.log", much("log"));
    place.file("app.log.1", much("new"));
    // Of random digits, which cannot be pressed into what little room there is.
    let old: String =
        (0..20_000_u64).map(|line| format!("{}\n", line.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
    place.file("app.log.2", &old);
    fs::create_dir(place.path().join("disk")).unwrap();
    let is_run = mounted(
        &place,
        "mount -t tmpfs -o size=600k none disk || exit 77
         cp app.log app.log.1 app.log.2 disk
         dd if=/dev/zero of=disk/filler bs=4096 2>/dev/null
         \"$0\" rotate --max-size 1GB disk/app.log >out1 2>err1; echo $? >>status
         ls -A disk >left1
         \"$0\" rotate --max-size 1KiB --copytruncate disk/app.log >out2 2>err2; echo $? >>status
         ls -A disk >left2
         cmp app.log disk/app.log && cmp app.log.1 disk/app.log.1 && cmp app.log.2 disk/app.log.2 && echo same >same
         umount disk",
    );
    if !is_run {
        return crate::not_run("a full disk: a file system cannot be mounted here");
    }
    assert_eq!(place.text("status"), "2\n2\n");
    let told = "sigil-archive: E009_DISK_FULL: cannot compress disk/app.log.2: no space left on device\n";
    assert_eq!(place.text("err1"), told);
    assert_eq!(place.text("out1"), "1 rotated part could not be compressed\n");
    assert_eq!(
        place.text("err2"),
        "sigil-archive: E009_DISK_FULL: cannot rotate disk/app.log: no space left on device\n"
    );
    for left in ["left1", "left2"] {
        assert_eq!(place.text(left), "app.log\napp.log.1\napp.log.2\nfiller\n");
    }
    assert_eq!(place.text("same"), "same\n");
}

#[test]
fn a_directory_that_cannot_be_written_leaves_everything_as_it_was() {
    let place = Place::new();
    place.file("sessions/a/execution.jsonl", much("a"));
    place.file("sessions/b/execution.jsonl", much("b"));
    let locked = place.path().join("sessions/a");
    fs::set_permissions(&locked, Permissions::from_mode(0o555)).unwrap();
    // Root may write anywhere.
    if fs::write(locked.join("probe"), "").is_ok() {
        fs::remove_file(locked.join("probe")).unwrap();
        return crate::not_run("a directory without the right to write: root has it");
    }
    place
        .rotate()
        .stdout("1 log rotated (1.27 KiB), 1 log could not be rotated\n")
        .stderr("sigil-archive: E002_LOG_PERM: cannot rotate session \"a\": permission denied\n")
        .status(2);
    fs::set_permissions(&locked, Permissions::from_mode(0o755)).unwrap();
    assert_eq!(place.names("sessions/a"), ["execution.jsonl"]);
}

#[test]
fn a_read_only_file_system_is_said() {
    let place = Place::new();
    place.file("app.log", much("log"));
    let is_run = mounted(
        &place,
        "mkdir -p disk; mount -t tmpfs -o size=600k none disk || exit 77
         cp app.log disk; mount -o remount,bind,ro disk || exit 77
         \"$0\" rotate --max-size 1KiB disk/app.log >out 2>err; echo $? >status
         umount disk",
    );
    if !is_run {
        return crate::not_run("a read-only file system: none can be mounted here");
    }
    assert_eq!(place.text("status"), "2\n");
    assert_eq!(
        place.text("err"),
        "sigil-archive: E002_LOG_PERM: cannot rotate disk/app.log: read-only file system\n"
    );
}
