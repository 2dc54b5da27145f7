//! The published table, and what is made of it.

use sigil_event::Usage;

use super::*;

fn usd_per_million(prices: &Prices, model: &str) -> Option<(f64, f64)> {
    let base = prices.rates(model)?.base();
    let usd = |rate: u64| rate as f64 / PICO_PER_USD_PER_MILLION as f64;
    Some((usd(base.input), usd(base.output)))
}

#[test]
fn models_are_found_by_the_names_that_logs_use() {
    let prices = Prices::default();
    for (model, input, output) in [
        ("claude-opus-4-6", 5.0, 25.0),
        ("claude-opus-4-6-20260205", 5.0, 25.0),
        ("claude-opus-4-6[1m]", 5.0, 25.0),
        ("claude-sonnet-4-5-20250929", 3.0, 15.0),
        ("anthropic/claude-sonnet-4-5-20250929", 3.0, 15.0),
        ("anthropic/claude-sonnet-4.5", 3.0, 15.0),
        ("claude-sonnet-4-5@20250929", 3.0, 15.0),
        ("claude-haiku-4-5-20251001", 1.0, 5.0),
        ("gpt-5-codex", 1.25, 10.0),
        ("openai/gpt-5", 1.25, 10.0),
        ("gpt-4o-2024-05-13", 5.0, 15.0),
        ("openai/gpt-4o-2024-05-13", 5.0, 15.0),
        ("gpt-4o", 2.5, 10.0),
        ("DeepSeek-R1", 0.55, 2.19),
        ("deepseek-chat", 0.28, 0.42),
        ("gemini-2.5-pro", 1.25, 10.0),
        ("models/gemini-2.5-pro", 1.25, 10.0),
    ] {
        assert_eq!(usd_per_million(&prices, model), Some((input, output)), "{model}");
    }
}

#[test]
fn models_that_are_sold_no_more_have_their_last_price() {
    let prices = Prices::default();
    for (model, input, output) in [
        ("claude-sonnet-4", 3.0, 15.0),
        ("claude-sonnet-4-20250514", 3.0, 15.0),
        ("claude-opus-4-20250514", 15.0, 75.0),
        ("claude-opus-4-1-20250805", 15.0, 75.0),
        ("claude-3-7-sonnet-20250219", 3.0, 15.0),
        ("claude-3-5-haiku-20241022", 0.8, 4.0),
    ] {
        assert_eq!(usd_per_million(&prices, model), Some((input, output)), "{model}");
        // Anthropic charges twice the input for an hour in the cache.
        let base = prices.rates(model).unwrap().base();
        assert_eq!(base.cache_write_1h, 2 * base.input, "{model}");
    }
}

#[test]
fn a_name_without_a_price_has_none() {
    let prices = Prices::default();
    for model in ["<synthetic>", "", "my-model", "claude", "[1m]", "-latest", "llama-3.3-70b-instruct", "x/y"]
    {
        assert_eq!(prices.rates(model), None, "{model}");
    }
}

#[test]
fn a_reseller_is_asked_only_by_its_name() {
    let table = "\
groq/openai/own-1\t\t9\t9
own-1\t100\t1\t2
reseller/other-1\t\t5\t5
us.anthropic.claude-x-v1:0\t\t7\t7
";
    let prices = Prices::of_table(Table::parse(table), BTreeMap::new());
    let input = |model: &str| prices.rates(model).map(|rates| rates.base().input);
    assert_eq!(input("own-1"), Some(1));
    assert_eq!(input("groq/openai/own-1"), Some(9));
    assert_eq!(input("elsewhere/own-1"), Some(1));
    assert_eq!(input("other-1"), None);
    assert_eq!(input("reseller/other-1[1m]"), Some(5));
    assert_eq!(input("Reseller/Other-1"), Some(5));
    assert_eq!(input("claude-x"), None);
    assert_eq!(input("us.anthropic.claude-x-v1:0"), Some(7));
    assert_eq!(input("bedrock/us.anthropic.claude-x-v1:0"), Some(7));
}

#[test]
fn an_undated_row_stands_for_the_model_then_the_newest() {
    let table = "a-20250101\t\t1\t1\na-20260101\t\t2\t2\nB\t\t4\t4\nB-20260101\t\t3\t3\n";
    let prices = Prices::of_table(Table::parse(table), BTreeMap::new());
    let input = |model: &str| prices.rates(model).map(|rates| rates.base().input);
    assert_eq!(input("a"), Some(2));
    assert_eq!(input("a-20240101"), Some(2));
    assert_eq!(input("a-20250101"), Some(1));
    assert_eq!(input("b"), Some(4));
    assert_eq!(input("b-2026-01-01"), Some(4));
}

#[test]
fn every_kind_of_token_has_its_price() {
    let table = "m\t\t1\t10\t\t100\t1000\t10000\n";
    let prices = Prices::of_table(Table::parse(table), BTreeMap::new());
    let usage = Usage { input: 5, output: 4, reasoning: 1, cache_read: 3, cache_write: 9, cache_write_1h: 2 };
    assert_eq!(prices.rates("m").unwrap().cost(&usage), 5 + 40 + 300 + 7_000 + 20_000);
}

#[test]
fn reasoning_that_was_counted_apart_is_paid_beside_the_output() {
    let table = "m\t\t1\t10\t20\n";
    let prices = Prices::of_table(Table::parse(table), BTreeMap::new());
    let usage = Usage { input: 100, output: 80, reasoning: 500, ..Usage::default() };
    assert_eq!(prices.rates("m").unwrap().cost(&usage), 100 + 800 + 10_000);
}

#[test]
fn a_long_prompt_is_charged_at_its_tier_as_a_whole() {
    let table = "m\t\t1\t10\t\t2\t3\t4\t100\t5\t50\t\t\t\t\t1000\t7\t70\t700\n";
    let prices = Prices::of_table(Table::parse(table), BTreeMap::new());
    let cost = |input, cache_read, reasoning| {
        let usage = Usage { input, output: 2, reasoning, cache_read, ..Usage::default() };
        prices.rates("m").unwrap().cost(&usage)
    };
    assert_eq!(cost(50, 50, 0), 50 + 100 + 20);
    // A rate that the tier does not have is the first one's.
    assert_eq!(cost(51, 50, 0), 51 * 5 + 100 + 100);
    assert_eq!(cost(1000, 1, 1), 7000 + 2 + 70 + 700);
}

#[test]
fn what_is_not_published_falls_back() {
    let table = "m\t\t3\t15\n";
    let tier = Prices::of_table(Table::parse(table), BTreeMap::new()).rates("m").unwrap().base();
    let expected =
        Tier { input: 3, output: 15, reasoning: 15, cache_read: 3, cache_write: 3, cache_write_1h: 3 };
    assert_eq!(tier, expected);
}

#[test]
fn the_configuration_beats_the_table() {
    let own = Override { input: Some(1), output: Some(2), ..Override::default() };
    let overrides = BTreeMap::from([
        ("claude-haiku-5-5".to_owned(), own),
        ("Mine".to_owned(), Override { cache_write: Some(7), ..own }),
        ("half".to_owned(), Override { output: None, ..own }),
        ("gpt-5".to_owned(), Override { context_window: Some(5), ..Override::default() }),
        ("azure/gpt-4o".to_owned(), own),
    ]);
    let prices = Prices::new(overrides);
    // What the published table says of caches stays, its tiers do not.
    let published = Prices::default().rates("claude-haiku-5-5").unwrap();
    let rates = prices.rates("anthropic/claude-haiku-5-5-20261001").unwrap();
    assert_eq!(rates, Rates::flat(Tier { input: 1, output: 2, reasoning: 2, ..published.base() }));
    assert_ne!(published, Rates::flat(published.base()));
    let tier = prices.rates("MINE").unwrap().base();
    assert_eq!((tier.cache_read, tier.cache_write, tier.cache_write_1h), (1, 7, 7));
    assert_eq!(prices.rates("half"), None);
    assert_eq!(prices.rates("gpt-5"), Prices::default().rates("gpt-5"));
    assert_eq!(prices.context_window("gpt-5", 0), Some(5));
    assert_eq!(prices.rates("gpt-4o"), Prices::default().rates("gpt-4o"));
    assert_eq!(prices.rates("azure/gpt-4o").unwrap().base().input, 1);
}

#[test]
fn claude_has_the_window_that_an_account_has() {
    let prices = Prices::default();
    assert_eq!(prices.context_window("claude-opus-4-6", 0), Some(200_000));
    assert_eq!(prices.context_window("claude-opus-4-6", 200_000), Some(200_000));
    assert_eq!(prices.context_window("claude-opus-4-6", 200_001), Some(1_000_000));
    assert_eq!(prices.context_window("anthropic/claude-sonnet-4-6[1m]", 0), Some(1_000_000));
    assert_eq!(prices.context_window("claude-of-the-future", 0), Some(200_000));
    assert_eq!(prices.context_window("gpt-5", 0), Some(272_000));
    assert_eq!(prices.context_window("<synthetic>", 0), None);
}

#[test]
fn the_published_table_is_whole_and_sorted() {
    let text = include_str!("table.tsv");
    let head = text.lines().next().unwrap();
    assert!(head.starts_with("# LiteLLM "), "{head}");
    let names: Vec<_> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split('\t').next())
        .collect();
    assert!(names.is_sorted() && names.len() > 400, "{}", names.len());
    assert_eq!(names.len(), Table::parse(text).len());
    for name in names {
        let tier = PUBLISHED.find(name).unwrap().rates().base();
        assert!(tier.input > 0 || tier.output > 0, "{name}");
    }
}
