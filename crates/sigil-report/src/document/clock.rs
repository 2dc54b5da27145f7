//! Times as people read them, on the clocks of one zone.

use chrono::{Datelike, Timelike};
use chrono_tz::Tz;
use sigil_event::Timestamp;

/// How the times of one report are shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    zone: Tz,
    /// Everything happened in one year, which then need not be said in every row.
    is_one_year: bool,
}

impl Clock {
    /// A clock for times from `first` to `last`.
    pub(super) fn new(zone: Tz, first: Option<Timestamp>, last: Option<Timestamp>) -> Self {
        let year = |at: Option<Timestamp>| at.map(|at| at.civil(zone).year());
        Self { zone, is_one_year: year(first) == year(last) }
    }

    /// `2026-01-11 10:15:30 to 10:15:38 (Europe/Berlin)`.
    pub(super) fn period(&self, first: Timestamp, last: Timestamp) -> String {
        let (from, to) = (first.civil(self.zone), last.civil(self.zone));
        let pattern = if from.date() == to.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
        // Systems that never heard of another zone call theirs Etc/UTC.
        let zone = self.zone.name().trim_start_matches("Etc/");
        format!("{} to {} ({zone})", from.format("%Y-%m-%d %H:%M:%S"), to.format(pattern))
    }

    /// A row's time to the minute; only the day if rows are years apart.
    pub(super) fn minute(&self, at: Timestamp) -> String {
        self.row(at, false)
    }

    /// A row's time to the second; only the day if rows are years apart.
    pub(super) fn second(&self, at: Timestamp) -> String {
        self.row(at, true)
    }

    /// A point in time to the second.
    pub(super) fn exact(&self, at: Timestamp) -> String {
        at.civil(self.zone).format("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// Written by hand: there may be very many rows, and a pattern is read anew for each.
    fn row(&self, at: Timestamp, has_seconds: bool) -> String {
        let at = at.civil(self.zone);
        let (month, day) = (at.month(), at.day());
        if !self.is_one_year {
            return format!("{}-{month:02}-{day:02}", at.format("%Y"));
        }
        let minute = format!("{month:02}-{day:02} {:02}:{:02}", at.hour(), at.minute());
        if has_seconds { format!("{minute}:{:02}", at.second()) } else { minute }
    }
}
