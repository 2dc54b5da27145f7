//! Points in time as logs write them.
//!
//! A [`Written`] time is what stands in the line: a date and a time of day, with an offset or without.
//! A [`Timestamp`] is a point in time. Between them stands [`ZoneReader`], which knows the zone that
//! naive times are in.

use std::fmt;

use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// A date and time of day as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Microseconds since 1970-01-01T00:00:00 on the clock that wrote the line.
    pub civil_us: i64,
    /// That clock's distance from UTC in seconds, if the line tells it.
    pub offset_s: Option<i32>,
}

/// A point in time, and how it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub us: i64,
    /// Distance of the writer's clock from UTC in seconds.
    pub offset_s: i32,
    /// Whether the line gave that offset itself.
    pub zoned: bool,
}

impl Written {
    /// Reads RFC 3339, also with a space for the `T`, a comma for the point, an offset without colon
    /// or none at all, as the guide writes it. Digits beyond the microsecond are cut off.
    pub fn parse(text: &str) -> Option<Self> {
        let (minute, rest) = text.as_bytes().split_first_chunk()?;
        Self::within(minute_us(minute)?, rest)
    }

    /// Reads what follows the minute that begins at `minute_us`: seconds, fraction, offset.
    #[inline]
    fn within(minute_us: i64, text: &[u8]) -> Option<Self> {
        let (&[tens, ones], mut rest) = text.split_first_chunk()?;
        let second = i64::from(digit(tens)? * 10 + digit(ones)?);
        if second > 60 {
            return None;
        }
        let mut fraction_us = 0;
        if let [b'.' | b',', digits @ ..] = rest {
            let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let mut unit = SECOND;
            for byte in digits.get(..length)? {
                unit /= 10;
                fraction_us += i64::from(byte - b'0') * unit;
            }
            if length == 0 {
                return None;
            }
            rest = digits.get(length..)?;
        }
        let offset_s = match rest {
            [] => None,
            [b'Z' | b'z'] => Some(0),
            [sign @ (b'+' | b'-'), digits @ ..] => {
                let (hours, minutes) = match digits {
                    [a, b, b':', c, d] | [a, b, c, d] => ([*a, *b], [*c, *d]),
                    [a, b] => ([*a, *b], [b'0', b'0']),
                    _ => return None,
                };
                let number = |[tens, ones]: [u8; 2]| Some(digit(tens)? * 10 + digit(ones)?);
                let (hours, minutes) = (number(hours)?, number(minutes)?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let offset = hours * 3600 + minutes * 60;
                Some(if *sign == b'-' { -offset } else { offset })
            }
            _ => return None,
        };
        Some(Self { civil_us: minute_us + second * SECOND + fraction_us, offset_s })
    }
}

#[inline]
fn digit(byte: u8) -> Option<i32> {
    byte.is_ascii_digit().then(|| i32::from(byte - b'0'))
}

/// The beginning of a time up to its seconds: `2026-01-11T10:15:`.
type Minute = [u8; 17];

/// Microseconds since 1970 to the minute that `text` says.
fn minute_us(text: &Minute) -> Option<i64> {
    let mut are_digits = true;
    let mut number = |from: usize, digits: usize| {
        let mut value = 0i64;
        for byte in &text[from..from + digits] {
            let digit = byte.wrapping_sub(b'0');
            are_digits &= digit < 10;
            value = value * 10 + i64::from(digit);
        }
        value
    };
    let (year, month, day) = (number(0, 4), number(5, 2), number(8, 2));
    let (hour, minute) = (number(11, 2), number(14, 2));
    let [_, _, _, _, b'-', _, _, b'-', _, _, b'T' | b't' | b' ', _, _, b':', _, _, b':'] = text else {
        return None;
    };
    if !are_digits || !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    if hour > 23 || minute > 59 {
        return None;
    }
    Some(days_since_1970(year, month, day) * DAY + (hour * 60 + minute) * 60 * SECOND)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar: years begin in March, so that the leap
/// day comes last, and 400 of them always have 146,097 days.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

impl Timestamp {
    /// The point in time on a clock of `zone`.
    pub fn civil(self, zone: Tz) -> NaiveDateTime {
        utc(self.us).with_timezone(&zone).naive_local()
    }

    /// Distance of `zone` from UTC at this point in time, in seconds.
    pub fn offset_in(self, zone: Tz) -> i32 {
        zone.offset_from_utc_datetime(&utc(self.us).naive_utc()).fix().local_minus_utc()
    }
}

/// As written: RFC 3339 with the writer's offset, or without one if the line gave none.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = utc(self.us + i64::from(self.offset_s) * SECOND).naive_utc();
        let pattern = if self.us % SECOND == 0 { "%Y-%m-%dT%H:%M:%S" } else { "%Y-%m-%dT%H:%M:%S%.6f" };
        write!(f, "{}", civil.format(pattern))?;
        match self.offset_s {
            _ if !self.zoned => Ok(()),
            0 => f.write_str("Z"),
            s => write!(f, "{}{:02}:{:02}", if s < 0 { '-' } else { '+' }, s.abs() / 3600, s.abs() / 60 % 60),
        }
    }
}

fn utc(us: i64) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp_micros(us).unwrap_or_default()
}

/// What a zone's clocks mean during one quarter of an hour. Zones change their offset on quarters only.
#[derive(Clone, Copy, Debug)]
enum Quarter {
    /// One offset, in seconds.
    Single(i32),
    /// The clock passes here twice: offset of the first time, then of the second.
    Twice(i32, i32),
}

/// Turns written times of one source, in their order, into points in time.
///
/// A naive time is on a clock of the zone. In the hour that comes twice it means the first time, unless
/// time would then run backwards; in the hour that is left out it is shifted forward.
#[derive(Clone, Debug)]
pub struct ZoneReader {
    zone: Tz,
    latest_us: Option<i64>,
    quarter: Option<(i64, Quarter)>,
    ambiguous: bool,
    /// The minute of the last time that was read as text: the next line's is the same, as a rule.
    minute: Option<(Minute, i64)>,
}

const QUARTER: i64 = 900 * SECOND;

impl ZoneReader {
    /// Reads naive times as those of `zone`.
    pub fn new(zone: Tz) -> Self {
        Self { zone, latest_us: None, quarter: None, ambiguous: false, minute: None }
    }

    /// The point in time that a text stands for; see [`Written::parse`].
    #[inline]
    pub fn read_text(&mut self, text: &str) -> Option<Timestamp> {
        let (minute, rest) = text.as_bytes().split_first_chunk::<17>()?;
        let us = match &self.minute {
            Some((known, us)) if known == minute => *us,
            _ => {
                let us = minute_us(minute)?;
                self.minute = Some((*minute, us));
                us
            }
        };
        Written::within(us, rest).map(|written| self.read(written))
    }

    /// The point in time that `written` stands for.
    #[inline]
    pub fn read(&mut self, written: Written) -> Timestamp {
        let (offset_s, zoned) = match written.offset_s {
            Some(offset_s) => (offset_s, true),
            None if self.zone == Tz::UTC => (0, false),
            None => (self.naive_offset(written.civil_us), false),
        };
        let us = written.civil_us - i64::from(offset_s) * SECOND;
        self.latest_us = Some(us);
        Timestamp { us, offset_s, zoned }
    }

    /// The zone whose clocks naive times are on.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The reader, knowing what came before; nothing, if there was no time before.
    pub fn after(self, latest_us: Option<i64>) -> Self {
        Self { latest_us: latest_us.or(Some(i64::MIN)), ..self }
    }

    /// The last point in time so far, in microseconds.
    pub fn latest_us(&self) -> Option<i64> {
        self.latest_us.filter(|us| *us > i64::MIN)
    }

    /// Whether a time was read whose meaning hangs on the line before, and no line before was known:
    /// a piece of a log that begins inside the hour that comes twice cannot be read alone.
    pub fn needs_what_came_before(&self) -> bool {
        self.ambiguous
    }

    fn naive_offset(&mut self, civil_us: i64) -> i32 {
        let number = civil_us.div_euclid(QUARTER);
        let quarter = match self.quarter {
            Some((known, quarter)) if known == number => quarter,
            _ => {
                let quarter = self.look_up(number * QUARTER);
                self.quarter = Some((number, quarter));
                quarter
            }
        };
        match quarter {
            Quarter::Single(offset) => offset,
            Quarter::Twice(first, second) => {
                let Some(latest_us) = self.latest_us else {
                    self.ambiguous = true;
                    return first;
                };
                if civil_us - i64::from(first) * SECOND < latest_us { second } else { first }
            }
        }
    }

    fn look_up(&self, civil_us: i64) -> Quarter {
        let offsets = |civil_us: i64| {
            let civil = utc(civil_us).naive_utc();
            self.zone.offset_from_local_datetime(&civil).map(|offset| offset.fix().local_minus_utc())
        };
        match offsets(civil_us) {
            chrono::LocalResult::Single(offset) => Quarter::Single(offset),
            chrono::LocalResult::Ambiguous(first, second) => Quarter::Twice(first, second),
            // Left out by the clock: the offset in force before, which shifts the time forward.
            chrono::LocalResult::None => {
                let hour = TimeDelta::hours(1).num_microseconds().unwrap_or(0);
                let before = (1..=26).find_map(|hours| offsets(civil_us - hours * hour).latest());
                Quarter::Single(before.unwrap_or(0))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Written {
        Written::parse(text).unwrap_or_else(|| panic!("{text} is not read"))
    }

    #[test]
    fn written_times_agree_with_chrono() {
        let mut clock = ZoneReader::new(Tz::UTC);
        for text in [
            "2026-01-11T10:15:32.123456Z",
            "1969-12-31T23:59:59.999999+00:00",
            "2024-02-29T00:00:00-09:30",
            "2000-03-01T12:00:00+0530",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "2026-01-11 10:15:32,5+02:00",
        ] {
            let there = text.replace(' ', "T").replace(',', ".").replace("+0530", "+05:30");
            let there = DateTime::parse_from_rfc3339(&there).unwrap();
            let here = ZoneReader::new(Tz::UTC).read(at(text));
            assert_eq!(here.us, there.timestamp_micros(), "{text}");
            assert_eq!(clock.read_text(text), Some(here), "{text}");
            assert_eq!(clock.read_text(text), Some(here), "{text}, once more");
            assert_eq!(here.offset_s, there.offset().local_minus_utc(), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2026",
            "2026-01-11",
            "2026-13-01T00:00:00",
            "2026-02-29T00:00:00",
            "2026-01-11T24:00:00",
            "2026-01-11T10:15",
            "2026-01-11T10:15:32.",
            "2026-01-11T10:15:32+1",
            "2026-01-11T10:15:32ZZ",
            "2026-01-11T10:15:3é",
        ] {
            assert_eq!(Written::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_is_shown_as_it_was_written() {
        for text in [
            "2026-01-11T10:15:32.123456",
            "2026-01-11T10:15:32",
            "2026-01-11T10:15:32Z",
            "2026-01-11T10:15:32.000001+05:30",
            "1969-12-31T23:59:59.500000-03:00",
        ] {
            assert_eq!(ZoneReader::new(Tz::Europe__Berlin).read(at(text)).to_string(), text);
        }
    }

    #[test]
    fn the_hour_that_comes_twice_runs_forward_and_the_one_left_out_is_jumped() {
        let mut clock = ZoneReader::new(Tz::Europe__Berlin);
        let mut offset = |text| clock.read(at(text)).offset_s / 3600;
        assert_eq!(offset("2026-10-25T02:10:00"), 2);
        assert_eq!(offset("2026-10-25T02:50:00"), 2);
        assert_eq!(offset("2026-10-25T02:20:00"), 1, "time would run backwards");
        assert_eq!(offset("2026-10-25T02:40:00"), 1);
        assert_eq!(offset("2026-10-25T03:00:00"), 1);
        let shifted = clock.read(at("2026-03-29T02:30:00"));
        assert_eq!(shifted.civil(Tz::Europe__Berlin).to_string(), "2026-03-29 03:30:00");
    }

    #[test]
    fn a_piece_that_begins_in_the_double_hour_says_so() {
        let mut clock = ZoneReader::new(Tz::Europe__Berlin);
        clock.read(at("2026-10-25T02:10:00"));
        assert!(clock.needs_what_came_before());
        let mut clock = ZoneReader::new(Tz::Europe__Berlin);
        clock.read(at("2026-10-25T00:10:00Z"));
        clock.read(at("2026-10-25T02:10:00"));
        assert!(!clock.needs_what_came_before());
    }
}
