//! The state file: what happens to it, and to the tool when it cannot have it.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use sigil_testkit::samples::guide_session;
use sigil_testkit::{Tool, binary};
use sigil_tests::not_run;

/// How long a running tool may take for what it is about to do anyway.
const PATIENCE: Duration = Duration::from_secs(30);

fn sigil_tail<'t>() -> Tool<'t> {
    Tool::new(binary("sigil-tail"))
}

/// A directory with the guide's session as `execution.jsonl`.
fn furnished() -> (tempfile::TempDir, PathBuf, String) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (log, text) = (dir.path().join("execution.jsonl"), guide_session("lead-1"));
    fs::write(&log, &text).expect("a log can be written");
    (dir, log, text)
}

#[test]
fn the_next_run_starts_where_the_last_one_stopped() {
    let (dir, log, text) = furnished();
    let state = dir.path().join("tail.state");
    let run = || sigil_tail().args(["--once", "--state"]).args([&state, &log]);
    run().stdout(text.clone()).status(0);
    run().stdout("").status(0);
    // Its newline is waited for.
    let more = guide_session("lead-2");
    let (whole, begun) = more.trim_end().rsplit_once('\n').expect("several lines");
    fs::write(&log, format!("{text}{whole}\n{begun}")).expect("a log can be written");
    run().stdout(format!("{whole}\n")).status(0);
    fs::write(&log, format!("{text}{more}")).expect("a log can be written");
    run().stdout(format!("{begun}\n")).status(0);
    // Another log under the same name is another log.
    let other = guide_session("other");
    fs::write(&log, &other).expect("a log can be written");
    run().stdout(other).status(0);
}

#[test]
fn a_state_file_that_is_damaged_is_set_aside() {
    for damage in ["{\"version\":", "\0\0\0\0", "[]\n", "{\"version\":\"one\"}\n"] {
        let (dir, log, text) = furnished();
        let state = dir.path().join("tail.state");
        fs::write(&state, damage).expect("a state can be written");
        let run = || sigil_tail().args(["--once", "--state"]).args([&state, &log]);
        let output = run().run();
        let told = output.stderr_text();
        assert_eq!(output.status.code(), Some(0), "{damage:?}: {told}");
        assert_eq!(output.stdout_text(), text, "{damage:?}");
        assert!(told.starts_with("sigil-tail: ") && told.contains("tail.state"), "{damage:?}: {told:?}");
        assert_eq!(told.lines().count(), 1, "{damage:?}: {told:?}");
        // It is kept, and the one in its place is sound.
        let kept = fs::read_dir(dir.path()).expect("a directory").filter_map(Result::ok).any(|entry| {
            entry.path() != state && fs::read(entry.path()).is_ok_and(|bytes| bytes == damage.as_bytes())
        });
        assert!(kept, "{damage:?} is gone");
        run().stdout("").status(0);
    }
}

#[test]
fn an_empty_file_is_a_state_that_knows_nothing() {
    let (dir, log, text) = furnished();
    let state = dir.path().join("tail.state");
    fs::write(&state, "").expect("a state can be written");
    let run = || sigil_tail().args(["--once", "--state"]).args([&state, &log]);
    run().stdout(text).status(0);
    run().stdout("").status(0);
}

#[test]
fn a_log_that_is_named_as_the_state_is_left_alone() {
    let (_dir, log, text) = furnished();
    let output = sigil_tail().args(["--once", "--state"]).args([&log, &log]).run();
    let told = output.stderr_text();
    assert_eq!((output.status.code(), output.stdout_text().as_str()), (Some(2), ""), "{told}");
    assert!(told.starts_with("sigil-tail: E010_CONFIG_ERR: ") && told.contains("no state file"), "{told:?}");
    assert_eq!(fs::read_to_string(&log).expect("it is there"), text);
}

#[test]
fn a_state_file_of_another_version_is_left_alone() {
    let (dir, log, _) = furnished();
    let state = dir.path().join("tail.state");
    let newer = "{\"version\":1000,\"logs\":[]}\n";
    fs::write(&state, newer).expect("a state can be written");
    let output = sigil_tail().args(["--once", "--state"]).args([&state, &log]).run();
    let told = output.stderr_text();
    assert_eq!((output.status.code(), output.stdout_text().as_str()), (Some(2), ""), "{told}");
    assert!(told.starts_with("sigil-tail: E010_CONFIG_ERR: ") && told.contains("1000"), "{told:?}");
    assert_eq!(fs::read_to_string(&state).expect("it is there"), newer);
}

#[test]
fn two_runs_cannot_share_a_state_file() {
    let (dir, log, text) = furnished();
    let state = dir.path().join("tail.state");
    let arguments = |tool: Tool<'static>| tool.args(["-m", "jsonl", "--state"]).args([&state, &log]);
    let mut first = arguments(sigil_tail()).stream();
    for line in text.lines() {
        first.expect_line(line, PATIENCE);
    }
    for once in [&["--once"][..], &[]] {
        let second = arguments(sigil_tail()).args(once).run();
        let told = second.stderr_text();
        assert_eq!(second.status.code(), Some(2), "{told}");
        assert_eq!(second.stdout_text(), "");
        assert!(told.starts_with("sigil-tail: E0") && told.contains("tail.state"), "{told:?}");
        assert_eq!(told.lines().count(), 1, "{told:?}");
    }
    // The first one is none the worse for it, and a lock dies with its holder.
    let more = guide_session("lead-2");
    let mut file = OpenOptions::new().append(true).open(&log).expect("a log can be opened");
    file.write_all(more.as_bytes()).expect("a log can be written");
    for line in more.lines() {
        first.expect_line(line, PATIENCE);
    }
    drop(first);
    let output = arguments(sigil_tail()).arg("--once").run();
    assert_eq!(output.status.code(), Some(0), "{}", output.stderr_text());
}

/// A file system without room, at `disk` in `dir`, then the tool; without the right to mount it is in a user
/// namespace of its own.
const ON_A_FULL_DISK: &str = "mount -t tmpfs -o size=16k none disk || exit 77
dd if=/dev/zero of=disk/filler bs=4096 2>/dev/null
\"$0\" --once --state disk/tail.state execution.jsonl >out 2>err
echo $? >status
ls disk >left
umount disk";

#[test]
fn a_full_disk_does_not_take_back_what_was_given() {
    let (dir, _, text) = furnished();
    fs::create_dir(dir.path().join("disk")).expect("a directory can be made");
    let tool = binary("sigil-tail");
    let script = ["sh", "-c", ON_A_FULL_DISK, tool.to_str().expect("a path that is text")];
    let namespace = ["unshare", "--user", "--map-root-user", "--mount"];
    let try_with = |prefix: &[&str]| {
        let words: Vec<_> = prefix.iter().chain(&script).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(dir.path()).stdin(Stdio::null());
        command.output().is_ok_and(|told| told.status.success())
    };
    if !try_with(&namespace) && !try_with(&[]) {
        not_run("a full disk", "a file system cannot be mounted here");
        return;
    }
    let read = |name: &str| fs::read_to_string(dir.path().join(name)).expect("the script has written it");
    let told = read("err");
    assert_eq!(read("status").trim(), "2", "{told}");
    assert_eq!(read("out"), text);
    assert!(told.starts_with("sigil-tail: E009_DISK_FULL: ") && told.contains("tail.state"), "{told:?}");
    assert_eq!(told.lines().count(), 1, "{told:?}");
    assert!(!read("left").contains(".tmp"), "nothing half written stays: {}", read("left"));
}

#[test]
fn a_state_file_is_for_its_owner() {
    let (dir, log, text) = furnished();
    let state = dir.path().join("tail.state");
    sigil_tail().args(["--once", "--state"]).args([&state, &log]).stdout(text).status(0);
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o600);
}

#[test]
fn without_a_place_for_the_state_nothing_is_read() {
    let (dir, log, _) = furnished();
    let state = dir.path().join("no/such/directory/tail.state");
    let output = sigil_tail().args(["--once", "--state"]).args([&state, &log]).run();
    // It makes no directory, and says so before it gives out anything.
    let told = output.stderr_text();
    assert_eq!((output.status.code(), output.stdout_text().as_str()), (Some(2), ""), "{told}");
    assert!(told.starts_with("sigil-tail: E0") && told.contains("tail.state"), "{told:?}");
    assert_eq!(told.lines().count(), 1, "{told:?}");
    assert!(!dir.path().join("no").exists());
}
