//! What a token of each kind costs, and what an answer comes to.

use serde::{Deserialize, Serialize};
use sigil_event::Usage;

/// Prices of one tier, in 10^-12 USD for a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// Input that no cache held.
    pub input: u64,
    /// Output that was no reasoning.
    pub output: u64,
    /// Reasoning. Nearly always what other output costs.
    pub reasoning: u64,
    /// Read from a cache.
    pub cache_read: u64,
    /// Written to a cache for minutes.
    pub cache_write: u64,
    /// Written to a cache for an hour.
    pub cache_write_1h: u64,
}

/// What a model costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    base: Tier,
    /// Tiers of longer prompts, each with the tokens above which it holds, ascending.
    above: Vec<(u64, Tier)>,
}

impl Rates {
    /// Rates that hold for prompts of any length.
    pub fn flat(tier: Tier) -> Self {
        Self { base: tier, above: Vec::new() }
    }

    /// Rates that rise, or fall, with the length of the prompt: `above` has the tokens above which each
    /// further tier holds.
    pub fn tiered(base: Tier, mut above: Vec<(u64, Tier)>) -> Self {
        above.sort_by_key(|(tokens, _)| *tokens);
        Self { base, above }
    }

    /// What holds for short prompts.
    pub fn base(&self) -> Tier {
        self.base
    }

    /// What one answer has cost, in 10^-12 USD.
    ///
    /// As providers publish it: a request whose prompt, cached or not, is longer than a tier's threshold is
    /// charged at that tier's rates as a whole, its output too.
    pub fn cost(&self, usage: &Usage) -> u128 {
        let prompt = usage.prompt();
        let tier = self.above.iter().rev().find(|(tokens, _)| prompt > *tokens);
        let tier = tier.map_or(&self.base, |(_, tier)| tier);
        let for_an_hour = usage.cache_write_1h.min(usage.cache_write);
        let apart = usage.separate_reasoning();
        let inside = if apart > 0 { 0 } else { usage.reasoning };
        [
            (usage.input, tier.input),
            (usage.output - inside, tier.output),
            (inside + apart, tier.reasoning),
            (usage.cache_read, tier.cache_read),
            (usage.cache_write - for_an_hour, tier.cache_write),
            (for_an_hour, tier.cache_write_1h),
        ]
        .iter()
        .map(|(tokens, rate)| u128::from(*tokens) * u128::from(*rate))
        .fold(0, u128::saturating_add)
    }
}
