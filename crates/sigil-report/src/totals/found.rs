//! What was found in sessions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sigil_summary::findings::{self, Kind};
use sigil_summary::{Moment, SessionSummary};

use super::{Turn, merge_all};
use crate::terms::Terms;

/// How many sessions are named as examples.
const EXAMPLES: usize = 3;

/// What was found, the worst first.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Seen(pub(crate) BTreeMap<Kind, SeenOf>);

/// One kind of it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct SeenOf {
    pub(crate) count: u64,
    pub(crate) worst: Option<u64>,
    pub(crate) sessions: u64,
    /// The first sessions.
    pub(crate) examples: Vec<Turn>,
    /// Events of the first of them.
    pub(crate) evidence: Vec<Moment>,
}

impl Seen {
    pub(super) fn add(&mut self, session: &SessionSummary, terms: &Terms) {
        for finding in findings::of(session, &terms.budgets, &terms.limits, terms.count_all) {
            let new = SeenOf {
                count: finding.count,
                worst: finding.worst,
                sessions: 1,
                examples: vec![Turn::of(session)],
                evidence: finding.evidence,
            };
            merge_all(&mut self.0, BTreeMap::from([(finding.kind, new)]), SeenOf::merge);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        merge_all(&mut self.0, other.0, SeenOf::merge);
    }
}

impl SeenOf {
    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.worst = self.worst.max(other.worst);
        self.sessions += other.sessions;
        if other.examples.first() < self.examples.first() {
            self.evidence = other.evidence;
        }
        let is_behind = self.examples.last() < other.examples.first();
        if is_behind && self.examples.len() >= EXAMPLES {
            return;
        }
        self.examples.extend(other.examples);
        self.examples.sort_unstable();
        self.examples.truncate(EXAMPLES);
    }
}
