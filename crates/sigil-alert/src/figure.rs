//! Figures with their units, as they are told everywhere.

use sigil_cli::number;

/// A figure with its unit, as it is told everywhere: `64.51%`, `5.2 s`, `15,000 tokens`, `1.5 GiB`.
pub(crate) fn figure(value: f64, unit: &str) -> String {
    let round = |value: f64| (value * 100.0).round() / 100.0;
    match unit {
        "%" => format!("{}%", round(value)),
        "s" => number::duration((value.max(0.0) * 1e6) as u64),
        "B" => number::size(value.max(0.0) as u64),
        "B/s" => format!("{}/s", number::size(value.max(0.0) as u64)),
        "B/min" => format!("{}/min", number::size(value.max(0.0) as u64)),
        "" => round(value).to_string(),
        unit if value.fract() == 0.0 && value >= 0.0 => format!("{} {unit}", number::thousands(value as u64)),
        unit => format!("{} {unit}", round(value)),
    }
}
