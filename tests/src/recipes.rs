//! Where the recipes lie.

use std::fs;
use std::path::{Path, PathBuf};

/// Their directory.
///
/// # Panics
/// It is not there.
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/recipes").canonicalize().expect("the recipes")
}

/// The text of one.
///
/// # Panics
/// It is not there.
pub fn recipe(name: &str) -> String {
    fs::read_to_string(directory().join(name)).expect("the recipe is there")
}
