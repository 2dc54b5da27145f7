//! `--from claude` on its own reads Claude Code's directories.

use sigil_testkit::samples::claude::Answer;

use crate::{Place, event};

fn answer(id: &str, output: u64) -> String {
    Answer::new(id).usage(0, output).line()
}

#[test]
fn the_configured_directory_is_read_and_standard_input_never() {
    let place = Place::with("conf/projects/p/a.jsonl", answer("m1", 1));
    place.file("conf/projects/p/a/subagents/agent-1.jsonl", answer("m2", 2));
    place.file("conf/other.jsonl", answer("m3", 4));
    place.file("home/.claude/projects/p/b.jsonl", answer("m4", 8));
    place.file("home/.config/claude/projects/p/c.jsonl", answer("m5", 16));
    let used = |configured: Option<&str>, used: u64| {
        let tool = place.tool().args(["--from", "claude", "--json"]).env("HOME", place.path().join("home"));
        let tool = configured.into_iter().fold(tool, |tool, dir| tool.env("CLAUDE_CONFIG_DIR", dir));
        tool.stdin(event("piped", "step_complete", "a", 100))
            .stdout_json(|v| assert_eq!(v["total_used"], used, "{configured:?}"))
            .status(0);
    };
    used(Some("conf"), 3);
    used(Some("conf,home/.claude"), 11);
    used(None, 24);
    used(Some(""), 24);
}

#[test]
fn with_an_operand_from_claude_reads_the_operand() {
    let place = Place::with("home/.claude/projects/p/b.jsonl", answer("m1", 8));
    let tool = || place.tool().args(["--from", "claude", "--json"]).env("HOME", place.path().join("home"));
    tool()
        .args(["-", "--summary"])
        .stdin(answer("m2", 5))
        .stdout_json(|v| assert_eq!(v["total_used"], 5))
        .status(0);
    place.file("x.jsonl", answer("m3", 6));
    tool().arg("x.jsonl").stdout_json(|v| assert_eq!(v["total_used"], 6)).status(0);
}

#[test]
fn no_transcripts_at_all_are_an_error() {
    Place::new()
        .tool()
        .args(["--from", "claude"])
        .stdout("")
        .stderr("sigil-tokens: E001_SESSION_NF: ~/.claude/projects: no transcripts of Claude Code found\n")
        .status(2);
}
