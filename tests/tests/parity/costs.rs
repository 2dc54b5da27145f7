//! What the tokens cost, where both know the model's price.

use crate::{Figures, table};

/// How far apart two costs of the same tokens may be: both add floats, each in its own order.
const TOLERANCE: f64 = 0.001;

/// Holds the costs of the same tokens against each other; models of which the table says that the prices
/// differ must differ.
pub(crate) fn compare(ours: &Figures, theirs: &Figures) {
    let differing: Vec<_> = table("Prices").into_iter().map(|row| row[0].clone()).collect();
    let mut compared = 0;
    for (key, cost) in &ours.costs {
        let Some(other) = theirs.costs.get(key) else { continue };
        if ours.tokens[key] != theirs.tokens[key] {
            continue;
        }
        let is_near = (cost - other).abs() <= TOLERANCE * other.abs();
        assert_eq!(is_near, !differing.contains(&key.1), "{key:?}: ours {cost}, theirs {other}");
        compared += 1;
    }
    assert!(compared > 0, "no cost was compared");
}
