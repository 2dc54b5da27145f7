//! `--estimate`: tokens of text that carries no counts, and how they are told apart from those that are counted.

use serde_json::{Value, json};
use sigil_testkit::samples::codex::{
    bare_message, legacy, response_message, session_meta, token_count, turn_context,
};
use sigil_testkit::samples::{GuideSession, guide_session};

use crate::{Place, event, gzipped, tool};

/// Ten words come to 13 tokens.
const TEN: &str = "one two three four five six seven eight nine ten";

const AT: &str = "2026-02-23T12:00:00.000Z";

/// Of requests that are counted; the made-up model has no price.
const UNPRICED: &str = "no price is known for model \"m\"";

/// A request of session `s` to model `m`, as a gateway logs it.
fn request(ai_log: &Value, rest: &str) -> String {
    let mut ai_log = ai_log.clone();
    ai_log["session_id"] = json!("s");
    ai_log["model"] = json!("m");
    format!("{{\"ai_log\":{}{rest}}}\n", Value::from(ai_log.to_string()))
}

/// All tokens of a summary, and those that are an estimate.
fn figures(summary: &Value) -> (u64, u64) {
    let tokens = |name: &str| summary[name].as_u64().expect("tokens are a number");
    (tokens("total_used"), tokens("estimated_tokens"))
}

/// Checks the summary of `log`: all tokens, and those that are an estimate. Nothing is warned of.
#[track_caller]
fn check(log: &str, used: u64, estimated: u64) {
    tool()
        .args(["--estimate", "--summary", "--json"])
        .stdin(log)
        .stdout_json(|v| assert_eq!(figures(v), (used, estimated)))
        .stderr("")
        .status(0);
}

#[test]
fn lines_of_text_are_estimated_and_say_so() {
    tool()
        .arg("--estimate")
        .stdin(format!("==> notes.log <==\n{TEN}\n{TEN}\n"))
        .stdout(
            "notes: 13 (Total: 13, estimated)\nnotes: 13 (Total: 26, estimated)\nTokens: 26\n\
             Estimated: 26 tokens of text without counts (words × 1.3)\n\nnotes    26\n",
        )
        .stderr("")
        .status(0);
    tool()
        .args(["--estimate", "--json"])
        .stdin(format!("==> notes.log <==\n{TEN}\n"))
        .stdout(
            "{\"timestamp\":null,\"session_id\":\"notes\",\"component\":\"notes\",\"tokens\":13,\"total\":13,\
             \"budget\":null,\"percent\":null,\"level\":null,\"estimated\":true}\n",
        )
        .stderr("")
        .status(0);
}

#[test]
fn without_the_flag_text_costs_nothing() {
    tool().stdin(format!("==> notes.log <==\n{TEN}\n")).stdout("Tokens: 0\n").stderr("").status(0);
    tool().args(["--json", "--summary"]).stdin(TEN).stdout_json(|v| assert_eq!(figures(v), (0, 0))).status(0);
}

#[test]
fn an_event_is_all_its_lines_with_their_times() {
    // 4 and 2 and 3 words, which come to 11.7.
    check("2026-01-31 23:29:31 ERROR failed\n\tat a.b(C.java:1)\n\tat a.c (C.java:2)\n", 12, 12);
    check("你好，世界\n", 7, 7);
}

#[test]
fn nothing_comes_to_nothing() {
    for log in ["", "\n\n", "\u{3000}\n"] {
        check(log, 0, 0);
    }
    tool().args(["--estimate", "--summary"]).stdin("").stdout_contains("Tokens: 0 / 256,000").status(0);
}

#[test]
fn huge_text_is_estimated_to_its_end() {
    let trace = "\tat a.b(C.java:1)\n".repeat(100_000);
    check(&format!("ERROR failed\n{trace}"), 260_003, 260_003);
    let line = "word ".repeat(1_000_000);
    let place = Place::with("big.log", format!("{line}\n{TEN}\n").repeat(3));
    place
        .tool()
        .args(["--estimate", "--json", "big.log"])
        .stdout_json(|v| assert_eq!(v["estimated_tokens"], 3 * 1_300_013))
        .stderr("")
        .status(0);
}

#[test]
fn a_file_a_pipe_and_gzip_come_to_the_same() {
    let log = format!("ERROR {TEN}\n\tat a.b(C.java:1)\n{TEN}\n").repeat(200);
    let place = Place::with("app.log", &log);
    place.file("packed.log.gz", gzipped(log.as_bytes()));
    for name in ["app.log", "packed.log.gz"] {
        place
            .tool()
            .args(["--estimate", "--json", name])
            .stdout_json(|v| assert_eq!(figures(v), (5980, 5980)))
            .stderr("")
            .status(0);
    }
    check(&log, 5980, 5980);
}

#[test]
fn a_trace_that_comes_late_comes_to_the_same() {
    let mut stream = tool().arg("--estimate").stream();
    // 1 and 2 and 3 words: 1.3, 3.9 and 7.8.
    let parts =
        [("==> a.log <==\nERROR\n", 1, 1), ("\tat a.b(C.java:1)\n", 3, 4), ("\tat a.c (C.java:2)\n", 4, 8)];
    for (text, tokens, total) in parts {
        stream.write(text);
        let line = format!("a: {tokens} (Total: {total}, estimated)");
        stream.expect_line(&line, std::time::Duration::from_secs(10));
    }
}

#[test]
fn a_session_that_counts_is_not_estimated() {
    // Of another session: its own log says nothing of text.
    let log = format!("==> notes.log <==\n{TEN}\n==> s.jsonl <==\n{}", event("s", "step_complete", "a", 50));
    check(&log, 63, 13);
    // Of the same, before and behind.
    let own = "{\"event_type\":\"step_complete\",\"component\":\"a\",\"tokens\":50}\n";
    let log = format!("==> notes.log <==\n{TEN}\n{own}");
    check(&log, 50, 0);
    tool()
        .arg("--estimate")
        .stdin(log)
        .stdout_contains("notes: 13 (Total: 13, estimated)\na: 37 (Total: 50)\nTokens: 50 / 256,000")
        .stderr("")
        .status(0);
    check(&format!("==> notes.log <==\n{own}==> notes.log <==\n{TEN}\n"), 50, 0);
    // The words of events are a log's, and no model's.
    let silent = "{\"event_type\":\"step_complete\",\"component\":\"a\",\"message\":\"some words\"}\n";
    check(&silent.repeat(3), 0, 0);
    let stated = GuideSession::new("lead-1").stated_total(650).to_string();
    check(&(guide_session("lead-2") + &stated), 1300, 0);
}

#[test]
fn what_is_read_as_text_is_estimated_as_text() {
    let log = "{\"component\": \"a\", \"tokens\": 50}\n";
    let place = Place::with("log.jsonl", log);
    place
        .tool()
        .args(["--estimate", "--from", "text", "--json", "log.jsonl"])
        // Four words: 5.2.
        .stdout_json(|v| assert_eq!(figures(v), (5, 5)))
        .stderr("")
        .status(0);
}

#[test]
fn requests_without_a_count_are_estimated_by_what_was_said() {
    let said = json!({"question": TEN, "answer": format!("{TEN} {TEN}"), "reasoning": "hm"});
    check(&request(&said, ""), 40, 40);
    // All that was sent stands for a question that is missing, and for none that is not.
    let sent = json!({"messages": [{"role": "user", "content": TEN}], "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]});
    check(&request(&sent, ""), 16, 16);
    let mut both = sent;
    both["question"] = json!("一二三");
    check(&request(&both, ""), 4, 4);
    // Whatever is counted stays as it is, in the same session too.
    let counted = json!({"question": TEN, "input_token": 30, "output_token": 4});
    let log = request(&said, "")
        + &request(&counted, "")
        + &request(&json!({"question": TEN, "total_token": 5}), "");
    tool()
        .args(["--estimate", "--summary", "--json"])
        .stdin(log)
        .stdout_json(|v| {
            assert_eq!(figures(v), (79, 40));
            assert_eq!(v["usage"]["output"], 4, "an estimate does not divide");
            assert_eq!(v["components"]["m"]["operations"], 3);
        })
        .stderr_contains(UNPRICED)
        .status(0);
    // Nothing was said, or nothing was answered.
    check(&request(&json!({}), ""), 0, 0);
    check(&request(&json!({"question": TEN}), ",\"response_code\":\"429\""), 0, 0);
    check(&request(&said, ",\"response_code\":\"502\""), 40, 40);
}

#[test]
fn reasoning_that_is_reckoned_is_no_estimate_of_tokens() {
    let log = request(&json!({"input_token": 2, "output_token": 10, "reasoning": "a long thought"}), "");
    tool()
        .args(["--estimate", "--summary", "--json"])
        .stdin(log)
        .stdout_json(|v| {
            assert_eq!(figures(v), (12, 0));
            assert_eq!(v["usage"]["reasoning"], 3);
        })
        .stderr_contains(UNPRICED)
        .status(0);
}

#[test]
fn rollouts_that_count_nothing_are_estimated_by_their_messages() {
    let messages =
        response_message(AT, "user", TEN) + &response_message(AT, "assistant", &format!("{TEN} {TEN}"));
    let rollout = session_meta(AT, "t1", None) + &turn_context(AT, "gpt-5") + &messages;
    check(&rollout, 39, 39);
    check(&(rollout + &token_count(AT, [90, 0, 10, 0], [90, 0, 10, 0])), 100, 0);
    // The oldest, whose lines have no envelope.
    let bare = legacy(AT, "t2") + &bare_message("user", TEN) + &bare_message("assistant", TEN);
    check(&bare, 26, 26);
    tool()
        .args(["--estimate", "--by", "session,component"])
        .stdin(bare.clone())
        .stdout(
            "SESSION  COMPONENT  TOKENS  ESTIMATED\nt2       assistant      13         13\nt2       user           13         13\n\
             total                   26         26\n",
        )
        .status(0);
    // A message without an envelope where others have one is nobody's.
    check(&(session_meta(AT, "t3", None) + &bare_message("user", TEN)), 0, 0);
    tool()
        .args(["--summary", "--json"])
        .stdin(bare)
        .stdout_json(|v| assert_eq!(v["total_used"], 0))
        .status(0);
}

#[test]
fn tables_have_a_column_where_something_is_estimated() {
    let log = format!("==> notes.log <==\n{TEN}\n==> s.jsonl <==\n{}", event("s", "step_complete", "a", 50));
    tool()
        .args(["--estimate", "--by", "session"])
        .stdin(log.clone())
        .stdout("SESSION  TOKENS  ESTIMATED\ns            50          0\nnotes        13         13\ntotal        63         13\n")
        .status(0);
    tool()
        .args(["--estimate", "--by", "session", "--json"])
        .stdin(log)
        .stdout_json(|v| {
            let rows = v["rows"].as_array().unwrap();
            let row = |n: usize| (&rows[n]["tokens"], &rows[n]["estimated_tokens"], &rows[n]["operations"]);
            assert_eq!(row(0), (&json!(50), &json!(0), &json!(1)));
            assert_eq!(row(1), (&json!(13), &json!(13), &json!(1)));
            assert_eq!((&v["cost_usd"], &v["unpriced_tokens"]), (&Value::Null, &json!(63)));
        })
        .status(0);
    tool()
        .args(["--estimate", "--by", "session"])
        .stdin(event("s", "step_complete", "a", 50))
        .stdout("SESSION  TOKENS\ns            50\ntotal        50\n")
        .status(0);
}

#[test]
fn what_is_estimated_has_no_price_and_nobody_warns_of_that() {
    let priced = r#"{"session_id":"s","event_type":"note","component":"a","tokens":10,"metadata":{"model":"gpt-5","usage":{"input":10}}}"#;
    tool()
        .args(["--estimate", "--summary"])
        .stdin(format!("==> notes.log <==\n{TEN}\n==> s.jsonl <==\n{priced}\n"))
        .stdout_contains("(13 tokens without a price)")
        .stderr("")
        .status(0);
}

#[test]
fn a_check_counts_estimates_and_says_that_they_are() {
    let log = format!("==> notes.log <==\n{TEN}\n");
    let check =
        |budget| tool().args(["--estimate", "--check", "--budget", budget]).stdin(log.clone()).stdout("");
    for (budget, words, status) in [
        ("100", "fine: notes: 13.00% of the budget used (13 / 100, an estimate)", 0),
        ("16", "warning: notes: 81.25% of the budget used (13 / 16, an estimate)", 1),
        ("13", "critical: notes: 100.00% of the budget used (13 / 13, an estimate)", 2),
    ] {
        check(budget).stderr(format!("sigil-tokens: {words}\n")).status(status);
    }
    // A gateway counts one request and not the other.
    let counted = json!({"input_token": 30, "output_token": 4});
    let log = request(&counted, "") + &request(&json!({"question": TEN}), "");
    tool()
        .args(["--estimate", "--check", "--budget", "100", "--json"])
        .stdin(log)
        .stdout_json(|v| assert_eq!((&v["used"], &v["estimated_tokens"]), (&json!(47), &json!(13))))
        .stderr("sigil-tokens: fine: s: 47.00% of the budget used (47 / 100, of which 13 are an estimate)\n")
        .status(0);
}

#[test]
fn a_check_of_text_needs_a_budget() {
    tool()
        .args(["--estimate", "--check"])
        .stdin(format!("==> notes.log <==\n{TEN}\n"))
        .stdout("")
        .stderr("sigil-tokens: E010_CONFIG_ERR: cannot tell: session \"notes\" has no budget; give it one with --budget\n")
        .status(1);
}

#[test]
fn filters_choose_among_estimates() {
    let log = format!("2026-01-31T10:00:00Z {TEN}\n2026-02-01T10:00:00Z {TEN}\n");
    tool()
        .args(["--estimate", "--summary", "--json", "--since", "2026-02-01", "--timezone", "utc"])
        .stdin(log)
        .stdout_json(|v| assert_eq!(v["estimated_tokens"], 15))
        .status(0);
}
