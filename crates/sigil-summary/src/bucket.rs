//! Days, hours and seconds as a zone's clocks cut them.

use chrono_tz::Tz;
use sigil_event::Timestamp;

/// How fine time is cut; the finer is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    /// Calendar days.
    Day,
    /// Hours by the clock. The hour that comes twice in autumn is one.
    Hour,
    /// Seconds by the clock.
    Second,
}

impl Grain {
    const fn seconds(self) -> i64 {
        match self {
            Self::Day => 86_400,
            Self::Hour => 3_600,
            Self::Second => 1,
        }
    }
}

/// Cuts time into days, hours or seconds of a zone, and remembers the last offset it looked up.
#[derive(Clone, Debug)]
pub struct Bucket {
    grain: Grain,
    zone: Tz,
    quarter: Option<(i64, i64)>,
}

impl Bucket {
    /// Cuts by `grain` on the clocks of `zone`.
    pub fn new(grain: Grain, zone: Tz) -> Self {
        Self { grain, zone, quarter: None }
    }

    pub(crate) fn grain(&self) -> Grain {
        self.grain
    }

    /// The day, hour or second, counted from the first of 1970 on the zone's clocks.
    pub(crate) fn of(&mut self, at: Timestamp) -> i64 {
        let second = at.us.div_euclid(1_000_000);
        let number = second.div_euclid(900);
        let offset = match self.quarter {
            Some((known, offset)) if known == number => offset,
            _ => {
                let offset = i64::from(at.offset_in(self.zone));
                self.quarter = Some((number, offset));
                offset
            }
        };
        (second + offset).div_euclid(self.grain.seconds())
    }
}

/// `2026-01-11`, `2026-01-11T10:00` or `2026-01-11T10:15:32`, as counted by [`Bucket`].
pub(crate) fn label(grain: Grain, number: i64) -> String {
    let at = chrono::DateTime::from_timestamp(number.saturating_mul(grain.seconds()), 0).unwrap_or_default();
    match grain {
        Grain::Day => at.format("%Y-%m-%d").to_string(),
        Grain::Hour => at.format("%Y-%m-%dT%H:00").to_string(),
        Grain::Second => at.format("%Y-%m-%dT%H:%M:%S").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigil_event::Written;
    use sigil_event::time::ZoneReader;

    #[test]
    fn a_day_is_a_day_of_the_zone() {
        let at = |text| ZoneReader::new(Tz::UTC).read(Written::parse(text).unwrap());
        let mut days = Bucket::new(Grain::Day, Tz::Europe__Berlin);
        for (text, day) in [
            ("2026-03-28T22:59:59Z", "2026-03-28"),
            ("2026-03-28T23:00:00Z", "2026-03-29"),
            ("2026-03-29T21:59:59Z", "2026-03-29"),
            ("2026-03-29T22:00:00Z", "2026-03-30"),
        ] {
            assert_eq!(label(Grain::Day, days.of(at(text))), day, "{text}");
        }
        let mut hours = Bucket::new(Grain::Hour, Tz::Asia__Kathmandu);
        assert_eq!(label(Grain::Hour, hours.of(at("2026-01-11T10:20:00Z"))), "2026-01-11T16:00");
        let mut seconds = Bucket::new(Grain::Second, Tz::Asia__Kathmandu);
        let second = seconds.of(at("2026-01-11T10:20:07.999Z"));
        assert_eq!(label(Grain::Second, second), "2026-01-11T16:05:07");
    }
}
