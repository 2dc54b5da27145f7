//! Tokens told apart by a list of keys.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use sigil_summary::component::UNNAMED;
use sigil_summary::{Amounts, Cell, CountAll, Resolved, SessionSummary};

use crate::cli::Key;

/// One row: a name for each key, and what comes together under them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) names: Vec<String>,
    pub(crate) tokens: u64,
    pub(crate) restated: u64,
    pub(crate) amounts: Amounts,
}

/// The rows for `keys`, the first key's groups outermost. Groups of time stand in their order, all
/// others largest first.
pub(crate) fn rows(resolved: &Resolved, keys: &[Key], count_all: CountAll) -> Vec<Row> {
    let mut groups: BTreeMap<Vec<String>, Amounts> = BTreeMap::new();
    for session in &resolved.sessions {
        for (cell, amounts) in &session.cells {
            let names = keys.iter().map(|key| name(*key, session, cell)).collect();
            groups.entry(names).or_default().merge(amounts);
        }
    }
    // Of each group, however far out, what it comes to.
    let mut sizes: BTreeMap<Vec<String>, u64> = BTreeMap::new();
    for (names, amounts) in &groups {
        for depth in 1..=names.len() {
            let size = sizes.entry(names[..depth].to_vec()).or_default();
            *size = size.saturating_add(amounts.tokens(count_all));
        }
    }
    let mut rows: Vec<_> = groups
        .into_iter()
        .map(|(names, amounts)| Row {
            names,
            tokens: amounts.tokens(count_all),
            restated: amounts.left_out(count_all),
            amounts,
        })
        .collect();
    let size = |names: &[String]| sizes.get(names).copied().unwrap_or(0);
    rows.sort_by(|a, b| {
        for (depth, key) in keys.iter().enumerate() {
            let (a, b) = (&a.names[..=depth], &b.names[..=depth]);
            let by_size = if key.is_time() { Ordering::Equal } else { size(b).cmp(&size(a)) };
            let order = by_size.then_with(|| a.cmp(b));
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    });
    rows
}

fn name(key: Key, session: &SessionSummary, cell: &Cell) -> String {
    let name = match key {
        Key::Session => Some(session.id.as_str()),
        Key::Component => cell.component.as_deref(),
        Key::Model => cell.model.as_deref(),
        Key::Hour => cell.bucket.as_deref(),
        // Where hours are told apart too, a bucket begins with its day.
        Key::Day => cell.bucket.as_deref().and_then(|bucket| bucket.get(..10)),
    };
    name.unwrap_or(UNNAMED).to_owned()
}
