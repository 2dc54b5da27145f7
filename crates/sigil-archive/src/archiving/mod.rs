//! Archiving: chooses the sessions that are old enough and takes them through the steps of [`batch`], some at a time.

mod batch;
mod choice;
mod marks;
mod names;
mod recovery;
mod removal;
mod shelf;
mod underway;
mod writer;

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use chrono::{DateTime, Datelike};
use chrono_tz::Tz;
use sigil_store::archived::Day;
use sigil_store::threads;

use crate::account::Account;
use crate::cli::{Archiving, Terms};
use crate::contents::{Contents, Opener};
use crate::holders::Holders;
use crate::record::{Action, Record, Status};
use crate::unit::{self, Unit};
use batch::Batch;
use choice::Choice;
pub(crate) use marks::forget;
pub(crate) use names::{behind, is_aside};
pub(crate) use recovery::recover;

/// How many sessions are looked at before it is said what becomes of them.
const AT_ONCE: usize = 1024;

/// Sessions go through the steps together, so that the disk is waited for once: until they have so many files and
/// directories, which are kept in mind, or so many bytes, which are on the disk twice as long.
const MEMBERS: usize = 64 << 10;
const BYTES: u64 = 1 << 30;

/// The steps that the progress bar shows of a session: it is written, compared, looked at once more and removed.
const STEPS: u64 = 4;

/// A session that is to be archived.
#[derive(Debug)]
struct Candidate {
    unit: Unit,
    contents: Contents,
    opener: Opener,
}

impl Candidate {
    /// A record about it.
    fn record(&self, action: Action, status: Status) -> Record {
        Record {
            session_id: Some(self.unit.id.clone()),
            path: Some(self.unit.path()),
            files: Some(self.contents.files().count() as u64),
            bytes: Some(self.contents.bytes()),
            ..Record::new(action, status)
        }
    }
}

/// Archives what is asked for; of what a killed run was `finished` with there is nothing more to ask.
///
/// # Errors
/// The store cannot be looked into or written to at all; what happens to one session alone becomes its record.
pub(crate) fn archive(
    archiving: &Archiving,
    terms: &Terms,
    finished: &[String],
    account: &mut Account<'_, '_>,
) -> Result<()> {
    let units = match &archiving.from {
        Some((owner, places)) => {
            let (units, refused) = unit::transcripts(*owner, places)?;
            for error in refused {
                let record = Record::new(Action::Copy, Status::Failed);
                account.add(&Record { reason: Some(error.to_string()), ..record })?;
            }
            units
        }
        None => {
            let (units, links) = unit::sessions(&terms.store)?;
            for link in links {
                let reason = "it is a link, and what it leads to lies elsewhere".to_owned();
                let record = Record::new(Action::Archive, Status::Spared);
                account.add(&Record { path: Some(link), reason: Some(reason), ..record })?;
            }
            units
        }
    };
    let units = unit::chosen(units, &terms.sessions, finished, &terms.store.sessions_dir())?;
    if units.is_empty() {
        return Ok(());
    }
    let choice = Choice {
        min_age_us: i64::from(archiving.min_age_days).saturating_mul(86_400 * 1_000_000),
        min_age_days: archiving.min_age_days,
        is_forced: archiving.is_forced,
        is_copy: archiving.is_copy,
        is_dry: terms.is_dry,
        zone: terms.zone,
        now_us: terms.now_us,
        holders: if archiving.is_copy { Holders::default() } else { Holders::look() },
    };
    let mut known: HashMap<OsString, Vec<PathBuf>> = HashMap::new();
    // What cannot be read was said before.
    for archived in terms.store.archived_where_readable()?.0 {
        known.entry(archived.name).or_default().push(archived.path);
    }
    let day_dir = terms.store.archive_day_dir(day(terms.now_us, terms.zone));
    account.expect(units.len() as u64, "session", STEPS);
    let batch = Batch::new(&day_dir, &known, &choice, terms.jobs, account.bar());
    let mut units = units.into_iter();
    let mut group = Group::default();
    loop {
        let together: Vec<Unit> = units.by_ref().take(AT_ONCE).collect();
        let is_last = together.is_empty();
        for looked in threads::map_on(terms.jobs, together, |unit| choice.look(unit, &known)) {
            match looked {
                Ok(candidate) if terms.is_dry => account.add(&batch.plan(candidate))?,
                Ok(candidate) => {
                    group.add(candidate);
                    if group.is_full() {
                        tell(account, batch.run(std::mem::take(&mut group).candidates)?)?;
                    }
                }
                Err(mut record) => {
                    // Who names a session wants to know why nothing becomes of it.
                    let is_named = record.session_id.as_ref().is_some_and(|id| terms.sessions.contains(id));
                    if is_named && record.status == Status::Spared {
                        record.status = Status::Left;
                    }
                    account.add(&record)?;
                    account.bar().inc(STEPS);
                }
            }
        }
        if is_last {
            break;
        }
    }
    tell(account, batch.run(group.candidates)?)?;
    account.reached();
    if !terms.is_dry {
        // Where nothing could be archived nothing is left behind; a directory that holds anything stays.
        marks::remove_dirs(&day_dir);
    }
    Ok(())
}

fn tell(account: &mut Account<'_, '_>, records: Vec<Record>) -> Result<()> {
    records.iter().try_for_each(|record| account.add(record))
}

/// Sessions that are to go through the steps together.
#[derive(Default)]
struct Group {
    candidates: Vec<Candidate>,
    members: usize,
    bytes: u64,
}

impl Group {
    fn add(&mut self, candidate: Candidate) {
        self.members += candidate.contents.members.len();
        self.bytes += candidate.contents.bytes();
        self.candidates.push(candidate);
    }

    /// Whether they are so many that they are to go, before others are looked at.
    fn is_full(&self) -> bool {
        self.members >= MEMBERS || self.bytes >= BYTES
    }
}

/// The day of a time in a zone.
pub(crate) fn day(now_us: i64, zone: Tz) -> Day {
    let now = DateTime::from_timestamp_micros(now_us).unwrap_or_default().with_timezone(&zone);
    // A clock that is wrong by centuries is on the first day that directories can be called by.
    Day::parse(&format!("{:04}-{:02}-{:02}", now.year(), now.month(), now.day()))
        .or_else(|| Day::parse("1970-01-01"))
        .unwrap_or_else(|| unreachable!("1970 had a first day"))
}
