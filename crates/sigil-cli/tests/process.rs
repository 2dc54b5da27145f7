//! The frame around a tool as a process: real pipes, a full disk, a crash.

use std::env;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// The example tool, which `cargo test` builds beside the tests.
fn count(args: &[&str]) -> Command {
    let mut example: PathBuf = env::current_exe().expect("a test has a path");
    example.pop();
    example.set_file_name("examples");
    example.push("count");
    assert!(example.exists(), "not built: cargo build --package sigil-cli --example count");
    let mut command = Command::new(example);
    command.args(args).env_clear().stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn said(output: &Output) -> (&str, &str, Option<i32>) {
    let text = |bytes| str::from_utf8(bytes).expect("tools write UTF-8");
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

#[test]
fn data_goes_out_and_the_rest_is_silent() {
    assert_eq!(said(&count(&["3"]).output().unwrap()), ("1\n2\n3\n", "", Some(0)));
}

#[test]
fn the_environment_can_ask_for_more_words() {
    let output = count(&["1"]).env("SIGIL_DEBUG", "true").output().unwrap();
    assert_eq!(said(&output), ("1\n", "count: counting to 1\n", Some(0)));
}

#[test]
fn a_wrong_flag_is_one_line() {
    let output = count(&["3", "--cheque"]).output().unwrap();
    let message = "count: E010_CONFIG_ERR: unexpected argument '--cheque'; did you mean '--check'? (see count --help)\n";
    assert_eq!(said(&output), ("", message, Some(2)));
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let mut child = count(&["10000000"]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "1\n");
    assert_eq!(said(&child.wait_with_output().unwrap()), ("", "", Some(0)));
}

#[test]
fn a_verdict_survives_its_reader() {
    for (last, status) in [("5", 0), ("50", 2)] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = count(&["--check", last]).stdout(writer).output().unwrap();
        assert_eq!(said(&output), ("", "", Some(status)));
    }
}

#[test]
fn help_into_a_closed_pipe_is_quiet() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = count(&["--help"]).stdout(writer).output().unwrap();
    assert_eq!(said(&output), ("", "", Some(0)));
}

#[test]
fn a_full_disk_is_said() {
    // Linux has a device for this test.
    let Ok(full) = File::options().write(true).open("/dev/full") else { return };
    let output = count(&["3"]).stdout(full).output().unwrap();
    let message = "count: E009_DISK_FULL: cannot write to standard output: no space left on device\n";
    assert_eq!(said(&output), ("", message, Some(2)));
}

#[test]
fn a_crash_is_one_line_and_never_looks_like_a_verdict() {
    for (args, status) in [(&["13"][..], 2), (&["--check", "13"], 1)] {
        let output = count(args).output().unwrap();
        let (stdout, stderr, code) = said(&output);
        assert_eq!((stdout, code), ("", Some(status)));
        let (place, message) = stderr.split_once(".rs:").unwrap();
        assert_eq!(place, "count: E006_COMPONENT_FAIL: internal error in count");
        assert!(message.ends_with(": 13 is\\nunlucky\n"), "{stderr}");
    }
}
