//! Tests that use several tools at once.

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

/// Orders that look random, the same ones for the same seed (Knuth's MMIX generator).
#[derive(Clone, Debug)]
pub struct Shuffle(u64);

impl Shuffle {
    /// The order with this number.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Puts `items` into the next order.
    pub fn apply<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let at = self.below(end + 1);
            items.swap(end, at);
        }
    }

    /// The next number from 0 to below `bound`, which is at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}
