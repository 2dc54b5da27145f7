//! `--since` and `--until`: a time, a date, or an age.

use chrono::{LocalResult, NaiveDate, TimeDelta, TimeZone};
use chrono_tz::Tz;
use sigil_event::Written;
use sigil_event::time::ZoneReader;
use sigil_store::escape::quoted;

use crate::Error;

/// Which end of a span a moment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// `--since`: a date means its first moment.
    Since,
    /// `--until`: a date means all of it.
    Until,
}

/// Microseconds since 1970 that `text` means: RFC 3339 (without an offset: on the clocks of `zone`), a
/// date of `zone`, or an age such as `7d`, `36h`, `10m`, `30s`, `2w` before `now_us`.
///
/// # Errors
/// `text` is none of these.
pub fn parse(text: &str, end: End, zone: Tz, now_us: i64) -> Result<i64, Error> {
    if let Some(written) = Written::parse(text) {
        return Ok(ZoneReader::new(zone).read(written).us);
    }
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        let date = if end == End::Until { date.succ_opt().unwrap_or(date) } else { date };
        return Ok(first_moment(date, zone));
    }
    age_us(text).and_then(|age| now_us.checked_sub(age)).ok_or_else(|| {
        let flag = if end == End::Since { "--since" } else { "--until" };
        Error::Usage(format!(
            "{flag} {} is no time; write 2026-01-11T10:00:00Z, 2026-01-11, or an age such as 7d, 36h, 10m",
            quoted(text)
        ))
    })
}

/// A span of time as typed: `7d`, `36h`, `10m`, `90s`, `2w`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    /// In microseconds.
    pub us: i64,
}

impl Age {
    /// The span that an argument means.
    ///
    /// # Errors
    /// It means none; the text says what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let age = age_us(text).map(|us| Self { us });
        age.ok_or_else(|| "expected an age such as 90s, 10m, 36h or 7d".to_owned())
    }
}

/// Microseconds in an age such as `7d` or `90s`.
pub fn age_us(text: &str) -> Option<i64> {
    let unit = text.chars().next_back()?;
    let count: i64 =
        text.strip_suffix(unit).filter(|n| n.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    count.checked_mul(seconds)?.checked_mul(1_000_000)
}

/// The first moment of a day, also where the clocks jump over midnight.
fn first_moment(date: NaiveDate, zone: Tz) -> i64 {
    let midnight = date.and_time(chrono::NaiveTime::MIN);
    let quarters = (0..=96).map(|quarter| midnight + TimeDelta::minutes(15 * quarter));
    let first = quarters.map(|civil| zone.from_local_datetime(&civil)).find_map(LocalResult::earliest);
    first.map_or(0, |at| at.timestamp_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_times_dates_and_ages() {
        let now = 1_768_126_532_000_000; // 2026-01-11T10:15:32Z
        let read = |text, end, zone| parse(text, end, zone, now).unwrap();
        let day = 86_400_000_000;
        let midnight = read("2026-01-11T00:00:00Z", End::Since, Tz::UTC);
        assert_eq!(read("2026-01-11", End::Since, Tz::UTC), midnight);
        assert_eq!(read("2026-01-11", End::Until, Tz::UTC), midnight + day);
        assert_eq!(read("2026-01-11", End::Since, Tz::Europe__Berlin), midnight - day / 24);
        assert_eq!(read("36h", End::Since, Tz::UTC), now - day * 3 / 2);
        // Lebanon's clocks went from 23:59:59 to 01:00:00.
        let jumped = read("2021-03-28", End::Since, Tz::Asia__Beirut);
        assert_eq!(jumped, read("2021-03-27T22:00:00Z", End::Since, Tz::UTC));
        for wrong in ["", "d", "7", "-7d", "7y", "yesterday", "2026-02-30", "99999999999999d", "7dé"] {
            assert!(parse(wrong, End::Since, Tz::UTC, now).is_err(), "{wrong}");
        }
    }
}
