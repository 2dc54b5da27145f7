//! A session and its rounds.

use std::sync::Arc;

use sigil_summary::{SessionSummary, Spent};

use super::rounds::Round;
use crate::report::SessionReport;
use crate::terms::Terms;

/// A session and its rounds.
pub(crate) struct Session<'a> {
    pub(crate) report: SessionReport<'a>,
    pub(crate) rounds: Vec<Round>,
}

impl<'a> Session<'a> {
    pub(super) fn of(session: &'a SessionSummary, rounds: Vec<Round>, terms: &Terms) -> Self {
        Self { report: SessionReport::of(session, terms), rounds }
    }

    /// The models that answered, in their order.
    pub(crate) fn models(&self) -> Vec<&Arc<str>> {
        let mut models = Vec::new();
        for model in self.rounds.iter().filter_map(|round| round.model.as_ref()) {
            if !models.contains(&model) {
                models.push(model);
            }
        }
        models
    }

    /// What all rounds come to, which is what the session does.
    pub(crate) fn spent(&self) -> Spent {
        let mut sum = Spent::default();
        self.rounds.iter().for_each(|round| sum.merge(&round.spent));
        sum
    }

    /// Whether its log keeps anything that was said.
    pub(crate) fn is_said(&self) -> bool {
        self.rounds.iter().any(|round| round.is_said)
    }
}
