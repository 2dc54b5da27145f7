//! How tokens and cost went over time: by seconds, minutes, hours, days, months or years, as many as a drawing has
//! room for.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Months, NaiveDateTime, TimeDelta};
use sigil_summary::Amounts;

use crate::document::{MOST_COLUMNS, Point};
use crate::terms::Terms;
use crate::totals::Totals;

/// What came together in each second, or minute, hour, day, month or year.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) grain: &'static str,
    /// From the first to the last, those between in which nothing came included.
    moments: Vec<(String, Moment)>,
}

/// What came together in one of them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moment {
    pub(crate) tokens: u64,
    pub(crate) cost_pico_usd: Option<u128>,
}

/// How fine time is cut: its name, how labels of it look, and the one behind.
struct Grain {
    name: &'static str,
    pattern: &'static str,
    next: fn(NaiveDateTime) -> Option<NaiveDateTime>,
}

const GRAINS: [Grain; 6] = [
    Grain {
        name: "second",
        pattern: "%Y-%m-%d %H:%M:%S",
        next: |at| at.checked_add_signed(TimeDelta::seconds(1)),
    },
    Grain {
        name: "minute",
        pattern: "%Y-%m-%d %H:%M",
        next: |at| at.checked_add_signed(TimeDelta::minutes(1)),
    },
    Grain { name: "hour", pattern: "%Y-%m-%d %H:00", next: |at| at.checked_add_signed(TimeDelta::hours(1)) },
    Grain { name: "day", pattern: "%Y-%m-%d", next: |at| at.checked_add_days(Days::new(1)) },
    Grain {
        name: "month",
        pattern: "%Y-%m",
        next: |at| at.with_day(1).and_then(|at| at.checked_add_months(Months::new(1))),
    },
    Grain {
        name: "year",
        pattern: "%Y",
        next: |at| at.with_ordinal(1).and_then(|at| at.checked_add_months(Months::new(12))),
    },
];

/// Where hours and years stand among them.
const HOURS: usize = 2;
const YEARS: usize = 5;

impl Course {
    /// Of sessions whose summary told hours or seconds apart; nothing of others.
    pub(crate) fn of(totals: &Totals, terms: &Terms) -> Self {
        let (seconds, hours) = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M");
        let is_fine = totals.moments.keys().any(|at| at.len() > "2026-01-11T10:00".len());
        let (pattern, finest) = if is_fine { (seconds, 0) } else { (hours, HOURS) };
        let read = |at: &str| NaiveDateTime::parse_from_str(at, pattern).ok();
        let moments: BTreeMap<_, _> =
            totals.moments.iter().filter_map(|(at, amounts)| Some((read(at)?, amounts))).collect();
        let Some(((first, _), (last, _))) = moments.first_key_value().zip(moments.last_key_value()) else {
            return Self { grain: "hour", moments: Vec::new() };
        };
        let fitting = GRAINS[finest..].iter().find_map(|grain| Some((grain, grain.labels(*first, *last)?)));
        // Centuries are no log's own times: its last years are told.
        let years = || (&GRAINS[YEARS], GRAINS[YEARS].last_labels(*last));
        let (grain, labels) = fitting.unwrap_or_else(years);
        let mut sums: BTreeMap<String, Amounts> = BTreeMap::new();
        for (at, amounts) in &moments {
            sums.entry(at.format(grain.pattern).to_string()).or_default().merge(amounts);
        }
        let moments = labels.into_iter().map(|label| {
            let spent = sums.get(&label).map(|amounts| amounts.spent(terms.count_all)).unwrap_or_default();
            let moment = Moment { tokens: spent.tokens, cost_pico_usd: spent.cost_pico_usd() };
            (label, moment)
        });
        Self { grain: grain.name, moments: moments.collect() }
    }

    /// A figure of each moment and what it is in words; no figure is 0.
    pub(crate) fn points(&self, figure: impl Fn(&Moment) -> Option<(f64, String)>) -> Vec<Point> {
        let moments = self.moments.iter().map(|(label, moment)| {
            let (value, text) = figure(moment).unwrap_or((0.0, "nothing".to_owned()));
            Point { label: label.clone(), value, beyond: None, text }
        });
        moments.collect()
    }
}

impl Grain {
    /// All labels from one time to another, if they fit into a drawing.
    fn labels(&self, first: NaiveDateTime, last: NaiveDateTime) -> Option<Vec<String>> {
        let label = |at: NaiveDateTime| at.format(self.pattern).to_string();
        let end = label(last);
        let mut labels = Vec::new();
        let mut at = Some(first);
        while labels.len() < MOST_COLUMNS {
            labels.push(label(at?));
            if labels.last() == Some(&end) {
                return Some(labels);
            }
            at = (self.next)(at?);
        }
        None
    }

    /// The labels of the last years, as many as fit.
    fn last_labels(&self, last: NaiveDateTime) -> Vec<String> {
        let years = (0..MOST_COLUMNS as u32).rev();
        let begin = years.filter_map(|years| last.checked_sub_months(Months::new(12 * years)));
        begin.map(|at| at.format(self.pattern).to_string()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(first: &str, last: &str) -> Option<(&'static str, usize, String)> {
        let at = |text| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap();
        let (first, last) = (at(first), at(last));
        GRAINS[HOURS..].iter().find_map(|grain| {
            let labels = grain.labels(first, last)?;
            Some((grain.name, labels.len(), labels.last()?.clone()))
        })
    }

    #[test]
    fn time_is_cut_as_fine_as_there_is_room() {
        let told = |grain, count, last: &str| Some((grain, count, last.to_owned()));
        assert_eq!(labels("2026-01-11T10:00", "2026-01-11T10:00"), told("hour", 1, "2026-01-11 10:00"));
        assert_eq!(labels("2026-01-11T10:00", "2026-01-13T09:00"), told("hour", 48, "2026-01-13 09:00"));
        assert_eq!(labels("2026-01-31T23:00", "2026-03-01T00:00"), told("day", 30, "2026-03-01"));
        assert_eq!(labels("2025-01-31T23:00", "2026-03-01T00:00"), told("month", 15, "2026-03"));
        assert_eq!(labels("1980-02-29T23:00", "2026-03-01T00:00"), told("year", 47, "2026"));
        assert_eq!(labels("0001-01-01T00:00", "9999-12-31T23:00"), None);
        let last = NaiveDateTime::MAX;
        assert_eq!(GRAINS[YEARS].last_labels(last).len(), MOST_COLUMNS);
    }
}
