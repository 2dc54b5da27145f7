//! sigil-testkit
