//! How much a model can hold in mind at once.

/// The context window of a model in tokens, if it is known.
///
/// Claude models have 200,000; a name that ends in `[1m]` asks for the long window of a million.
/// Source: Anthropic's model overview and, for the suffix, Claude Code's model configuration page.
pub fn context_window(model: &str) -> Option<u64> {
    let name = model.rsplit('/').next().unwrap_or(model).to_ascii_lowercase();
    match name.strip_suffix("[1m]") {
        Some(long) if long.starts_with("claude-") => Some(1_000_000),
        None if name.starts_with("claude-") => Some(200_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_known_for_claude_only() {
        assert_eq!(context_window("claude-opus-4-6"), Some(200_000));
        assert_eq!(context_window("anthropic/claude-sonnet-4-6[1m]"), Some(1_000_000));
        assert_eq!(context_window("<synthetic>"), None);
        assert_eq!(context_window("gpt-5"), None);
    }
}
