//! What a session may use, and how much of it is used (guide 3.1 and 3.4; `DESIGN.md`, Budget).

use std::collections::BTreeMap;

use sigil_event::Level;

use crate::resolved::SessionSummary;

/// A session's budget when nothing else is said, in tokens.
pub const SESSION: u64 = 256_000;

/// The components that have a budget of their own, in tokens.
pub const COMPONENTS: [(&str, u64); 6] = [
    ("routing", 10_000),
    ("memory", 30_000),
    ("planning", 20_000),
    ("reasoning", 150_000),
    ("contracts", 10_000),
    ("validation", 10_000),
];

/// The budgets in force. Strongest last: the defaults, what a session's start says, the configuration,
/// the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budgets {
    session: Option<u64>,
    components: BTreeMap<String, u64>,
}

impl Default for Budgets {
    fn default() -> Self {
        Self { session: None, components: COMPONENTS.map(|(name, tokens)| (name.to_owned(), tokens)).into() }
    }
}

impl Budgets {
    /// The defaults, but `session` for every session, whatever its log says, and `components` for those.
    pub fn new(session: Option<u64>, components: &BTreeMap<String, u64>) -> Self {
        let mut budgets = Self { session, ..Self::default() };
        budgets.components.extend(components.iter().map(|(name, tokens)| (name.clone(), *tokens)));
        budgets
    }

    /// The budget that every session has by override, if there is one.
    pub fn overridden(&self) -> Option<u64> {
        self.session
    }

    /// The budget of a session whose log states `stated`. Transcripts of other agents (`native` false)
    /// know no budget: they have one only if somebody sets it.
    pub fn session(&self, stated: Option<u64>, native: bool) -> Option<u64> {
        self.session.or(stated).or(native.then_some(SESSION))
    }

    /// The budgets of all `sessions` together; none if one of them has none. No session at all has the
    /// budget that one would have.
    pub fn all(&self, sessions: &[SessionSummary]) -> Option<u64> {
        let budgets = sessions.iter().map(|session| self.session(session.stated_budget, session.native));
        let sum = budgets.reduce(|sum, budget| Some(sum?.saturating_add(budget?)));
        sum.unwrap_or_else(|| self.session(None, true))
    }

    /// The budget of a component.
    pub fn component(&self, name: &str) -> Option<u64> {
        self.components.get(name).copied()
    }
}

/// What has been used, and of how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Tokens used.
    pub used: u64,
    /// The budget, if there is one.
    pub budget: Option<u64>,
}

impl Standing {
    /// What is left of the budget; not less than nothing.
    pub fn remaining(&self) -> Option<u64> {
        self.budget.map(|budget| budget.saturating_sub(self.used))
    }

    /// See [`percent_used`].
    pub fn percent(&self) -> Option<f64> {
        self.budget.map(|budget| percent_used(self.used, budget))
    }

    /// See [`level`].
    pub fn level(&self) -> Option<Level> {
        self.budget.map(|budget| level(self.used, budget))
    }
}

/// Share of the budget used, in percent of `budget` tokens.
///
/// May exceed 100. A budget of zero counts as fully used as soon as anything is. Levels: guide 3.4.
pub fn percent_used(used: u64, budget: u64) -> f64 {
    match (used, budget) {
        (0, 0) => 0.0,
        (_, 0) => 100.0,
        _ => used as f64 / budget as f64 * 100.0,
    }
}

/// The warning level of `used` tokens of `budget`.
pub fn level(used: u64, budget: u64) -> Level {
    Level::at(percent_used(used, budget))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_word_counts() {
        let budgets = Budgets::default();
        assert_eq!(budgets.session(None, true), Some(256_000));
        assert_eq!(budgets.session(None, false), None);
        assert_eq!(budgets.session(Some(5), true), Some(5));
        let budgets = Budgets::new(Some(7), &BTreeMap::from([("memory".to_owned(), 5)]));
        assert_eq!((budgets.session(Some(5), true), budgets.session(None, false)), (Some(7), Some(7)));
        assert_eq!(budgets.component("memory"), Some(5));
        assert_eq!(budgets.component("routing"), Some(10_000));
        assert_eq!(budgets.component("orchestrator"), None);
    }

    #[test]
    fn a_budget_of_nothing_is_used_up_by_anything() {
        assert_eq!(percent_used(0, 0), 0.0);
        assert_eq!(percent_used(1, 0), 100.0);
        assert_eq!(percent_used(512_000, 256_000), 200.0);
    }
}
