//! Names of models, as logs and price tables write them.
//!
//! `anthropic/claude-sonnet-4-5-20250929`, `us.anthropic.claude-sonnet-4-5-20250929-v1:0`,
//! `claude-sonnet-4-5@20250929`, `claude-sonnet-4-5[1m]` and `claude-sonnet-4.5` are one model.

/// What Claude Code puts behind a model's name to ask for its long context window.
const LONG_CONTEXT: &str = "[1m]";

/// Whether the name asks for the long context window.
pub(super) fn asks_for_long_context(model: &str) -> bool {
    without_long_context(model).len() < model.len()
}

fn without_long_context(model: &str) -> &str {
    let head = model.len().saturating_sub(LONG_CONTEXT.len());
    match model.split_at_checked(head) {
        Some((name, tail)) if tail.eq_ignore_ascii_case(LONG_CONTEXT) => name,
        _ => model,
    }
}

/// The name without whoever provides the model: all up to the last slash, and words that end in a dot, as
/// Bedrock has them (`us.anthropic.`).
pub(super) fn without_provider(model: &str) -> &str {
    let mut name = model.rsplit('/').next().unwrap_or(model);
    while let Some((word, rest)) = name.split_once('.') {
        // The dot of a version number comes after a digit: `gpt-5.1`.
        let is_word = !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
        if !is_word || rest.is_empty() {
            break;
        }
        name = rest;
    }
    name
}

/// The name without a date or what stands for one: `-20250929`, `-2025-09-29`, `@20250929`, `-latest`, and
/// Bedrock's version of its own, `-v1:0`.
pub(super) fn without_date(name: &str) -> &str {
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    let name = match name.rsplit_once("-v") {
        Some((head, version))
            if version.split_once(':').is_some_and(|(a, b)| is_digits(a) && is_digits(b)) =>
        {
            head
        }
        _ => name,
    };
    for pattern in ["-0000-00-00", "-00000000", "-latest"] {
        let head = name.len().saturating_sub(pattern.len());
        if head > 0
            && let Some((head, tail)) = name.split_at_checked(head)
            && tail.bytes().zip(pattern.bytes()).all(|(a, b)| a == b || (b == b'0' && a.is_ascii_digit()))
        {
            return head;
        }
    }
    name
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The model alone: no provider, no date, no suffix.
pub fn bare(model: &str) -> &str {
    without_date(without_provider(without_long_context(model)))
}

/// The forms of a name that are looked for, the most particular first.
pub(super) fn forms(model: &str) -> [&str; 5] {
    let name = without_long_context(model);
    let behind_slash = name.rsplit('/').next().unwrap_or(name);
    [model, name, behind_slash, without_provider(name), bare(name)]
}

/// The same for names that differ in case, or in writing a version with dots or dashes.
pub(super) fn folded(name: &str) -> String {
    name.to_lowercase().replace('.', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_is_one_model() {
        for name in [
            "claude-sonnet-4-5",
            "claude-sonnet-4-5-20250929",
            "claude-sonnet-4-5-2025-09-29",
            "claude-sonnet-4-5[1m]",
            "claude-sonnet-4-5-20250929[1M]",
            "claude-sonnet-4-5@20250929",
            "claude-sonnet-4-5-latest",
            "anthropic/claude-sonnet-4-5-20250929",
            "openrouter/anthropic/claude-sonnet-4-5",
            "anthropic.claude-sonnet-4-5-20250929-v1:0",
            "bedrock/us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0",
        ] {
            assert_eq!(bare(name), "claude-sonnet-4-5", "{name}");
        }
        assert_eq!(folded("Claude-Sonnet-4.5"), "claude-sonnet-4-5");
    }

    #[test]
    fn what_is_a_part_of_the_name_stays() {
        for name in [
            "gpt-5.1",
            "gpt-4-0613",
            "deepseek-v3",
            "deepseek-v3.2",
            "kimi-k2-0905",
            "grok-4.20",
            "qwen3.5-plus",
            "llama3:8b",
            "<synthetic>",
            "",
            "-latest",
            "20250929",
            "é",
        ] {
            assert_eq!(bare(name), name);
        }
    }
}
