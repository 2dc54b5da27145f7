//! The metrics of `--by`: a series for each row.

use super::labels::bounded;
use super::parts::{Sums, sums};
use super::{Kind, Metric, Point, Unit, Value};
use crate::report::Breakdown;

/// What monitoring is told of a breakdown; its labels are the keys.
pub(crate) fn breakdown(breakdown: &Breakdown<'_>) -> Vec<Metric> {
    let rows = &breakdown.rows;
    let items = rows.rows.iter().map(|row| {
        let labels = rows.keys.iter().map(|key| key.name()).zip(row.names.iter().cloned()).collect();
        let spent = row.sums.amounts.spent(rows.count_all);
        let sums = Sums {
            tokens: spent.tokens,
            restated: row.sums.amounts.left_out(rows.count_all),
            estimated: row.sums.amounts.estimated.tokens,
            unpriced: spent.unpriced_tokens(),
            cost_pico_usd: spent.cost_pico_usd(),
            usage: spent.usage,
        };
        (labels, (sums, row.sums.amounts.operations()))
    });
    let merge = |sum: &mut (Sums, u64), (more, operations): (Sums, u64)| {
        sum.0.merge(&more);
        sum.1 = sum.1.saturating_add(operations);
    };
    let rows = bounded(items, |(sums, _)| sums.tokens, merge);
    let operations = rows
        .iter()
        .map(|(labels, (_, operations))| Point { labels: labels.clone(), value: Value::Whole(*operations) });
    let operations = Metric {
        name: "sigil.operations",
        help: "Steps that ended, or events with tokens where the log knows no steps.",
        unit: Unit::Operations,
        kind: Kind::Counter,
        points: operations.collect(),
    };
    let amounts: Vec<_> = rows.into_iter().map(|(labels, (sums, _))| (labels, sums)).collect();
    let malformed = Metric::counter(
        "sigil.malformed.lines",
        "Lines that could not be read.",
        Unit::Lines,
        breakdown.malformed.count,
    );
    let metrics = sums(&amounts).into_iter().chain([operations]).filter(|metric| !metric.points.is_empty());
    metrics.chain([malformed]).collect()
}
