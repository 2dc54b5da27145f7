//! How an answer's tokens divide.

use std::ops::AddAssign;

use serde::Serialize;

use crate::defect::Malformed;
use crate::quantity::Quantity;
use crate::scan::Scanner;

/// Tokens of one answer, or of many. `input` is the uncached part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Usage {
    /// Tokens read that no cache held.
    pub input: u64,
    /// Tokens written.
    pub output: u64,
    /// The part of the output that was reasoning, where the log tells it. In one answer's usage a figure above
    /// `output` says that reasoning was kept apart: it is no part of the output then, and counts beside it.
    pub reasoning: u64,
    /// Tokens read from a cache.
    pub cache_read: u64,
    /// Tokens written to a cache.
    pub cache_write: u64,
}

impl Usage {
    /// Reads `metadata.usage` of a Sigil line (`DESIGN.md`, Event). Parts that are no counts are 0.
    pub fn scan(scanner: &mut Scanner<'_>) -> Result<Self, Malformed> {
        let mut usage = Self::default();
        scanner.object(|key, scanner| {
            let count = Quantity::of(scanner.value()?).or_zero();
            match &*key.decode() {
                "input" => usage.input = count,
                "output" => usage.output = count,
                "reasoning" => usage.reasoning = count,
                "cache_read" => usage.cache_read = count,
                "cache_write" => usage.cache_write = count,
                _ => {}
            }
            Ok(())
        })?;
        Ok(usage)
    }

    /// Its parts by the names that people read.
    pub fn parts(&self) -> [(&'static str, u64); 5] {
        [
            ("input", self.input),
            ("output", self.output),
            ("reasoning", self.reasoning),
            ("cache write", self.cache_write),
            ("cache read", self.cache_read),
        ]
    }

    /// Input, cache and output together: what the context holds behind the answer.
    pub fn context(&self) -> u64 {
        self.input + self.cache_read + self.cache_write + self.output
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        let add = |sum: &mut u64, more: u64| *sum = sum.saturating_add(more);
        add(&mut self.input, other.input);
        add(&mut self.output, other.output);
        add(&mut self.reasoning, other.reasoning);
        add(&mut self.cache_read, other.cache_read);
        add(&mut self.cache_write, other.cache_write);
    }
}
