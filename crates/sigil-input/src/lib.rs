//! sigil-input
