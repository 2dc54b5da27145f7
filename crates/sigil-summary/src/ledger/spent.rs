//! What tokens go with: how they divide, and what they cost.

use serde::{Deserialize, Serialize};
use sigil_event::Usage;

/// What is known of the cost of something. The rest of it has no known price.
///
/// It counts what is known, so that an event of which nothing is known costs no time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// In 10^-12 USD.
    pico_usd: u128,
    /// The tokens that this is for.
    priced_tokens: u64,
    /// How many events have a known cost.
    events: u64,
}

impl Cost {
    /// One event has cost so much for so many tokens.
    pub fn known(pico_usd: u128, priced_tokens: u64) -> Self {
        Self { pico_usd, priced_tokens, events: 1 }
    }

    fn merge(&mut self, other: &Self) {
        self.pico_usd = self.pico_usd.saturating_add(other.pico_usd);
        self.priced_tokens = self.priced_tokens.saturating_add(other.priced_tokens);
        self.events = self.events.saturating_add(other.events);
    }
}

/// Tokens, and what goes with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// The tokens.
    pub tokens: u64,
    /// How they divide, as far as the log tells.
    #[serde(with = "crate::sparse")]
    pub usage: Usage,
    /// What they cost, as far as it is known.
    #[serde(with = "crate::sparse")]
    pub cost: Cost,
}

impl Spent {
    /// Adds `other`.
    pub fn merge(&mut self, other: &Self) {
        self.tokens = self.tokens.saturating_add(other.tokens);
        self.usage += other.usage;
        self.cost.merge(&other.cost);
    }

    /// What is left without `other`, which is a part of it.
    pub fn without(&self, other: &Self) -> Self {
        Self {
            tokens: self.tokens.saturating_sub(other.tokens),
            usage: self.usage - other.usage,
            cost: Cost {
                pico_usd: self.cost.pico_usd.saturating_sub(other.cost.pico_usd),
                priced_tokens: self.cost.priced_tokens.saturating_sub(other.cost.priced_tokens),
                events: self.cost.events.saturating_sub(other.cost.events),
            },
        }
    }

    /// The share that falls to `tokens` of them. The event has a cost of its own as long as a token is left.
    pub(crate) fn share(&self, tokens: u64) -> Self {
        if tokens >= self.tokens {
            return *self;
        }
        let of = |amount: u128| {
            let (tokens, whole) = (u128::from(tokens), u128::from(self.tokens));
            // Not amount * tokens / whole, which might overflow.
            amount / whole * tokens + amount % whole * tokens / whole
        };
        Self {
            tokens,
            usage: self.usage.share(tokens, self.tokens),
            cost: Cost {
                pico_usd: of(self.cost.pico_usd),
                priced_tokens: of(self.cost.priced_tokens.into()) as u64,
                events: 0,
            },
        }
    }

    /// What is known to have been paid, in 10^-12 USD; nothing if the cost of no part is known.
    pub fn cost_pico_usd(&self) -> Option<u128> {
        (self.cost.events > 0).then_some(self.cost.pico_usd)
    }

    /// The tokens whose price is not known.
    pub fn unpriced_tokens(&self) -> u64 {
        self.tokens.saturating_sub(self.cost.priced_tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_and_the_rest_are_the_whole() {
        let usage = Usage { input: 10, output: 3, ..Usage::default() };
        let whole = Spent { tokens: 13, usage, cost: Cost::known(1_000_001, 13) };
        let share = whole.share(4);
        assert_eq!((share.tokens, share.usage.input, share.usage.output), (4, 3, 0));
        let rest = whole.without(&share);
        assert_eq!((rest.tokens, rest.usage.input, rest.usage.output), (9, 7, 3));
        assert_eq!(rest.cost_pico_usd(), Some(1_000_001 - 307_692));
        assert_eq!(rest.unpriced_tokens(), 0);
        let nothing = whole.without(&whole.share(13));
        assert_eq!(nothing, Spent::default());
        assert_eq!(nothing.cost_pico_usd(), None);
        assert_eq!(Spent::default().share(0), Spent::default());
    }

    #[test]
    fn known_and_unknown_costs_are_the_known_part() {
        let mut sum = Spent { tokens: 5, ..Spent::default() };
        assert_eq!((sum.cost_pico_usd(), sum.unpriced_tokens()), (None, 5));
        sum.merge(&Spent { tokens: 7, cost: Cost::known(0, 7), ..Spent::default() });
        assert_eq!((sum.cost_pico_usd(), sum.unpriced_tokens()), (Some(0), 5));
    }
}
