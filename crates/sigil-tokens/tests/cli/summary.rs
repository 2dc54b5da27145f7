//! The summary: the guide's minimal line and a row per component, or one JSON object.

use sigil_testkit::samples::claude::{self, Answer};
use sigil_testkit::samples::{GuideSession, guide_session};

use crate::{Place, event, tool};

#[test]
fn operands_give_the_summary_and_no_running_lines() {
    let place = Place::with("log.jsonl", guide_session("lead-1"));
    place
        .tool()
        .arg("log.jsonl")
        .stdout(
            "Tokens: 650 / 256,000 (0.25%) [#..............................] 255,350 left\n\
             Level:  NORMAL\n\
             \n\
             routing     [#...................]   50  /  10,000  (0.5%)\n\
             memory      [#...................]  150  /  30,000  (0.5%)\n\
             planning    [....................]    0  /  20,000  (0.0%)\n\
             reasoning   [#...................]  450  / 150,000  (0.3%)\n\
             validation  [....................]    0  /  10,000  (0.0%)\n",
        )
        .status(0);
}

#[test]
fn json_has_the_shape_of_tokens_json() {
    let place = Place::with("log.jsonl", GuideSession::new("lead-1").stated_total(650).to_string());
    let part = |allocated: u64, used: u64, utilization: f64| serde_json::json!({"allocated": allocated, "used": used, "utilization": utilization, "operations": 1});
    place
        .tool()
        .args(["--json", "log.jsonl"])
        .stdout_json(|v| {
            assert_eq!(v["session_id"], "lead-1");
            assert_eq!(v["timestamp"], "2026-01-11T10:15:38.789012");
            assert_eq!((&v["total_budget"], &v["total_used"]), (&256_000.into(), &650.into()));
            assert_eq!(v["total_remaining"], 255_350);
            assert_eq!(v["utilization_percentage"], 0.25);
            assert_eq!(v["warning_level"], "NORMAL");
            assert_eq!(v["restated_tokens"], 650);
            assert!(v["context_tokens"].is_null() && v["cost_usd"].is_null());
            let usage =
                serde_json::json!({"input":0,"output":0,"reasoning":0,"cache_read":0,"cache_write":0,"cache_write_1h":0});
            assert_eq!(v["usage"], usage);
            let components = &v["components"];
            assert_eq!(components["routing"], part(10_000, 50, 0.5));
            assert_eq!(components["memory"], part(30_000, 150, 0.5));
            assert_eq!(components["planning"], part(20_000, 0, 0.0));
            assert_eq!(components["reasoning"], part(150_000, 450, 0.3));
            assert_eq!(components["validation"], part(10_000, 0, 0.0));
        })
        .status(0);
}

#[test]
fn count_all_gives_the_plain_sum_and_does_not_say_otherwise() {
    let place = Place::with("log.jsonl", GuideSession::new("lead-1").stated_total(650).to_string());
    place
        .tool()
        .args(["--json", "--count-all", "log.jsonl"])
        .stdout_json(|v| {
            assert_eq!(v["total_used"], 1_300);
            assert_eq!(v["components"]["orchestrator"]["used"], 650);
        })
        .status(0);
    let text = place.tool().args(["--count-all", "log.jsonl"]).run().stdout_text();
    assert!(text.starts_with("Tokens: 1,300 / 256,000 (0.51%) "), "{text}");
    assert!(!text.contains("counted once"), "what counts twice is said to count once:\n{text}");
}

#[test]
fn the_bar_shows_something_as_soon_as_anything_is_used_and_never_overflows() {
    let bars = [
        (0, "Tokens: 0 / 1,000 (0.00%) [...............................] 1,000 left\nLevel:  NORMAL\n"),
        (1, "Tokens: 1 / 1,000 (0.10%) [#..............................] 999 left\nLevel:  NORMAL\n"),
        (500, "Tokens: 500 / 1,000 (50.00%) [###############................] 500 left\nLevel:  ELEVATED\n"),
        (800, "Tokens: 800 / 1,000 (80.00%) [########################.......] 200 left\nLevel:  CRITICAL\n"),
        (950, "Tokens: 950 / 1,000 (95.00%) [#############################..] 50 left\nLevel:  EXCEEDED\n"),
        (
            2_500,
            "Tokens: 2,500 / 1,000 (250.00%) [###############################] 0 left\nLevel:  EXCEEDED\n",
        ),
    ];
    for (tokens, expected) in bars {
        let log = event("s", "retry_attempt", "orchestrator", tokens);
        tool().args(["--summary", "--budget", "1000"]).stdin(log).stdout_contains(expected).status(0);
    }
}

#[test]
fn the_budget_is_the_starts_unless_the_configuration_or_an_argument_says_otherwise() {
    let place = Place::with("log.jsonl", GuideSession::new("s").budget(5_000).to_string());
    place.file("config.toml", "[budget]\nsession = \"6k\"\n[budget.components]\nrouting = 100\n");
    let cases: [(&[&str], u64); 3] = [
        (&[], 5_000),
        (&["--config", "config.toml"], 6_000),
        (&["--config", "config.toml", "--budget", "7k"], 7_000),
    ];
    for (args, budget) in cases {
        place
            .tool()
            .args(args)
            .args(["--json", "log.jsonl"])
            .stdout_json(|v| assert_eq!(v["total_budget"], budget))
            .status(0);
    }
    place
        .tool()
        .args(["--config", "config.toml", "log.jsonl"])
        .stdout_contains("routing     [##########..........]   50  /     100  (50.0%)\n")
        .status(0);
}

#[test]
fn budgets_are_understood_with_k_and_m() {
    for (text, budget) in [("256000", 256_000), ("256k", 256_000), ("1.5M", 1_500_000), ("0", 0)] {
        tool()
            .args(["--summary", "--json", "--budget", text])
            .stdin(event("s", "retry_attempt", "a", 1))
            .stdout_json(|v| assert_eq!(v["total_budget"], budget, "{text}"))
            .status(0);
    }
}

#[test]
fn several_sessions_add_up_with_their_budgets() {
    let place = Place::with("a.jsonl", guide_session("a"));
    place.file("b.jsonl", GuideSession::new("b").budget(1_000).later(1).to_string());
    place
        .tool()
        .args(["--json", "a.jsonl", "b.jsonl"])
        .stdout_json(|v| {
            assert!(v["session_id"].is_null());
            assert_eq!(v["sessions"], 2);
            assert_eq!(v["total_used"], 1_300);
            assert_eq!(v["total_budget"], 257_000);
            assert_eq!(v["components"]["routing"]["allocated"], 20_000);
            assert_eq!(v["timestamp"], "2026-01-11T10:16:38.789012");
        })
        .status(0);
}

#[test]
fn a_transcript_has_usage_and_context_and_no_budget() {
    let log = claude::file_history_snapshot()
        + &claude::user("s1", "2026-02-12T16:02:20Z", "hello")
        + &Answer::new("m1").request("r").usage(3, 80).cache(1_000, 2_000).cache_1h(500).snapshots(&[1, 80])
        + &Answer::new("m2").request("r2").side_chain().usage(1, 2).line()
        + &claude::summary("done");
    let place = Place::with("t.jsonl", log);
    place
        .tool()
        .arg("t.jsonl")
        .stdout(
            "Tokens: 3,586\n\
             Usage:  4 input, 82 output, 1,500 cache write, 2,000 cache read\n\
             Cost:   $0.0086\n\
             Context: 3,583 tokens after the last answer\n\
             \n\
             assistant    3,583\n\
             subagent         3\n",
        )
        .status(0);
    place
        .tool()
        .args(["--json", "t.jsonl"])
        .stdout_json(|v| {
            assert_eq!((&v["total_used"], &v["context_tokens"]), (&3_586.into(), &3_583.into()));
            assert!(v["total_budget"].is_null() && v["warning_level"].is_null());
            assert_eq!(
                (&v["usage"]["cache_write"], &v["usage"]["cache_write_1h"]),
                (&1_500.into(), &500.into())
            );
            assert_eq!(v["components"]["assistant"]["operations"], 1);
        })
        .status(0);
}

#[test]
fn progress_lines_and_the_sub_agents_own_file_count_once() {
    let answer = Answer::new("m1").request("r1").usage(10, 20);
    let place = Place::with("main.jsonl", answer.progress_line());
    place.file("agent-1.jsonl", answer.clone().side_chain().line());
    for files in [&["main.jsonl"][..], &["agent-1.jsonl"], &["main.jsonl", "agent-1.jsonl"]] {
        place
            .tool()
            .arg("--json")
            .args(files)
            .stdout_json(|v| {
                assert_eq!(v["total_used"], 30, "{files:?}");
                assert_eq!(v["components"]["subagent"]["used"], 30, "{files:?}");
            })
            .status(0);
    }
}

#[test]
fn answers_without_an_id_are_never_taken_for_one() {
    let place = Place::with("t.jsonl", Answer::nameless().usage(1, 2).line().repeat(3));
    place.tool().args(["--json", "t.jsonl"]).stdout_json(|v| assert_eq!(v["total_used"], 9)).status(0);
}
