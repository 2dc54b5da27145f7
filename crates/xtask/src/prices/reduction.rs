//! From LiteLLM's table to ours: text models, their prices and windows, each once.
//!
//! A model is listed by its bare name with the price of whoever made it (`VENDORS`). What others charge for
//! it is listed under their names, and only where it is not the same.

use anyhow::{Context, Result};
use serde_json::{Map, Value};
use sigil_summary::price::{Prices, Table, bare};
use std::collections::BTreeMap;

/// A model in LiteLLM's table.
type Entry = Map<String, Value>;

/// Who sells their own models, as LiteLLM calls them, and how the names of those begin. The first that
/// has a name has its price.
///
/// Some sell others' models, too: Alibaba Cloud has DeepSeek's, Mistral has Z.ai's.
const VENDORS: &[(&str, &[&str])] = &[
    ("anthropic", &["claude-"]),
    ("openai", &[""]),
    ("text-completion-openai", &[""]),
    ("gemini", &["gemini-", "gemma-", "deep-research", "learnlm"]),
    ("vertex_ai-language-models", &["gemini-"]),
    ("deepseek", &["deepseek-"]),
    ("xai", &["grok-"]),
    (
        "mistral",
        &[
            "mistral-",
            "codestral",
            "devstral",
            "ministral",
            "magistral",
            "open-mi",
            "pixtral",
            "voxtral",
            "labs-",
        ],
    ),
    ("codestral", &["codestral"]),
    ("moonshot", &["kimi-", "moonshot-"]),
    ("dashscope", &["qwen", "qwq"]),
    ("zai", &["glm-"]),
    ("minimax", &["MiniMax-"]),
    ("volcengine", &["doubao-"]),
    ("cohere", &["command"]),
    ("cohere_chat", &["command", "c4ai"]),
    ("ai21", &["jamba"]),
    ("perplexity", &["sonar"]),
    ("amazon_nova", &["nova-"]),
    ("xiaomi_mimo", &["mimo-"]),
    ("inception", &["mercury"]),
    ("meta", &["muse-"]),
    ("cognition", &["swe-"]),
    // What Anthropic has ceased to sell itself is still in Bedrock's list, at Anthropic's price: outside of
    // some regions, which have names of their own, the two lists agree on every model that is in both.
    ("bedrock", &["claude-"]),
    ("bedrock_converse", &["claude-"]),
];

/// Bedrock's names of Anthropic's models where no region adds to the price.
const BEDROCK_CLAUDE: &str = "anthropic.";

/// What answers in text.
const MODES: [&str; 3] = ["chat", "completion", "responses"];

/// A price in LiteLLM's table, per token; of a tier with `_above_…k_tokens` behind it.
const PRICES: [&str; 6] = [
    "input_cost_per_token",
    "output_cost_per_token",
    "output_cost_per_reasoning_token",
    "cache_read_input_token_cost",
    "cache_creation_input_token_cost",
    "cache_creation_input_token_cost_above_1hr",
];

/// 10^-12 USD per token, in the order of `PRICES`.
type Tier = [Option<u64>; PRICES.len()];

/// The lines of our table, by name.
///
/// # Errors
///
/// When `json` is not one object.
pub(super) fn reduced(json: &str) -> Result<String> {
    let table: BTreeMap<String, Value> = serde_json::from_str(json).context("this is no table of models")?;
    let models: Vec<_> = table
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_object()?)))
        .filter(|(_, entry)| MODES.contains(&text(entry, "mode")))
        .filter_map(|(name, entry)| Some((name, entry, fields(name, entry)?)))
        .collect();
    let mut lines: BTreeMap<&str, &str> = BTreeMap::new();
    for (vendor, families) in VENDORS {
        for (name, entry, fields) in &models {
            if let Some(own) = own_name(name, entry, vendor)
                && families.iter().any(|family| own.starts_with(family))
            {
                // A dated model may have lost its undated name: `claude-3-7-sonnet-20250219` is kept as it is.
                lines.entry(own).or_insert(fields);
            }
        }
    }
    let own = Prices::of_table(Table::parse(&written(&lines)), BTreeMap::new());
    for (name, _, fields) in &models {
        let is_others = name.contains('/') || bare(name) != *name && name.contains('.');
        if is_others && !lines.contains_key(name) && own.rates(name) != rates(fields) {
            lines.insert(name, fields);
        }
    }
    Ok(written(&lines))
}

fn written(lines: &BTreeMap<&str, &str>) -> String {
    lines.iter().map(|(name, fields)| format!("{name}\t{fields}\n")).collect()
}

fn rates(fields: &str) -> Option<sigil_summary::price::Rates> {
    Table::parse(&format!("x\t{fields}\n")).find("x").map(sigil_summary::price::Row::rates)
}

/// The name that the vendor has for the model, if the entry is the vendor's.
fn own_name<'a>(name: &'a str, entry: &Entry, vendor: &str) -> Option<&'a str> {
    if text(entry, "litellm_provider") != vendor {
        return None;
    }
    match vendor {
        "bedrock" | "bedrock_converse" => {
            let claude = name.strip_prefix(BEDROCK_CLAUDE)?;
            // `-v1:0` is Bedrock's own.
            Some(claude.rsplit_once("-v").map_or(claude, |(claude, _)| claude))
        }
        _ => name.rsplit('/').next(),
    }
}

fn text<'a>(entry: &'a Entry, key: &str) -> &'a str {
    entry.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// What stands behind the name; nothing for a model without a price. One that is said to cost nothing is
/// no different: most of those are paid for in another way.
fn fields(name: &str, entry: &Entry) -> Option<String> {
    let mut tiers = tiers(entry);
    let [input, output, ..] = tiers.first()?.1;
    if input?.max(output?) == 0 {
        return None;
    }
    if name.contains("claude-") {
        tiers.iter_mut().for_each(|(_, tier)| add_anthropics_hour(tier));
    }
    let mut fields = vec![entry.get("max_input_tokens").and_then(Value::as_u64)];
    for (above, tier) in tiers {
        fields.extend((above > 0).then_some(Some(above)));
        fields.extend(tier);
    }
    let fields: Vec<_> = fields.iter().map(|field| field.map_or(String::new(), |n| n.to_string())).collect();
    Some(fields.join("\t").trim_end_matches('\t').to_owned())
}

/// Anthropic charges twice the input for an hour in the cache, of every model. LiteLLM has left it out
/// where nobody else sells it.
fn add_anthropics_hour(tier: &mut Tier) {
    if let [Some(input), _, _, _, Some(_), hour @ None] = tier {
        *hour = Some(*input * 2);
    }
}

/// The prices by the length of the prompt: the tokens above which they hold, ascending from 0.
fn tiers(entry: &Entry) -> Vec<(u64, Tier)> {
    if let Some(tiers) = entry.get("tiered_pricing").and_then(Value::as_array) {
        let tiers = tiers.iter().filter_map(Value::as_object);
        // Some are tiers of something else, and have no range of tokens.
        let from = |tier: &Entry| Some(tier.get("range")?.get(0)?.as_f64()? as u64);
        return tiers.filter_map(|tier| Some((from(tier)?, prices(tier, "")))).collect();
    }
    let mut tiers = vec![(0, prices(entry, ""))];
    for key in entry.keys() {
        let suffix = key.strip_prefix(PRICES[0]).unwrap_or_default();
        let thousands = suffix.strip_prefix("_above_").and_then(|rest| rest.strip_suffix("k_tokens"));
        if let Some(thousands) = thousands.and_then(|digits| digits.parse::<u64>().ok()) {
            tiers.push((thousands * 1000, prices(entry, suffix)));
        }
    }
    tiers.sort_by_key(|(above, _)| *above);
    tiers
}

fn prices(entry: &Entry, suffix: &str) -> Tier {
    PRICES.map(|key| pico(entry.get(&format!("{key}{suffix}"))?))
}

/// USD as 10^-12 USD, to the nearest.
fn pico(value: &Value) -> Option<u64> {
    let usd = value.as_f64().filter(|usd| (0.0..1.0).contains(usd))?;
    Some((usd * 1e12).round() as u64)
}

#[cfg(test)]
mod tests;
