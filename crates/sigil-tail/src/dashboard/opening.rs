//! From what was asked for to a dashboard.

use std::sync::Arc;

use sigil_cli::Io;
use sigil_summary::{Detail, Selection};

use super::{Display, Look, Terms};
use crate::cli::Config;
use crate::monitor::Monitor;

impl Display {
    /// What standard output can show.
    pub(crate) fn of(config: &Config, io: &Io<'_>) -> Self {
        let palette = io.palette();
        let look = if palette.is_on() && io.is_utf8() { Look::Fine } else { Look::Plain };
        Self { look, palette, refresh: config.refresh, columns: io.columns() }
    }
}

impl Terms {
    /// What the figures go by.
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            budgets: config.budgets.clone(),
            count_all: config.count_all,
            prices: Arc::clone(&config.prices),
            stale_after_us: config.stale_after.us,
            zone: config.followed.zone,
            expected: config.subject.awaited.iter().map(|id| id.as_str().into()).collect(),
            subject: config.subject.is_log.then(|| config.subject.name.as_str().into()),
        }
    }
}

impl Monitor {
    /// One that takes all that is followed.
    pub(crate) fn of(config: &Config) -> Self {
        // Whatever is shown, everything of the sessions that are followed counts.
        let session = config.followed.session.clone();
        let detail = Detail {
            selection: Selection { session, ..Selection::default() },
            latency: true,
            prices: Some(Arc::clone(&config.prices)),
            stated_costs: config.stated_costs,
            ..Detail::default()
        };
        Self::new(Arc::new(detail), config.count_all, config.budgets.clone())
            .showing(config.filter.clone())
            .awaiting(&config.subject.awaited)
    }
}
