//! What one session comes to, or many together, as it is told.

use std::sync::Arc;

use sigil_event::Timestamp;
use sigil_summary::budget::Standing;
use sigil_summary::component::{self, UNNAMED};
use sigil_summary::latency::Latency;
use sigil_summary::{Amounts, Component, Counts, Spent};

use crate::brief::Brief;
use crate::terms::Terms;
use crate::totals::{ErrorOf, Totals};

/// The figures of one session or of several.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    pub(crate) counts: Counts,
    /// Time of the first event.
    pub(crate) first: Option<Timestamp>,
    /// Time of the last event.
    pub(crate) last: Option<Timestamp>,
    /// From first event to last; of several sessions the sum.
    pub(crate) duration_us: Option<u64>,
    /// The tokens that count, and the sessions' budgets together.
    pub(crate) standing: Standing,
    pub(crate) restated: u64,
    /// How many of the tokens that count are an estimate.
    pub(crate) estimated: u64,
    /// How the tokens that count divide, and what they cost.
    pub(crate) spent: Spent,
    /// In the order of the pipeline, then by size.
    pub(crate) components: Vec<Component>,
    /// Largest first; empty if no event names a model.
    pub(crate) models: Vec<Model>,
    /// In the order of the pipeline, then by total.
    pub(crate) latencies: Vec<ComponentLatency>,
    /// The first ones, as many as are to be shown.
    pub(crate) errors: Vec<ErrorOf>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Model {
    pub(crate) name: String,
    pub(crate) spent: Spent,
    /// How many of its tokens are an estimate.
    pub(crate) estimated: u64,
    /// Events for which the log states tokens.
    pub(crate) answers: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ComponentLatency {
    pub(crate) component: Arc<str>,
    pub(crate) latency: Latency,
}

impl Figures {
    /// What sessions come to together.
    pub(crate) fn of(totals: &Totals, terms: &Terms) -> Self {
        let amounts = totals.components.iter().map(|(name, amounts)| (&**name, amounts));
        Self {
            components: Component::all(amounts, totals.native, &terms.budgets, terms.count_all),
            models: models(totals, terms),
            latencies: latencies(totals),
            errors: totals.errors.clone(),
            ..Self::sums(totals, terms)
        }
    }

    /// Only what is one figure each: neither components nor models nor latency nor single errors.
    fn sums(totals: &Totals, terms: &Terms) -> Self {
        let budget = match totals.sessions {
            // No session at all has the budget that one would have.
            0 => terms.budgets.session(None, true),
            sessions => (totals.with_budget == sessions).then_some(totals.budget),
        };
        Self {
            counts: totals.counts,
            first: totals.first,
            last: totals.last,
            duration_us: totals.duration_us,
            ..Self::amounts(&totals.amounts, budget, terms)
        }
    }

    /// The same of one session, of which no more is known.
    pub(crate) fn of_brief(brief: &Brief, terms: &Terms) -> Self {
        let budget = brief.standing(terms).budget;
        Self {
            counts: brief.counts,
            first: brief.first,
            last: brief.last,
            duration_us: brief.duration_us(),
            ..Self::amounts(&brief.amounts, budget, terms)
        }
    }

    fn amounts(amounts: &Amounts, budget: Option<u64>, terms: &Terms) -> Self {
        Self {
            counts: Counts::default(),
            first: None,
            last: None,
            duration_us: None,
            standing: Standing { used: amounts.tokens(terms.count_all), budget },
            restated: amounts.left_out(terms.count_all),
            estimated: amounts.estimated.tokens,
            spent: amounts.spent(terms.count_all),
            components: Vec::new(),
            models: Vec::new(),
            latencies: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// The component whose steps take longest: the highest mean, as one step of it is what a task waits for.
    /// Of equals, the first.
    pub(crate) fn slowest(&self) -> Option<&ComponentLatency> {
        self.latencies.iter().rev().max_by_key(|part| part.latency.mean_us())
    }

    /// The component whose steps take shortest, by their mean. Of equals, the first.
    pub(crate) fn fastest(&self) -> Option<&ComponentLatency> {
        self.latencies.iter().min_by_key(|part| part.latency.mean_us())
    }

    /// How long all components' steps took together.
    pub(crate) fn latency(&self) -> Latency {
        let mut all = Latency::default();
        self.latencies.iter().for_each(|part| all.merge(&part.latency));
        all
    }
}

fn models(totals: &Totals, terms: &Terms) -> Vec<Model> {
    if totals.models.keys().all(Option::is_none) {
        return Vec::new();
    }
    let models = totals.models.iter().map(|(name, amounts)| Model {
        name: name.as_deref().unwrap_or(UNNAMED).to_owned(),
        spent: amounts.spent(terms.count_all),
        estimated: amounts.estimated.tokens,
        answers: amounts.events,
    });
    // Events without a model are worth a row only for their tokens.
    let mut models: Vec<_> = models.filter(|model| model.name != UNNAMED || model.spent.tokens > 0).collect();
    models.sort_by(|a, b| (b.spent.tokens, &a.name).cmp(&(a.spent.tokens, &b.name)));
    models
}

fn latencies(totals: &Totals) -> Vec<ComponentLatency> {
    let parts = totals.latencies.iter();
    let mut parts: Vec<_> = parts
        .map(|(component, latency)| ComponentLatency {
            component: Arc::clone(component),
            latency: latency.clone(),
        })
        .collect();
    parts.sort_by_key(|part| (component::rank(&part.component), u64::MAX - part.latency.total_us()));
    parts
}
