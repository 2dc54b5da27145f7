//! sigil-cli
