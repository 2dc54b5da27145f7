//! Codex rollouts: every answer once, whatever is repeated, replayed or forked.

use serde_json::Value;
use sigil_testkit::samples::codex::{
    Count, error, function_call, legacy, session_meta, spawned, token_count, token_count_of_nothing,
    turn_context, user_message,
};

use crate::{Place, event, tool};

const START: &str = "2026-02-23T12:00:00.000Z";
/// Two answers of a thread, and what has been used after them.
const FIRST: Count = [100, 40, 10, 4];
const SECOND: Count = [300, 200, 20, 0];
const BOTH: Count = [400, 240, 30, 4];

fn at(minute: u32) -> String {
    format!("2026-02-23T12:{minute:02}:00.000Z")
}

/// What a thread writes: two answers of `model`.
fn parent(id: &str) -> String {
    session_meta(START, id, None)
        + &user_message(&at(1), "hello")
        + &token_count_of_nothing(&at(1))
        + &turn_context(&at(1), "gpt-5.3-codex")
        + &token_count(&at(2), FIRST, FIRST)
        + &token_count(&at(3), BOTH, SECOND)
}

/// A fork: it replays its parent's lines, later, and goes on.
fn fork(id: &str, of: &str) -> String {
    let replayed = parent(of).replace("T12:", "T13:");
    let totals = [500, 300, 40, 4];
    session_meta(&at(30), id, Some(of)) + &replayed + &token_count(&at(40), totals, [100, 60, 10, 0])
}

fn summary(place: &Place, args: &[&str]) -> Value {
    let mut found = Value::Null;
    place.tool().arg("--json").args(args.iter().copied()).stdout_json(|v| found = v.clone()).status(0);
    found
}

#[test]
fn cached_tokens_are_a_part_of_input_and_reasoning_of_output() {
    let place = Place::with("rollout-a.jsonl", parent("t1"));
    let found = summary(&place, &["rollout-a.jsonl"]);
    assert_eq!(found["session_id"], "t1");
    assert_eq!(found["total_used"], 430);
    assert_eq!(found["context_tokens"], 320);
    let usage = &found["usage"];
    let parts =
        ["input", "cache_read", "cache_write", "output", "reasoning"].map(|part| usage[part].as_u64());
    assert_eq!(parts, [160, 240, 0, 30, 4].map(Some));
}

#[test]
fn a_count_that_repeats_the_totals_adds_nothing() {
    let again = token_count(&at(4), BOTH, SECOND);
    tool().stdin(parent("t1") + &again + &again).stdout_contains("Tokens: 430\n").status(0);
}

#[test]
fn totals_that_fall_are_a_reset_and_what_comes_behind_it_adds() {
    // The same totals as before the reset: another answer all the same.
    let reset = token_count(&at(4), FIRST, FIRST) + &token_count(&at(5), BOTH, SECOND);
    tool().stdin(parent("t1") + &reset).stdout_contains("Tokens: 860\n").status(0);
}

#[test]
fn a_count_without_the_last_answers_part_is_what_the_totals_have_grown_by() {
    let line = token_count(&at(4), [500, 300, 40, 4], FIRST);
    let line = line.replace("\"last_token_usage\"", "\"other\"");
    tool().stdin(parent("t1") + &line).stdout_contains("Tokens: 540\n").status(0);
}

#[test]
fn a_replayed_answer_counts_once_in_any_order_with_or_without_its_parent() {
    let place = Place::new();
    place.file("p.jsonl", parent("t1"));
    place.file("f.jsonl", fork("t2", "t1"));
    place.file("g.jsonl", fork("t2", "t1").replace("\"t2\"", "\"t3\""));
    for (files, total) in [
        (&["p.jsonl", "f.jsonl"][..], 540),
        (&["f.jsonl", "p.jsonl"], 540),
        (&["f.jsonl"], 540),
        // Two forks of one parent share all they have replayed; what both count as (t1, 500…) is one answer.
        (&["g.jsonl", "p.jsonl", "f.jsonl"], 540),
        (&["p.jsonl"], 430),
    ] {
        assert_eq!(summary(&place, files)["total_used"], total, "{files:?}");
        let piped: String =
            files.iter().map(|file| std::fs::read_to_string(place.path().join(file)).unwrap()).collect();
        let object = event("x", "step_complete", "a", 1);
        for log in [piped.clone(), object + &piped] {
            let more = u64::from(log.len() > piped.len());
            let check = |v: &Value| assert_eq!(v["total_used"], total + more, "{files:?} through a pipe");
            tool().args(["--summary", "--json"]).stdin(log).stdout_json(check).status(0);
        }
    }
    // The answers are the parent's, the rest is the fork's.
    let found = summary(&place, &["--by", "session", "p.jsonl", "f.jsonl"]);
    let row = |n: usize| (found["rows"][n]["session"].clone(), found["rows"][n]["tokens"].clone());
    assert_eq!((row(0), row(1)), (("t1".into(), 430.into()), ("t2".into(), 110.into())));
}

#[test]
fn a_fork_of_a_fork_and_a_sub_agent_are_one_chain() {
    let place = Place::new();
    place.file("a.jsonl", parent("t1"));
    place.file("b.jsonl", fork("t2", "t1"));
    let grandchild = session_meta(&at(50), "t3", Some("t2")) + &fork("t2", "t1").replace("T12:", "T14:");
    place.file("c.jsonl", grandchild);
    place.file("d.jsonl", spawned(&at(50), "t4", "t1") + &parent("t1").replace("T12:", "T15:"));
    assert_eq!(summary(&place, &["a.jsonl", "b.jsonl", "c.jsonl", "d.jsonl"])["total_used"], 540);
    assert_eq!(summary(&place, &["d.jsonl", "c.jsonl"])["total_used"], 540);
}

#[test]
fn a_count_before_the_first_turn_takes_its_model() {
    let early = session_meta(START, "t1", None)
        + &token_count(&at(1), FIRST, FIRST)
        + &turn_context(&at(2), "gpt-5.3-codex")
        + &token_count(&at(3), BOTH, SECOND);
    let place = Place::with("a.jsonl", &early);
    let rows = |v: &Value| {
        assert_eq!(v["rows"].as_array().unwrap().len(), 1, "{v}");
        assert_eq!((&v["rows"][0]["model"], &v["rows"][0]["tokens"]), (&"gpt-5.3-codex".into(), &430.into()));
    };
    place.tool().args(["--json", "--by", "model", "a.jsonl"]).stdout_json(rows).status(0);
    // Without a turn it counts all the same.
    let alone = session_meta(START, "t1", None) + &token_count(&at(1), FIRST, FIRST);
    tool().args(["--summary"]).stdin(alone.clone()).stdout_contains("Tokens: 110\n").status(0);
    let running = "assistant: 110 (Total: 110)\n";
    tool().stdin(alone).stdout_contains(running).status(0);
}

#[test]
fn the_oldest_rollouts_are_known_and_count_nothing() {
    let place = Place::with("rollout-old.jsonl", legacy(START, "t0"));
    place.file("rollout-new.jsonl", parent("t1"));
    let found = summary(&place, &["."]);
    assert_eq!((&found["total_used"], &found["sessions"]), (&430.into(), &2.into()));
    place.tool().arg("rollout-old.jsonl").stdout("Tokens: 0\n").status(0);
    place.tool().args(["--from", "codex", "rollout-old.jsonl"]).stdout("Tokens: 0\n").status(0);
}

#[test]
fn a_rollout_may_stand_among_other_logs_in_one_file() {
    let mixed = event("s", "step_complete", "a", 5) + &parent("t1") + &event("s", "step_complete", "a", 7);
    let place = Place::with("mixed.jsonl", mixed.repeat(2));
    assert_eq!(summary(&place, &["mixed.jsonl"])["total_used"], 430 + 24);
}

#[test]
fn absurd_counts_are_reported_and_count_nothing() {
    let bad =
        token_count(&at(4), [500, 300, 40, 4], FIRST).replace("\"input_tokens\":100", "\"input_tokens\":-1");
    tool()
        .arg("--summary")
        .stdin(parent("t1") + &bad)
        .stdout_contains("Tokens: 440\n")
        .stderr("sigil-tokens: E003_PARSE_FAIL: skipped 1 malformed line: stdin:7\n")
        .status(0);
}

#[test]
fn check_holds_the_context_against_the_window_that_the_log_states() {
    let log = parent("t1") + &token_count(&at(9), [0, 0, 0, 0], [200_000, 190_000, 10_000, 0]);
    let words = "sigil-tokens: warning: t1: 81.27% of the model's context window used (210,000 / 258,400)\n";
    tool().arg("--check").stdin(log).stderr(words).status(1);
}

#[test]
fn what_happens_beside_answers_are_events() {
    let log = parent("t1") + &function_call(&at(4), "exec_command") + &error(&at(5), "stream disconnected");
    let place = Place::with("a.jsonl", log);
    let found = summary(&place, &["--by", "component", "a.jsonl"]);
    assert_eq!(found["rows"][0]["component"], "assistant");
    assert_eq!(found["timestamp"], "2026-02-23T12:05:00Z");
}

#[test]
fn from_codex_alone_reads_its_directories() {
    let place = Place::with("home/.codex/sessions/2026/02/23/rollout-a.jsonl", parent("t1"));
    place.file("other/sessions/2026/02/23/rollout-b.jsonl", parent("t2"));
    place.file("other/archived_sessions/rollout-c.jsonl", parent("t3"));
    let tool = || place.tool().args(["--from", "codex", "--json"]).env("HOME", place.path().join("home"));
    let used = |expected: u64| move |v: &Value| assert_eq!(v["total_used"], expected);
    tool().stdin("").stdout_json(used(430)).status(0);
    tool().env("CODEX_HOME", "other").stdin("").stdout_json(used(860)).status(0);
    tool().env("CODEX_HOME", "nowhere").stdin("").stderr_contains("no rollouts of Codex found").status(2);
}

#[test]
fn a_thread_that_states_itself_again_later_goes_on() {
    let again = session_meta(&at(20), "t1", None)
        + &turn_context(&at(20), "gpt-5.3-codex")
        + &token_count(&at(21), FIRST, FIRST)
        + &token_count(&at(22), BOTH, SECOND);
    tool().stdin(parent("t1") + &again).stdout_contains("Tokens: 860\n").status(0);
    // The same rollout twice is the same answers.
    tool().stdin(parent("t1").repeat(2)).stdout_contains("Tokens: 430\n").status(0);
}

#[test]
fn any_number_of_counts_waits_for_its_model() {
    let counts = (1..3_000).map(|n| token_count(&at(1), [n, 0, n, 0], [1, 0, 1, 0])).collect::<String>();
    let log = session_meta(START, "t1", None) + &counts + &turn_context(&at(2), "gpt-5.3-codex");
    let place = Place::with("a.jsonl", log);
    let found = summary(&place, &["--by", "model", "a.jsonl"]);
    assert_eq!(found["rows"].as_array().unwrap().len(), 1);
    assert_eq!(found["rows"][0]["tokens"], 2 * 2_999);
}
