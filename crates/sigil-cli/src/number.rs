//! Numbers for people. Machines get them as JSON.

use humansize::{BINARY, format_size};

const MICROS_PER_SECOND: u64 = 1_000_000;

/// `256,000`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The share of a whole budget that is used, `0.25%` (guide 3.1).
///
/// May exceed 100. A budget of zero counts as fully used as soon as anything is.
pub fn percent_of_whole(used: u64, budget: u64) -> String {
    format!("{:.2}%", percent(used, budget))
}

/// The share of a component's budget that is used, `0.5%` (guide 3.1); otherwise as [`percent_of_whole`].
pub fn percent_of_part(used: u64, budget: u64) -> String {
    format!("{:.1}%", percent(used, budget))
}

fn percent(used: u64, budget: u64) -> f64 {
    match (used, budget) {
        (0, _) => 0.0,
        (_, 0) => 100.0,
        _ => used as f64 / budget as f64 * 100.0,
    }
}

/// A number of bytes, `1.50 KiB`; units are powers of 1024.
pub fn size(bytes: u64) -> String {
    format_size(bytes, BINARY)
}

/// How long something took, from microseconds: `5.1s`, `2m 05s`, `1h 02m`, `3d 04h`.
///
/// Rounded to tenths below a minute and to seconds above; minutes and hours are those that are complete.
pub fn duration(us: u64) -> String {
    let tenths = rounded(us, MICROS_PER_SECOND / 10);
    if tenths < 600 {
        return format!("{}.{}s", tenths / 10, tenths % 10);
    }
    let seconds = rounded(us, MICROS_PER_SECOND);
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    if hours == 0 {
        format!("{minutes}m {:02}s", seconds % 60)
    } else if days == 0 {
        format!("{hours}h {:02}m", minutes % 60)
    } else {
        format!("{days}d {:02}h", hours % 24)
    }
}

/// How long an answer took, from microseconds: `80ms` below a tenth of a second, else as [`duration`].
pub fn latency(us: u64) -> String {
    let ms = rounded(us, 1_000);
    if ms < 100 { format!("{ms}ms") } else { duration(us) }
}

/// The same where several are compared: `111ms` below a second.
pub fn fine_latency(us: u64) -> String {
    let ms = rounded(us, 1_000);
    if ms < 1_000 { format!("{ms}ms") } else { duration(us) }
}

/// A sum of money, from 10^-12 USD: `$1,234.50`, and below a cent `$0.0042`. Less than the smallest sum that
/// this can show is `<$0.0001`.
pub fn money(pico_usd: u128) -> String {
    const PER_CENT: u128 = 10_000_000_000;
    let rounded = |unit: u128| pico_usd / unit + u128::from(pico_usd % unit >= unit / 2);
    match rounded(PER_CENT / 100) {
        0 if pico_usd == 0 => "$0.00".to_owned(),
        0 => "<$0.0001".to_owned(),
        parts @ 1..100 => format!("$0.{parts:04}"),
        _ => {
            let cents = rounded(PER_CENT);
            let dollars = u64::try_from(cents / 100).unwrap_or(u64::MAX);
            format!("${}.{:02}", thousands(dollars), cents % 100)
        }
    }
}

/// What is known of a cost, and how many tokens it leaves out: `$0.42 (1,234 tokens without a price)`.
pub fn cost_of_part(pico_usd: u128, unpriced_tokens: u64) -> String {
    match unpriced_tokens {
        0 => money(pico_usd),
        tokens => format!("{} ({} tokens without a price)", money(pico_usd), thousands(tokens)),
    }
}

/// `us` in units of `unit` microseconds, to the nearest.
fn rounded(us: u64, unit: u64) -> u64 {
    us / unit + u64::from(us % unit >= unit / 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn thousands_are_separated() {
        let cases =
            [(0, "0"), (999, "999"), (1_000, "1,000"), (256_000, "256,000"), (1_234_567, "1,234,567")];
        for (number, text) in cases {
            assert_eq!(thousands(number), text);
        }
        assert_eq!(thousands(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn percentages_are_those_of_the_guide() {
        assert_eq!(percent_of_whole(650, 256_000), "0.25%");
        assert_eq!(percent_of_part(50, 10_000), "0.5%");
        assert_eq!(percent_of_part(450, 150_000), "0.3%");
        assert_eq!(percent_of_part(0, 20_000), "0.0%");
        assert_eq!(percent_of_whole(300, 200), "150.00%");
        assert_eq!(percent_of_whole(0, 0), "0.00%");
        assert_eq!(percent_of_whole(1, 0), "100.00%");
    }

    #[test]
    fn sizes_are_binary() {
        let cases =
            [(0, "0 B"), (1_023, "1023 B"), (1_024, "1 KiB"), (1_536, "1.50 KiB"), (10 << 20, "10 MiB")];
        for (bytes, text) in cases {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn durations_change_their_units() {
        for (us, text) in [
            (0, "0.0s"),
            (49_999, "0.0s"),
            (50_000, "0.1s"),
            (5_111_000, "5.1s"),
            (59_949_999, "59.9s"),
            (59_950_000, "1m 00s"),
            (125_000_000, "2m 05s"),
            (3_599_499_999, "59m 59s"),
            (3_599_500_000, "1h 00m"),
            (3_779_000_000, "1h 02m"),
            (86_400_000_000, "1d 00h"),
            (273_600_000_000, "3d 04h"),
        ] {
            assert_eq!(duration(us), text, "{us}");
        }
    }

    #[test]
    fn short_latencies_are_in_milliseconds() {
        let cases = [
            (0, "0ms"),
            (80_000, "80ms"),
            (99_499, "99ms"),
            (99_500, "0.1s"),
            (100_000, "0.1s"),
            (1_200_000, "1.2s"),
        ];
        for (us, text) in cases {
            assert_eq!(latency(us), text, "{us}");
        }
        for (us, text) in [(99_500, "100ms"), (999_499, "999ms"), (999_500, "1.0s"), (1_200_000, "1.2s")] {
            assert_eq!(fine_latency(us), text, "{us}");
        }
    }

    #[test]
    fn money_has_cents_and_below_a_cent_more() {
        for (pico, text) in [
            (0, "$0.00"),
            (1, "<$0.0001"),
            (49_999_999, "<$0.0001"),
            (50_000_000, "$0.0001"),
            (4_200_000_000, "$0.0042"),
            (9_949_999_999, "$0.0099"),
            (9_950_000_000, "$0.01"),
            (12_340_000_000_000, "$12.34"),
            (12_345_000_000_000, "$12.35"),
            (999_999_999_999, "$1.00"),
            (1_234_500_000_000_000, "$1,234.50"),
        ] {
            assert_eq!(money(pico), text, "{pico}");
        }
        assert_eq!(cost_of_part(420_000_000_000, 0), "$0.42");
        assert_eq!(cost_of_part(420_000_000_000, 1_234), "$0.42 (1,234 tokens without a price)");
        assert!(money(u128::MAX).starts_with("$18,446,744,073,709,551,615."));
    }

    proptest! {
        #[test]
        fn separators_are_all_that_is_added(number in any::<u64>()) {
            prop_assert_eq!(thousands(number).replace(',', ""), number.to_string());
        }

        #[test]
        fn every_duration_can_be_said(us in any::<u64>()) {
            prop_assert!(!duration(us).is_empty() && !latency(us).is_empty());
        }
    }
}
