//! sigil-summary
