//! What a session may use, and how much of it is used (guide 3.1 and 3.4; `DESIGN.md`, Budget).

use std::collections::BTreeMap;

use sigil_event::Level;

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
    /// Gives every session this budget, whatever its log says.
    pub fn override_session(&mut self, tokens: u64) {
        self.session = Some(tokens);
    }

    /// Gives a component this budget.
    pub fn set_component(&mut self, name: &str, tokens: u64) {
        self.components.insert(name.to_owned(), tokens);
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

    /// The budget of a component.
    pub fn component(&self, name: &str) -> Option<u64> {
        self.components.get(name).copied()
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
        let mut budgets = Budgets::default();
        assert_eq!(budgets.session(None, true), Some(256_000));
        assert_eq!(budgets.session(None, false), None);
        assert_eq!(budgets.session(Some(5), true), Some(5));
        budgets.override_session(7);
        assert_eq!((budgets.session(Some(5), true), budgets.session(None, false)), (Some(7), Some(7)));
        assert_eq!(budgets.component("memory"), Some(30_000));
        assert_eq!(budgets.component("orchestrator"), None);
    }

    #[test]
    fn a_budget_of_nothing_is_used_up_by_anything() {
        assert_eq!(percent_used(0, 0), 0.0);
        assert_eq!(percent_used(1, 0), 100.0);
        assert_eq!(percent_used(512_000, 256_000), 200.0);
    }
}
