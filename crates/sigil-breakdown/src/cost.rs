//! What tokens cost: the flag, the prices in force, and what is said where there is none.

use std::sync::Arc;

use sigil_store::Config;
use sigil_store::code;
use sigil_store::escape::quoted;
use sigil_summary::StatedCosts;
use sigil_summary::price::{Override, Prices};

/// How many models without a price are named.
const NAMED: usize = 3;

/// Flags about what tokens cost; tools flatten them into their own arguments.
#[derive(clap::Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CostArgs {
    /// Compute every cost from tokens and prices, also where the log states one
    #[arg(long)]
    recompute_cost: bool,
}

impl CostArgs {
    /// Whether costs that the log states are believed.
    pub fn stated_costs(self) -> StatedCosts {
        if self.recompute_cost { StatedCosts::Ignored } else { StatedCosts::Used }
    }
}

/// The published prices, and what the configuration says instead.
pub fn prices(config: &Config) -> Arc<Prices> {
    let overrides = config.prices.iter().map(|(model, price)| {
        let price = Override {
            input: price.input,
            output: price.output,
            cache_read: price.cache_read,
            cache_write: price.cache_write,
            cache_write_1h: price.cache_write_1h,
            context_window: price.context_window,
        };
        (model.clone(), price)
    });
    Arc::new(Prices::new(overrides.collect()))
}

/// What is to be said of models without a price: one line that names some of them, and what to do.
pub fn warning(unpriced_models: &[String]) -> Option<String> {
    let first = quoted(unpriced_models.first()?);
    let named: Vec<_> = unpriced_models.iter().take(NAMED).map(|model| quoted(model)).collect();
    let left = unpriced_models.len() - named.len();
    let more = if left > 0 { format!(" and {left} more") } else { String::new() };
    let (models, whose) = if unpriced_models.len() == 1 { ("model", "its") } else { ("models", "their") };
    Some(format!(
        "{}: no price is known for {models} {}{more}: {whose} tokens are not in the cost; \
         [prices.{first}] in the configuration can give one",
        code::CONFIGURATION,
        named.join(", "),
    ))
}

/// USD as JSON has it, exact to 10^-9.
pub fn usd(pico_usd: u128) -> f64 {
    // Whole 10^-9 USD fit a float exactly up to millions of dollars; 10^-12 USD would not.
    (pico_usd.saturating_add(500) / 1000) as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_without_a_price_are_named_in_one_line() {
        let warning =
            |models: &[&str]| super::warning(&models.iter().map(|m| (*m).to_owned()).collect::<Vec<_>>());
        assert_eq!(warning(&[]), None);
        assert_eq!(
            warning(&["a"]).as_deref(),
            Some(
                "E010_CONFIG_ERR: no price is known for model \"a\": its tokens are not in the cost; \
                 [prices.\"a\"] in the configuration can give one"
            )
        );
        assert_eq!(
            warning(&["a", "b", "c", "d", "e"]).as_deref(),
            Some(
                "E010_CONFIG_ERR: no price is known for models \"a\", \"b\", \"c\" and 2 more: their tokens are \
                 not in the cost; [prices.\"a\"] in the configuration can give one"
            )
        );
    }

    #[test]
    fn dollars_are_printed_as_short_as_they_are() {
        for (pico, json) in [
            (0, "0.0"),
            (4_200_000_000, "0.0042"),
            (12_345_678_900_000_000, "12345.6789"),
            (1_499, "1e-9"),
            (499, "0.0"),
        ] {
            assert_eq!(format!("{:?}", usd(pico)), json, "{pico}");
        }
    }
}
