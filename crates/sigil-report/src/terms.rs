//! What a report is made under.

use std::sync::Arc;

use sigil_breakdown::reading;
use sigil_input::Inputs;
use sigil_summary::budget::Budgets;
use sigil_summary::findings::Thresholds;
use sigil_summary::price::Prices;
use sigil_summary::{CountAll, Detail, Key, StatedCosts};

/// What a report is made under.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) budgets: Budgets,
    pub(crate) count_all: CountAll,
    pub(crate) prices: Arc<Prices>,
    pub(crate) stated_costs: StatedCosts,
    /// How many errors to show.
    pub(crate) most_errors: usize,
    /// From where on something is much, or little.
    pub(crate) limits: Thresholds,
    /// A running session whose last event is not after this moment is stale; microseconds since 1970.
    pub(crate) stale_before_us: i64,
}

impl Terms {
    /// The least that a summary of `inputs` needs to know.
    pub(crate) fn detail(&self, inputs: &Inputs) -> Detail {
        Detail {
            prices: Some(Arc::clone(&self.prices)),
            stated_costs: self.stated_costs,
            ..reading::detail(inputs)
        }
    }

    /// What the whole report, without rows, wants to know.
    pub(crate) fn report_detail(&self, inputs: &Inputs) -> Detail {
        Detail {
            models: true,
            latency: true,
            course: Some(self.limits),
            errors: self.most_errors,
            ..self.detail(inputs)
        }
    }

    /// All that any report on `inputs` can want to know.
    pub(crate) fn whole_detail(&self, inputs: &Inputs) -> Detail {
        self.report_detail(inputs).with_rows_by(&Key::ALL, inputs.zone).with_tallies(&Key::ALL)
    }
}
