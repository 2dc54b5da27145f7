//! For programs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use sigil_event::Usage;
use sigil_summary::Rows;

use crate::cost::usd;

/// Writes a value as one line.
///
/// # Errors
/// Writing fails.
pub fn line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// To two decimals, as `tokens.json` has percentages.
pub fn percentage(percent: f64) -> f64 {
    (percent * 100.0).round() / 100.0
}

/// A row, with a field for each key.
#[derive(Clone, Debug, Serialize)]
pub struct RowObject<'a> {
    #[serde(flatten)]
    names: BTreeMap<&'static str, &'a str>,
    tokens: u64,
    restated_tokens: u64,
    estimated_tokens: u64,
    operations: u64,
    usage: Usage,
    cost_usd: Option<f64>,
    unpriced_tokens: u64,
}

impl<'a> RowObject<'a> {
    /// An object for each row, in their order.
    pub fn of(rows: &'a Rows) -> Vec<Self> {
        let objects = rows.rows.iter().map(|row| {
            let spent = row.amounts.spent(rows.count_all);
            let names = row.names.iter().map(String::as_str);
            Self {
                names: rows.keys.iter().map(|key| key.name()).zip(names).collect(),
                tokens: spent.tokens,
                restated_tokens: row.amounts.left_out(rows.count_all),
                estimated_tokens: row.amounts.estimated.tokens,
                operations: row.amounts.operations(),
                usage: spent.usage,
                cost_usd: spent.cost_pico_usd().map(usd),
                unpriced_tokens: spent.unpriced_tokens(),
            }
        });
        objects.collect()
    }
}
