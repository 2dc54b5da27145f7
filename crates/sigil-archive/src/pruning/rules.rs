//! Which archives are deleted: by age, by what is to be kept whatever its age, and by the size of all together.

use std::collections::HashSet;
use std::fs;
use std::hash::Hash;
use std::os::unix::fs::MetadataExt;

use chrono::{Datelike, NaiveDate};
use sigil_store::archived::{Archived, Day};

use crate::cli::Pruning;

/// How many archives are kept, by what. Zero keeps none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeepRules {
    /// The newest ones.
    pub(crate) last: usize,
    /// The newest one of each of so many days that have one.
    pub(crate) daily: usize,
    /// The same by weeks (ISO 8601, from Monday).
    pub(crate) weekly: usize,
    /// The same by months.
    pub(crate) monthly: usize,
}

/// An archive, and how large it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sized {
    pub(crate) archived: Archived,
    /// When it was written, in microseconds since 1970: tells which of a day is the newest.
    pub(crate) written_us: i64,
    pub(crate) bytes: u64,
}

impl Sized {
    /// What is known of archives. One that has gone meanwhile is no longer of interest.
    pub(crate) fn all(archives: Vec<Archived>) -> Vec<Self> {
        let sized = |archived: Archived| {
            let found = fs::metadata(&archived.path).ok()?;
            let written_us =
                found.mtime().saturating_mul(1_000_000).saturating_add(found.mtime_nsec() / 1_000);
            Some(Self { archived, written_us, bytes: found.len() })
        };
        archives.into_iter().filter_map(sized).collect()
    }
}

/// What is deleted of `archives`, the oldest first, and why; and how many bytes the others have.
///
/// Without an age and a size all are candidates if there are keep rules, and none otherwise. What a rule keeps is never deleted,
/// not for the size of all either.
pub(crate) fn deletions(
    mut archives: Vec<Sized>,
    pruning: &Pruning,
    today: Day,
) -> (Vec<(Sized, String)>, u64) {
    archives.sort_by(|one, other| {
        let key = |sized: &Sized| (sized.archived.day, sized.written_us);
        key(one).cmp(&key(other)).then_with(|| one.archived.cmp(&other.archived))
    });
    let kept = kept(&archives, pruning.keep);
    let mut left_bytes: u64 = archives.iter().map(|sized| sized.bytes).sum();
    let mut deletions = Vec::new();
    let mut spared = Vec::new();
    for (at, sized) in archives.into_iter().enumerate() {
        let age = days_between(sized.archived.day, today);
        let reason = match pruning.older_than_days {
            _ if kept.contains(&at) => None,
            Some(days) if age > i64::from(days) => Some(format!("it is {age} days old")),
            None if pruning.keep != KeepRules::default() && pruning.max_bytes.is_none() => {
                Some("no rule keeps it".to_owned())
            }
            _ => None,
        };
        match reason {
            Some(reason) => {
                left_bytes -= sized.bytes;
                deletions.push((sized, reason));
            }
            None if !kept.contains(&at) => spared.push(sized),
            None => {}
        }
    }
    if let Some(max_bytes) = pruning.max_bytes {
        for sized in spared {
            if left_bytes <= max_bytes {
                break;
            }
            left_bytes -= sized.bytes;
            deletions.push((sized, "the archive is larger than --max-size".to_owned()));
        }
    }
    (deletions, left_bytes)
}

/// The places of those that rules keep, in `archives`, which stand in the order of their age.
fn kept(archives: &[Sized], rules: KeepRules) -> HashSet<usize> {
    let day = |sized: &Sized| date(sized.archived.day);
    let mut kept: HashSet<usize> = (0..archives.len()).rev().take(rules.last).collect();
    kept.extend(newest_of(archives, rules.daily, day));
    kept.extend(newest_of(archives, rules.weekly, |sized| {
        let week = day(sized).iso_week();
        (week.year(), week.week())
    }));
    kept.extend(newest_of(archives, rules.monthly, |sized| (day(sized).year(), day(sized).month())));
    kept
}

/// The places of the newest archive of each of the last `count` spans that have one.
fn newest_of<K: Eq + Hash>(archives: &[Sized], count: usize, span: impl Fn(&Sized) -> K) -> Vec<usize> {
    let mut met = HashSet::new();
    let newest_first = (0..archives.len()).rev();
    newest_first.filter(|at| met.insert(span(&archives[*at]))).take(count).collect()
}

fn days_between(earlier: Day, later: Day) -> i64 {
    date(later).signed_duration_since(date(earlier)).num_days()
}

fn date(day: Day) -> NaiveDate {
    let (year, month, day) = day.date();
    NaiveDate::from_ymd_opt(year.into(), month.into(), day.into()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn archives(days: &[&str]) -> Vec<Sized> {
        let one = |(at, day): (usize, &&str)| {
            let day = Day::parse(day).unwrap();
            let archived = Archived { day, name: format!("s{at}").into(), copy: 1, path: PathBuf::new() };
            Sized { archived, written_us: i64::try_from(at).unwrap(), bytes: 100 }
        };
        days.iter().enumerate().map(one).collect()
    }

    fn names(days: &[&str], pruning: &Pruning) -> Vec<String> {
        let today = Day::parse("2026-03-01").unwrap();
        let (deletions, _) = deletions(archives(days), pruning, today);
        deletions.into_iter().map(|(sized, _)| sized.archived.id()).collect()
    }

    const DAYS: [&str; 6] =
        ["2026-01-01", "2026-01-29", "2026-01-30", "2026-02-27", "2026-02-28", "2026-02-28"];

    #[test]
    fn what_is_as_old_as_the_limit_stays() {
        let older = |days| Pruning { older_than_days: Some(days), ..Pruning::default() };
        assert_eq!(names(&DAYS, &older(30)), ["s0", "s1"]);
        assert_eq!(names(&DAYS, &older(31)), ["s0"]);
        assert_eq!(names(&DAYS, &older(0)), ["s0", "s1", "s2", "s3", "s4", "s5"]);
        assert_eq!(names(&DAYS, &Pruning::default()), [""; 0]);
    }

    #[test]
    fn rules_keep_what_age_would_delete() {
        let keep = |keep| Pruning { older_than_days: Some(0), keep, max_bytes: None };
        assert_eq!(
            names(&DAYS, &keep(KeepRules { last: 2, ..KeepRules::default() })),
            ["s0", "s1", "s2", "s3"]
        );
        assert_eq!(
            names(&DAYS, &keep(KeepRules { daily: 2, ..KeepRules::default() })),
            ["s0", "s1", "s2", "s4"]
        );
        assert_eq!(
            names(&DAYS, &keep(KeepRules { monthly: 2, ..KeepRules::default() })),
            ["s0", "s1", "s3", "s4"]
        );
        assert_eq!(
            names(&DAYS, &keep(KeepRules { weekly: 2, ..KeepRules::default() })),
            ["s0", "s1", "s3", "s4"]
        );
        let all = KeepRules { last: 1, daily: 9, weekly: 9, monthly: 9 };
        assert_eq!(names(&DAYS, &keep(all)), ["s4"]);
    }

    #[test]
    fn rules_alone_delete_what_they_do_not_keep() {
        let keep = KeepRules { last: 5, ..KeepRules::default() };
        assert_eq!(names(&DAYS, &Pruning { keep, ..Pruning::default() }), ["s0"]);
    }

    #[test]
    fn the_oldest_go_until_all_fit() {
        let fit = |max_bytes| Pruning { max_bytes: Some(max_bytes), ..Pruning::default() };
        assert_eq!(names(&DAYS, &fit(600)), [""; 0]);
        assert_eq!(names(&DAYS, &fit(599)), ["s0"]);
        assert_eq!(names(&DAYS, &fit(0)), ["s0", "s1", "s2", "s3", "s4", "s5"]);
        let some = Pruning { keep: KeepRules { last: 2, ..KeepRules::default() }, ..fit(400) };
        assert_eq!(names(&DAYS, &some), ["s0", "s1"], "rules beside a size only spare");
        let kept = Pruning { keep: KeepRules { last: 6, ..KeepRules::default() }, ..fit(0) };
        assert_eq!(names(&DAYS, &kept), [""; 0]);
    }
}
