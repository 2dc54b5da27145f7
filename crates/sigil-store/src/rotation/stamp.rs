//! The dates that rotated logs carry in their names.

/// Reads a date as the number `YYYYMMDDhhmmss`.
///
/// Forms, after logrotate's `dateformat`: `%Y%m%d` or `%Y-%m-%d`, then optionally `%H`, `%H%M` or `%H%M%S`
/// with or without `-`, `_` or `T` before it; `%s` alone or behind a date (UTC then).
pub(super) fn parse(text: &str) -> Option<u64> {
    if !text.is_ascii() {
        return None;
    }
    dated(text).or_else(|| epoch(text))
}

fn dated(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    let has_dashes = bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    let (year, month, day, rest) = if has_dashes {
        (text.get(..4)?, text.get(5..7)?, text.get(8..10)?, text.get(10..)?)
    } else {
        (text.get(..4)?, text.get(4..6)?, text.get(6..8)?, text.get(8..)?)
    };
    let year = field(year, 1970..=9999)?;
    let date = year * 10_000 + field(month, 1..=12)? * 100 + field(day, 1..=31)?;
    let time = match rest.strip_prefix(['-', '_', 'T']) {
        Some("") => return None,
        Some(time) if time.len() == 10 => return epoch(time),
        Some(time) => time,
        None => rest,
    };
    let (hour, minute, second) = match time.len() {
        0 => ("0", "0", "0"),
        2 => (time, "0", "0"),
        4 => (&time[..2], &time[2..], "0"),
        6 => (&time[..2], &time[2..4], &time[4..]),
        _ => return None,
    };
    let time = field(hour, 0..=23)? * 10_000 + field(minute, 0..=59)? * 100 + field(second, 0..=60)?;
    Some(date * 1_000_000 + time)
}

/// Ten digits of seconds since 1970, as they have had since 2001.
fn epoch(text: &str) -> Option<u64> {
    if text.len() != 10 {
        return None;
    }
    let seconds = field(text, 1_000_000_000..=9_999_999_999)?;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Days to a Gregorian date, counted in eras of 400 years from 1 March of the year 0.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
    let date = (era * 400 + year) * 10_000 + month * 100 + day;
    Some(date * 1_000_000 + second / 3_600 * 10_000 + second / 60 % 60 * 100 + second % 60)
}

fn field(text: &str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = if is_number { text.parse().ok()? } else { return None };
    range.contains(&value).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_every_form() {
        for (text, stamp) in [
            ("20260111", 20260111000000),
            ("2026011110", 20260111100000),
            ("202601111015", 20260111101500),
            ("20260111101532", 20260111101532),
            ("2026-01-11", 20260111000000),
            ("2026-01-11-10", 20260111100000),
            ("20260111_1015", 20260111101500),
            ("2026-01-11T101532", 20260111101532),
            ("1768126532", 20260111101532),
            ("20260111-1768126532", 20260111101532),
            ("1709164800", 20240229000000),
            ("1000000000", 20010909014640),
        ] {
            assert_eq!(parse(text), Some(stamp), "{text}");
        }
    }

    #[test]
    fn other_digits_are_no_date() {
        for text in [
            "",
            "1",
            "2026",
            "20261301",
            "20260132",
            "20260111-",
            "2026-01",
            "2026-1-11",
            "20260111x",
            "0123456789",
            "202601110",
            "+2026111",
            "é0260111",
            "20260111-10153",
            "99999999",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
