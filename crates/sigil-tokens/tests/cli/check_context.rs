//! `--check` on transcripts: what stands in the model's context against its window.

use sigil_testkit::samples::claude::Answer;

use crate::{Place, event, tool};

/// An answer that leaves so many tokens in the context.
fn answer(id: &str, at: &str, context: u64) -> Answer {
    Answer::new(id).request(id).at(at).usage(10, 90).cache(100, context - 200)
}

#[test]
fn statuses_change_at_80_and_90_percent_of_the_window() {
    let cases = [
        (159_999, 0, "fine: s1: 80.00% of the model's context window used (159,999 / 200,000)"),
        (160_000, 1, "warning: s1: 80.00% of the model's context window used (160,000 / 200,000)"),
        (179_999, 1, "warning: s1: 90.00% of the model's context window used (179,999 / 200,000)"),
        (180_000, 2, "critical: s1: 90.00% of the model's context window used (180,000 / 200,000)"),
    ];
    for (context, status, words) in cases {
        let log = answer("m", "2026-02-12T16:00:00Z", context).line();
        tool().arg("--check").stdin(log).stdout("").stderr(format!("sigil-tokens: {words}\n")).status(status);
    }
}

#[test]
fn the_last_answer_of_the_main_chain_decides() {
    let log = answer("m1", "2026-02-12T16:00:00Z", 190_000).line()
        + &answer("m2", "2026-02-12T16:01:00Z", 20_000).line()
        + &answer("m3", "2026-02-12T16:02:00Z", 199_000).side_chain().line();
    tool().arg("--check").stdin(log).stderr_contains("(20,000 / 200,000)").status(0);
}

#[test]
fn a_sub_agents_transcript_alone_tells_nothing() {
    let side = answer("m1", "2026-02-12T16:00:00Z", 199_000).side_chain().line();
    let words = "sigil-tokens: E010_CONFIG_ERR: cannot tell: no answer of a main chain is in the input\n";
    tool().arg("--check").stdin(side.clone()).stdout("").stderr(words).status(1);
    let other = answer("m2", "2026-02-12T16:00:00Z", 20_000).line().replace("\"s1\"", "\"s2\"");
    tool().arg("--check").stdin(side + &other).stderr_contains("fine: s2: 10.00%").status(0);
}

#[test]
fn an_error_of_the_api_leaves_the_context_as_it_was() {
    let log = answer("m1", "2026-02-12T16:00:00Z", 170_000).line()
        + &Answer::api_error("m2", "overloaded").at("2026-02-12T16:01:00Z").line();
    tool().arg("--check").stdin(log).stderr_contains("warning: s1: 85.00%").status(1);
}

#[test]
fn a_long_window_is_known_by_its_name() {
    let log = answer("m1", "2026-02-12T16:00:00Z", 190_000).model("claude-sonnet-4-5[1m]").line();
    tool().arg("--check").stdin(log).stderr_contains("(190,000 / 1,000,000)").status(0);
}

#[test]
fn a_claude_session_that_has_held_more_than_the_usual_window_has_the_long_one() {
    let log = |held| answer("m1", "2026-02-12T16:00:00Z", held).model("claude-opus-4-6").line();
    tool().arg("--check").stdin(log(190_000)).stderr_contains("(190,000 / 200,000)").status(2);
    tool().arg("--check").stdin(log(210_000)).stderr_contains("(210,000 / 1,000,000)").status(0);
}

#[test]
fn other_models_have_the_window_that_is_published_or_configured() {
    let log = answer("m1", "2026-02-12T16:00:00Z", 50_000).model("gpt-5").line();
    let place = Place::with("t.jsonl", log);
    let check = || place.tool().args(["--check", "t.jsonl"]);
    check().stderr_contains("(50,000 / 272,000)").status(0);
    place.file("sigil.toml", "[prices.gpt-5]\ncontext_window = \"60k\"\n");
    check().args(["--config", "sigil.toml"]).stderr_contains("(50,000 / 60,000)").status(1);
}

#[test]
fn an_unknown_model_exits_1_and_says_what_to_do() {
    let log = answer("m1", "2026-02-12T16:00:00Z", 1_000).model("my-model").line();
    tool()
        .arg("--check")
        .stdin(log)
        .stdout("")
        .stderr(
            "sigil-tokens: E010_CONFIG_ERR: cannot tell: the context window of model \"my-model\" (session \"s1\") \
             is not known; give it with --budget\n",
        )
        .status(1);
}

#[test]
fn a_session_that_is_critical_outweighs_one_that_cannot_be_told() {
    let unknown = answer("m1", "2026-02-12T16:00:00Z", 1_000).model("my-model").line();
    let used = |tokens| unknown.clone() + &event("native", "retry_attempt", "a", tokens);
    tool().arg("--check").stdin(used(250_000)).stderr_contains("critical: native").status(2);
    tool().arg("--check").stdin(used(10)).stdout("").stderr_contains("cannot tell").status(1);
}

#[test]
fn a_budget_replaces_the_window() {
    let log = |model| answer("m1", "2026-02-12T16:00:00Z", 50_000).model(model).line();
    for model in ["claude-opus-4-6", "my-model"] {
        for (budget, status) in [("100k", 0), ("60k", 1), ("50k", 2)] {
            tool()
                .args(["--check", "--budget", budget])
                .stdin(log(model))
                .stdout("")
                .stderr_contains("of the model's context window used (50,000 / ")
                .status(status);
        }
    }
}

#[test]
fn json_names_the_context_as_its_source() {
    tool()
        .args(["--check", "--json"])
        .stdin(answer("m1", "2026-02-12T16:00:00Z", 50_000).line())
        .stdout_json(|v| {
            assert_eq!((&v["status"], &v["source"]), (&"fine".into(), &"context".into()));
            assert_eq!((&v["used"], &v["limit"]), (&50_000.into(), &200_000.into()));
        })
        .stderr_contains("fine")
        .status(0);
}
