//! For programs.

use std::collections::BTreeMap;

use serde::Serialize;
use sigil_event::Usage;
use sigil_summary::Rows;

/// A row, with a field for each key.
#[derive(Clone, Debug, Serialize)]
pub struct RowObject<'a> {
    #[serde(flatten)]
    names: BTreeMap<&'static str, &'a str>,
    tokens: u64,
    restated_tokens: u64,
    operations: u64,
    usage: Usage,
    cost_usd: Option<f64>,
}

impl<'a> RowObject<'a> {
    /// An object for each row, in their order.
    pub fn of(rows: &'a Rows) -> Vec<Self> {
        let objects = rows.rows.iter().map(|row| Self {
            names: rows.keys.iter().map(|key| key.name()).zip(row.names.iter().map(String::as_str)).collect(),
            tokens: row.amounts.tokens(rows.count_all),
            restated_tokens: row.amounts.left_out(rows.count_all),
            operations: row.amounts.operations(),
            usage: row.amounts.usage,
            // No price is known yet, and an unknown price is not 0.
            cost_usd: None,
        });
        objects.collect()
    }
}
