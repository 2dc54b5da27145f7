//! `sigil-report --by`: tokens told apart.

use serde_json::json;
use sigil_testkit::Tool;
use sigil_testkit::samples::claude::Answer;
use sigil_testkit::samples::guide_session;

fn by<'t>(keys: &str) -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report")).args(["--by", keys])
}

fn step_at(session: &str, timestamp: &str, tokens: u64) -> String {
    format!(
        "{{\"timestamp\":\"{timestamp}\",\"session_id\":\"{session}\",\"event_type\":\"token_consumption\",\
         \"component\":\"memory\",\"tokens\":{tokens}}}\n"
    )
}

/// A session of Sigil's, and a transcript of two models on the next day.
fn logs() -> String {
    let answer = |id: &str| Answer::new(id).request("r").session("talk").at("2026-01-12T08:00:00.000Z");
    guide_session("lead-1")
        + &answer("m1").model("claude-opus-4-6").usage(1, 9).line()
        + &answer("m2").model("claude-haiku-4-5").usage(4, 6).cache(30, 400).line()
}

#[test]
fn the_table_has_shares_and_operations_and_the_parts_that_are_told() {
    by("component")
        .stdin(guide_session("lead-1"))
        .stdout(
            "COMPONENT     TOKENS   SHARE  SESSIONS  EVENTS  OPERATIONS\n\
             reasoning        450   69.2%         1       1           1\n\
             memory           150   23.1%         1       1           1\n\
             routing           50    7.7%         1       1           1\n\
             orchestrator       0    0.0%         1       2           2\n\
             planning           0    0.0%         1       1           1\n\
             validation         0    0.0%         1       1           1\n\
             total            650  100.0%         1       7           5\n",
        )
        .status(0);
    by("session")
        .stdin(logs())
        .stdout(
            "SESSION  TOKENS   SHARE  EVENTS  OPERATIONS  INPUT  OUTPUT  CACHE WRITE  CACHE READ     COST\n\
             lead-1      650   59.1%       7           5      0       0            0           0        -\n\
             talk        450   40.9%       2           2      5      15           30         400  $0.0003\n\
             total     1,100  100.0%       9           5      5      15           30         400  $0.0003\n",
        )
        .status(0);
}

#[test]
fn a_list_nests_the_first_key_outermost() {
    by("day,model")
        .args(["--timezone", "utc"])
        .stdin(logs())
        .stdout(
            "DAY         MODEL             TOKENS   SHARE  SESSIONS  EVENTS  OPERATIONS  INPUT  OUTPUT  CACHE WRITE  CACHE READ     COST\n\
             2026-01-11  (none)               650   59.1%         1       7           5      0       0            0           0        -\n\
             2026-01-12  claude-haiku-4-5     440   40.0%         1       1           1      4       6           30         400  $0.0001\n\
             2026-01-12  claude-opus-4-6       10    0.9%         1       1           1      1       9            0           0  $0.0002\n\
             total                          1,100  100.0%         2       9           5      5      15           30         400  $0.0003\n",
        )
        .status(0);
}

#[test]
fn json_has_rows_and_the_totals_of_the_report_without_what_rows_do_not_show() {
    by("model")
        .arg("--json")
        .stdin(logs())
        .stdout_json(|report| {
            let names: Vec<_> = report.as_object().unwrap().keys().collect();
            assert_eq!(names, ["malformed", "rows", "totals"]);
            assert_eq!(
                report["rows"][1],
                json!({"model": "claude-haiku-4-5", "sessions": 1, "events": 1, "errors": 0, "calls": 0,
                       "first": "2026-01-12T08:00:00Z", "last": "2026-01-12T08:00:00Z", "mean_latency_ms": null, "tokens": 440, "restated_tokens": 0, "operations": 1,
                       "cost_usd": 0.0001115, "unpriced_tokens": 0, "estimated_tokens": 0,
                       "usage": {"input": 4, "output": 6, "reasoning": 0, "cache_read": 400, "cache_write": 30,
                                 "cache_write_1h": 0}})
            );
            let totals = &report["totals"];
            assert_eq!(totals["sessions"], 2);
            assert_eq!(totals["total_used"], 1100);
            assert_eq!(totals["events"], 9);
            assert_eq!(totals["usage"]["cache_read"], 400);
            assert_eq!((&totals["cost_usd"], &totals["unpriced_tokens"]), (&json!(0.0003415), &json!(650)));
            for name in ["models", "components", "average_latency_ms", "slowest_component"] {
                assert!(totals.get(name).is_none(), "{name}");
            }
            assert_eq!(report["malformed"], json!({"count": 0, "lines": []}));
        })
        .status(0);
}

/// The hours from 00:00 UTC on, one event each with its number as tokens.
fn hours_from(day: &str) -> String {
    (0..4).map(|hour| step_at("s", &format!("{day}T0{hour}:30:00Z"), 1 << hour)).collect()
}

#[test]
fn where_the_clock_springs_forward_an_hour_is_missing() {
    by("hour")
        .args(["--timezone", "Europe/Berlin"])
        .stdin(hours_from("2026-03-29"))
        .stdout(
            "HOUR              TOKENS   SHARE  SESSIONS  EVENTS  OPERATIONS\n\
             2026-03-29T01:00       1    6.7%         1       1           1\n\
             2026-03-29T03:00       2   13.3%         1       1           1\n\
             2026-03-29T04:00       4   26.7%         1       1           1\n\
             2026-03-29T05:00       8   53.3%         1       1           1\n\
             total                 15  100.0%         1       4           4\n",
        )
        .status(0);
}

#[test]
fn where_the_clock_falls_back_an_hour_comes_twice_and_is_one() {
    by("hour")
        .args(["--timezone", "Europe/Berlin"])
        .stdin(hours_from("2026-10-25"))
        .stdout(
            "HOUR              TOKENS   SHARE  SESSIONS  EVENTS  OPERATIONS\n\
             2026-10-25T02:00       3   20.0%         1       2           2\n\
             2026-10-25T03:00       4   26.7%         1       1           1\n\
             2026-10-25T04:00       8   53.3%         1       1           1\n\
             total                 15  100.0%         1       4           4\n",
        )
        .status(0);
}

#[test]
fn a_day_is_as_long_as_it_is_in_the_zone() {
    for (day, first, last, after) in [
        // 23 hours, then 25.
        ("2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z"),
        ("2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"),
    ] {
        by("day")
            .args(["--timezone", "Europe/Berlin", "--json"])
            .stdin(step_at("s", first, 1) + &step_at("s", last, 2) + &step_at("s", after, 4))
            .stdout_json(|report| {
                let rows = report["rows"].as_array().unwrap();
                let tokens = rows.iter().map(|row| row["tokens"].as_u64().unwrap());
                assert_eq!(tokens.collect::<Vec<_>>(), [3, 4], "{day}");
                assert_eq!(rows[0]["day"], day);
            })
            .status(0);
    }
}

#[test]
fn selections_and_the_plain_sum_work_as_without_it() {
    by("session")
        .args(["-s", "talk", "--since", "2026-01-12", "-"])
        .stdin(logs())
        .stdout_contains("\ntalk        450")
        .status(0);
    let log = step_at("s", "2026-01-11T10:00:00Z", 5)
        + "{\"session_id\":\"s\",\"event_type\":\"session_complete\",\"tokens\":5}\n";
    by("session").stdin(log.clone()).stdout_contains("total         5").status(0);
    by("session").arg("--count-all").stdin(log).stdout_contains("total        10").status(0);
}

#[test]
fn malformed_lines_are_warned_of_and_counted() {
    by("session")
        .args(["--json", "--strict"])
        .stdin("{\"session_id\":\"s\",\"tokens\":5}\nnot json\n")
        .stdout_json(|report| assert_eq!(report["malformed"]["lines"][0]["line"], 2))
        .stderr("sigil-report: E003_PARSE_FAIL: skipped 1 malformed line: stdin:2\n")
        .status(2);
}

#[test]
fn nothing_is_a_table_of_nothing_but_what_cannot_be_read_is_none() {
    by("day")
        .stdin("")
        .stdout(
            "DAY    TOKENS  SHARE  SESSIONS  EVENTS  OPERATIONS\ntotal       0   0.0%         0       0           0\n",
        )
        .status(0);
    by("day").arg("no-such.jsonl").stdout("").stderr_contains("sigil-report: E001_SESSION_NF: ").status(2);
}

#[test]
fn wrong_keys_and_what_rows_cannot_show_are_refused() {
    by("dya")
        .stdin("")
        .stdout("")
        .stderr_contains("sigil-report: E010_CONFIG_ERR: ")
        .stderr_contains("session, component, model, day, week, month, hour, event, error, project, tool")
        .status(2);
    by("day").arg("--all-errors").stdin("").stdout("").stderr_contains("--all-errors").status(2);
}
