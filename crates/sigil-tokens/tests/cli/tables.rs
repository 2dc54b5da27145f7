//! `--by`: tokens told apart.

use sigil_testkit::samples::claude::Answer;
use sigil_testkit::samples::guide_session;

use crate::{Place, step_at};

/// Two sessions of Sigil's over two days, and a transcript with two models.
fn logs() -> Place {
    let place = Place::with(
        "a.jsonl",
        step_at("small", "2026-01-11T23:30:00Z", 5)
            + &step_at("big", "2026-01-12T00:30:00Z", 100)
            + &step_at("big", "2026-01-11T22:15:00Z", 20),
    );
    let answer = |id: &str| Answer::new(id).request("r").session("talk").at("2026-01-12T08:00:00.000Z");
    let talk = answer("m1").model("claude-opus-4-6").usage(1, 9).line()
        + &answer("m2").model("claude-haiku-4-5").usage(4, 6).cache(30, 400).line();
    place.file("talk.jsonl", talk);
    place
}

const BOTH: [&str; 4] = ["a.jsonl", "talk.jsonl", "--timezone", "utc"];

#[test]
fn by_component_all_are_shown_largest_first() {
    let place = Place::with("log.jsonl", guide_session("lead-1"));
    place
        .tool()
        .args(["--by", "component", "log.jsonl"])
        .stdout(
            "COMPONENT     TOKENS\n\
             reasoning        450\n\
             memory           150\n\
             routing           50\n\
             orchestrator       0\n\
             planning           0\n\
             validation         0\n\
             total            650\n",
        )
        .status(0);
}

#[test]
fn by_session_parts_of_usage_have_columns_where_known() {
    logs()
        .tool()
        .args(["--by", "session"])
        .args(BOTH)
        .stdout(
            "SESSION  TOKENS  INPUT  OUTPUT  CACHE WRITE  CACHE READ     COST\n\
             talk        450      5      15           30         400  $0.0003\n\
             big         120      0       0            0           0        -\n\
             small         5      0       0            0           0        -\n\
             total       575      5      15           30         400  $0.0003\n",
        )
        .status(0);
}

#[test]
fn by_model_events_without_one_have_a_row_too() {
    logs()
        .tool()
        .args(["--by", "model"])
        .args(BOTH)
        .stdout(
            "MODEL             TOKENS  INPUT  OUTPUT  CACHE WRITE  CACHE READ     COST\n\
             claude-haiku-4-5     440      4       6           30         400  $0.0001\n\
             (none)               125      0       0            0           0        -\n\
             claude-opus-4-6       10      1       9            0           0  $0.0002\n\
             total                575      5      15           30         400  $0.0003\n",
        )
        .status(0);
}

#[test]
fn by_day_and_hour_stand_in_the_order_of_time() {
    let day = "DAY         TOKENS\n2026-01-11      25\n2026-01-12     100\ntotal          125\n";
    logs().tool().args(["--by", "day", "a.jsonl", "--timezone", "utc"]).stdout(day).status(0);
    let hour = "HOUR              TOKENS\n\
                2026-01-11T22:00      20\n\
                2026-01-11T23:00       5\n\
                2026-01-12T00:00     100\n\
                total                125\n";
    logs().tool().args(["--by", "hour", "a.jsonl", "--timezone", "utc"]).stdout(hour).status(0);
}

#[test]
fn a_list_nests_the_first_key_outermost() {
    logs()
        .tool()
        .args(["--by", "day,session"])
        .args(BOTH)
        .stdout(
            "DAY         SESSION  TOKENS  INPUT  OUTPUT  CACHE WRITE  CACHE READ     COST\n\
             2026-01-11  big          20      0       0            0           0        -\n\
             2026-01-11  small         5      0       0            0           0        -\n\
             2026-01-12  talk        450      5      15           30         400  $0.0003\n\
             2026-01-12  big         100      0       0            0           0        -\n\
             total                   575      5      15           30         400  $0.0003\n",
        )
        .status(0);
    logs()
        .tool()
        .args(["--by", "session,day", "a.jsonl", "--timezone", "utc"])
        .stdout(
            "SESSION  DAY         TOKENS\n\
             big      2026-01-11      20\n\
             big      2026-01-12     100\n\
             small    2026-01-11       5\n\
             total                   125\n",
        )
        .status(0);
}

#[test]
fn json_holds_rows_with_a_field_for_each_key() {
    logs()
        .tool()
        .args(["--json", "--by", "day,model"])
        .args(BOTH)
        .stdout_json(|v| {
            assert_eq!(v["total_used"], 575);
            let rows: Vec<_> = v["rows"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| {
                    let text = |key: &str| row[key].as_str().unwrap();
                    (text("day"), text("model"), row["tokens"].as_u64().unwrap())
                })
                .collect();
            let expected = [
                ("2026-01-11", "(none)", 25),
                ("2026-01-12", "claude-haiku-4-5", 440),
                ("2026-01-12", "(none)", 100),
                ("2026-01-12", "claude-opus-4-6", 10),
            ];
            assert_eq!(rows, expected);
            let usage = &v["rows"][1]["usage"];
            let expected =
                serde_json::json!({"input":4,"output":6,"reasoning":0,"cache_read":400,"cache_write":30,"cache_write_1h":0});
            assert_eq!(usage, &expected);
            assert_eq!(v["rows"][1]["operations"], 1);
        })
        .status(0);
}

#[test]
fn hours_and_days_together_agree() {
    logs()
        .tool()
        .args(["--json", "--by", "day,hour", "a.jsonl", "--timezone", "Asia/Tokyo"])
        .stdout_json(|v| {
            for row in v["rows"].as_array().unwrap() {
                let (day, hour) = (row["day"].as_str().unwrap(), row["hour"].as_str().unwrap());
                assert!(hour.starts_with(day), "{row}");
            }
            assert_eq!(v["rows"][0]["hour"], "2026-01-12T07:00");
        })
        .status(0);
}

#[test]
fn a_stream_has_tables_too() {
    let table = "COMPONENT     TOKENS\nreasoning        450\nmemory           150\n";
    crate::tool().args(["--by", "component"]).stdin(guide_session("s")).stdout_contains(table).status(0);
}

#[test]
fn a_table_of_nothing_has_its_heading_and_a_total_of_0() {
    crate::tool().args(["--by", "session"]).stdout("SESSION  TOKENS\ntotal         0\n").status(0);
}

#[test]
fn times_that_no_event_gives_are_named_none() {
    crate::tool()
        .args(["--by", "day"])
        .stdin("{\"tokens\":5}\n")
        .stdout("DAY     TOKENS\n(none)       5\ntotal        5\n")
        .status(0);
}

#[test]
fn a_snapshot_counts_on_the_day_and_in_the_session_of_the_winner() {
    let answer = Answer::new("m").request("r").usage(0, 0);
    let early = answer.clone().session("first").at("2026-02-01T10:00:00Z").snapshots(&[5]);
    let late = answer.session("resumed").at("2026-02-02T10:00:00Z").snapshots(&[50]);
    let place = Place::with("1.jsonl", early);
    place.file("2.jsonl", late);
    place
        .tool()
        .args(["--by", "day,session", "--timezone", "utc", "2.jsonl", "1.jsonl"])
        .stdout(
            "DAY         SESSION  TOKENS  OUTPUT     COST\n\
             2026-02-02  resumed      50      50  $0.0008\n\
             total                    50      50  $0.0008\n",
        )
        .status(0);
}
