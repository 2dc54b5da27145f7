//! What a report is made under.

use std::sync::Arc;

use sigil_summary::budget::Budgets;
use sigil_summary::price::Prices;
use sigil_summary::{CountAll, StatedCosts};

/// What a report is made under.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) budgets: Budgets,
    pub(crate) count_all: CountAll,
    pub(crate) prices: Arc<Prices>,
    pub(crate) stated_costs: StatedCosts,
    /// How many errors to show.
    pub(crate) most_errors: usize,
    /// A running session whose last event is not after this moment is stale; microseconds since 1970.
    pub(crate) stale_before_us: i64,
}
