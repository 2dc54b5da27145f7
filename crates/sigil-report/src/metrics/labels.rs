//! Labels whose number and length are bounded.
//!
//! Names come from logs, and there may be as many as there are events. Of those that a metric tells apart the
//! [`MOST`] largest keep their name, and all others are [`OTHER`] together, so that sums stay right.

use std::collections::BTreeMap;

use sigil_cli::escape;

/// How many sets of names a metric tells apart.
pub(super) const MOST: usize = 100;
/// What stands for all others.
pub(super) const OTHER: &str = "(other)";
/// How many characters a name may have.
const LONGEST: usize = 200;

/// A label: its name as OTLP has it, and its value.
pub(crate) type Label = (&'static str, String);

/// What goes under several names, told apart by a bounded number of them; the greatest by `size` come first.
pub(super) fn bounded<A>(
    items: impl IntoIterator<Item = (Vec<Label>, A)>,
    size: impl Fn(&A) -> u64,
    merge: impl Fn(&mut A, A),
) -> Vec<(Vec<Label>, A)> {
    let mut groups: BTreeMap<Vec<Label>, A> = BTreeMap::new();
    let add = |groups: &mut BTreeMap<Vec<Label>, A>, labels, item| match groups.get_mut(&labels) {
        Some(known) => merge(known, item),
        None => {
            groups.insert(labels, item);
        }
    };
    for (labels, item) in items {
        // Names that differ only behind what fits are one.
        let labels = labels.into_iter().map(|(name, value)| (name, fitted(&value))).collect();
        add(&mut groups, labels, item);
    }
    let mut sorted: Vec<_> = groups.into_iter().collect();
    sorted.sort_by_key(|(_, item)| u64::MAX - size(item));
    if sorted.len() > MOST {
        let mut rest = BTreeMap::new();
        for (labels, item) in sorted.split_off(MOST - 1) {
            let labels = labels.into_iter().map(|(name, _)| (name, OTHER.to_owned())).collect();
            add(&mut rest, labels, item);
        }
        sorted.extend(rest);
    }
    sorted
}

/// A name without what moves a cursor, and not too long.
pub(super) fn fitted(name: &str) -> String {
    let name = escape::for_terminal(name);
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.into_owned(),
    }
}
