//! `sigil-report` as a process: what it prints, says and ends with.

use std::fs;

use serde_json::{Value, json};
use sigil_testkit::Tool;
use sigil_testkit::samples::claude::{self, Answer};
use sigil_testkit::samples::{GuideSession, guide_session, store};

fn report<'t>() -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report"))
}

/// The text of a report on `log`, which must be read without a word.
#[track_caller]
fn text(log: impl Into<Vec<u8>>, args: &[&str]) -> String {
    let output = report().args(args).stdin(log).run();
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    output.stdout_text()
}

/// A line of Sigil's; `rest` is what stands behind the session's id.
fn event(session: &str, rest: &str) -> String {
    format!("{{\"session_id\":\"{session}\",{rest}}}\n")
}

#[test]
fn one_session_is_the_guide_s_report() {
    insta::assert_snapshot!(text(guide_session("lead-1"), &[]), @r"
    ==================================================
    SESSION ANALYSIS REPORT
    ==================================================

    Session: lead-1
    Status: COMPLETE
    Total Events: 7
    Total Tokens: 650
    Budget: 650 / 256,000 (0.25%) NORMAL [#...................]
    Duration: 7.9s
    Period: 2026-01-11 10:15:30 to 10:15:38 (UTC)
    Steps: 5 completed, 0 failed
    Retries: 0

    Tokens by Component:
      COMPONENT   TOKENS  SHARE  OPERATIONS   BUDGET  USED
      routing         50   7.7%           1   10,000  0.5%
      memory         150  23.1%           1   30,000  0.5%
      planning         0   0.0%           1   20,000  0.0%
      reasoning      450  69.2%           1  150,000  0.3%
      validation       0   0.0%           1   10,000  0.0%

    Latency by Component:
      COMPONENT   COUNT  TOTAL   TIME   MEAN    P50    P95    P99    MAX
      routing         1   1.2s  15.3%   1.2s   1.2s   1.2s   1.2s   1.2s
      memory          1   1.5s  19.1%   1.5s   1.5s   1.5s   1.5s   1.5s
      planning        1  100ms   1.3%  100ms  100ms  100ms  100ms  100ms
      reasoning       1   2.1s  26.7%   2.1s   2.1s   2.1s   2.1s   2.1s  SLOWEST
      validation      1   80ms   1.0%   80ms   80ms   80ms   80ms   80ms

    Performance:
      Throughput: 53.4 events/min, 4,958 tokens/min
      Gaps: 6 between events, p95 2.2s, longest 2.2s after planning at 01-11 10:15:34

    Findings:
      OK  Components in order  routing → memory → planning → reasoning → validation
      OK  Few tokens           routing 50, memory 150, planning 0, reasoning 450, validation 0
      OK  Steady steps         all steps under 3.0s, longest 2.1s

    ==================================================
    ");
}

#[test]
fn one_session_as_json_has_the_names_of_tokens_json_and_metrics_json() {
    report().arg("--json").stdin(guide_session("lead-1")).stdout_json(check_guide).status(0);

    fn check_guide(report: &Value) {
        let session = &report["sessions"][0];
        let expected = json!({
            "session_id": "lead-1", "status": "COMPLETE", "stale": false,
            "first": "2026-01-11T10:15:30.923456", "last": "2026-01-11T10:15:38.789012",
            "duration_seconds": 7.865556, "events": 7, "steps_completed": 5, "steps_failed": 0,
            "retries": 0, "errors": 0, "total_budget": 256_000, "total_used": 650,
            "total_remaining": 255_350, "utilization_percentage": 0.25, "warning_level": "NORMAL",
            "restated_tokens": 0, "cost_usd": null, "unpriced_tokens": 650, "context_tokens": null,
            "slowest_component": "reasoning", "fastest_component": "validation",
            "average_latency_ms": 996.0, "models": {}, "error_events": [],
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&session[name], value, "{name}");
        }
        assert_eq!(
            session["components"]["memory"],
            json!({
                "allocated": 30_000, "used": 150, "utilization": 0.5, "operations": 1,
                "latency_ms": {"count": 1, "total": 1500.0, "mean": 1500.0, "p50": 1500.0, "p95": 1500.0, "p99": 1500.0, "max": 1500.0},
                "time_share": 19.07,
                "longest_step": {"timestamp": "2026-01-11T10:15:33.456789", "component": "memory", "latency_ms": 1500.0, "file": "stdin", "offset": 447},
            })
        );
        assert_eq!(session["components"].get("orchestrator"), None);
        assert_eq!(
            (&report["totals"]["sessions"], &report["totals"]["total_used"]),
            (&json!(1), &json!(650))
        );
        assert_eq!(report["malformed"], json!({"count": 0, "lines": []}));
    }
}

#[test]
fn several_sessions_are_rows_in_the_order_of_their_first_event() {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path(), &["lead-2", "lead-1"]).unwrap();
    let failed = dir.path().join("sessions/lead-3");
    fs::create_dir(&failed).unwrap();
    let lines = [
        r#""timestamp":"2026-01-11T10:30:00","event_type":"session_start","metadata":{"budget":1000}"#,
        r#""timestamp":"2026-01-11T10:30:01","event_type":"step_error","component":"memory","message":"no answer","tokens":960"#,
        r#""timestamp":"2026-01-11T10:30:02","event_type":"session_error","message":"gave up""#,
    ];
    let lines: String = lines.iter().map(|rest| event("lead-3", rest)).collect();
    fs::write(failed.join("execution.jsonl"), lines).unwrap();

    let output = report().arg("-l").arg(dir.path()).run();
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    insta::assert_snapshot!(output.stdout_text(), @r"
    ==================================================
    SESSION ANALYSIS REPORT
    ==================================================

    Sessions (3):
      SESSION  STATUS    EVENTS  TOKENS  BUDGET  LEVEL     DURATION  ERRORS   LAST EVENT
      lead-2   COMPLETE       7     650   0.25%  NORMAL        7.9s       0  01-11 10:15
      lead-1   COMPLETE       7     650   0.25%  NORMAL        7.9s       0  01-11 10:16
      lead-3   ERROR          3     960  96.00%  EXCEEDED      2.0s       2  01-11 10:30
      total                  17   2,260   0.44%  NORMAL       17.7s       2  01-11 10:30
      2 complete, 1 failed

    Total Events: 17
    Total Tokens: 2,260
    Budget: 2,260 / 513,000 (0.44%) NORMAL [#...................]
    Duration: 17.7s (all sessions together)
    Period: 2026-01-11 10:15:30 to 10:30:02 (UTC)
    Steps: 10 completed, 1 failed
    Retries: 0

    Tokens by Component:
      COMPONENT   TOKENS  SHARE  OPERATIONS   BUDGET  USED
      routing        100   4.4%           2   30,000  0.3%
      memory       1,260  55.8%           3   90,000  1.4%
      planning         0   0.0%           2   60,000  0.0%
      reasoning      900  39.8%           2  450,000  0.2%
      validation       0   0.0%           2   30,000  0.0%

    Latency by Component:
      COMPONENT   COUNT  TOTAL   TIME   MEAN    P50    P95    P99    MAX
      routing         2   2.4s  13.5%   1.2s   1.2s   1.2s   1.2s   1.2s
      memory          2   3.0s  16.9%   1.5s   1.5s   1.5s   1.5s   1.5s
      planning        2  200ms   1.1%  100ms  100ms  100ms  100ms  100ms
      reasoning       2   4.2s  23.7%   2.1s   2.1s   2.1s   2.1s   2.1s  SLOWEST
      validation      2  160ms   0.9%   80ms   80ms   80ms   80ms   80ms

    Performance:
      Throughput: 57.5 events/min, 7,648 tokens/min
      Gaps: 14 between events, p95 2.2s, longest 2.2s after planning at 01-11 10:15:34 in lead-2

    Findings:
      OK  Components in order  components in the order of the pipeline  2 sessions: lead-2, lead-1
      OK  Few tokens           no component above 10% of its budget     2 sessions: lead-2, lead-1
      OK  Steady steps         all steps under 3.0s, longest 2.1s       2 sessions: lead-2, lead-1

    Errors (2):
      01-11 10:30:01  lead-3  [memory]  no answer
      01-11 10:30:02  lead-3  [?]       gave up

    ==================================================
    ");
    report()
        .args(["--json", "-l"])
        .arg(dir.path())
        .stdout_json(|report| {
            let ids: Vec<_> =
                report["sessions"].as_array().unwrap().iter().map(|session| &session["session_id"]).collect();
            assert_eq!(ids, ["lead-2", "lead-1", "lead-3"]);
            assert_eq!(report["totals"]["total_budget"], 513_000);
            assert_eq!(report["totals"]["duration_seconds"], 17.731112);
        })
        .status(0);
}

#[test]
fn the_order_of_operands_does_not_matter() {
    let dir = tempfile::tempdir().unwrap();
    let paths = store(dir.path(), &["a", "b", "c"]).unwrap();
    let json = |paths: Vec<&std::path::PathBuf>| report().arg("--json").args(paths).run().stdout;
    assert_eq!(json(vec![&paths[0], &paths[1], &paths[2]]), json(vec![&paths[2], &paths[0], &paths[1]]));
}

#[test]
fn an_empty_log_is_a_report_of_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("empty.jsonl");
    fs::write(&log, "").unwrap();
    report()
        .arg(&log)
        .stdout_contains("Status: WAITING (no events)\nTotal Events: 0\nTotal Tokens: 0\n")
        .status(0);
    report()
        .args(["--json", "--strict"])
        .arg(&log)
        .stdout_json(|report| {
            assert_eq!(report["sessions"], json!([]));
            assert_eq!(report["totals"]["events"], 0);
            assert_eq!(report["totals"]["first"], Value::Null);
        })
        .status(0);
}

#[test]
fn a_session_waits_for_its_first_event() {
    let home = tempfile::tempdir().unwrap();
    for (id, text) in [("begun", guide_session("begun")), ("new", String::new()), ("none", String::new())] {
        let directory = home.path().join("sessions").join(id);
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join("execution.jsonl"), text).unwrap();
    }
    fs::remove_file(home.path().join("sessions/none/execution.jsonl")).unwrap();
    let report = || report().arg("-l").arg(home.path());
    report().stdout_contains("1 waiting, 1 complete\n").status(0);
    report()
        .args(["-s", "new"])
        .stdout_contains("Session: new\nStatus: WAITING\nTotal Events: 0\n")
        .status(0);
    report().args(["--status", "waiting"]).stdout_contains("Session: new\n").status(0);
    report().args(["--by", "session"]).stdout_contains("\nnew           0    0.0%       0").status(0);
    report().args(["--status", "running"]).stdout_contains("\nSessions: none that is asked for\n").status(0);
    report()
        .args(["--since", "2030-01-01"])
        .stdout_contains("\nSessions: none that is asked for\n")
        .status(0);
}

#[test]
fn restated_tokens_are_said_and_count_only_when_asked() {
    let log = GuideSession::new("s").stated_total(650).to_string();
    let said = text(log.clone(), &[]);
    assert!(
        said.contains("Total Tokens: 650\nRestated Tokens: 650 (stated again by totals, counted once)\n")
    );
    let all = text(log, &["--count-all"]);
    // Nothing is left out then.
    assert!(all.contains("Total Tokens: 1,300\n") && !all.contains("Restated"), "{all}");
}

#[test]
fn a_running_session_is_stale_after_a_while() {
    let log = GuideSession::new("s").running().to_string();
    assert!(text(log.clone(), &[]).contains("Status: RUNNING (stale)\n"));
    assert!(text(log.clone(), &["--stale-after", "99999d"]).contains("Status: RUNNING\n"));
    // As of then, something had just happened.
    assert!(text(log, &["--until", "2026-01-11T10:16:00"]).contains("Status: RUNNING\n"));
    report()
        .args(["--stale-after", "soon"])
        .stderr(
            "sigil-report: E010_CONFIG_ERR: invalid value 'soon' for '--stale-after <AGE>': expected an age such as \
             90s, 10m, 36h or 7d (see sigil-report --help)\n",
        )
        .status(2);
}

#[test]
fn the_first_five_errors_are_shown_and_all_of_them_on_demand() {
    let error = |n: u32| {
        let rest = format!(
            r#""timestamp":"2026-01-11T10:00:0{n}Z","event_type":"step_error","component":"memory","message":"failure {n}""#
        );
        event("s", &rest)
    };
    let log: String = (0..7).rev().map(error).collect();
    let first = text(log.clone(), &[]);
    assert!(first.contains("Errors (7):\n  01-11 10:00:00  [memory]  failure 0\n"), "{first}");
    assert!(first.contains("failure 4\n  … and 2 more (see --all-errors)\n"), "{first}");
    let all = text(log.clone(), &["--all-errors"]);
    assert!(all.contains("failure 6\n\n=") && !all.contains("more"), "{all}");
    let of = |args: &[&'static str], count: usize| {
        let check = move |report: &Value| {
            let session = &report["sessions"][0];
            assert_eq!(session["errors"], 7);
            assert_eq!(session["error_events"].as_array().unwrap().len(), count);
            let expected =
                json!({"timestamp": "2026-01-11T10:00:00Z", "component": "memory", "message": "failure 0"});
            assert_eq!(session["error_events"][0], expected);
        };
        report().arg("--json").args(args).stdin(log.clone()).stdout_json(check).status(0);
    };
    of(&[], 5);
    of(&["--all-errors"], 7);
}

#[test]
fn hostile_text_cannot_change_the_terminal() {
    let log = event(
        r"s\u001b[2J",
        r#""event_type":"step_error","component":"c\u001b[31m","message":"\u001b]0;owned\u0007\r\nhidden \u202egnp","tokens":5"#,
    );
    let shown = text(log, &["--color", "never"]);
    assert!(!shown.contains(['\x1b', '\r', '\x07', '\u{202e}']), "{shown:?}");
    assert!(shown.contains(r"Session: s\x1b[2J"), "{shown}");
    assert!(shown.contains(r"[c\x1b[31m]  \x1b]0;owned\x07 hidden \u{202e}gnp"), "{shown}");
}

#[test]
fn malformed_lines_are_told_with_their_places() {
    let log = format!("{}not json\n[1]\n", guide_session("s"));
    let warning = "sigil-report: E003_PARSE_FAIL: skipped 2 malformed lines: stdin:8, stdin:9\n";
    report()
        .stdin(log.clone())
        .stdout_contains("Malformed lines (2):\n  stdin:8: not a JSON object\n  stdin:9: not a JSON object\n")
        .stderr(warning)
        .status(0);
    report()
        .args(["--json", "--strict"])
        .stdin(log)
        .stdout_json(|report| {
            assert_eq!(report["malformed"]["count"], 2);
            let line = json!({"file": "stdin", "line": 9, "why": "not a JSON object"});
            assert_eq!(report["malformed"]["lines"][1], line);
            assert_eq!(report["sessions"][0]["total_used"], 650);
        })
        .stderr(warning)
        .status(2);
}

#[test]
fn what_cannot_be_read_is_trouble_and_the_rest_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.jsonl"), guide_session("s")).unwrap();
    report()
        .current_dir(dir.path())
        .arg("missing.jsonl")
        .stdout("")
        .stderr_contains("sigil-report: E001_SESSION_NF: ")
        .status(2);
    fs::write(dir.path().join("b.jsonl.gz"), b"\x1f\x8b\x08 broken").unwrap();
    report().current_dir(dir.path()).arg("b.jsonl.gz").stdout("").stderr_contains("b.jsonl.gz").status(2);
    report()
        .current_dir(dir.path())
        .args(["a.jsonl", "b.jsonl.gz"])
        .stdout_contains("Total Tokens: 650\n")
        .stderr_contains("b.jsonl.gz")
        .status(2);
}

/// A log of text: four events, one of them an error with its trace.
const TEXT: &str = "\
2026-01-31 23:29:30,747 INFO a: start
2026-01-31 23:29:31,747 ERROR a: failed
Traceback (most recent call last):
  File \"a.py\", line 1, in b
ValueError: no such thing
2026-01-31 23:29:32,747 WARNING a: again
2026-01-31 23:29:33,747 INFO a: 0 errors left
";

#[test]
fn a_log_of_text_has_its_errors_once_with_their_traces() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("app.log"), TEXT).unwrap();
    let output = report().current_dir(dir.path()).arg("app.log").run();
    insta::assert_snapshot!(output.stdout_text(), @r#"
    ==================================================
    SESSION ANALYSIS REPORT
    ==================================================

    Session: app
    Status: RUNNING (stale)
    Total Events: 4
    Total Tokens: 0
    Duration: 3.0s
    Period: 2026-01-31 23:29:30 to 23:29:33 (UTC)
    Logs: 1 file, 7 lines, 254 B

    Performance:
      Throughput: 80.0 events/min, 0.0 tokens/min
      Gaps: 3 between events, p95 1.0s, longest 1.0s after app at 01-31 23:29:30

    Errors (1):
      01-31 23:29:31  [app]  ERROR a: failed Traceback (most recent call last): File "a.py", line 1, in b ValueError: no such th…

    Stack traces (1):
      COUNT  TRACE
          1  ValueError: b (a.py)

    ==================================================
    "#);
    report()
        .current_dir(dir.path())
        .args(["app.log", "--json", "--input-timezone", "utc"])
        .stdout_json(|report| {
            let message = "ERROR a: failed\nTraceback (most recent call last):\n  File \"a.py\", line 1, in b\nValueError: no such thing";
            let error = json!({"timestamp": "2026-01-31T23:29:31.747000", "component": "app", "message": message});
            let session = &report["sessions"][0];
            assert_eq!(session["session_id"], "app");
            assert_eq!((&session["events"], &session["errors"]), (&json!(4), &json!(1)));
            assert_eq!(session["error_events"], json!([error]));
        })
        .stderr("")
        .status(0);
}

#[test]
fn text_is_what_is_named_and_in_a_directory_what_ends_in_log() {
    let dir = tempfile::tempdir().unwrap();
    let logs = [
        ("a.log", TEXT),
        ("a.log.1", "old error\n"),
        ("notes.txt", "an error\n"),
        ("cut.jsonl", "\"tokens\":5}\n"),
    ];
    for (name, log) in logs {
        fs::write(dir.path().join(name), log).unwrap();
    }
    let check = |args: &[&str], events: u64, stderr: &str| {
        report()
            .current_dir(dir.path())
            .args(args)
            .arg("--json")
            .stdout_json(move |report| assert_eq!(report["totals"]["events"], events))
            .stderr(stderr)
            .status(0);
    };
    check(&["."], 5, "");
    check(&["--from", "text", "."], 5, "");
    check(&["notes.txt"], 1, "");
    let warnings = "sigil-report: E003_PARSE_FAIL: cut.jsonl: no line is of a known format (see --from)\n\
                    sigil-report: E003_PARSE_FAIL: skipped 1 malformed line: cut.jsonl:1\n";
    check(&["cut.jsonl"], 0, warnings);
    check(&["--from", "text", "cut.jsonl"], 1, "");
}

#[test]
fn text_in_a_pipe_ends_where_objects_begin() {
    let log = format!(
        "==> b.log <==\n{TEXT}{{\n  \"a\": 1\n}}\n\n==> c.jsonl <==\nx\n{}y\n",
        event("s", r#""tokens":5"#)
    );
    report()
        .arg("--json")
        .stdin(log)
        .stdout_json(|report| {
            let ids: Vec<_> =
                report["sessions"].as_array().unwrap().iter().map(|s| &s["session_id"]).collect();
            assert_eq!(ids, ["b", "s"]);
            assert_eq!(report["sessions"][0]["events"], 4);
            assert_eq!(report["malformed"]["count"], 2);
        })
        .stderr("sigil-report: E003_PARSE_FAIL: skipped 2 malformed lines: stdin:14, stdin:16\n")
        .status(0);
}

#[test]
fn a_session_that_is_not_there_comes_with_the_nearest() {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path(), &["lead-10"]).unwrap();
    report()
        .args(["-s", "lead-1", "-l"])
        .arg(dir.path())
        .stdout("")
        .stderr_contains("session \"lead-1\" not found in")
        .stderr_contains("did you mean \"lead-10\"?\n")
        .status(2);
}

#[test]
fn a_transcript_has_models_and_context_and_no_budget_of_its_own() {
    let log = claude::user("s1", "2026-02-12T16:02:00.000Z", "hello")
        + &Answer::new("msg_1").usage(3, 0).cache(1500, 20_000).snapshots(&[1, 80])
        + &Answer::new("msg_2").model("claude-haiku-4-5").usage(1, 5).side_chain().line();
    let shown = text(log.clone(), &["--timezone", "Europe/Berlin"]);
    insta::assert_snapshot!(shown, @r"
    ==================================================
    SESSION ANALYSIS REPORT
    ==================================================

    Session: s1
    Status: RUNNING (stale)
    Total Events: 4
    Total Tokens: 21,589
    Usage: 4 input, 85 output, 1,500 cache write, 20,000 cache read
    Cost: $0.01
    Context: 21,583 tokens after the last answer (10.79% of 200,000)
    Duration: 27.7s
    Period: 2026-02-12 17:02:00 to 17:02:27 (Europe/Berlin)

    Tokens by Component:
      COMPONENT  TOKENS   SHARE  OPERATIONS
      assistant  21,583  100.0%           1
      subagent        6    0.0%           1

    Tokens by Model:
      MODEL                       TOKENS   SHARE      COST
      claude-sonnet-4-5-20250929  21,583  100.0%     $0.01
      claude-haiku-4-5                 6    0.0%  <$0.0001

    Performance:
      Throughput: 8.7 events/min, 46,733 tokens/min
      Gaps: 3 between events, p95 27.7s, longest 27.7s after user at 02-12 17:02:00

    ==================================================
    ");
    let with_budget = text(log.clone(), &["--budget", "100k"]);
    assert!(with_budget.contains("Budget: 21,589 / 100,000 (21.59%) NORMAL [####................]\n"));
    report()
        .arg("--json")
        .stdin(log)
        .stdout_json(|report| {
            let session = &report["sessions"][0];
            assert_eq!(
                (&session["total_budget"], &session["context_tokens"]),
                (&Value::Null, &json!(21_583))
            );
            let usage = json!({"input": 1, "output": 5, "reasoning": 0, "cache_read": 0, "cache_write": 0, "cache_write_1h": 0});
            let expected = json!({"tokens": 6, "usage": usage, "cost_usd": 0.000026, "unpriced_tokens": 0, "estimated_tokens": 0});
            assert_eq!(session["models"]["claude-haiku-4-5"], expected);
            assert_eq!((&session["cost_usd"], &session["unpriced_tokens"]), (&json!(0.01286), &json!(0)));
        })
        .status(0);
}

#[test]
fn the_configuration_sets_budgets_and_the_command_line_overrides_them() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("c.toml");
    fs::write(&config, "[budget]\nsession = 1000\n[budget.components]\norchestrator = 7\n").unwrap();
    let config = config.to_str().unwrap();
    let of_config = text(guide_session("s"), &["--config", config]);
    assert!(of_config.contains("Budget: 650 / 1,000 (65.00%) ELEVATED"), "{of_config}");
    assert!(of_config.contains("orchestrator       0   0.0%           2        7"), "{of_config}");
    let of_flag = text(guide_session("s"), &["--config", config, "--budget", "2k"]);
    assert!(of_flag.contains("Budget: 650 / 2,000 (32.50%) NORMAL"), "{of_flag}");
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let log: String = (0..20_000).map(|n| event(&format!("session-{n}"), "\"tokens\":1")).collect();
    report().stdin(log).head(1).stdout("==================================================\n").status(0);
}
