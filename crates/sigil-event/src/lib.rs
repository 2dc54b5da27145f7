//! sigil-event
