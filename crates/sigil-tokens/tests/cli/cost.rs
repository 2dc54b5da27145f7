//! What tokens cost, held against what was worked out by hand from the published prices, in USD per
//! million tokens:
//!
//! | | input | output | cache read | written for 5 minutes | for an hour |
//! |---|---|---|---|---|---|
//! | claude-sonnet-4-5 | 3 | 15 | 0.30 | 3.75 | 6 |
//! | claude-haiku-5-5 | 0.10 | 0.50 | 0.01 | 0.125 | 0.20 |
//! | the same, prompts above 100,000 | 0.50 | 2.50 | 0.05 | 0.625 | 1 |

use sigil_testkit::Tool;
use sigil_testkit::samples::claude::Answer;
use sigil_testkit::samples::guide_session;

use crate::{Place, tool};

/// The summary of `log` as JSON must tell this cost and so many tokens without a price.
#[track_caller]
fn check(log: &str, args: &[&str], cost_usd: Option<f64>, unpriced_tokens: u64) -> Tool<'static> {
    tool().args(["--summary", "--json"]).args(args).stdin(log.to_owned()).stdout_json(move |v| {
        assert_eq!(v["cost_usd"].as_f64(), cost_usd);
        assert_eq!(v["unpriced_tokens"], unpriced_tokens);
    })
}

fn sonnet(id: &str) -> Answer {
    Answer::new(id).model("claude-sonnet-4-5-20250929")
}

/// 0.30 for input, 0.30 for output, 0.015 and 0.15 and 0.06 for the cache.
const SONNET_USD: f64 = 0.825;

fn every_kind() -> String {
    sonnet("m").usage(100_000, 20_000).cache(40_000, 50_000).cache_1h(10_000).line()
}

#[test]
fn every_kind_of_token_has_its_price() {
    check(&every_kind(), &[], Some(SONNET_USD), 0).status(0);
    // Without the parts of the cache all of it was for five minutes: 0.1875 instead of 0.21.
    let flat = sonnet("m").usage(100_000, 20_000).cache(50_000, 50_000).without_cache_parts().line();
    check(&flat, &[], Some(0.8025), 0).status(0);
}

#[test]
fn an_answer_costs_once_however_often_it_is_written() {
    let log = sonnet("m").usage(1_000, 0).snapshots(&[1, 500, 1_000]);
    check(&log.repeat(2), &[], Some(0.018), 0).status(0);
}

#[test]
fn a_prompt_above_the_threshold_is_charged_at_the_higher_price_as_a_whole() {
    let answer = |id: &str, input, read| {
        Answer::new(id).model("claude-haiku-5-5").usage(input, 10_000).cache(0, read).line()
    };
    // 60,000 of input, 40,000 read: 0.006 + 0.0004, and 0.005 of output.
    check(&answer("short", 60_000, 40_000), &[], Some(0.0114), 0).status(0);
    // One token more: 0.0300005 + 0.002, and 0.025.
    check(&answer("long", 60_001, 40_000), &[], Some(0.0570005), 0).status(0);
    // Each answer by its own prompt, not by what they come to.
    let both = answer("1", 60_000, 40_000) + &answer("2", 60_000, 40_000);
    check(&both, &[], Some(0.0228), 0).status(0);
}

#[test]
fn an_unknown_model_costs_nothing_known_and_is_named_once() {
    let mine = |id: &str| Answer::new(id).model("my-model").usage(10, 90).line();
    let warning = "sigil-tokens: E010_CONFIG_ERR: no price is known for model \"my-model\": its tokens are not \
                   in the cost; [prices.\"my-model\"] in the configuration can give one\n";
    check(&(mine("a") + &mine("b")), &[], None, 200).stderr(warning).status(0);
    check(&(mine("a") + &every_kind()), &[], Some(SONNET_USD), 100).stderr(warning).status(0);
    check(&mine("a"), &["-q"], None, 100).status(0);
    // Where no cost is told, nothing is said.
    tool().arg("--json").stdin(mine("a")).status(0);
    tool().args(["--check", "--budget", "1M"]).stdin(mine("a")).stderr_contains("fine: ").status(0);
}

#[test]
fn what_was_not_asked_for_needs_no_price() {
    let log = Answer::new("m").model("my-model").usage(1, 1).at("2026-02-01T10:00:00Z").line()
        + &sonnet("n").usage(1_000_000, 0).at("2026-02-02T10:00:00Z").line();
    check(&log, &["--since", "2026-02-02", "--timezone", "utc"], Some(3.0), 0).status(0);
}

#[test]
fn an_error_of_the_api_and_a_plain_log_say_nothing_of_prices() {
    check(&Answer::api_error("m", "overloaded").line(), &[], None, 0).status(0);
    check(&guide_session("s"), &[], None, 650).status(0);
}

#[test]
fn the_configuration_beats_the_published_price() {
    let config = "[prices.\"my-model\"]\ninput = 2\noutput = 10.5\n\
                  [prices.\"claude-sonnet-4-5\"]\ninput = 1\noutput = 1\ncache_write_1h = 0\n";
    let place = Place::with("sigil.toml", config);
    let config = place.path().join("sigil.toml");
    let args = ["--config", config.to_str().unwrap()];
    // Of a model of one's own what is read from a cache or written to one costs as input does.
    let mine = Answer::new("m").model("my-model").usage(1_000, 2_000).cache(3_000, 4_000).cache_1h(5_000);
    check(&mine.line(), &args, Some(0.002 + 0.021 + 0.006 + 0.008 + 0.01), 0).status(0);
    // Of a published one it costs what is published: 0.10, 0.02, 0.015, 0.15, nothing.
    check(&every_kind(), &args, Some(0.285), 0).status(0);
}

#[test]
fn a_cost_that_the_log_states_is_believed_unless_it_is_to_be_computed() {
    let stated = |cost: &str| every_kind().replacen('{', &format!("{{\"costUSD\":{cost},"), 1);
    check(&stated("0.5"), &[], Some(0.5), 0).status(0);
    check(&stated("0.5"), &["--recompute-cost"], Some(SONNET_USD), 0).status(0);
    for no_cost in ["null", "-1", "\"much\"", "1e99"] {
        check(&stated(no_cost), &[], Some(SONNET_USD), 0).status(0);
    }
    let sigil = "{\"tokens\":100,\"metadata\":{\"model\":\"my-model\",\"cost_usd\":0.0042}}\n";
    check(sigil, &[], Some(0.0042), 0).status(0);
    check(sigil, &["--recompute-cost"], None, 100).status(0);
}

#[test]
fn a_total_that_is_stated_again_costs_nothing_again() {
    let step = |kind: &str, component: &str| {
        format!(
            "{{\"session_id\":\"s\",\"event_type\":\"{kind}\",\"component\":\"{component}\",\"tokens\":1000,\"metadata\":{{\
             \"model\":\"claude-sonnet-4-5\",\"usage\":{{\"input\":600,\"output\":400}}}}}}\n"
        )
    };
    let log = step("token_consumption", "a") + &step("step_complete", "a") + &step("session_complete", "o");
    check(&log, &[], Some(0.0078), 0).status(0);
    check(&log, &["--count-all"], Some(0.0234), 0).status(0);
}

#[test]
fn the_summary_and_the_table_show_what_is_known() {
    let log = every_kind() + &Answer::new("x").session("s2").model("my-model").usage(1_000, 234).line();
    let place = Place::with("t.jsonl", log);
    place
        .tool()
        .args(["t.jsonl", "-q"])
        .stdout_contains("Cost:   $0.83 (1,234 tokens without a price)\n")
        .status(0);
    place
        .tool()
        .args(["t.jsonl", "-q", "--by", "session"])
        .stdout(
            "SESSION   TOKENS    INPUT  OUTPUT  CACHE WRITE  CACHE READ   COST\n\
             s1       220,000  100,000  20,000       50,000      50,000  $0.83\n\
             s2         1,234    1,000     234            0           0      -\n\
             total    221,234  101,000  20,234       50,000      50,000  $0.83\n",
        )
        .status(0);
    place
        .tool()
        .args(["t.jsonl", "-q", "--by", "session", "--json"])
        .stdout_json(|v| {
            assert_eq!(v["cost_usd"], SONNET_USD);
            let [first, second] = [&v["rows"][0], &v["rows"][1]];
            assert_eq!((&first["cost_usd"], &first["unpriced_tokens"]), (&SONNET_USD.into(), &0.into()));
            assert!(second["cost_usd"].is_null());
            assert_eq!(second["unpriced_tokens"], 1_234);
        })
        .status(0);
}

#[test]
fn a_wrong_price_in_the_configuration_is_named_with_its_line() {
    let place = Place::with("sigil.toml", "[prices.x]\ninput = 3\noutptu = 15\n");
    place
        .tool()
        .args(["--summary", "--config", "sigil.toml"])
        .stderr(
            "sigil-tokens: E010_CONFIG_ERR: sigil.toml:3: unknown key \"prices.x.outptu\"; did you mean \
             \"prices.x.output\"?\n",
        )
        .status(2);
}
