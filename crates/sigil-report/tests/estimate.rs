//! `--estimate` in reports: what is an estimate is told apart.

use serde_json::json;
use sigil_testkit::Tool;

fn report<'t>() -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report")).arg("--estimate")
}

/// Ten words of text, which come to 13 tokens, and a step that counts its own.
const LOG: &str = "==> notes.log <==\n2026-01-31T10:00:00Z two three four five six seven eight nine ten\n\
                   ==> s.jsonl <==\n{\"event_type\":\"step_complete\",\"component\":\"a\",\"tokens\":50}\n";

#[test]
fn a_report_says_what_is_an_estimate_and_where() {
    let output = report().stdin(LOG).run();
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    insta::assert_snapshot!(output.stdout_text(), @r"
    ==================================================
    SESSION ANALYSIS REPORT
    ==================================================

    Sessions (2):
      SESSION  STATUS           EVENTS  TOKENS  ESTIMATED  BUDGET  DURATION   LAST EVENT
      notes    RUNNING (stale)       1      13         13       -      0.0s  01-31 10:00
      s        RUNNING               1      50          0   0.02%         -            -
      total                          2      63         13       -      0.0s  01-31 10:00
      1 running, 1 stale

    Total Events: 2
    Total Tokens: 63
    Estimated: 13 tokens of text without counts (words × 1.3)
    Duration: 0.0s (all sessions together)
    Period: 2026-01-31 10:00:00 to 10:00:00 (UTC)
    Steps: 1 completed, 0 failed
    Retries: 0

    Tokens by Component:
      COMPONENT  TOKENS  ESTIMATED  SHARE  OPERATIONS
      a              50          0  79.4%           1
      notes          13         13  20.6%           1

    Findings:
      ADVICE  Session id says nothing  a name that could be anything's  1 session: s
      Session id says nothing: nobody will know later what the session was for. To do: name sessions TYPE-IDENTIFIER-TIMESTAMP, such as lead-analysis-20260111-001.

    ==================================================
    ");
}

#[test]
fn json_tells_it_of_sessions_totals_and_rows() {
    report()
        .arg("--json")
        .stdin(LOG)
        .stdout_json(|v| {
            let told: Vec<_> =
                v["sessions"].as_array().unwrap().iter().map(|s| &s["estimated_tokens"]).collect();
            assert_eq!(told, [&json!(13), &json!(0)]);
            assert_eq!(
                (&v["totals"]["total_used"], &v["totals"]["estimated_tokens"]),
                (&json!(63), &json!(13))
            );
        })
        .stderr("")
        .status(0);
    report()
        .args(["--json", "--by", "session"])
        .stdin(LOG)
        .stdout_json(|v| assert_eq!(v["rows"][1]["estimated_tokens"], 13))
        .stderr("")
        .status(0);
    let request = r#"{"ai_log":{"model":"m","question":"one two three four five"}}"#;
    report()
        .arg("--json")
        .stdin(request)
        .stdout_json(|v| assert_eq!(v["totals"]["models"]["m"]["estimated_tokens"], 7))
        .stderr("")
        .status(0);
}

#[test]
fn a_table_has_a_column_for_it() {
    report()
        .args(["--by", "component"])
        .stdin(LOG)
        .stdout(
            "COMPONENT  TOKENS  ESTIMATED   SHARE  SESSIONS  EVENTS  OPERATIONS\n\
             a              50          0   79.4%         1       1           1\n\
             notes          13         13   20.6%         1       1           1\n\
             total          63         13  100.0%         2       2           1\n",
        )
        .stderr("")
        .status(0);
}

#[test]
fn without_the_flag_nothing_is_estimated() {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report"))
        .arg("--json")
        .stdin(LOG)
        .stdout_json(|v| {
            assert_eq!(
                (&v["totals"]["total_used"], &v["totals"]["estimated_tokens"]),
                (&json!(50), &json!(0))
            )
        })
        .stderr("")
        .status(0);
}
