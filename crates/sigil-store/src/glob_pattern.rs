//! What makes a glob of a word.

/// Whether `text` holds `*`, `?` or `[`, and so may mean many names.
///
/// ```
/// assert!(sigil_store::is_glob("lead-*") && sigil_store::is_glob("app.log.[12]"));
/// assert!(!sigil_store::is_glob("lead-1"));
/// ```
pub fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '['])
}
