//! What tokens cost, in the report and in its tables.

use serde_json::json;
use sigil_testkit::Tool;
use sigil_testkit::samples::claude::Answer;

fn report<'t>() -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report")).args(["-q", "--timezone", "utc"])
}

/// 0.30 + 0.30 for 100,000 in and 20,000 out, at 3 and 15 USD per million.
fn sonnet() -> Answer {
    Answer::new("m1").model("claude-sonnet-4-5").usage(100_000, 20_000).session("s1")
}

fn mine() -> Answer {
    Answer::new("m2").model("my-model").usage(1_000, 234).session("s1")
}

#[test]
fn a_session_has_its_cost_and_that_of_each_model() {
    let log = sonnet().line() + &mine().line();
    report()
        .stdin(log.clone())
        .stdout_contains("\nCost: $0.60 (1,234 tokens without a price)\n")
        .stdout_contains(
            "Tokens by Model:\n\
             \x20 MODEL               TOKENS  SHARE   COST\n\
             \x20 claude-sonnet-4-5  120,000  99.0%  $0.60\n\
             \x20 my-model             1,234   1.0%      -\n",
        )
        .status(0);
    report()
        .arg("--json")
        .stdin(log)
        .stdout_json(|v| {
            for figures in [&v["sessions"][0], &v["totals"]] {
                assert_eq!((&figures["cost_usd"], &figures["unpriced_tokens"]), (&json!(0.6), &json!(1_234)));
            }
            let models = &v["totals"]["models"];
            let of = |name: &str| (models[name]["cost_usd"].clone(), models[name]["unpriced_tokens"].clone());
            assert_eq!(of("claude-sonnet-4-5"), (json!(0.6), json!(0)));
            assert_eq!(of("my-model"), (json!(null), json!(1_234)));
        })
        .status(0);
}

#[test]
fn several_sessions_have_a_column_where_a_cost_is_known() {
    let log = sonnet().line() + &mine().session("s2").line();
    report()
        .stdin(log)
        .stdout_contains(
            "Sessions (2):\n\
             \x20 SESSION  STATUS           EVENTS   TOKENS   COST  DURATION   LAST EVENT\n\
             \x20 s1       RUNNING (stale)       1  120,000  $0.60      0.0s  02-12 16:02\n\
             \x20 s2       RUNNING (stale)       1    1,234      -      0.0s  02-12 16:02\n\
             \x20 total                          2  121,234  $0.60      0.0s  02-12 16:02\n",
        )
        .status(0);
    let unknown = mine().line() + &mine().session("s2").line();
    let output = report().stdin(unknown).run();
    assert!(!output.stdout_text().to_lowercase().contains("cost"), "{}", output.stdout_text());
}

#[test]
fn an_unknown_model_is_named_once_on_standard_error() {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report"))
        .stdin(mine().line() + &Answer::new("m3").model("other").usage(1, 1).line())
        .stdout_contains("Total Tokens: 1,236\n")
        .stderr(
            "sigil-report: E010_CONFIG_ERR: no price is known for models \"my-model\", \"other\": their tokens are \
             not in the cost; [prices.\"my-model\"] in the configuration can give one\n",
        )
        .status(0);
}

#[test]
fn a_stated_cost_is_believed_unless_it_is_to_be_computed() {
    let log = sonnet().line().replacen('{', "{\"costUSD\":1.25,", 1);
    report().stdin(log.clone()).stdout_contains("\nCost: $1.25\n").status(0);
    report().arg("--recompute-cost").stdin(log).stdout_contains("\nCost: $0.60\n").status(0);
}

#[test]
fn rows_have_their_cost() {
    report()
        .args(["--by", "model", "--json"])
        .stdin(sonnet().line() + &mine().line())
        .stdout_json(|v| {
            assert_eq!(
                (&v["rows"][0]["cost_usd"], &v["rows"][0]["unpriced_tokens"]),
                (&json!(0.6), &json!(0))
            );
            assert_eq!(v["rows"][1]["unpriced_tokens"], 1_234);
            assert_eq!(v["totals"]["cost_usd"], 0.6);
        })
        .status(0);
}
