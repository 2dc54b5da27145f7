//! From what was asked for to a dashboard.

use std::sync::Arc;

use sigil_cli::Io;
use sigil_input::follow::Target;
use sigil_summary::{Detail, Selection};

use super::{Display, Look, Terms};
use crate::cli::Config;
use crate::monitor::Monitor;

impl Display {
    /// What standard output can show.
    pub(crate) fn of(config: &Config, io: &Io<'_>) -> Self {
        let palette = io.palette();
        let look = if palette.is_on() && io.is_utf8() { Look::Fine } else { Look::Plain };
        Self { look, palette, refresh: config.refresh }
    }
}

impl Terms {
    /// What the figures go by.
    pub(crate) fn of(config: &Config) -> Self {
        let targets = &config.followed.targets;
        let ids = targets.iter().filter_map(|target| match target {
            Target::Sessions { patterns, .. } => Some(patterns),
            _ => None,
        });
        let is_id = |pattern: &&String| !pattern.contains(['*', '?', '[']);
        Self {
            budgets: config.budgets.clone(),
            count_all: config.count_all,
            prices: Arc::clone(&config.prices),
            stale_after_us: config.stale_after.us,
            zone: config.followed.zone,
            expected: ids.flatten().filter(is_id).map(|id| id.as_str().into()).collect(),
            subject: match targets.as_slice() {
                [Target::Log(path) | Target::Stream(path)] => Some(path.to_string_lossy().into()),
                [Target::Stdin] => Some("standard input".into()),
                _ => None,
            },
        }
    }
}

impl Monitor {
    /// One that takes all that is followed.
    pub(crate) fn of(config: &Config) -> Self {
        let selection = Selection {
            session: config.followed.session.clone(),
            since_us: config.followed.since_us,
            until_us: config.followed.until_us,
        };
        let detail = Detail {
            selection,
            latency: true,
            prices: Some(Arc::clone(&config.prices)),
            stated_costs: config.stated_costs,
            ..Detail::default()
        };
        Self::new(Arc::new(detail), config.count_all, config.budgets.clone())
    }
}
