//! `-s` on operands, `--since` and `--until`: what counts in the result, after the ledger has decided.

use sigil_testkit::samples::{GuideSession, guide_session};

use crate::{Place, step_at};

/// Three sessions in one file.
fn place() -> Place {
    let log = guide_session("lead-1")
        + &GuideSession::new("lead-2").later(1).budget(1_000).to_string()
        + &step_at("other", "2026-01-12T00:00:00Z", 7);
    Place::with("log.jsonl", log)
}

fn used(args: &[&str], expected: u64) {
    let place = place();
    let tool = place.tool().args(["log.jsonl", "--json", "--timezone", "utc", "--input-timezone", "utc"]);
    tool.args(args).stdout_json(|v| assert_eq!(v["total_used"], expected, "{args:?}")).status(0);
}

#[test]
fn a_session_of_the_operands_can_be_chosen() {
    used(&["-s", "lead-1"], 650);
    used(&["-s", "lead-1", "--session", "other"], 657);
    used(&["-s", "lead-*"], 1_300);
    used(&["-s", "*"], 1_307);
    let place = place();
    place
        .tool()
        .args(["log.jsonl", "-s", "lead-2"])
        .stdout_contains("Tokens: 650 / 1,000 (65.00%)")
        .status(0);
}

#[test]
fn an_unknown_session_of_the_operands_is_an_error_with_the_nearest() {
    place()
        .tool()
        .args(["log.jsonl", "-s", "laed-1"])
        .stdout("")
        .stderr("sigil-tokens: E001_SESSION_NF: session \"laed-1\" not found in the input; did you mean \"lead-1\"?\n")
        .status(2);
}

#[test]
fn one_unknown_session_among_known_ones_is_an_error_too() {
    place()
        .tool()
        .args(["log.jsonl", "-s", "lead-1", "-s", "zzz"])
        .stdout("")
        .stderr("sigil-tokens: E001_SESSION_NF: session \"zzz\" not found in the input\n")
        .status(2);
}

#[test]
fn a_session_without_events_in_the_time_asked_for_is_still_known() {
    used(&["-s", "lead-1", "--since", "2027-01-01"], 0);
}

#[test]
fn times_can_be_bounded() {
    used(&["--since", "2026-01-11T10:15:36.234567Z"], 450 + 650 + 7);
    used(&["--since", "2026-01-11T10:15:36.234568Z"], 650 + 7);
    used(&["--until", "2026-01-11T10:15:36.234567Z"], 200);
    used(&["--since", "2026-01-11T10:15:33Z", "--until", "2026-01-11T10:15:34Z"], 150);
}

#[test]
fn a_date_includes_its_day() {
    used(&["--until", "2026-01-11"], 1_300);
    used(&["--until", "2026-01-12"], 1_307);
    used(&["--since", "2026-01-12"], 7);
    used(&["--until", "2026-01-10"], 0);
    used(&["--since", "2026-01-11", "--until", "2026-01-11"], 1_300);
}

#[test]
fn dates_and_naive_times_are_those_of_the_zone() {
    used(&["--since", "2026-01-12", "--timezone", "Asia/Tokyo"], 7);
    used(&["--until", "2026-01-11", "--timezone", "America/New_York"], 1_307);
    used(&["--since", "2026-01-11T19:15:36.234567", "--timezone", "Asia/Tokyo"], 450 + 650 + 7);
}

#[test]
fn ages_count_back_from_now() {
    // A hundred years: the logs of these tests lie within, whatever the clock says.
    used(&["--since", "36500d"], 1_307);
    used(&["--until", "36500d"], 0);
}

#[test]
fn the_ledger_decides_before_the_filter() {
    // What the end states again has been counted before the window begins.
    let place = Place::with("log.jsonl", GuideSession::new("s").stated_total(700).to_string());
    let args = ["log.jsonl", "--json", "--since", "2026-01-11T10:15:38Z", "--input-timezone", "utc"];
    place
        .tool()
        .args(args)
        .args(["--timezone", "utc"])
        .stdout_json(|v| assert_eq!((&v["total_used"], &v["restated_tokens"]), (&50.into(), &650.into())))
        .status(0);
}

#[test]
fn a_stream_is_filtered_line_by_line() {
    crate::tool()
        .args(["--since", "2026-01-11T10:15:36Z", "--timezone", "utc", "--input-timezone", "utc", "-"])
        .stdin(guide_session("lead-1"))
        .stdout_contains(
            "reasoning: 450 (Total: 450)\nvalidation: 0 (Total: 450)\norchestrator: 0 (Total: 450)\nTokens: 450 / ",
        )
        .status(0);
}

#[test]
fn the_input_can_be_told_apart_by_session_on_a_pipe() {
    crate::tool()
        .args(["-", "-s", "lead-2"])
        .stdin(guide_session("lead-1") + &guide_session("lead-2"))
        .stdout_contains("reasoning: 450 (Total: 650)\n")
        .status(0);
}
