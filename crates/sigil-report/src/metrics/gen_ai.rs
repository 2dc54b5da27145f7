//! Tokens by OpenTelemetry's conventions for generative AI.
//!
//! <https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-metrics.md>

use super::labels::bounded;
use super::{Histogram, Kind, Metric, Point, Unit, Value};
use crate::figures::Model;
use sigil_summary::component::UNNAMED;
use sigil_summary::price::bare;

/// The providers that the conventions know, by what the names of their models begin with.
const PROVIDERS: [(&str, &str); 15] = [
    ("claude", "anthropic"),
    ("gpt", "openai"),
    ("chatgpt", "openai"),
    ("codex", "openai"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("o4", "openai"),
    ("gemini", "gcp.gemini"),
    ("mistral", "mistral_ai"),
    ("codestral", "mistral_ai"),
    ("deepseek", "deepseek"),
    ("grok", "x_ai"),
    ("command", "cohere"),
    ("kimi", "moonshot_ai"),
    ("sonar", "perplexity"),
];

/// What is known of the answers of a model.
struct Answers {
    count: u64,
    input: u64,
    output: u64,
}

/// `gen_ai.client.token.usage` of the models whose logs tell input from output; nothing if none does. Only what
/// the answers come to is known and not how large each was: one bucket holds them all.
pub(super) fn token_usage(models: &[Model]) -> Option<Metric> {
    let told = models.iter().filter(|model| model.name != UNNAMED);
    let told = told.filter_map(|model| {
        let usage = &model.spent.usage;
        let input = usage.input.saturating_add(usage.cache_read).saturating_add(usage.cache_write);
        let answers = Answers { count: model.answers, input, output: usage.output };
        (input > 0 || usage.output > 0).then(|| (vec![("gen_ai.request.model", model.name.clone())], answers))
    });
    let merge = |sum: &mut Answers, more: Answers| {
        sum.count = sum.count.saturating_add(more.count);
        sum.input = sum.input.saturating_add(more.input);
        sum.output = sum.output.saturating_add(more.output);
    };
    let models = bounded(told, |answers| answers.input.saturating_add(answers.output), merge).into_iter();
    let points = models.flat_map(|(model, Answers { count, input, output })| {
        let provider = model.first().map_or("unknown", |(_, name)| provider(name));
        [("input", input), ("output", output)].map(|(kind, tokens)| {
            let mut labels = model.clone();
            labels.insert(0, ("gen_ai.operation.name", "chat".to_owned()));
            labels.insert(1, ("gen_ai.provider.name", provider.to_owned()));
            labels.push(("gen_ai.token.type", kind.to_owned()));
            Point { labels, value: Value::Histogram(Histogram::of_sum(count, tokens)) }
        })
    });
    let points: Vec<_> = points.collect();
    (!points.is_empty()).then_some(Metric {
        name: "gen_ai.client.token.usage",
        help: "Number of input and output tokens used, those of caches included.",
        unit: Unit::Tokens,
        kind: Kind::Histogram,
        points,
    })
}

/// Who provides a model, as far as its name tells.
fn provider(model: &str) -> &'static str {
    let bare = bare(model).to_ascii_lowercase();
    let known = PROVIDERS.iter().find(|(begins, _)| bare.starts_with(begins));
    known.map_or("unknown", |(_, provider)| provider)
}

#[cfg(test)]
mod tests {
    use super::provider;

    #[test]
    fn a_model_s_name_tells_its_provider() {
        for (model, expected) in [
            ("claude-opus-4-5-20251101", "anthropic"),
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic"),
            ("openai/gpt-5.1", "openai"),
            ("gemini-3-pro", "gcp.gemini"),
            ("qwen3-max", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(provider(model), expected, "{model}");
        }
    }
}
