//! sigil-report
