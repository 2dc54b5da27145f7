//! `--write-summaries`: `tokens.json` and `metrics.json` beside each log.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use sigil_testkit::Tool;
use sigil_testkit::samples::{GuideSession, guide_session, store};
use tempfile::TempDir;

fn report<'t>() -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report"))
}

fn write<'t>(dir: &TempDir) -> Tool<'t> {
    report().arg("--write-summaries").current_dir(dir.path())
}

/// A store with these sessions, in `logs`.
fn stored(ids: &[&str]) -> TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    store(&dir.path().join("logs"), ids).expect("a store can be made");
    dir
}

fn session(dir: &TempDir, id: &str) -> PathBuf {
    dir.path().join("logs/sessions").join(id)
}

#[track_caller]
fn read(path: impl AsRef<Path>) -> Value {
    let text = fs::read_to_string(path).expect("a file that can be read");
    assert!(text.ends_with("}\n") && text.lines().count() == 1, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

fn said(text: &str) -> String {
    format!("sigil-report: {text}\n")
}

#[test]
fn both_have_the_orchestrator_s_shape() {
    let dir = stored(&["lead-1"]);
    let words = said("read 7 lines of 1 sessions; 2 files written, 0 unchanged");
    write(&dir).args(["-v", "-l", "logs"]).stdout("").stderr(words).status(0);
    let tokens = read(session(&dir, "lead-1").join("tokens.json"));
    let of = |used: u64, allocated: u64, utilization: f64, operations: u64| json!({"allocated": allocated, "used": used, "utilization": utilization, "operations": operations});
    let expected = json!({
        "session_id": "lead-1", "timestamp": "2026-01-11T10:15:38.789012", "status": "COMPLETE",
        "total_budget": 256_000, "total_used": 650, "total_remaining": 255_350,
        "utilization_percentage": 0.25, "warning_level": "NORMAL",
        "restated_tokens": 0, "estimated_tokens": 0, "cost_usd": null, "unpriced_tokens": 650, "context_tokens": null,
        "usage": {"input": 0, "output": 0, "reasoning": 0, "cache_read": 0, "cache_write": 0, "cache_write_1h": 0},
        "components": {
            "routing": of(50, 10_000, 0.5, 1), "memory": of(150, 30_000, 0.5, 1),
            "planning": of(0, 20_000, 0.0, 1), "reasoning": of(450, 150_000, 0.3, 1),
            "validation": of(0, 10_000, 0.0, 1),
        },
    });
    assert_eq!(tokens, expected);
    let metrics = read(session(&dir, "lead-1").join("metrics.json"));
    let of = |latency: f64| json!({"latency_ms": latency, "operations": 1, "errors": 0});
    assert_eq!(metrics["components"]["routing"], of(1200.0));
    assert_eq!(metrics["components"]["reasoning"], of(2100.0));
    for (field, expected) in [
        ("session_id", json!("lead-1")),
        ("status", json!("COMPLETE")),
        ("steps_completed", json!(5)),
        ("steps_failed", json!(0)),
        ("events", json!(7)),
        ("slowest_component", json!("reasoning")),
        ("fastest_component", json!("validation")),
    ] {
        assert_eq!(metrics[field], expected, "{field}");
    }
}

#[test]
fn figures_are_those_of_the_report() {
    let dir = stored(&["lead-1"]);
    let log = session(&dir, "lead-1").join("execution.jsonl");
    let more = "{\"session_id\":\"lead-1\",\"event_type\":\"session_start\",\"tokens\":7}\n\
                {\"session_id\":\"lead-1\",\"event_type\":\"tool_error\",\"component\":\"crm\",\"message\":\"no\"}\n";
    fs::write(&log, guide_session("lead-1") + more).unwrap();
    write(&dir).args(["-l", "logs"]).stdout("").status(0);
    let tokens = read(session(&dir, "lead-1").join("tokens.json"));
    let metrics = read(session(&dir, "lead-1").join("metrics.json"));
    assert_eq!((&tokens["status"], &metrics["errors"]), (&json!("RUNNING"), &json!(1)));
    assert_eq!(metrics["components"]["crm"], json!({"latency_ms": null, "operations": 0, "errors": 1}));
    let same = |report: &Value| {
        let session = &report["sessions"][0];
        for field in ["total_used", "total_budget", "utilization_percentage", "restated_tokens", "usage"] {
            assert_eq!(tokens[field], session[field], "{field}");
        }
        for field in ["duration_seconds", "events", "errors", "average_latency_ms", "slowest_component"] {
            assert_eq!(metrics[field], session[field], "{field}");
        }
    };
    report()
        .args(["--json", "-l", "logs", "-s", "lead-1"])
        .current_dir(dir.path())
        .stdout_json(same)
        .status(0);
}

#[test]
fn what_is_up_to_date_is_left_alone() {
    let dir = stored(&["lead-1", "lead-2"]);
    write(&dir).args(["-l", "logs"]).stdout("").status(0);
    let inode = |id: &str| fs::metadata(session(&dir, id).join("tokens.json")).unwrap().ino();
    let before = (inode("lead-1"), inode("lead-2"));
    let log = session(&dir, "lead-2").join("execution.jsonl");
    let more = "{\"session_id\":\"lead-2\",\"event_type\":\"note\",\"tokens\":1}\n";
    fs::write(&log, fs::read_to_string(&log).unwrap() + more).unwrap();
    let told = json!({"summaries": {"sessions": 2, "written": 2, "unchanged": 2, "failed": 0}});
    write(&dir).args(["-l", "logs", "--json"]).stdout_json(|got| assert_eq!(*got, told)).status(0);
    assert_eq!(before.0, inode("lead-1"));
    assert_ne!(before.1, inode("lead-2"));
    assert_eq!(read(session(&dir, "lead-2").join("tokens.json"))["total_used"], 651);
}

#[test]
fn rotated_parts_belong_to_the_session_whichever_part_is_named() {
    let dir = stored(&["lead-1"]);
    let text = guide_session("lead-1");
    let lines: Vec<_> = text.lines().map(|line| format!("{line}\n")).collect();
    let of = |name: &str| session(&dir, "lead-1").join(name);
    fs::write(of("execution.jsonl.2"), lines[..2].concat()).unwrap();
    fs::write(of("execution.jsonl.1"), lines[2..4].concat()).unwrap();
    fs::write(of("execution.jsonl"), lines[4..].concat()).unwrap();
    assert!(Command::new("gzip").arg(of("execution.jsonl.2")).status().is_ok_and(|ended| ended.success()));
    let names = ["logs", "logs/sessions/lead-1", "logs/sessions/lead-1/execution.jsonl"];
    for name in names {
        write(&dir).arg(name).stdout("").status(0);
        assert_eq!(read(of("tokens.json"))["total_used"], 650, "{name}");
        fs::remove_file(of("tokens.json")).unwrap();
    }
    // In its own directory, too, where the name of the session is not on the command line.
    let here = report().arg("--write-summaries").arg("execution.jsonl").current_dir(session(&dir, "lead-1"));
    here.stdout("").status(0);
    assert_eq!(read(of("tokens.json"))["session_id"], "lead-1");
}

#[test]
fn files_are_as_accessible_as_the_log() {
    let dir = stored(&["lead-1"]);
    let log = session(&dir, "lead-1").join("execution.jsonl");
    fs::set_permissions(&log, Permissions::from_mode(0o640)).unwrap();
    write(&dir).args(["-l", "logs"]).stdout("").status(0);
    for name in ["tokens.json", "metrics.json"] {
        let mode = fs::metadata(session(&dir, "lead-1").join(name)).unwrap().mode() & 0o7777;
        assert_eq!(mode, 0o640, "{name}");
    }
}

#[test]
fn a_link_is_not_followed_and_the_others_are_written() {
    let dir = stored(&["lead-1", "lead-2"]);
    let secret = dir.path().join("secret");
    fs::write(&secret, "mine").unwrap();
    symlink(&secret, session(&dir, "lead-1").join("tokens.json")).unwrap();
    let words =
        "E002_LOG_PERM: cannot write logs/sessions/lead-1/tokens.json: it is a symbolic link; remove it";
    write(&dir).args(["-l", "logs"]).stdout("").stderr(said(words)).status(2);
    assert_eq!(fs::read_to_string(&secret).unwrap(), "mine");
    for (id, name) in [("lead-1", "metrics.json"), ("lead-2", "tokens.json"), ("lead-2", "metrics.json")] {
        assert_eq!(read(session(&dir, id).join(name))["session_id"], id);
    }
}

#[test]
fn a_directory_that_cannot_be_written_is_named_and_the_others_are_written() {
    let dir = stored(&["lead-1", "lead-2"]);
    // Root may write everywhere; a directory of that name is in the way of anybody.
    fs::create_dir(session(&dir, "lead-1").join("tokens.json")).unwrap();
    let output = write(&dir).args(["-l", "logs"]).run();
    let words = output.stderr_text();
    assert!(words.starts_with("sigil-report: E"), "{words}");
    assert!(words.contains("cannot write logs/sessions/lead-1/tokens.json: "), "{words}");
    assert_eq!((words.lines().count(), output.status.code()), (1, Some(2)));
    assert_eq!(read(session(&dir, "lead-2").join("tokens.json"))["total_used"], 650);
}

#[test]
fn wrong_lines_are_told_and_damaged_logs_have_no_summary() {
    let dir = stored(&["lead-1", "lead-2", "lead-3"]);
    let log = session(&dir, "lead-1").join("execution.jsonl");
    fs::write(&log, guide_session("lead-1") + "torn\n").unwrap();
    fs::write(session(&dir, "lead-2").join("execution.jsonl.1.gz"), b"\x1f\x8b broken").unwrap();
    fs::write(session(&dir, "lead-3").join("execution.jsonl"), "").unwrap();
    let output = write(&dir).args(["-l", "logs"]).run();
    let words = output.stderr_text();
    let malformed = "E003_PARSE_FAIL: skipped 1 malformed line: logs/sessions/lead-1/execution.jsonl:8\n";
    assert!(words.contains(malformed) && words.contains("lead-2/execution.jsonl.1.gz: "), "{words}");
    assert_eq!((words.lines().count(), output.status.code()), (2, Some(2)));
    assert_eq!(read(session(&dir, "lead-1").join("tokens.json"))["total_used"], 650);
    for id in ["lead-2", "lead-3"] {
        assert!(!session(&dir, id).join("tokens.json").exists(), "{id}");
    }
}

#[test]
fn a_log_of_others_is_nobody_s() {
    let dir = stored(&["lead-1"]);
    let log = session(&dir, "lead-1").join("execution.jsonl");
    fs::write(&log, GuideSession::new("other").to_string()).unwrap();
    write(&dir).args(["-l", "logs"]).stdout("").status(0);
    assert_eq!(read(session(&dir, "lead-1").join("tokens.json"))["session_id"], "other");
    fs::write(&log, GuideSession::new("a").to_string() + &GuideSession::new("b").to_string()).unwrap();
    let words = "E010_CONFIG_ERR: logs/sessions/lead-1/execution.jsonl: none of its 2 sessions has the name of the \
                 directory, so it is not known whose summary to write";
    write(&dir).args(["-l", "logs"]).stdout("").stderr(said(words)).status(2);
    // One that the directory is named after is found among others.
    fs::write(&log, guide_session("lead-1") + &GuideSession::new("b").to_string()).unwrap();
    write(&dir).args(["-l", "logs"]).stdout("").status(0);
    assert_eq!(read(session(&dir, "lead-1").join("tokens.json"))["total_used"], 650);
}

#[test]
fn only_the_sessions_that_are_asked_for() {
    let dir = stored(&["lead-1", "lead-2"]);
    write(&dir).args(["-l", "logs", "-s", "lead-2"]).stdout("").status(0);
    assert!(!session(&dir, "lead-1").join("tokens.json").exists());
    fs::remove_file(session(&dir, "lead-2").join("tokens.json")).unwrap();
    write(&dir).args(["logs", "-s", "lead-1"]).stdout("").status(0);
    assert!(session(&dir, "lead-1").join("tokens.json").exists());
    assert!(!session(&dir, "lead-2").join("tokens.json").exists());
    let words =
        "E001_SESSION_NF: session \"lead-3\" not found in the input; did you mean \"lead-1\" or \"lead-2\"?";
    write(&dir).args(["logs", "-s", "lead-3"]).stdout("").stderr(said(words)).status(2);
}

#[test]
fn what_has_no_place_beside_a_log_is_refused() {
    let dir = stored(&["lead-1"]);
    fs::write(dir.path().join("a.jsonl"), guide_session("lead-1")).unwrap();
    let stdin = "E010_CONFIG_ERR: --write-summaries writes beside logs, and standard input lies nowhere; name a \
                 file or directory, or -s or -l";
    write(&dir).stdin("{}\n").stdout("").stderr(said(stdin)).status(2);
    let stranger = "E010_CONFIG_ERR: a.jsonl: no summary is written, as it is no execution.jsonl";
    write(&dir).args(["a.jsonl", "logs"]).stdout("").stderr(said(stranger)).status(2);
    assert_eq!(read(session(&dir, "lead-1").join("tokens.json"))["total_used"], 650);
    write(&dir)
        .args(["-l", "logs", "--since", "7d"])
        .stdout("")
        .stderr_contains("E010_CONFIG_ERR: ")
        .status(2);
    write(&dir).args(["-l", "logs", "--validate"]).stdout("").stderr_contains("E010_CONFIG_ERR: ").status(2);
    let none = "E010_CONFIG_ERR: no execution.jsonl among the inputs; summaries are written beside it only";
    fs::create_dir(dir.path().join("others")).unwrap();
    fs::rename(dir.path().join("a.jsonl"), dir.path().join("others/a.jsonl")).unwrap();
    write(&dir).arg("others").stdout("").stderr(said(none)).status(2);
}

#[test]
fn the_guide_s_script_reads_them() {
    let dir = stored(&["lead-1"]);
    write(&dir).args(["-l", "logs"]).stdout("").status(0);
    let recipe = "import sys,json; print(json.load(sys.stdin).get('total_used',0))";
    let python = Tool::new("python3").args(["-c", recipe]);
    python.stdin_file(session(&dir, "lead-1").join("tokens.json")).stdout("650\n").status(0);
}
