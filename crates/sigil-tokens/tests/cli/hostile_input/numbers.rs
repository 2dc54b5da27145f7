//! Counts that are none, or more than there can be.

use super::{Way, comes_to, malformed};
use crate::Place;

const MOST: u64 = 1 << 53;

/// A line of each format with `count` where its tokens stand.
fn lines(count: &str) -> [(&'static str, String); 6] {
    let usage = format!("\"usage\":{{\"input_tokens\":0,\"output_tokens\":{count}}}");
    let escaped = count.replace('"', "\\\"");
    [
        ("sigil", format!("{{\"component\":\"a\",\"tokens\":{count}}}\n")),
        (
            "claude",
            format!("{{\"type\":\"assistant\",\"uuid\":\"u\",\"message\":{{\"id\":\"m\",{usage}}}}}\n"),
        ),
        (
            "codex",
            format!(
                "{{\"type\":\"event_msg\",\"payload\":{{\"type\":\"token_count\",\"info\":{{\"last_token_usage\":\
                 {{\"output_tokens\":{count}}}}}}}}}\n"
            ),
        ),
        ("higress", format!("{{\"ai_log\":\"{{\\\"input_token\\\":0,\\\"output_token\\\":{escaped}}}\"}}\n")),
        ("higress", format!("{{\"ai_log\":{{\"total_token\":{count}}}}}\n")),
        ("higress", format!("{{\"model\":\"gpt-5\",\"output_token\":{count}}}\n")),
    ]
}

/// The ways that differ once a line is there.
#[track_caller]
fn counts(format: &str, line: &str, used: u64, is_wrong: bool) {
    for way in [Way::File, Way::Running] {
        let place = Place::new();
        let words = if is_wrong { malformed(way.name(), 1) } else { String::new() };
        way.used(way.tool(&place, line.as_bytes()).args(["--from", format]), used).stderr(words).status(0);
    }
}

#[test]
fn numbers_may_be_text_and_nulls_are_nothing() {
    for (count, used) in
        [("5", 5), ("\"5\"", 5), ("5.0", 5), ("5e0", 5), ("-0", 0), ("null", 0), ("9007199254740992", MOST)]
    {
        for (format, line) in lines(count) {
            counts(format, &line, used, false);
        }
    }
}

#[test]
fn negative_fractional_and_absurd_numbers_count_nothing_and_are_told() {
    for count in [
        "-5",
        "0.5",
        "9007199254740993",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775809",
        "1e400",
        "\"many\"",
        "true",
        "[7]",
    ] {
        for (format, line) in lines(count) {
            counts(format, &line, 0, true);
        }
    }
}

#[test]
fn counts_that_are_too_much_together_count_nothing_and_are_told() {
    // They came out as more than any count may be, and as nothing when they were read again.
    let line = "{\"type\":\"assistant\",\"uuid\":\"u\",\"message\":{\"id\":\"m\",\"usage\":{\"input_tokens\":1,\"output_tokens\":9007199254740992}}}\n";
    counts("claude", line, 0, true);
    let line = "{\"ai_log\":{\"input_token\":9007199254740992,\"output_token\":1}}\n";
    counts("higress", line, 0, true);
    let line = "{\"type\":\"event_msg\",\"payload\":{\"type\":\"token_count\",\"info\":{\"last_token_usage\":{\"input_tokens\":9007199254740992,\"output_tokens\":1}}}}\n";
    counts("codex", line, 0, true);
}

#[test]
fn sums_stop_where_numbers_end() {
    // 2,048 of them are 2^64.
    let line = "{\"component\":\"a\",\"tokens\":9007199254740992}\n";
    comes_to("sigil", line.repeat(2_047).as_bytes(), MOST * 2_047, None);
    comes_to("sigil", line.repeat(5_000).as_bytes(), u64::MAX, None);
}

#[test]
fn no_figure_of_a_line_makes_a_sum_go_round() {
    let log: String = (0..3_000)
        .map(|n| {
            format!(
                "{{\"timestamp\":\"9999-12-31T23:59:60-23:59\",\"session_id\":\"{n}\",\"event_type\":\"session_start\",\
                 \"component\":\"{n}\",\"tokens\":9007199254740992,\"metadata\":{{\"latency_ms\":9007199254740,\
                 \"cost_usd\":1000000,\"budget\":9007199254740992,\"context_window\":9007199254740992,\"model\":\"gpt-5\",\
                 \"usage\":{{\"input\":9007199254740992,\"output\":9007199254740992,\"reasoning\":9007199254740992,\
                 \"cache_read\":9007199254740992,\"cache_write\":9007199254740992,\"cache_write_1h\":9007199254740992}}}}}}\n"
            )
        })
        .collect();
    let place = Place::with("log.jsonl", log);
    let keys = ["session", "component", "model", "day", "hour", "day,model"];
    for options in [&[][..], &["--count-all"], &["--recompute-cost"], &["--timezone", "Pacific/Kiritimati"]] {
        for key in keys {
            place
                .tool()
                .args(["--json", "log.jsonl", "--by", key])
                .args(options)
                .stdout_json(|v| {
                    assert_eq!(
                        (&v["total_used"], &v["usage"]["output"]),
                        (&u64::MAX.into(), &u64::MAX.into())
                    );
                    assert_eq!((&v["total_budget"], &v["total_remaining"]), (&u64::MAX.into(), &0.into()));
                })
                .status(0);
        }
        place.tool().args(["log.jsonl", "--by", "session"]).args(options).stdout_contains("COST").status(0);
    }
    place.tool().args(["--check", "log.jsonl"]).stderr_contains("critical").status(2);
}
