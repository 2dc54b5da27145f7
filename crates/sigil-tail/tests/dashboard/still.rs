//! One picture, where there is no terminal to go on with.

use std::path::Path;

use sigil_testkit::Tool;
use sigil_testkit::samples::guide_session;

use crate::{old, store, write};

fn tool(root: &Path) -> Tool<'static> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-tail")).args([
        "-l",
        root.to_str().unwrap(),
        "-m",
        "dashboard",
        "--timezone",
        "utc",
        "--input-timezone",
        "utc",
    ])
}

#[test]
fn once_prints_the_guide_s_session() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "lead-analysis-001", &old("lead-analysis-001", 0).to_string());
    let output = tool(dir.path()).args(["--once", "-s", "lead-analysis-001"]).run();
    assert_eq!((output.status.code(), output.stderr_text().as_ref()), (Some(0), ""));
    insta::assert_snapshot!("once_session", output.stdout_text());
}

#[test]
fn once_prints_a_list_of_several() {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path());
    let output = tool(dir.path()).args(["--once", "--all"]).run();
    assert_eq!((output.status.code(), output.stderr_text().as_ref()), (Some(0), ""));
    insta::assert_snapshot!("once_several", output.stdout_text());
}

#[test]
fn what_is_printed_has_colours_only_if_they_are_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "s", &guide_session("s"));
    let output = tool(dir.path()).args(["--once", "-s", "s", "--color", "always"]).run();
    assert!(output.stdout_text().contains("\u{1b}[32mNORMAL\u{1b}[0m"), "{}", output.stdout_text());
}

#[test]
fn hostile_text_stays_on_its_line() {
    let line = "{\"session_id\":\"s\",\"event_type\":\"step_error\",\"component\":\"a\\u001b[2J\",\
        \"message\":\"\\u001b]0;x\\u0007\\n\\u202eabc 日本語\",\"tokens\":5}\n";
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "s", line);
    let output = tool(dir.path()).args(["--once", "-s", "s"]).run();
    let text = output.stdout_text();
    assert!(text.is_ascii() && !text.contains('\u{1b}'), "{text}");
    assert!(text.lines().all(|line| line.len() == 80), "{text}");
}

#[test]
fn without_a_terminal_it_cannot_go_on() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "s", &guide_session("s"));
    tool(dir.path())
        .args(["-s", "s"])
        .stdout("")
        .stderr(
            "sigil-tail: E010_CONFIG_ERR: the dashboard needs a terminal to go on; use -m stream, or --once for \
             one picture\n",
        )
        .status(2);
}

#[test]
fn what_does_not_pass_is_not_shown_and_counts() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "s", &guide_session("s"));
    let output = tool(dir.path()).args(["--once", "-s", "s", "--component", "memory"]).run();
    let text = output.stdout_text();
    let events: Vec<_> = text.lines().filter(|line| line.starts_with("| [")).collect();
    assert_eq!(events.len(), 1, "{text}");
    assert!(events[0].contains("memory: Retrieved 5 relevant memories"), "{text}");
    assert!(text.contains("650 / 256,000"), "{text}");
}

#[test]
fn a_session_that_failed_and_lines_that_are_wrong_decide_the_status() {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path());
    let output = tool(dir.path()).args(["--once", "--all", "--until-complete"]).run();
    assert_eq!(output.status.code(), Some(1), "{}", output.stderr_text());
    let path = write(dir.path(), "broken", &(guide_session("broken") + "not json\n"));
    let output = tool(dir.path()).args(["--once", "-s", "broken", "--strict"]).run();
    assert_eq!(output.status.code(), Some(2));
    let expected = format!("sigil-tail: E003_PARSE_FAIL: skipped 1 malformed line: {}:8\n", path.display());
    assert_eq!(output.stderr_text(), expected);
}
