//! All that a report needs of sessions, and nothing more: much less than what is known of each.

use serde::{Deserialize, Serialize};
use sigil_store::threads;
use sigil_summary::{Groups, Key, SessionSummary};

use crate::brief::Brief;
use crate::terms::Terms;
use crate::totals::Totals;

/// How many sessions one thread looks at in turn.
const AT_ONCE: usize = 512;

/// What a report needs of sessions. Merging cares about order only as far as briefs go.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Digest {
    /// Boxed, so that very many can be put together without being copied.
    #[allow(clippy::vec_box)]
    pub(crate) briefs: Vec<Box<Brief>>,
    pub(crate) totals: Totals,
    /// What rows are made of, if they were asked for.
    pub(crate) groups: Groups,
}

impl Digest {
    /// What a report on `sessions`, by those keys if there are any, needs of them. All cores share the work.
    pub(crate) fn of(sessions: &[SessionSummary], keys: &[Key], terms: &Terms) -> Self {
        let shares = sessions.chunks(AT_ONCE).collect();
        let mut all = Self::default();
        for share in threads::map(shares, |share: &[_]| Self::of_share(share.iter(), keys, terms)) {
            all.merge(share, terms);
        }
        all
    }

    /// The same, on this thread.
    pub(crate) fn of_share<'a>(
        sessions: impl Iterator<Item = &'a SessionSummary> + Clone,
        keys: &[Key],
        terms: &Terms,
    ) -> Self {
        Self {
            briefs: sessions.clone().map(|session| Box::new(Brief::of(session))).collect(),
            totals: Totals::of(sessions.clone(), terms),
            groups: if keys.is_empty() { Groups::default() } else { Groups::of(sessions, keys) },
        }
    }

    /// Adds what is needed of other sessions.
    pub(crate) fn merge(&mut self, other: Self, terms: &Terms) {
        self.briefs.extend(other.briefs);
        self.totals.merge(other.totals, terms);
        self.groups.merge(other.groups);
    }
}
