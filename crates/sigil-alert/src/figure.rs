//! Figures with their units, as they are told everywhere.

use sigil_cli::number;

/// Above this, a number is written with an exponent; below it, `f64` has all digits of a whole number.
const LARGEST_PLAIN: f64 = 1e15;

/// Above this, seconds are only a number: a thousand years.
const LARGEST_SPAN: f64 = 1e10 * 3.2;

/// A figure with its unit: `64.51%`, `5.2s`, `15,000 tokens`, `1.5 KiB`, `3`. At most two decimals.
pub(crate) fn figure(number: f64, unit: &str) -> String {
    let is_plain = (0.0..LARGEST_PLAIN).contains(&number);
    match unit {
        "" => plain(number),
        "%" => format!("{}%", plain(number)),
        "s" if (0.0..LARGEST_SPAN).contains(&number) => number::latency((number * 1e6).round() as u64),
        "B" | "B/s" | "B/min" if is_plain => {
            format!("{}{}", number::size(number.round() as u64), &unit[1..])
        }
        _ => format!("{} {unit}", plain(number)),
    }
}

/// A number with separators between thousands, without zeros at the end of its decimals.
fn plain(number: f64) -> String {
    if !number.is_finite() || number.abs() >= LARGEST_PLAIN {
        return format!("{number:e}").replace("e0", "");
    }
    let fixed = format!("{:.2}", number.abs());
    let (whole, decimals) = fixed.split_once('.').unwrap_or((&fixed, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), number::thousands);
    let decimals = decimals.trim_end_matches('0');
    let is_zero = whole == "0" && decimals.is_empty();
    let sign = if number < 0.0 && !is_zero { "-" } else { "" };
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{decimals}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_have_the_form_of_their_unit() {
        for (number, unit, text) in [
            (64.51, "%", "64.51%"),
            (50.0, "%", "50%"),
            (5.2, "s", "5.2s"),
            (600.0, "s", "10m 00s"),
            (15_000.0, "tokens", "15,000 tokens"),
            (1_536.0, "B", "1.50 KiB"),
            (1_048_576.0, "B/s", "1 MiB/s"),
            (3.0, "", "3"),
            (0.0, "errors", "0 errors"),
            (-0.001, "", "0"),
            (-1_234.5, "s", "-1,234.5 s"),
            (1e300, "", "1e300"),
            (f64::INFINITY, "%", "inf%"),
        ] {
            assert_eq!(figure(number, unit), text, "{number} {unit}");
        }
        assert_eq!(figure(f64::NAN, ""), "NaN");
    }

    proptest! {
        #[test]
        fn every_number_can_be_said(number in any::<f64>(), unit in "[%Bs]?") {
            prop_assert!(!figure(number, &unit).is_empty());
        }
    }
}
