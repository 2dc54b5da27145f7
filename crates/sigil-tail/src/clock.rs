//! Times of day, on the clocks of one zone.

use chrono_tz::Tz;
use sigil_event::Timestamp;

const SECOND: i64 = 1_000_000;
/// Zones change their offset on quarters of an hour only.
const QUARTER: i64 = 900 * SECOND;

/// Writes times; the zone is looked up once in a quarter of an hour of the log.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    zone: Tz,
    quarter: Option<(i64, i64)>,
}

impl Clock {
    pub(crate) fn new(zone: Tz) -> Self {
        Self { zone, quarter: None }
    }

    /// Appends `10:15:32.123`, as wide as that also where there is no time.
    #[inline]
    pub(crate) fn write(&mut self, at: Option<Timestamp>, text: &mut Vec<u8>) {
        let Some(at) = at else { return text.extend_from_slice(b"--:--:--.---") };
        let quarter = at.us.div_euclid(QUARTER);
        let offset_us = match self.quarter {
            Some((known, offset_us)) if known == quarter => offset_us,
            _ => {
                let offset_us = i64::from(at.offset_in(self.zone)) * SECOND;
                self.quarter = Some((quarter, offset_us));
                offset_us
            }
        };
        let ms = (at.us + offset_us).div_euclid(1_000).rem_euclid(86_400_000);
        let (seconds, ms) = (ms / 1_000, ms % 1_000);
        let digit = |number: i64| b'0' + u8::try_from(number % 10).unwrap_or(0);
        let two = |number: i64| [digit(number / 10), digit(number)];
        let ([a, b], [c, d], [e, f]) = (two(seconds / 3_600), two(seconds / 60 % 60), two(seconds % 60));
        let [g, h, i] = [digit(ms / 100), digit(ms / 10), digit(ms)];
        text.extend_from_slice(&[a, b, b':', c, d, b':', e, f, b'.', g, h, i]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(us: i64, zone: Tz) -> String {
        let mut text = Vec::new();
        Clock::new(zone).write(Some(Timestamp { us, offset_s: 0, zoned: true }), &mut text);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn times_are_those_of_the_zone() {
        let us = 1_768_126_532_123_999; // 2026-01-11T10:15:32.123999Z
        assert_eq!(shown(us, Tz::UTC), "10:15:32.123");
        assert_eq!(shown(us, Tz::Europe__Berlin), "11:15:32.123");
        assert_eq!(shown(us, Tz::America__New_York), "05:15:32.123");
        assert_eq!(shown(us, Tz::Asia__Kathmandu), "16:00:32.123");
        assert_eq!(shown(-1, Tz::UTC), "23:59:59.999");
    }

    #[test]
    fn a_change_of_the_clocks_is_followed() {
        let before = 1_774_745_999_999_000; // 2026-03-29T00:59:59.999Z
        let mut clock = Clock::new(Tz::Europe__Berlin);
        let mut text = Vec::new();
        for us in [before, before + 1_000, before] {
            clock.write(Some(Timestamp { us, offset_s: 0, zoned: true }), &mut text);
        }
        clock.write(None, &mut text);
        assert_eq!(String::from_utf8(text).unwrap(), "01:59:59.99903:00:00.00001:59:59.999--:--:--.---");
    }
}
