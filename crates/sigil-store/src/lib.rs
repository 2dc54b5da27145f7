//! sigil-store
