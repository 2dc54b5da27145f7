//! `sigil-report`: which sessions and rows are shown, in which order, and what they are told apart by.

#![expect(clippy::unwrap_used, reason = "a test whose report is no object has failed")]

use serde_json::{Value, json};
use sigil_testkit::Tool;
use sigil_testkit::samples::claude::Answer;
use sigil_testkit::samples::{GuideSession, guide_session};

fn report<'t>() -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report"))
}

/// The object that a run prints.
#[track_caller]
fn object(log: impl Into<Vec<u8>>, args: &[&str]) -> Value {
    report().args(args).arg("--json").stdin(log).object()
}

fn names(object: &Value, list: &str, key: &str) -> Vec<String> {
    object[list].as_array().unwrap().iter().map(|row| row[key].as_str().unwrap().to_owned()).collect()
}

fn event(session: &str, at: &str, rest: &str) -> String {
    format!("{{\"timestamp\":\"{at}\",\"session_id\":\"{session}\",{rest}}}\n")
}

/// Four sessions: one has ended well, one failed, one runs, one is stale.
fn four() -> String {
    let step = |tokens: u32| {
        format!(
            r#""event_type":"step_complete","component":"memory","tokens":{tokens},"metadata":{{"latency_ms":{tokens}}}"#
        )
    };
    let now = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    guide_session("ended")
        + &event("failed", "2026-01-11T11:00:00", &step(9000))
        + &event(
            "failed",
            "2026-01-11T11:00:09",
            r#""event_type":"session_error","message":"gave up after 3 tries""#,
        )
        + &event("stale", "2026-01-11T12:00:00", &step(20))
        + &event("runs", &now, &step(100))
}

#[test]
fn sessions_are_sorted_cut_and_counted_by_state() {
    let ids = |args: &[&str]| names(&object(four(), args), "sessions", "session_id");
    assert_eq!(ids(&[]), ["ended", "failed", "stale", "runs"]);
    assert_eq!(ids(&["--reverse"]), ["runs", "stale", "failed", "ended"]);
    assert_eq!(ids(&["--sort", "tokens"]), ["failed", "ended", "runs", "stale"]);
    assert_eq!(ids(&["--sort", "tokens", "--reverse"]), ["stale", "runs", "ended", "failed"]);
    assert_eq!(ids(&["--sort", "errors"]), ["failed", "ended", "runs", "stale"]);
    assert_eq!(ids(&["--sort", "events", "--limit", "2"]), ["ended", "failed"]);
    assert_eq!(ids(&["--sort", "duration"]), ["failed", "ended", "runs", "stale"]);
    assert_eq!(ids(&["--sort", "latency"]), ["failed", "ended", "runs", "stale"]);
    assert_eq!(ids(&["--sort", "name"]), ["ended", "failed", "runs", "stale"]);
    assert_eq!(ids(&["--sort", "time"]), ["ended", "failed", "stale", "runs"]);
    assert_eq!(ids(&["--sort", "last"]), ["runs", "stale", "failed", "ended"]);
    assert_eq!(ids(&["--min-tokens", "100"]), ["ended", "failed", "runs"]);
    assert_eq!(ids(&["--min-tokens", "0.1k", "--sort", "tokens", "--limit", "2"]), ["failed", "ended"]);
    assert_eq!(ids(&["--status", "stale,error"]), ["failed", "stale"]);
    assert_eq!(ids(&["--status", "failed"]), ["failed"]);
    assert_eq!(ids(&["--limit", "0"]), [""; 0]);
    let all = object(four(), &["--limit", "1"]);
    assert_eq!((&all["totals"]["sessions"], &all["totals"]["left_out"]), (&json!(4), &json!(3)));
    assert_eq!(
        all["totals"]["states"],
        json!({"waiting": 0, "running": 1, "stale": 1, "complete": 1, "error": 1})
    );
    assert_eq!(all["totals"]["total_used"], 650 + 9000 + 20 + 100);
    report()
        .args(["--limit", "1"])
        .stdin(four())
        .stdout_contains("  … 3 more sessions\n  1 running, 1 stale, 1 complete, 1 failed\n")
        .status(0);
}

#[test]
fn rows_are_sorted_cut_and_say_what_is_left_out() {
    let rows = |args: &[&str]| names(&object(guide_session("lead-1"), args), "rows", "component");
    let by = ["--by", "component"];
    assert_eq!(rows(&[&by[..], &["--limit", "2"]].concat()), ["reasoning", "memory"]);
    assert_eq!(rows(&[&by[..], &["--sort", "name", "--limit", "2"]].concat()), ["memory", "orchestrator"]);
    assert_eq!(rows(&[&by[..], &["--sort", "latency", "--limit", "2"]].concat()), ["reasoning", "memory"]);
    assert_eq!(rows(&[&by[..], &["--min-tokens", "60"]].concat()), ["reasoning", "memory"]);
    assert_eq!(
        rows(&[&by[..], &["--sort", "started"]].concat()),
        ["orchestrator", "routing", "memory", "planning", "reasoning", "validation"]
    );
    report()
        .args(["--by", "component", "--limit", "1"])
        .stdin(guide_session("lead-1"))
        .stdout(
            "COMPONENT  TOKENS   SHARE  SESSIONS  EVENTS  OPERATIONS\n\
             reasoning     450   69.2%         1       1           1\n\
             total         650  100.0%         1       7           5\n\
             … 5 more rows\n",
        )
        .status(0);
}

#[test]
fn weeks_begin_on_monday_and_months_are_those_of_the_zone() {
    let log = |at: &str, tokens: u32| event("s", at, &format!("\"component\":\"c\",\"tokens\":{tokens}"));
    let log =
        log("2026-01-11T23:30:00Z", 1) + &log("2026-01-31T23:30:00Z", 2) + &log("2027-01-03T12:00:00Z", 4);
    let rows = |key: &str, zone: &str| {
        let report = object(log.clone(), &["--by", key, "--timezone", zone]);
        let rows = report["rows"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| (row[key].as_str().unwrap().to_owned(), row["tokens"].as_u64().unwrap()))
            .collect::<Vec<_>>()
    };
    let of = |rows: &[(&str, u64)]| rows.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect::<Vec<_>>();
    assert_eq!(rows("week", "utc"), of(&[("2026-W02", 1), ("2026-W05", 2), ("2026-W53", 4)]));
    assert_eq!(rows("week", "Europe/Berlin"), of(&[("2026-W03", 1), ("2026-W05", 2), ("2026-W53", 4)]));
    assert_eq!(rows("month", "utc"), of(&[("2026-01", 3), ("2027-01", 4)]));
    assert_eq!(rows("month", "Europe/Berlin"), of(&[("2026-01", 1), ("2026-02", 2), ("2027-01", 4)]));
    // Hours and months together: each hour knows its month.
    let nested = object(log.clone(), &["--by", "month,hour", "--timezone", "utc"]);
    assert_eq!(names(&nested, "rows", "hour"), ["2026-01-11T23:00", "2026-01-31T23:00", "2027-01-03T12:00"]);
}

#[test]
fn types_of_events_and_errors_are_told_apart_and_varying_figures_do_not_split_errors() {
    let fails = |n: u32, message: &str| {
        let at = format!("2026-01-11T10:00:{n:02}");
        event("s", &at, &format!(r#""event_type":"step_error","component":"memory","message":"{message}""#))
    };
    let log = fails(1, "timeout after 17 ms at /a/b")
        + &fails(2, "timeout after 2900 ms at /c/d/e")
        + &fails(3, "no answer")
        + &guide_session("lead-1");
    let report = object(log.clone(), &["--by", "error"]);
    assert_eq!(names(&report, "rows", "error"), ["memory: timeout after N ms at /PATH", "memory: no answer"]);
    let first = &report["rows"][0];
    assert_eq!((&first["errors"], &first["events"], &first["sessions"]), (&json!(2), &json!(2), &json!(1)));
    assert_eq!(
        (&first["first"], &first["last"]),
        (&json!("2026-01-11T10:00:01"), &json!("2026-01-11T10:00:02"))
    );
    assert_eq!(report["totals"]["events"], 10);
    self::report()
        .args(["--by", "error"])
        .stdin(log.clone())
        .stdout_contains("\n… 7 events of no error in the total only\n")
        .status(0);
    let report = object(log, &["--by", "event"]);
    assert_eq!(
        names(&report, "rows", "event"),
        ["step_complete", "session_complete", "session_start", "step_error"]
    );
}

#[test]
fn very_many_different_errors_are_not_very_many_rows() {
    // Letters only: nothing of them is replaced.
    let word =
        |n: u32| format!("{n:04}").chars().map(|c| char::from(c as u8 - b'0' + b'a')).collect::<String>();
    let log: String = (0..2000)
        .map(|n| {
            event(
                "s",
                "2026-01-11T10:00:00",
                &format!(r#""event_type":"step_error","message":"{}""#, word(n)),
            )
        })
        .collect();
    let rows = object(log, &["--by", "error"]);
    let rows = rows["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 513);
    assert_eq!((&rows[0]["error"], &rows[0]["errors"]), (&json!("(other)"), &json!(2000 - 512)));
}

/// An answer that calls a tool, and what comes of it.
fn call(id: &str, tool: &str, project: &str, is_error: bool) -> String {
    let line = |kind: &str, role: &str, content: String| {
        format!(
            r#"{{"type":"{kind}","timestamp":"2026-01-11T10:00:00.000Z","sessionId":"{project}","cwd":"/home/u/{project}","message":{{"role":"{role}","content":[{content}]}}}}"#
        ) + "\n"
    };
    line("assistant", "assistant", format!(r#"{{"type":"tool_use","id":"{id}","name":"{tool}"}}"#))
        + &line(
            "user",
            "user",
            format!(
                r#"{{"type":"tool_result","tool_use_id":"{id}","is_error":{is_error},"content":"no such file"}}"#
            ),
        )
}

#[test]
fn tools_have_their_calls_and_failures_and_projects_their_directories() {
    let log = call("1", "Read", "alpha", true)
        + &call("2", "Read", "alpha", false)
        + &call("3", "Bash", "beta", false);
    let report = object(log.clone(), &["--by", "tool"]);
    assert_eq!(names(&report, "rows", "tool"), ["Read", "Bash"]);
    let read = &report["rows"][0];
    assert_eq!((&read["calls"], &read["errors"], &read["events"]), (&json!(2), &json!(1), &json!(3)));
    let report = object(log.clone(), &["--by", "project,tool"]);
    assert_eq!(names(&report, "rows", "project"), ["/home/u/alpha", "/home/u/beta"]);
    self::report()
        .args(["--by", "tool"])
        .stdin(log + &guide_session("lead-1"))
        .stdout(
            "TOOL   TOKENS  CALLS  ERRORS   SHARE  SESSIONS  EVENTS  OPERATIONS\n\
             Read        0      2       1    0.0%         1       3           0\n\
             Bash        0      1       0    0.0%         1       1           0\n\
             total     650      3       1  100.0%         3      14           5\n\
             … 10 events of no tool in the total only\n",
        )
        .status(0);
}

#[test]
fn a_project_without_a_working_directory_is_named_by_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let projects = dir.path().join("projects/-home-u-gamma");
    std::fs::create_dir_all(&projects).unwrap();
    let answer = Answer::new("m").session("a").usage(1, 2).line();
    std::fs::write(projects.join("a.jsonl"), answer.replace("\"cwd\"", "\"was\"")).unwrap();
    let log = dir.path().join("lead.jsonl");
    std::fs::write(&log, guide_session("lead-1")).unwrap();
    report()
        .args(["--json", "--by", "project"])
        .args([dir.path()])
        .stdout_json(|report| assert_eq!(names(report, "rows", "project"), ["(none)", "-home-u-gamma"]))
        .status(0);
}

#[test]
fn a_day_names_its_models() {
    let answer = |id: &str, model: &str, day: u32| {
        Answer::new(id)
            .session("a")
            .model(model)
            .at(&format!("2026-01-{day}T08:00:00.000Z"))
            .usage(1, 2)
            .line()
    };
    let log = answer("1", "claude-opus-4-6", 11)
        + &answer("2", "claude-haiku-4-5", 12)
        + &answer("3", "claude-opus-4-6", 12);
    let report = object(log.clone(), &["--by", "day", "--timezone", "utc"]);
    assert_eq!(report["rows"][1]["models"], json!(["claude-haiku-4-5", "claude-opus-4-6"]));
    assert_eq!(report["rows"].as_array().unwrap().len(), 2);
    self::report()
        .args(["--by", "day", "--timezone", "utc"])
        .stdin(log)
        .stdout_contains("  claude-haiku-4-5, claude-opus-4-6\n")
        .status(0);
}

#[test]
fn what_is_no_order_and_no_state_is_refused_with_those_that_are() {
    report()
        .args(["--sort", "size"])
        .stdin("")
        .stdout("")
        .stderr_contains("sigil-report: E010_CONFIG_ERR: ")
        .stderr_contains(
            "tokens, cost, events, errors, sessions, duration, latency, name, started, time, last",
        )
        .status(2);
    report()
        .args(["--status", "done"])
        .stdin("")
        .stdout("")
        .stderr_contains("waiting, running, stale, complete, error")
        .status(2);
    report().args(["--limit", "-1"]).stdin("").stdout("").stderr_contains("E010_CONFIG_ERR").status(2);
    let log = GuideSession::new("s").to_string();
    report().args(["--by", "day", "--limit", "0"]).stdin(log).stdout_contains("… 1 more row\n").status(0);
}
