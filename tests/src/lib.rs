//! Tests that use several tools at once.

pub mod recipes;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Says that a test was not run and why, past the capture of the test runner, which hides what passing
/// tests print.
pub fn not_run(test: &str, why: &str) {
    let _ = writeln!(io::stderr(), "NOT RUN: {test}: {why}");
}

/// Adds every `.jsonl` file below `directory` to `files`, in the order of their paths.
///
/// # Panics
/// When a directory cannot be read.
pub fn transcripts(directory: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(directory).expect("a directory of transcripts");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            transcripts(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "jsonl") {
            files.push(path);
        }
    }
}
