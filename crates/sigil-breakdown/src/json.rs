//! For programs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use sigil_event::Usage;
use sigil_summary::{Key, Rows, Sums};

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

/// What happened under a row, where that was counted.
#[derive(Clone, Debug, Serialize)]
struct TallyObject {
    sessions: u64,
    events: u64,
    errors: u64,
    calls: u64,
    first: Option<String>,
    last: Option<String>,
    mean_latency_ms: Option<f64>,
}

impl TallyObject {
    fn of(sums: &Sums) -> Self {
        let Sums { tally, sessions, .. } = sums;
        Self {
            sessions: *sessions,
            events: tally.events,
            errors: tally.errors,
            calls: tally.calls,
            first: tally.first.map(|at| at.to_string()),
            last: tally.last.map(|at| at.to_string()),
            mean_latency_ms: tally.mean_latency_us().map(|us| us as f64 / 1e3),
        }
    }
}

/// A row, with a field for each key.
#[derive(Clone, Debug, Serialize)]
pub struct RowObject<'a> {
    #[serde(flatten)]
    names: BTreeMap<&'static str, &'a str>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    tally: Option<TallyObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    models: Option<&'a [String]>,
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
            let Sums { amounts, .. } = &row.sums;
            let spent = amounts.spent(rows.count_all);
            let has_models = rows.has_tallies && rows.keys.iter().any(|key| key.grain().is_some());
            let names = row.names.iter().map(String::as_str);
            Self {
                names: rows.keys.iter().map(|key| key.name()).zip(names).collect(),
                tokens: spent.tokens,
                tally: rows.has_tallies.then(|| TallyObject::of(&row.sums)),
                models: (has_models && !rows.keys.contains(&Key::Model)).then_some(&row.models[..]),
                restated_tokens: amounts.left_out(rows.count_all),
                estimated_tokens: amounts.estimated.tokens,
                operations: amounts.operations(),
                usage: spent.usage,
                cost_usd: spent.cost_pico_usd().map(usd),
                unpriced_tokens: spent.unpriced_tokens(),
            }
        });
        objects.collect()
    }
}
