//! How an answer's tokens divide.

use std::ops::{AddAssign, Sub};

use serde::{Deserialize, Serialize};

use crate::defect::Malformed;
use crate::quantity::Quantity;
use crate::scan::Scanner;

/// Tokens of one answer, or of many. `input` is the uncached part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// Tokens written to a cache, for however long.
    pub cache_write: u64,
    /// The part of `cache_write` that is kept for an hour; the rest is kept for minutes. They differ in price.
    pub cache_write_1h: u64,
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
                "cache_write_1h" => usage.cache_write_1h = count,
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
        [self.cache_read, self.cache_write, self.output].into_iter().fold(self.input, u64::saturating_add)
    }

    /// Reasoning that is no part of the output; of one answer, not of many.
    pub fn separate_reasoning(&self) -> u64 {
        if self.reasoning > self.output { self.reasoning } else { 0 }
    }

    /// What the model was given: input, from a cache or not, and written to one or not.
    pub fn prompt(&self) -> u64 {
        self.input + self.cache_read + self.cache_write
    }

    /// The share of it that falls to `part` of `whole` tokens; all of it if there are no tokens to share by.
    pub fn share(&self, part: u64, whole: u64) -> Self {
        if part >= whole {
            return *self;
        }
        let of = |tokens: u64| (u128::from(tokens) * u128::from(part) / u128::from(whole)) as u64;
        Self {
            input: of(self.input),
            output: of(self.output),
            reasoning: of(self.reasoning),
            cache_read: of(self.cache_read),
            cache_write: of(self.cache_write),
            cache_write_1h: of(self.cache_write_1h),
        }
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
        add(&mut self.cache_write_1h, other.cache_write_1h);
    }
}

impl Sub for Usage {
    type Output = Self;

    /// What is left of each part; not less than nothing.
    fn sub(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_sub(other.input),
            output: self.output.saturating_sub(other.output),
            reasoning: self.reasoning.saturating_sub(other.reasoning),
            cache_read: self.cache_read.saturating_sub(other.cache_read),
            cache_write: self.cache_write.saturating_sub(other.cache_write),
            cache_write_1h: self.cache_write_1h.saturating_sub(other.cache_write_1h),
        }
    }
}
