//! Copies of what belongs to others, which is never removed.

use std::fs;

use super::sigil_archive;
use super::store::{Store, age, members};

/// Claude Code's projects, with transcripts of that age.
fn projects(store: &Store, days: u32) {
    store.file("home/.claude/projects/-work/aaa.jsonl", "{\"type\":\"user\",\"sessionId\":\"aaa\"}\n", days);
    store.file("home/.claude/projects/-work/aaa/subagents/agent-1.jsonl", "{\"type\":\"user\"}\n", days);
    store.file("home/.claude/projects/-other/bbb.jsonl", "{\"type\":\"user\",\"sessionId\":\"bbb\"}\n", days);
}

#[test]
fn transcripts_are_copied_once_and_stay() {
    let store = Store::new();
    projects(&store, 21);
    let home = store.root().join("home");
    let copy = |args: &[&str]| {
        let tool = sigil_archive()
            .env("HOME", &home)
            .args(["--from", "claude", "--copy", "--days", "20", "-l"])
            .arg(store.root());
        tool.args(args).run()
    };
    assert!(copy(&[]).stdout_text().starts_with("2 sessions copied ("));
    let named: Vec<_> =
        store.archives().iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(named, ["aaa.tar.gz", "bbb.tar.gz"]);
    let files: Vec<_> = members(&store.archives()[0]).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        files,
        [
            "-work/aaa.jsonl",
            "-work/aaa/subagents/agent-1.jsonl",
            "-work/aaa/subagents/",
            "-work/aaa/",
            "-work/"
        ]
    );
    assert_eq!(copy(&[]).stdout_text(), "", "nothing has changed");
    assert!(home.join(".claude/projects/-work/aaa.jsonl").exists());
    // What has changed is copied again, beside the first copy.
    let changed = home.join(".claude/projects/-work/aaa.jsonl");
    fs::write(&changed, "{\"type\":\"user\",\"sessionId\":\"aaa\"}\n{}\n").unwrap();
    age(&changed, 20);
    assert!(copy(&[]).stdout_text().starts_with("1 session copied ("));
    assert_eq!(store.archives().len(), 3);
    assert_eq!(copy(&["-v"]).stdout_text(), "");
    // The same with the directory named, here with another one above it.
    let named = sigil_archive()
        .args(["--from", "claude", "--copy", "-l"])
        .arg(store.root())
        .arg(home.join(".claude/projects"));
    assert_eq!(named.run().stdout_text(), "");
    store.tool().arg("verify").stdout_contains("3 archives verified").status(0);
}

#[test]
fn young_transcripts_wait() {
    let store = Store::new();
    projects(&store, 19);
    let home = store.root().join("home");
    let tool = sigil_archive()
        .env("HOME", &home)
        .args(["--from", "claude", "--copy", "--days", "20", "-l"])
        .arg(store.root());
    tool.stdout("").status(0);
    assert!(store.archives().is_empty());
}

#[test]
fn a_copy_goes_back_where_it_came_from() {
    let store = Store::new();
    projects(&store, 21);
    let projects = store.root().join("home/.claude/projects");
    sigil_archive()
        .args(["--from", "claude", "--copy", "-q", "-l"])
        .arg(store.root())
        .arg(&projects)
        .status(0);
    let file = projects.join("-work/aaa.jsonl");
    let text = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    store.tool().args(["restore", "aaa"]).stderr_contains("unpack it elsewhere with --to").status(2);
    store.tool().args(["restore", "aaa", "-q", "--to"]).arg(&projects).status(0);
    assert_eq!(fs::read(&file).unwrap(), text);
}

#[test]
fn rollouts_of_codex_keep_their_days() {
    let store = Store::new();
    store.file(
        "codex/sessions/2026/01/11/rollout-x.jsonl",
        "{\"type\":\"session_meta\",\"payload\":{}}\n",
        9,
    );
    let tool = sigil_archive()
        .args(["--from", "codex", "--copy", "-q", "-l"])
        .arg(store.root())
        .arg(store.root().join("codex/sessions"));
    tool.status(0);
    let files: Vec<_> = members(&store.archives()[0]).into_iter().map(|(name, _)| name).collect();
    assert_eq!(files, ["2026/01/11/rollout-x.jsonl", "2026/01/11/"]);
}

#[test]
fn sessions_of_the_store_may_be_copied_too() {
    let store = Store::of(2);
    store.tool().args(["--copy", "-q"]).status(0);
    store.tool().args(["--copy"]).stdout("").status(0);
    assert_eq!((store.live().len(), store.archives().len()), (2, 2));
    // A copy of what is now archived for good is that archive.
    store.tool().stdout_contains("2 sessions removed, archived before").status(0);
    assert_eq!((store.live().len(), store.archives().len()), (0, 2));
}

#[test]
fn a_place_that_is_not_there_is_said() {
    let store = Store::new();
    let tool = sigil_archive()
        .args(["--from", "claude", "--copy", "-l"])
        .arg(store.root())
        .arg(store.root().join("no"));
    tool.stderr_contains("E001_SESSION_NF: cannot read ").status(2);
}

#[test]
fn transcripts_of_one_name_are_copied_side_by_side() {
    let store = Store::new();
    for project in ["-a", "-b"] {
        store.file(&format!("projects/{project}/x.jsonl"), format!("{{\"cwd\":\"{project}\"}}\n"), 9);
    }
    let copy = || {
        let tool = sigil_archive().args(["--from", "claude", "--copy", "-l"]).arg(store.root());
        // Named twice, each is copied once.
        tool.arg(store.root().join("projects")).arg(store.root().join("projects/-a")).run()
    };
    let output = copy();
    assert!(
        output.stdout_text().starts_with("2 sessions copied"),
        "{}{}",
        output.stdout_text(),
        output.stderr_text()
    );
    assert_eq!(store.archives().len(), 2);
    assert_eq!(copy().stdout_text(), "");
}
