//! The reduction of small tables.

use super::reduced;
use serde_json::{Value, json};

fn model(provider: &str, input: f64, output: f64) -> Value {
    json!({
        "mode": "chat", "litellm_provider": provider,
        "input_cost_per_token": input, "output_cost_per_token": output,
    })
}

fn with(mut model: Value, more: Value) -> Value {
    if let (Some(model), Value::Object(more)) = (model.as_object_mut(), more) {
        model.extend(more);
    }
    model
}

#[track_caller]
fn check(table: &Value, lines: &[&str]) {
    let text = reduced(&table.to_string()).unwrap();
    let found: Vec<_> = text.lines().map(|line| line.replace('\t', " ")).collect();
    assert_eq!(found, lines);
}

#[test]
fn every_published_figure_has_its_place() {
    let entry = with(
        model("anthropic", 3e-6, 1.5e-5),
        json!({
            "max_input_tokens": 200_000,
            "cache_read_input_token_cost": 3e-7,
            "cache_creation_input_token_cost": 3.75e-6,
            "cache_creation_input_token_cost_above_1hr": 6e-6,
            "input_cost_per_token_above_200k_tokens": 6e-6,
            "input_cost_per_token_above_200k_tokens_batches": 1e-6,
            "output_cost_per_token_above_200k_tokens": 2.25e-5,
            "cache_creation_input_token_cost_above_200k_tokens": 7.5e-6,
        }),
    );
    check(
        &json!({ "claude-x": entry }),
        &[
            "claude-x 200000 3000000 15000000  300000 3750000 6000000 200000 6000000 22500000   7500000 12000000",
        ],
    );
}

#[test]
fn several_tiers_are_kept_in_both_ways_of_writing_them() {
    let tier = |from: u64, input: f64| json!({"range": [from, 9e9], "input_cost_per_token": input, "output_cost_per_token": 1e-6});
    let listed = json!({"mode": "chat", "litellm_provider": "dashscope", "tiered_pricing": [tier(0, 1e-7), tier(32_000, 2e-7), tier(128_000, 3e-7)]});
    let keyed = with(
        model("openai", 1e-7, 1e-6),
        json!({"input_cost_per_token_above_272k_tokens": 3e-7, "input_cost_per_token_above_32k_tokens": 2e-7}),
    );
    check(
        &json!({ "dashscope/qwen-x": listed, "gpt-x": keyed }),
        &[
            "gpt-x  100000 1000000     32000 200000      272000 300000",
            "qwen-x  100000 1000000     32000 200000 1000000     128000 300000 1000000",
        ],
    );
}

#[test]
fn what_is_no_text_or_has_no_price_is_left_out() {
    check(
        &json!({
            "gpt-image": with(model("openai", 1e-6, 1e-6), json!({"mode": "image_generation"})),
            "gpt-free": model("openai", 0.0, 0.0),
            "gpt-half": {"mode": "chat", "litellm_provider": "openai", "input_cost_per_token": 1e-6},
            "gpt-odd": {"mode": "chat", "litellm_provider": "openai", "input_cost_per_token": "1", "output_cost_per_token": -1},
            "gpt-list": [],
            "gpt-text": with(model("openai", 1e-6, 1e-6), json!({"mode": "responses"})),
        }),
        &["gpt-text  1000000 1000000"],
    );
}

#[test]
fn a_bare_name_has_the_price_of_whoever_made_the_model() {
    check(
        &json!({
            // Others, the first of which would come first.
            "azure_ai/deepseek-r1": model("azure_ai", 9e-6, 9e-6),
            "dashscope/deepseek-r1": model("dashscope", 8e-6, 8e-6),
            "deepseek/deepseek-r1": model("deepseek", 1e-6, 2e-6),
            // The same price, which the bare name gives, too.
            "together_ai/deepseek-ai/DeepSeek-R1": model("together_ai", 1e-6, 2e-6),
            // A bare name that is not its maker's.
            "llama-x": model("nlp_cloud", 1e-6, 1e-6),
            "groq/llama-x": model("groq", 1e-6, 1e-6),
            "mistral/glm-x": model("mistral", 1e-6, 1e-6),
        }),
        &[
            "azure_ai/deepseek-r1  9000000 9000000",
            "dashscope/deepseek-r1  8000000 8000000",
            "deepseek-r1  1000000 2000000",
            "groq/llama-x  1000000 1000000",
            "mistral/glm-x  1000000 1000000",
        ],
    );
}

#[test]
fn what_anthropic_sells_no_more_has_bedrocks_price() {
    let bedrock = |input| {
        with(model("bedrock_converse", input, 1e-6), json!({"cache_creation_input_token_cost": 4e-6}))
    };
    check(
        &json!({
            "anthropic.claude-old-20250514-v1:0": bedrock(3e-6),
            "us.anthropic.claude-old-20250514-v1:0": bedrock(3e-6),
            "eu.anthropic.claude-old-20250514-v1:0": bedrock(3.3e-6),
            "claude-new": model("anthropic", 1e-6, 1e-6),
            "anthropic.claude-new-v1:0": bedrock(2e-6),
        }),
        &[
            "anthropic.claude-new-v1:0  2000000 1000000   4000000 4000000",
            "claude-new  1000000 1000000",
            "claude-old-20250514  3000000 1000000   4000000 6000000",
            "eu.anthropic.claude-old-20250514-v1:0  3300000 1000000   4000000 6600000",
        ],
    );
}

#[test]
fn what_is_no_table_is_refused() {
    assert!(reduced("[]").is_err());
}
