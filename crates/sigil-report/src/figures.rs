//! What one session comes to, or many together.

use std::collections::BTreeMap;

use sigil_event::Timestamp;
use sigil_summary::budget::Standing;
use sigil_summary::component::{self, UNNAMED};
use sigil_summary::latency::Latency;
use sigil_summary::{Amounts, Component, Counts, ErrorFact, SessionSummary, Spent};

use crate::terms::Terms;

/// The figures of one session or of several.
#[derive(Clone, Debug)]
pub(crate) struct Figures<'a> {
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
    pub(crate) latencies: Vec<ComponentLatency<'a>>,
    /// The first ones, as many as are to be shown.
    pub(crate) errors: Vec<ErrorOf<'a>>,
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
pub(crate) struct ComponentLatency<'a> {
    pub(crate) component: &'a str,
    pub(crate) latency: Latency,
}

/// An error, and the session it belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ErrorOf<'a> {
    pub(crate) session_id: &'a str,
    pub(crate) fact: &'a ErrorFact,
}

impl<'a> Figures<'a> {
    pub(crate) fn of(sessions: &'a [SessionSummary], terms: &Terms) -> Self {
        Self {
            components: Component::of(sessions, &terms.budgets, terms.count_all),
            models: models(sessions, terms),
            latencies: latencies(sessions),
            errors: errors(sessions, terms.most_errors),
            ..Self::sums(sessions, terms)
        }
    }

    /// Only what is one figure each: neither components nor models nor latency nor single errors.
    pub(crate) fn sums(sessions: &'a [SessionSummary], terms: &Terms) -> Self {
        let (mut counts, mut total) = (Counts::default(), Amounts::default());
        for session in sessions {
            counts.merge(&session.counts);
            total.merge(&session.total());
        }
        Self {
            counts,
            first: sessions.iter().filter_map(|session| session.first).min(),
            last: sessions.iter().filter_map(|session| session.last).max(),
            duration_us: sessions.iter().filter_map(SessionSummary::duration_us).reduce(u64::saturating_add),
            standing: Standing { used: total.tokens(terms.count_all), budget: terms.budgets.all(sessions) },
            restated: total.left_out(terms.count_all),
            estimated: total.estimated.tokens,
            spent: total.spent(terms.count_all),
            components: Vec::new(),
            models: Vec::new(),
            latencies: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// The component whose steps take longest: the highest mean, as one step of it is what a task waits for.
    /// Of equals, the first.
    pub(crate) fn slowest(&self) -> Option<&ComponentLatency<'a>> {
        self.latencies.iter().rev().max_by_key(|part| part.latency.mean_us())
    }

    /// The component whose steps take shortest, by their mean. Of equals, the first.
    pub(crate) fn fastest(&self) -> Option<&ComponentLatency<'a>> {
        self.latencies.iter().min_by_key(|part| part.latency.mean_us())
    }

    /// How long all components' steps took together.
    pub(crate) fn latency(&self) -> Latency {
        let mut all = Latency::default();
        self.latencies.iter().for_each(|part| all.merge(&part.latency));
        all
    }
}

fn models(sessions: &[SessionSummary], terms: &Terms) -> Vec<Model> {
    let mut amounts: BTreeMap<Option<&str>, Amounts> = BTreeMap::new();
    for (cell, part) in sessions.iter().flat_map(|session| &session.cells) {
        amounts.entry(cell.model.as_deref()).or_default().merge(part);
    }
    if amounts.keys().all(Option::is_none) {
        return Vec::new();
    }
    let models = amounts.into_iter().map(|(name, amounts)| Model {
        name: name.unwrap_or(UNNAMED).to_owned(),
        spent: amounts.spent(terms.count_all),
        estimated: amounts.estimated.tokens,
        answers: amounts.events,
    });
    // Events without a model are worth a row only for their tokens.
    let mut models: Vec<_> = models.filter(|model| model.name != UNNAMED || model.spent.tokens > 0).collect();
    models.sort_by(|a, b| (b.spent.tokens, &a.name).cmp(&(a.spent.tokens, &b.name)));
    models
}

fn latencies(sessions: &[SessionSummary]) -> Vec<ComponentLatency<'_>> {
    let mut parts: BTreeMap<&str, Latency> = BTreeMap::new();
    for (component, latency) in sessions.iter().flat_map(|session| &session.latency) {
        parts.entry(component.as_deref().unwrap_or(UNNAMED)).or_default().merge(latency);
    }
    let mut parts: Vec<_> =
        parts.into_iter().map(|(component, latency)| ComponentLatency { component, latency }).collect();
    parts.sort_by_key(|part| (component::rank(part.component), u64::MAX - part.latency.total_us()));
    parts
}

fn errors(sessions: &[SessionSummary], most: usize) -> Vec<ErrorOf<'_>> {
    let errors = sessions
        .iter()
        .flat_map(|session| session.errors.iter().map(|fact| ErrorOf { session_id: &session.id, fact }));
    let mut errors: Vec<_> = errors.collect();
    errors.sort_by(|a, b| a.fact.cmp(b.fact));
    errors.truncate(most);
    errors
}
