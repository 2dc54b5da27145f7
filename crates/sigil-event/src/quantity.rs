//! Numbers in logs that stand for a count.

use crate::scan::Value;

/// The largest count that is believed: 2^53, beyond which JSON numbers lose whole steps in most readers.
pub const MAX_TOKENS: u64 = 1 << 53;

/// A count as found in a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quantity {
    /// Not stated, or `null`.
    #[default]
    Absent,
    /// A whole number from 0 to 2^53, also when written as a string or as `50.0`.
    Count(u64),
    /// Negative, fractional, larger, or no number.
    Unusable,
}

impl Quantity {
    /// What `value` counts.
    #[inline]
    pub fn of(value: Value<'_>) -> Self {
        match value {
            Value::Number(raw) => Self::of_number(raw),
            Value::Null => Self::Absent,
            Value::String(text) => Self::of_number(text.decode().trim()),
            Value::Bool(_) | Value::Nested(_) => Self::Unusable,
        }
    }

    #[inline]
    fn of_number(raw: &str) -> Self {
        let mut count: u64 = 0;
        for &byte in raw.as_bytes() {
            if !byte.is_ascii_digit() || count > MAX_TOKENS {
                return Self::of_odd_number(raw);
            }
            count = count * 10 + u64::from(byte - b'0');
        }
        if raw.is_empty() || count > MAX_TOKENS { Self::Unusable } else { Self::Count(count) }
    }

    #[cold]
    fn of_odd_number(raw: &str) -> Self {
        let numeric =
            raw.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
        match raw.parse::<f64>() {
            Ok(number) if numeric && number.fract() == 0.0 && (0.0..=MAX_TOKENS as f64).contains(&number) => {
                Self::Count(number as u64)
            }
            _ => Self::Unusable,
        }
    }

    /// The count, 0 if there is none.
    #[inline]
    pub fn or_zero(self) -> u64 {
        if let Self::Count(count) = self { count } else { 0 }
    }

    /// The count, if there is one.
    #[inline]
    pub fn count(self) -> Option<u64> {
        if let Self::Count(count) = self { Some(count) } else { None }
    }
}

/// Milliseconds as a log writes them, in microseconds. Negative, absurd and non-numeric ones are none.
#[inline]
pub fn milliseconds(value: Value<'_>) -> Option<u64> {
    let us = match Quantity::of(value) {
        Quantity::Count(ms) => ms.checked_mul(1000)?,
        Quantity::Absent => return None,
        Quantity::Unusable => {
            let ms: f64 = value.text()?.as_plain()?.parse().ok()?;
            if !ms.is_finite() || ms < 0.0 {
                return None;
            }
            (ms * 1000.0).round() as u64
        }
    };
    (us <= MAX_TOKENS).then_some(us)
}

/// The most that one event is believed to have cost, in USD.
const MAX_USD: f64 = 1e6;

/// US dollars as a log writes them, in 10^-12 USD. Negative, absurd and non-numeric ones are none.
pub fn dollars(value: Value<'_>) -> Option<u64> {
    let (Value::Number(_) | Value::String(_)) = value else { return None };
    let usd: f64 = value.text()?.decode().trim().parse().ok()?;
    (0.0..=MAX_USD).contains(&usd).then(|| (usd * 1e12).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Text;

    #[test]
    fn counts_are_whole_and_bounded() {
        let of = |raw| Quantity::of(Value::Number(raw));
        for (raw, count) in
            [("0", 0), ("50", 50), ("50.0", 50), ("5e1", 50), ("-0", 0), ("9007199254740992", 1 << 53)]
        {
            assert_eq!(of(raw), Quantity::Count(count), "{raw}");
        }
        for raw in
            ["-1", "0.5", "9007199254740993", "18446744073709551616", "1e400", "99999999999999999999999"]
        {
            assert_eq!(of(raw), Quantity::Unusable, "{raw}");
        }
        assert_eq!(Quantity::of(Value::String(Text::plain("50"))), Quantity::Count(50));
        for word in ["", "x", "inf", "NaN", "5 0"] {
            assert_eq!(Quantity::of(Value::String(Text::plain(word))), Quantity::Unusable, "{word}");
        }
        assert_eq!(Quantity::of(Value::Null), Quantity::Absent);
    }

    #[test]
    fn dollars_are_exact_to_a_millionth_of_a_millionth() {
        for (usd, pico) in [
            ("0", 0),
            ("0.0042", 4_200_000_000),
            ("1.000000000001", 1_000_000_000_001),
            ("12.345678", 12_345_678_000_000),
            ("3e-7", 300_000),
        ] {
            assert_eq!(dollars(Value::Number(usd)), Some(pico), "{usd}");
            assert_eq!(dollars(Value::String(Text::plain(usd))), Some(pico), "{usd}");
        }
        for usd in ["-0.01", "1000001", "1e300", "x", "NaN", "inf", ""] {
            assert_eq!(dollars(Value::String(Text::plain(usd))), None, "{usd}");
        }
        assert_eq!(dollars(Value::Null), None);
        assert_eq!(dollars(Value::Bool(true)), None);
    }

    #[test]
    fn milliseconds_may_be_fractional() {
        assert_eq!(milliseconds(Value::Number("1200")), Some(1_200_000));
        assert_eq!(milliseconds(Value::Number("0.5")), Some(500));
        assert_eq!(milliseconds(Value::Number("-3")), None);
        assert_eq!(milliseconds(Value::Number("1e300")), None);
    }
}
