//! What the events of a summary cost: the rates of each model are looked up once.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use sigil_event::EventRef;

use super::{Prices, Rates, StatedCosts};
use crate::ledger::Cost;
use crate::names::{NameId, Names, Renumbering};

/// The rates that have been looked up so far; none for a model whose price is not known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Quotes {
    rates: HashMap<NameId, Option<Rates>, RandomState>,
}

impl Quotes {
    /// What an event has cost, as far as it is known. An event that tells neither what it has cost nor how
    /// its tokens divide tells nothing.
    #[inline]
    pub(crate) fn cost(
        &mut self,
        event: &EventRef<'_>,
        model: NameId,
        names: &Names,
        prices: Option<&Prices>,
        stated: StatedCosts,
    ) -> Cost {
        let metadata = &event.metadata;
        if metadata.usage.is_none() && metadata.cost_pico_usd.is_none() {
            return Cost::default();
        }
        match prices {
            Some(prices) => self.looked_up(event, model, names, prices, stated),
            None => Cost::default(),
        }
    }

    fn looked_up(
        &mut self,
        event: &EventRef<'_>,
        model: NameId,
        names: &Names,
        prices: &Prices,
        stated: StatedCosts,
    ) -> Cost {
        if let Some(cost) = event.metadata.cost_pico_usd
            && stated == StatedCosts::Used
        {
            return Cost::known(cost.into(), event.tokens.unwrap_or(0));
        }
        // An answer of no tokens costs nothing and needs no price: `<synthetic>` ones have none.
        let usage = event.metadata.usage.filter(|usage| usage.context() > 0);
        let (Some(usage), Some(tokens), Some(name)) = (usage, event.tokens, names.text(model)) else {
            return Cost::default();
        };
        match self.rates.entry(model).or_insert_with(|| prices.rates(name)) {
            // Tokens of which the log does not say what they were have no price.
            Some(rates) => {
                let told = usage.context().saturating_add(usage.separate_reasoning());
                Cost::known(rates.cost(&usage), tokens.min(told))
            }
            None => Cost::default(),
        }
    }

    /// The rates, by the numbers of the models' names.
    pub(crate) fn into_rates(self) -> impl Iterator<Item = (NameId, Option<Rates>)> {
        self.rates.into_iter()
    }

    /// Adds rates that were looked up before.
    pub(crate) fn add(&mut self, model: NameId, rates: Option<Rates>) {
        self.rates.entry(model).or_insert(rates);
    }

    /// Takes over the rates that have been looked up.
    pub(crate) fn merge(&mut self, other: Quotes, names: &Renumbering) {
        for (model, rates) in other.rates {
            self.rates.entry(names.of(model)).or_insert(rates);
        }
    }

    /// The models whose price would be needed and is not known, by name.
    pub(crate) fn unknown(&self, names: &Names) -> Vec<String> {
        let unknown = self.rates.iter().filter(|(_, rates)| rates.is_none());
        let mut unknown: Vec<_> =
            unknown.filter_map(|(model, _)| names.text(*model)).map(str::to_owned).collect();
        unknown.sort_unstable();
        unknown
    }
}
