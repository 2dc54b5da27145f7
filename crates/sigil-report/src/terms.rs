//! What a report is made under.

use sigil_summary::CountAll;
use sigil_summary::budget::Budgets;

/// What a report is made under.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) budgets: Budgets,
    pub(crate) count_all: CountAll,
    /// How many errors to show.
    pub(crate) most_errors: usize,
    /// A running session whose last event is not after this moment is stale; microseconds since 1970.
    pub(crate) stale_before_us: i64,
}
