//! The time that a line of text says it was written at, in the forms that logs have.
//!
//! Forms that could as well be something else (an id, a version, an address) count only where logs put
//! their times. A date such as `01/02/2026`, which is two different days, never counts: no time is better
//! than a wrong one.

use chrono::{DateTime, Datelike, NaiveDate};
use sigil_event::Written;

use super::cursor::{Cursor, length};

/// How far into a line a time may begin, in bytes: behind a file's or a host's name, not in the message.
const HEAD: usize = 128;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// A time in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Where it begins, in bytes.
    pub(super) start: usize,
    /// Where the line goes on.
    pub(super) end: usize,
    /// Nothing but brackets, spaces and colours stands before it.
    pub(super) leads: bool,
    /// The time.
    pub(super) written: Written,
}

impl Stamp {
    /// The first time in the head of `line`. A date without a year is of the last year in which it is not
    /// after `now_us` (microseconds since 1970), give or take a day for zones.
    pub(super) fn find(line: &str, now_us: i64) -> Option<Self> {
        let bytes = line.as_bytes();
        let mut leads = true;
        let mut may_begin = true;
        let mut at = priority(bytes).map_or(0, |(_, end)| end);
        while let Some(&byte) = bytes.get(at).filter(|_| at < HEAD) {
            match class(byte) {
                Class::Word => {
                    if may_begin {
                        let place = Place { bytes, start: at, leads, latest_us: now_us.saturating_add(DAY) };
                        if let Some((end, written)) = place.read(byte) {
                            return Some(Self { start: at, end, leads, written });
                        }
                    }
                    at += length(bytes, at, |byte| class(byte) == Class::Word);
                    (leads, may_begin) = (false, false);
                }
                Class::Escape => {
                    at = behind_escape(bytes, at);
                    may_begin = true;
                }
                other => {
                    leads &= other != Class::Quote;
                    may_begin = other != Class::Other;
                    at += 1;
                }
            }
        }
        None
    }
}

/// The priority that a syslog line may begin with (`<34>`), and where the line goes on.
pub(super) fn priority(bytes: &[u8]) -> Option<(u8, usize)> {
    let digits = length(bytes.strip_prefix(b"<")?, 0, |byte| byte.is_ascii_digit());
    let number = std::str::from_utf8(bytes.get(1..=digits)?).ok()?.parse().ok()?;
    (number < 192 && bytes.get(digits + 1) == Some(&b'>')).then_some((number, digits + 2))
}

/// Where a line goes on behind the colour or the like that is switched at `at`.
pub(super) fn behind_escape(bytes: &[u8], at: usize) -> usize {
    let parameters = at + 2;
    match bytes.get(at + 1) {
        Some(b'[') => parameters + length(bytes, parameters, |byte| !byte.is_ascii_alphabetic()) + 1,
        _ => at + 1,
    }
}

/// What a byte does to a time that may begin behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Part of a word or number, within which no time begins.
    Word,
    /// A space, bracket or other mark behind which a time may begin.
    Mark,
    /// The same, but what follows may be a value in a message.
    Quote,
    /// The beginning of an escape sequence.
    Escape,
    /// Anything else: no time begins behind it.
    Other,
}

#[inline]
fn class(byte: u8) -> Class {
    const CLASSES: [Class; 256] = {
        let mut classes = [Class::Other; 256];
        let mut byte = 0;
        while byte < 256 {
            classes[byte] = match byte as u8 {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => Class::Word,
                b' ' | b'\t' | b'[' | b'(' | b'<' | b'>' | b'|' | b'=' | b',' | b':' | b';' => Class::Mark,
                b'"' | b'\'' => Class::Quote,
                0x1b => Class::Escape,
                _ => Class::Other,
            };
            byte += 1;
        }
        classes
    };
    CLASSES[byte as usize]
}

/// A place in a line where a time may begin.
struct Place<'a> {
    bytes: &'a [u8],
    start: usize,
    leads: bool,
    /// The latest that a time without a year, or one that is only a number, can mean.
    latest_us: i64,
}

impl Place<'_> {
    /// The time that begins here with `first`, and where it ends.
    fn read(&self, first: u8) -> Option<(usize, Written)> {
        let mut text = Cursor { bytes: self.bytes, at: self.start };
        let written = if first.is_ascii_digit() {
            let digits = length(self.bytes, self.start, |byte| byte.is_ascii_digit());
            match (digits, self.bytes.get(self.start + digits)?) {
                (4, b'-' | b'/' | b'.') => text.year_first(),
                (1 | 2, b' ' | b'-' | b'/') if text.has_name_at(digits + 1) => text.day_first(),
                (2, b'/') => text.two_digit_year(),
                (2, b'-' | b'.') if self.leads => text.month_and_day(self.latest_us),
                (6, b' ') if self.leads => text.six_digits(),
                (8, _) => text.eight_digits(),
                (10 | 13 | 16 | 19, _) => self.epoch(&mut text, digits),
                _ => None,
            }
        } else if self.leads && matches!(first, b'I' | b'W' | b'E' | b'F') && text.has_digit_at(1) {
            text.klog(self.latest_us)
        } else if matches!(first, b'A' | b'D' | b'F' | b'J' | b'M' | b'N' | b'O' | b'S' | b'T' | b'W') {
            text.name_first(self.latest_us)
        } else {
            None
        };
        Some((text.at, written?))
    }

    /// Seconds since 1970, or thousandths, millionths, billionths of them; seconds may have a fraction.
    fn epoch(&self, text: &mut Cursor<'_>, digits: usize) -> Option<Written> {
        let number = text.digits(digits..=digits)?;
        let us = match digits {
            10 => number * SECOND + text.fraction().unwrap_or(0),
            13 => number * 1000,
            16 => number,
            _ => number / 1000,
        };
        let is_whole = !matches!(text.peek(), Some(byte) if !b" \t,:;|])}\"".contains(&byte));
        let is_time = is_whole && (1_000_000_000 * SECOND..=self.latest_us).contains(&us);
        (is_time && self.is_where_epochs_stand(text)).then_some(Written { civil_us: us, offset_s: Some(0) })
    }

    /// Whether a number from here up to `behind` stands where logs write seconds, and not where a message
    /// has its ids.
    fn is_where_epochs_stand(&self, behind: &Cursor<'_>) -> bool {
        let before = self.bytes.get(..self.start).unwrap_or(&[]);
        let after = self.bytes.get(behind.at..).unwrap_or(&[]);
        if self.leads || before.ends_with(b"audit(") {
            return true;
        }
        let names: [&[u8]; 4] = [b"ts", b"time", b"timestamp", b"\"ts\""];
        if let [name @ .., b'=' | b':'] = before.trim_ascii_end()
            && names.iter().any(|known| {
                let rest = name.strip_suffix(*known);
                rest.is_some_and(|rest| !rest.last().is_some_and(|byte| byte.is_ascii_alphanumeric()))
            })
        {
            return true;
        }
        // Blue Gene and Thunderbird: `ALERT 1117838570 2005.06.03 `. HPC: `134681 node-246 unix.hw
        // state_change.unavailable 1077804742 1 Component …`.
        match before.iter().filter(|byte| **byte == b' ').count() {
            1 => matches!(after, [b' ', _, _, _, _, b'.', _, _, b'.', _, _, b' ', ..]),
            4 => {
                let flagged = [&b" 1 "[..], b" 0 ", b" -1 "].iter().any(|flag| after.starts_with(flag));
                flagged && before.first().is_some_and(u8::is_ascii_digit)
            }
            _ => false,
        }
    }
}

/// The forms.
impl Cursor<'_> {
    /// `2026-01-31T23:29:30.123456+01:00` and its kin: slashes or points in the date, a space or what else
    /// there is between date and time, no seconds, no zone.
    fn year_first(&mut self) -> Option<Written> {
        let year = self.digits(4..=4)?;
        let mark = self.next()?;
        let shortest = if mark == b'/' { 1 } else { 2 };
        let month = self.digits(shortest..=2)?;
        self.eat(mark)?;
        let day = day_us(year, month, self.digits(shortest..=2)?)?;
        let between = self.one_of(b"Tt :-_")?;
        if between == b' ' {
            let _ = self.eat(b' ');
        }
        let clock = if between == b'-' { self.clock_of(2, b'.')? } else { self.clock_or_minute()? };
        self.zoned(day + clock)
    }

    /// `10/Oct/2000:13:55:36 -0700`, `31-Jan-2026 23:29:30`, `31 Jan 2026 23:29:30.123`.
    fn day_first(&mut self) -> Option<Written> {
        let day = self.digits(1..=2)?;
        let mark = self.next()?;
        let month = self.name(&MONTHS)?;
        self.eat(mark)?;
        let day = day_us(self.digits(4..=4)?, month, day)?;
        self.one_of(b": ")?;
        let clock = self.clock()?;
        self.zoned(day + clock)
    }

    /// `17/06/09 20:10:40`: the year, then month and day.
    fn two_digit_year(&mut self) -> Option<Written> {
        let year = self.digits(2..=2)?;
        self.eat(b'/')?;
        let month = self.digits(2..=2)?;
        self.eat(b'/')?;
        let day = day_us(century(year), month, self.digits(2..=2)?)?;
        self.eat(b' ')?;
        let clock = self.clock()?;
        self.zoned(day + clock)
    }

    /// `03-17 16:13:38.811`, `10.30 16:49:06`.
    fn month_and_day(&mut self, latest_us: i64) -> Option<Written> {
        let month = self.digits(2..=2)?;
        self.one_of(b"-.")?;
        let day = self.digits(2..=2)?;
        self.eat(b' ')?;
        naive(last_year(month, day, self.clock()?, latest_us)?)
    }

    /// `I0131 23:29:30.123456`, also with the year.
    fn klog(&mut self, latest_us: i64) -> Option<Written> {
        self.next()?;
        let year = if self.has_digit_at(4) { Some(self.digits(4..=8)?) } else { None };
        let date = year.map_or_else(|| self.digits(4..=4), Some)?;
        self.eat(b' ')?;
        let clock = self.clock()?;
        let (month, day) = (date / 100 % 100, date % 100);
        match year {
            Some(_) => naive(day_us(date / 10_000, month, day)? + clock),
            None => naive(last_year(month, day, clock, latest_us)?),
        }
    }

    /// `081109 203615`, `260131 23:29:30`.
    fn six_digits(&mut self) -> Option<Written> {
        let date = self.digits(6..=6)?;
        let day = day_us(century(date / 10_000), date / 100 % 100, date % 100)?;
        self.eat(b' ')?;
        let _ = self.eat(b' ');
        let clock = self.clock_of_digits().or_else(|| self.clock())?;
        naive(day + clock)
    }

    /// `20171223-22:15:29:606`, also with a single digit for `00` to `09`; `20260131T232930Z`.
    fn eight_digits(&mut self) -> Option<Written> {
        let date = self.digits(8..=8)?;
        let day = day_us(date / 10_000, date / 100 % 100, date % 100)?;
        self.one_of(b"-T ")?;
        let clock = self.clock_of_digits().or_else(|| self.clock_of(1, b':'))?;
        // A fraction that has lost its zeros too.
        let lost = self.attempt(|text| text.eat(b':').and_then(|()| text.digits(1..=2))).unwrap_or(0);
        self.zoned(day + clock + lost * 1000)
    }

    /// `Jun 14 15:16:01`, `Jan 31 2026 23:29:30`, `Jan 31, 2026 11:29:30 PM`, `Sun Dec 04 04:47:44 2005`,
    /// `Sat, 31 Jan 2026 23:29:30 +0000`.
    fn name_first(&mut self, latest_us: i64) -> Option<Written> {
        let has_weekday = self.name(&WEEKDAYS).is_some();
        if has_weekday {
            let _ = self.eat(b',');
            self.eat(b' ')?;
            if self.has_digit_at(0) {
                return self.day_first();
            }
        }
        let month = self.name(&MONTHS)?;
        self.eat(b' ')?;
        let _ = self.eat(b' ');
        let day = self.digits(1..=2)?;
        let _ = self.eat(b',');
        self.eat(b' ')?;
        if let Some(year) = self.attempt(|text| text.digits(4..=4)) {
            self.eat(b' ')?;
            let clock = self.clock()?;
            return self.zoned(day_us(year, month, day)? + clock);
        }
        let clock = self.clock()?;
        let year = self.attempt(|text| {
            // `date` writes the zone's name before the year.
            let zone = length(text.bytes, text.at + 1, |byte| byte.is_ascii_uppercase());
            text.at += if zone > 0 { zone + 1 } else { 0 };
            text.eat(b' ')?;
            text.digits(4..=4).filter(|_| !text.is_in_word())
        });
        match year.filter(|_| has_weekday) {
            Some(year) => naive(day_us(year, month, day)? + clock),
            None => naive(last_year(month, day, clock, latest_us)?),
        }
    }

    /// The time of day: hours, minutes and seconds, and what they come to in microseconds.
    fn clock(&mut self) -> Option<i64> {
        self.clock_of(2, b':')
    }

    /// The same with `shortest` digits at least and `mark` between them. Hours may have one in any case.
    fn clock_of(&mut self, shortest: usize, mark: u8) -> Option<i64> {
        let hour = self.digits(1..=2)?;
        self.eat(mark)?;
        let minute = self.digits(shortest..=2)?;
        self.eat(mark)?;
        let second = self.digits(shortest..=2)?;
        let fraction = self.fraction().unwrap_or(0);
        if shortest == 2 && self.is_in_digits() {
            return None;
        }
        let hour = match self.attempt(Self::half_day) {
            Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
            _ => hour,
        };
        Some(clock_us(hour, minute, second)? + fraction)
    }

    /// The same, where seconds may be missing.
    fn clock_or_minute(&mut self) -> Option<i64> {
        self.attempt(Self::clock).or_else(|| {
            let hour = self.digits(2..=2)?;
            self.eat(b':')?;
            let minute = self.digits(2..=2)?;
            if self.is_in_digits() { None } else { clock_us(hour, minute, 0) }
        })
    }

    /// `203615`.
    fn clock_of_digits(&mut self) -> Option<i64> {
        self.attempt(|text| {
            let clock = text.digits(6..=6)?;
            let us = clock_us(clock / 10_000, clock / 100 % 100, clock % 100)?;
            Some(us + text.fraction().unwrap_or(0))
        })
    }

    /// What ` AM` or ` PM` adds to the hour.
    fn half_day(&mut self) -> Option<i64> {
        self.eat(b' ')?;
        let half = self.one_of(b"AP")?;
        self.eat(b'M').filter(|()| !self.is_in_word())?;
        Some(if half == b'P' { 12 } else { 0 })
    }

    /// A fraction of a second in microseconds, behind a point; or behind a comma or colon, if it has as many
    /// digits as clocks give. Digits beyond the microsecond are cut off.
    fn fraction(&mut self) -> Option<i64> {
        self.attempt(|text| {
            let mark = text.one_of(b".,:")?;
            let digits = length(text.bytes, text.at, |byte| byte.is_ascii_digit());
            let is_fraction = match mark {
                b'.' => digits > 0,
                b',' => digits % 3 == 0 && digits > 0,
                _ => digits == 3,
            };
            let number = text.bytes.get(text.at..text.at + digits).filter(|_| is_fraction)?;
            text.at += digits;
            let mut unit = SECOND;
            Some(number.iter().fold(0, |us, digit| {
                unit /= 10;
                us + i64::from(digit - b'0') * unit
            }))
        })
    }

    /// The time with the zone that follows it, if one does.
    fn zoned(&mut self, civil_us: i64) -> Option<Written> {
        Some(Written { civil_us, offset_s: self.attempt(Self::zone) })
    }

    /// `Z`, `+0100`, `+01:00`, `+01`, ` +0100`, ` UTC`.
    fn zone(&mut self) -> Option<i32> {
        let is_apart = self.eat(b' ').is_some();
        let offset = match self.next()? {
            b'Z' | b'z' if !is_apart => 0,
            b'U' if self.eat(b'T').is_some() && self.eat(b'C').is_some() => 0,
            b'G' if self.eat(b'M').is_some() && self.eat(b'T').is_some() => 0,
            sign @ (b'+' | b'-') => {
                let hours = self.digits_of(2)?;
                let has_colon = self.eat(b':').is_some();
                let minutes = match self.attempt(|text| text.digits_of(2)) {
                    None if has_colon || is_apart => return None,
                    minutes => minutes.unwrap_or(0),
                };
                let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
                if hours > 14 || minutes > 59 {
                    return None;
                }
                if sign == b'-' { -seconds } else { seconds }
            }
            _ => return None,
        };
        let goes_on = self.is_in_word() || matches!(self.peek(), Some(b'+' | b'-'));
        if goes_on { None } else { Some(offset) }
    }
}

const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
const WEEKDAYS: [&[u8; 3]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];

fn naive(civil_us: i64) -> Option<Written> {
    Some(Written { civil_us, offset_s: None })
}

/// The year that two digits stand for.
fn century(year: i64) -> i64 {
    if year < 70 { 2000 + year } else { 1900 + year }
}

/// Microseconds from 1970 to a day, if there is such a day and a log could be of it.
fn day_us(year: i64, month: i64, day: i64) -> Option<i64> {
    let part = |number: i64| u32::try_from(number).ok();
    let year = i32::try_from(year).ok().filter(|year| (1970..2200).contains(year))?;
    let date = NaiveDate::from_ymd_opt(year, part(month)?, part(day)?)?;
    Some(i64::from(date.num_days_from_ce() - 719_163) * DAY)
}

fn clock_us(hour: i64, minute: i64, second: i64) -> Option<i64> {
    (hour < 24 && minute < 60 && second < 61).then_some((hour * 3600 + minute * 60 + second) * SECOND)
}

/// The last time not after `latest_us` that falls on this day of a year.
fn last_year(month: i64, day: i64, clock: i64, latest_us: i64) -> Option<i64> {
    let year = i64::from(DateTime::from_timestamp_micros(latest_us)?.year());
    // A leap day may be eight years back.
    let times = (year - 8..=year).rev().filter_map(|year| Some(day_us(year, month, day)? + clock));
    times.into_iter().find(|us| *us <= latest_us)
}
