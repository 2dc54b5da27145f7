//! Tests that use several tools at once.
