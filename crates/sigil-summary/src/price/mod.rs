//! What tokens cost: published prices, what the configuration says instead, and the context windows that
//! are published with them.
//!
//! Everything is counted in whole 10^-12 USD ("pico"), so that sums do not depend on their order. Nothing
//! of the table is read before the first model is looked up: a log without models costs no time.

mod name;
pub(crate) mod quote;
mod rates;
mod table;

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

pub use name::bare;
pub use rates::{Rates, Tier};
pub use table::{Row, Table};

/// 10^-12 USD per token that make one USD per million tokens.
pub const PICO_PER_USD_PER_MILLION: u64 = 1_000_000;

/// The prices that were committed with this version of the tools: `cargo xtask prices` writes them.
static PUBLISHED: LazyLock<Table> = LazyLock::new(|| Table::parse(PUBLISHED_TEXT));

const PUBLISHED_TEXT: &str = include_str!("table.tsv");

/// What the configuration says of a model; it beats the published table.
///
/// What is left out is as published, but a price of one's own has no higher rates for long prompts. Of a
/// model that is not in the table `input` and `output` must be there; reading and writing a cache then cost
/// as much as input, and an hour in it as much as minutes, unless given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Override {
    /// 10^-12 USD for a token of uncached input.
    pub input: Option<u64>,
    /// For a token of output.
    pub output: Option<u64>,
    /// For a token read from a cache.
    pub cache_read: Option<u64>,
    /// For a token written to a cache for minutes.
    pub cache_write: Option<u64>,
    /// For a token written to a cache for an hour.
    pub cache_write_1h: Option<u64>,
    /// The context window in tokens.
    pub context_window: Option<u64>,
}

/// Prices and context windows by the names of models.
#[derive(Debug, Default)]
pub struct Prices {
    overrides: BTreeMap<String, Override>,
    /// Instead of the published table.
    table: Option<Table>,
    folded: OnceLock<BTreeMap<String, String>>,
}

/// Whether a cost that the log itself states is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatedCosts {
    /// It is what the answer has cost.
    #[default]
    Used,
    /// Every cost is computed from tokens and prices.
    Ignored,
}

impl Prices {
    /// The published prices, except for the models that `overrides` names.
    pub fn new(overrides: BTreeMap<String, Override>) -> Self {
        Self { overrides, ..Self::default() }
    }

    /// Prices of another table.
    pub fn of_table(table: Table, overrides: BTreeMap<String, Override>) -> Self {
        Self { table: Some(table), ..Self::new(overrides) }
    }

    /// What the configuration says of which model.
    pub fn overrides(&self) -> &BTreeMap<String, Override> {
        &self.overrides
    }

    /// The published table as it was committed.
    pub fn published() -> &'static str {
        PUBLISHED_TEXT
    }

    fn table(&self) -> &Table {
        self.table.as_ref().unwrap_or_else(|| &PUBLISHED)
    }

    fn overridden(&self, model: &str) -> Option<Override> {
        if self.overrides.is_empty() {
            return None;
        }
        let folded = self
            .folded
            .get_or_init(|| self.overrides.keys().map(|name| (name::folded(name), name.clone())).collect());
        let forms = name::forms(model);
        let exact = forms.iter().find_map(|form| self.overrides.get(*form));
        let found = exact.or_else(|| {
            let name = forms.iter().find_map(|form| folded.get(&name::folded(form)))?;
            self.overrides.get(name)
        });
        found.copied()
    }

    /// What `model` costs, if that is known.
    pub fn rates(&self, model: &str) -> Option<Rates> {
        let published = || self.table().find(model).map(Row::rates);
        match self.overridden(model) {
            Some(own) if own.names_a_price() => own.rates(published()),
            _ => published(),
        }
    }

    /// The context window that the configuration gives `model`.
    pub fn configured_window(&self, model: &str) -> Option<u64> {
        self.overridden(model)?.context_window
    }

    /// How many tokens `model` can hold in mind at once, if that is known; `held` is how many it has been
    /// seen to hold.
    ///
    /// Claude models are published with a million tokens from Opus 4.6 on, but what an account is given is
    /// 200,000 unless it asks for more: Claude Code does so by the suffix `[1m]`, which it leaves out of its
    /// transcripts. So 200,000 it is until a session has been seen to hold more, and then the million: to
    /// warn too early is the lesser evil for somebody whose session would end.
    pub fn context_window(&self, model: &str, held: u64) -> Option<u64> {
        const USUAL: u64 = 200_000;
        const LONG: u64 = 1_000_000;
        self.configured_window(model).or_else(|| {
            let published = || self.table().find(model)?.context_window();
            if !name::bare(model).to_ascii_lowercase().starts_with("claude-") {
                return published();
            }
            let is_long = name::asks_for_long_context(model) || held > USUAL;
            Some(if is_long { LONG } else { published().unwrap_or(USUAL).min(USUAL) })
        })
    }
}

impl Override {
    fn names_a_price(&self) -> bool {
        let prices = [self.input, self.output, self.cache_read, self.cache_write, self.cache_write_1h];
        prices.iter().any(Option::is_some)
    }

    fn rates(&self, published: Option<Rates>) -> Option<Rates> {
        let known = published.map(|rates| rates.base());
        let input = self.input.or(known.map(|known| known.input))?;
        let output = self.output.or(known.map(|known| known.output))?;
        let reasoning = self.output.or(known.map(|known| known.reasoning)).unwrap_or(output);
        let cache_read = self.cache_read.or(known.map(|known| known.cache_read)).unwrap_or(input);
        let cache_write = self.cache_write.or(known.map(|known| known.cache_write)).unwrap_or(input);
        let cache_write_1h =
            self.cache_write_1h.or(known.map(|known| known.cache_write_1h)).unwrap_or(cache_write);
        Some(Rates::flat(Tier { input, output, reasoning, cache_read, cache_write, cache_write_1h }))
    }
}

#[cfg(test)]
mod tests;
