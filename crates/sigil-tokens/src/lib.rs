//! sigil-tokens
