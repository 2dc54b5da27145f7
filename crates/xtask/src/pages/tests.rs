//! Every example of every page is run, in a directory where it finds what it names.

use crate::tools::TOOLS;
use sigil_store::config::Alerting;
use sigil_testkit::samples::claude::Answer;
use sigil_testkit::samples::{guide_session, store};
use sigil_testkit::{Tool, binary};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Programs that would not end, or would leave the machine, and what takes their place.
const STAND_INS: [(&str, &str); 4] = [
    ("curl", "exec cat > pushed"),
    ("tail", "shift; exec cat \"$@\""),
    ("ssh", "shift; exec \"$@\""),
    // It ends with what is there.
    ("sigil-tail", "exec \"$SIGIL_TAIL\" --once \"$@\""),
];

#[test]
fn every_example_works() {
    for tool in TOOLS {
        assert!(!tool.page.examples.is_empty(), "{}", tool.name);
        for example in tool.page.examples {
            // What one of them takes away, another may name.
            let home = tempfile::tempdir().unwrap();
            furnish(home.path());
            run(example.command, home.path());
        }
    }
}

#[test]
fn every_example_of_the_readme_works() {
    let home = tempfile::tempdir().unwrap();
    furnish(home.path());
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let blocks: Vec<_> =
        readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!blocks.is_empty());
    let mut outputs = String::new();
    for command in blocks.iter().flat_map(|block| block.lines()) {
        outputs += &run(command, home.path());
    }
    // What the README shows of the first example is what it prints.
    let shown = readme.split("```\norchestrator").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let shown = format!("orchestrator{shown}");
    assert!(outputs.contains(shown.trim_end()), "{shown}\nis not in\n{outputs}");
}

#[test]
fn the_page_of_alerts_names_every_rule_as_it_is_and_every_key() {
    let page = super::sigil_alert::PAGE;
    let paragraphs = |title: &str| {
        let section = page.sections.iter().find(|(name, _)| *name == title);
        section.map(|(_, paragraphs)| *paragraphs).unwrap()
    };
    let home = tempfile::tempdir().unwrap();
    let rules = |args: &[&str]| {
        let tool = Tool::new(binary("sigil-alert")).args(["rules"]).args(args).env("HOME", home.path());
        tool.run().stdout_text()
    };
    // Name, levels, terms, for, measure, with two spaces or more between them.
    let table = rules(&[]);
    let columns: Vec<usize> =
        ["RULE", "LEVELS", "OVER", "FOR", "MEASURE"].iter().map(|name| table.find(name).unwrap()).collect();
    let mut documented = paragraphs("RULES").iter().skip(1);
    for line in table.lines().skip(1) {
        let cell = |from: usize, to: usize| line.get(from..to.min(line.len())).unwrap_or("").trim();
        let [name, levels, over, hold, measure] =
            std::array::from_fn(|n| cell(columns[n], columns.get(n + 1).copied().unwrap_or(usize::MAX)));
        let over = if over == "-" { String::new() } else { format!("; {over}") };
        let paragraph = documented.next().unwrap_or(&"");
        let measure = measure.split(' ').next().unwrap();
        let begin = format!("{name}: {levels}{over} ({measure}). ");
        assert!(paragraph.starts_with(&begin), "the page says\n{paragraph}\nand the rule is\n{begin}");
        assert_eq!(paragraph.contains("; for is "), hold != "-", "{name}");
    }
    assert_eq!(documented.next(), None);
    // What people read of each is what programs do.
    for rule in rules(&["--json"]).lines() {
        let rule: serde_json::Value = serde_json::from_str(rule).unwrap();
        let name = rule["rule"].as_str().unwrap();
        let of_rule = paragraphs("RULES").iter().find(|text| text.starts_with(&format!("{name}: "))).unwrap();
        assert_eq!(of_rule.contains("keep is "), rule["keep_s"] != 0.0, "{name}");
        for key in ["component", "file"] {
            let said = rule.get(key).map(|glob| format!("{key} is {glob}"));
            assert_eq!(said.as_ref().is_some_and(|said| of_rule.contains(said)), said.is_some(), "{name}");
        }
    }
    let failed = r#"{"timestamp":"2026-01-11T10:00:00Z","session_id":"s","event_type":"session_error"}"#;
    let told = Tool::new(binary("sigil-alert")).stdin(format!("{failed}\n")).env("HOME", home.path()).run();
    let output = paragraphs("OUTPUT").join(" ");
    for line in told
        .jsonl()
        .unwrap()
        .into_iter()
        .chain(rules(&["--json"]).lines().map(|line| serde_json::from_str(line).unwrap()))
    {
        for key in line.as_object().unwrap().keys() {
            assert!(output.contains(key), "{key}");
        }
    }
    let settings = paragraphs("SETTINGS").join(" ");
    let words: Vec<&str> =
        settings.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
    for key in Alerting::KEYS.iter().chain(&Alerting::RULE_KEYS) {
        assert!(words.contains(key), "{key}");
    }
}

/// Runs a command for a shell, and returns what it prints.
fn run(command: &str, home: &Path) -> String {
    let built = TOOLS.first().map(|tool| binary(tool.name)).unwrap();
    let bin = built.parent().unwrap().display();
    let path = format!("{}:{bin}:/usr/local/bin:/usr/bin:/bin", home.join("bin").display());
    let output = Tool::new("sh")
        .args(["-e", "-c", command])
        .env("HOME", home)
        .env("PATH", &path)
        // Nobody is there; nothing that they find is to be told.
        .env("SLACK_WEBHOOK_URL", "http://127.0.0.1:9/services/T0/B0/x")
        .env("SIGIL_TAIL", built.with_file_name("sigil-tail"))
        .current_dir(home)
        .run();
    let told = output.stderr_text();
    assert!(output.status.success(), "{command}: {}\n{told}", output.status);
    assert!(!told.contains(": E0"), "{command}\n{told}");
    output.stdout_text()
}

/// A home with a log store, transcripts, two logs, a gateway's log, and the stand-ins.
fn furnish(home: &Path) {
    store(&home.join(".sigil/logs"), &["lead-1", "lead-2", "my-session"]).unwrap();
    let archive = home.join(".sigil/logs/archive/2026-01-11");
    fs::create_dir_all(&archive).unwrap();
    let tar = ["-czf", "lead-1.tar.gz", "-C", "../../sessions", "lead-1"];
    Tool::new("tar").args(tar).current_dir(&archive).status(0);
    store(&home.join(".sigil/logs"), &["lead-9"]).unwrap();
    let tar = ["--remove-files", "-czf", "lead-9.tar.gz", "-C", "../../sessions", "lead-9"];
    Tool::new("tar").args(tar).current_dir(&archive).status(0);
    let project = home.join(".claude/projects/acme");
    fs::create_dir_all(&project).unwrap();
    let transcript = Answer::new("msg_1").usage(3, 0).cache(1500, 20).text("done").snapshots(&[1, 80]);
    fs::write(project.join("7f1c3a52-3d0e-4a65-8a5c-0d9d6f0b7c11.jsonl"), transcript).unwrap();
    for log in ["execution.jsonl", "session.jsonl"] {
        fs::write(home.join(log), guide_session("lead-1")).unwrap();
    }
    let request = r#"{"ai_log":"{\"session_id\":\"s\",\"model\":\"qwen-max\",\"input_token\":3,\"output_token\":4,\"question\":\"why?\"}"}"#;
    fs::write(home.join("access.log"), request).unwrap();
    fs::write(home.join("notes.log"), "what was tried, and what came of it\n").unwrap();
    let bin = home.join("bin");
    fs::create_dir(&bin).unwrap();
    for (name, script) in STAND_INS {
        let path = bin.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}
