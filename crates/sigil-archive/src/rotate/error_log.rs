//! `--error-log-days`: `error.log` is rotated once a day, and its rotations deleted when they are old. As logrotate does
//! with `daily dateext notifempty compress delaycompress maxage N`.

use std::ffi::OsStr;
use std::io;

use anyhow::Result;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use sigil_store::rotation::{self, Rotation};

use super::log::Log;
use super::parts::{self, Part};
use super::place::{Found, Place};
use super::{delete, settle, shift};
use crate::account::Account;
use crate::cli::Terms;
use crate::record::{Action, Status};

/// Rotates the store's `error.log` to `error.log-YYYYMMDD` unless it is empty or was rotated today, compresses all
/// rotations but the newest, and deletes those that are more than `days` days old.
///
/// A rotation is as old as its name or its last change says, whichever is younger; the day in a name lasts to its end.
/// Numbered rotations have their last change only. None that is held open is touched.
///
/// # Errors
/// Standard output cannot be written. What else goes wrong is said in a record.
pub(crate) fn error_log(days: u32, terms: &Terms, account: &mut Account<'_, '_>) -> Result<()> {
    let log = Log::new(terms.store.error_log());
    match look_after(days, &log, terms, account) {
        Ok(said) => said,
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(why) => account.add(&log.failed(Action::Rotate, &why)),
    }
}

/// The error without is the system's, the one within that of standard output.
fn look_after(days: u32, log: &Log, terms: &Terms, account: &mut Account<'_, '_>) -> io::Result<Result<()>> {
    let place = Place::open(log.directory())?;
    if !terms.is_dry {
        // Doubtful parts are the business of `rotate`, which says so.
        settle::settle(&place, log.name())?;
        let dated = Rotations::list(&place, log.name())?.dated;
        settle::settle_pairs(&place, &dated.into_iter().map(|(_, part)| part).collect::<Vec<_>>())?;
    }
    let now = DateTime::<Utc>::from_timestamp_micros(terms.now_us).unwrap_or_default();
    let today = now.with_timezone(&terms.zone).format("-%Y%m%d").to_string();
    if let Some(found) = due(&place, log.name(), &today)? {
        let mut part = log.name().to_owned();
        part.push(&today);
        let mut record =
            log.record(Action::Rotate, if terms.is_dry { Status::Planned } else { Status::Done });
        record.bytes = Some(found.bytes);
        if !terms.is_dry {
            let fresh = shift::successor(&place, &found)?;
            shift::replace(&place, log.name(), &part, fresh)?;
            record.archive = Some(log.beside(&part));
        }
        if let Err(why) = account.add(&record) {
            return Ok(Err(why));
        }
    }
    let rotations = Rotations::list(&place, log.name())?;
    let (old, dated) = rotations.older_than(days, now, terms.zone);
    Ok(delete(&place, log, &old, terms.is_dry, account).and_then(|()| {
        let plain = dated.iter().filter(|part| part.is_plain() && part.found.bytes > 0);
        let mut alone = plain.filter(|plain| !dated.iter().any(|part| part.is_packed_of(plain)));
        alone.try_for_each(|part| super::compress(&place, log, part, terms, account))
    }))
}

/// The log, if it is to be rotated to the name that ends in `today`.
fn due(place: &Place, log: &OsStr, today: &str) -> io::Result<Option<Found>> {
    let Some(found) = place.look(log)?.filter(|found| found.is_file() && found.bytes > 0) else {
        return Ok(None);
    };
    for ending in ["", ".gz", ".zst"] {
        let mut name = log.to_owned();
        name.push(today);
        name.push(ending);
        if place.look(&name)?.is_some() {
            return Ok(None);
        }
    }
    Ok(Some(found))
}

/// Rotations of a log that have a date, oldest first, and those that have a number.
struct Rotations {
    dated: Vec<(u64, Part)>,
    numbered: Vec<Part>,
}

impl Rotations {
    fn list(place: &Place, log: &OsStr) -> io::Result<Self> {
        let mut dated = Vec::new();
        for name in place.names()? {
            let Some((stamp, counter)) = date(log, &name) else { continue };
            let Some(found) = place.look(&name)?.filter(Found::is_file) else { continue };
            let ending = parts::ending(&name);
            dated.push((counter, (stamp, Part { number: 0, ending, name, found })));
        }
        dated.sort_by(|(counter, (stamp, part)), (counter_2, (stamp_2, part_2))| {
            (stamp, counter, part.ending).cmp(&(stamp_2, counter_2, part_2.ending))
        });
        Ok(Self {
            dated: dated.into_iter().map(|(_, dated)| dated).collect(),
            numbered: parts::list(place, log)?,
        })
    }

    /// Those that are more than `days` days old at `now`, and of those with a date the others but the newest.
    fn older_than(self, days: u32, now: DateTime<Utc>, zone: Tz) -> (Vec<Part>, Vec<Part>) {
        let oldest = now.timestamp().saturating_sub(i64::from(days) * 86_400);
        let is_old = |end: Option<i64>, part: &Part| {
            part.found.modified.0 < oldest && end.is_none_or(|end| end < oldest)
        };
        let mut old: Vec<Part> = Vec::new();
        let mut others = Vec::new();
        let newest = self.dated.last().map(|(stamp, _)| *stamp);
        for (stamp, part) in self.dated {
            if is_old(end_of_day(stamp, zone), &part) {
                old.push(part);
            } else if Some(stamp) != newest {
                others.push(part);
            }
        }
        old.extend(self.numbered.into_iter().rev().filter(|part| is_old(None, part)));
        (old, others)
    }
}

/// When the day of a name is over: seconds since 1970.
fn end_of_day(stamp: u64, zone: Tz) -> Option<i64> {
    let date = u32::try_from(stamp / 1_000_000).ok()?;
    let day = NaiveDate::from_ymd_opt(i32::try_from(date / 10_000).ok()?, date / 100 % 100, date % 100)?;
    let end = day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN);
    Some(zone.from_local_datetime(&end).latest().map_or(end.and_utc().timestamp(), |end| end.timestamp()))
}

fn date(log: &OsStr, name: &OsStr) -> Option<(u64, u32)> {
    match rotation::split(name.to_str()?) {
        (of, Some(Rotation::Dated { stamp, counter })) if of == log => Some((stamp, counter)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_a_name_ends_at_midnight_where_days_are_cut() {
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        for (stamp, zone, end) in [
            (20_260_111_000_000, Tz::UTC, "2026-01-12T00:00:00+00:00"),
            (20_260_111_235_959, Tz::UTC, "2026-01-12T00:00:00+00:00"),
            (20_260_329_000_000, berlin, "2026-03-30T00:00:00+02:00"),
            (20_261_231_000_000, berlin, "2027-01-01T00:00:00+01:00"),
        ] {
            let expected = DateTime::parse_from_rfc3339(end).unwrap().timestamp();
            assert_eq!(end_of_day(stamp, zone), Some(expected), "{stamp}");
        }
        assert_eq!(end_of_day(20_260_231_000_000, Tz::UTC), None);
    }

    #[test]
    fn only_dates_behind_the_name_of_the_log_are_its_rotations() {
        let log = OsStr::new("error.log");
        let date = |name: &str| date(log, OsStr::new(name));
        assert_eq!(date("error.log-20260111.gz"), Some((20_260_111_000_000, 0)));
        assert_eq!(date("error.log-20260111.2"), Some((20_260_111_000_000, 2)));
        for other in ["error.log", "error.log.1", "error.log-x", "other.log-20260111"] {
            assert_eq!(date(other), None, "{other}");
        }
    }
}
