//! What is not there, may not be read, or goes away and returns.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::geteuid;
use sigil_testkit::samples::{guide_session, store};
use sigil_testkit::{Stream, Tool, binary};
use sigil_tests::not_run;

/// How long a running tool may take for what it is about to do anyway.
const PATIENCE: Duration = Duration::from_secs(30);

fn follow(path: &Path) -> Stream {
    Tool::new(binary("sigil-tail")).args(["-m", "jsonl"]).arg(path).stream()
}

fn expect(stream: &mut Stream, text: &str) {
    text.lines().for_each(|line| stream.expect_line(line, PATIENCE));
}

#[test]
fn an_unknown_session_is_told_with_its_nearest() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    store(dir.path(), &["lead-1"]).expect("a store can be made");
    let output = Tool::new(binary("sigil-tail")).args(["--once", "-s", "lead", "-l"]).arg(dir.path()).run();
    let told = output.stderr_text();
    assert_eq!((output.status.code(), output.stdout_text().as_str()), (Some(2), ""), "{told}");
    assert!(told.starts_with("sigil-tail: E001_SESSION_NF: session \"lead\" not found"), "{told:?}");
    assert!(told.contains("did you mean \"lead-1\"?"), "{told:?}");
}

#[test]
fn a_missing_log_is_an_error_only_with_once() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (log, text) = (dir.path().join("not/yet/execution.jsonl"), guide_session("lead-1"));
    let output = Tool::new(binary("sigil-tail")).arg("--once").arg(&log).run();
    let told = output.stderr_text();
    assert_eq!((output.status.code(), output.stdout_text().as_str()), (Some(2), ""), "{told}");
    assert!(told.starts_with("sigil-tail: E001_SESSION_NF: "), "{told:?}");

    let mut stream = follow(&log);
    stream.expect_silence(Duration::from_millis(300));
    fs::create_dir_all(log.parent().expect("a directory")).expect("a directory can be made");
    fs::write(&log, &text).expect("a log can be written");
    expect(&mut stream, &text);
}

#[test]
fn a_log_that_may_not_be_read_is_told() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (log, tool) = (dir.path().join("execution.jsonl"), dir.path().join("sigil-tail"));
    fs::write(&log, guide_session("lead-1")).expect("a log can be written");
    fs::set_permissions(&log, Permissions::from_mode(0o000)).expect("it is ours");
    // Nobody may not look into a directory of root's, where the tool may lie.
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).expect("it is ours");
    fs::copy(binary("sigil-tail"), &tool).expect("a program can be copied");
    let mut command = Command::new(if geteuid().is_root() { "setpriv" } else { "env" });
    if geteuid().is_root() {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    }
    let told = command.arg(&tool).arg("--once").arg(&log).env("HOME", "/").stdin(Stdio::null()).output();
    let Ok(told) = told else {
        not_run("no permission", "root may read everything, and there is no setpriv to become somebody else");
        return;
    };
    let words = String::from_utf8_lossy(&told.stderr);
    assert_eq!(told.status.code(), Some(2), "{words}");
    assert_eq!(told.stdout, b"");
    assert!(
        words.starts_with("sigil-tail: E002_LOG_PERM: ") && words.contains("execution.jsonl"),
        "{words:?}"
    );
    assert_eq!(words.lines().count(), 1, "{words:?}");
}

#[test]
fn a_directory_that_goes_and_returns_does_not_end_the_tool() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let home = dir.path().join("sessions");
    let log = home.join("execution.jsonl");
    fs::create_dir(&home).expect("a directory can be made");
    fs::write(&log, guide_session("lead-1")).expect("a log can be written");
    let mut stream = follow(&log);
    expect(&mut stream, &guide_session("lead-1"));
    for turn in 0..3 {
        // Once deleted, once moved away: it is not the same directory that returns.
        if turn == 1 {
            fs::rename(&home, dir.path().join("moved")).expect("a directory can be renamed");
        } else {
            fs::remove_dir_all(&home).expect("a directory can be removed");
        }
        stream.expect_silence(Duration::from_millis(300));
        let text = guide_session(&format!("again-{turn}"));
        fs::create_dir(&home).expect("a directory can be made");
        fs::write(&log, &text).expect("a log can be written");
        expect(&mut stream, &text);
        let more = guide_session(&format!("more-{turn}"));
        let mut file = OpenOptions::new().append(true).open(&log).expect("a log can be opened");
        file.write_all(more.as_bytes()).expect("a log can be written");
        expect(&mut stream, &more);
    }
}

#[test]
fn a_line_is_given_when_it_is_whole() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let log = dir.path().join("execution.jsonl");
    let text = guide_session("lead-1");
    let (begun, rest) = text.split_at(40);
    fs::write(&log, begun).expect("a log can be written");
    let mut stream = follow(&log);
    stream.expect_silence(Duration::from_millis(300));
    let mut file = OpenOptions::new().append(true).open(&log).expect("a log can be opened");
    file.write_all(rest.as_bytes()).expect("a log can be written");
    expect(&mut stream, &text);
}
