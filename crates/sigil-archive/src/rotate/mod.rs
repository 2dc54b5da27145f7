//! Rotation: a log that has grown large is set aside as the newest of its parts, and a new one is begun.
//!
//! Every run leaves the parts of a log as they should be, whether the log itself was rotated or not: what a killed run
//! has left is settled, parts beyond `--keep` are deleted, and all but the newest are compressed as soon as nobody holds
//! them open. So it does not matter which run does what.

mod compress;
mod copytruncate;
mod error_log;
mod log;
mod parts;
mod place;
mod settle;
mod shift;
mod temporary;

use std::io;
use std::path::Path;

use anyhow::{Result, bail};
use sigil_store::EXECUTION_LOG;
use sigil_store::rotation::{self, Rotation};

use crate::account::Account;
use crate::cli::{Manner, Rotating, Terms};
use crate::holders::Holders;
use crate::kill_point::kill_point;
use crate::record::{Action, Status};

use compress::{HELD, Outcome};
pub(crate) use error_log::error_log;
use log::Log;
use parts::Part;
use place::{Found, Place};

/// Rotates the logs that are named, or those of the store.
///
/// # Errors
/// Both logs and sessions are named; standard output cannot be written. What keeps one log from being rotated is said
/// in its record.
pub(crate) fn rotate(rotating: &Rotating, terms: &Terms, account: &mut Account<'_, '_>) -> Result<()> {
    if !rotating.logs.is_empty() && !terms.sessions.is_empty() {
        bail!("E010_CONFIG_ERR: rotate takes either logs or sessions; leave out -s or the names of files");
    }
    let logs = if rotating.logs.is_empty() {
        log::of_store(terms, rotating.max_bytes, account)?
    } else {
        log::named(&rotating.logs, account)?
    };
    account.expect(logs.len() as u64, "log", 1);
    for log in &logs {
        rotate_one(log, rotating, terms, account)?;
        account.bar().inc(1);
    }
    account.reached();
    Ok(())
}

/// Whether that is the name of something that a run has left which was killed while it rotated.
pub(crate) fn is_unfinished(name: &Path) -> bool {
    name.file_name().is_some_and(temporary::is_name)
}

/// Brings the parts of a session's log in order after such a run.
///
/// # Errors
/// The directory cannot be looked into, or another run is at work in it.
pub(crate) fn settle(session: &Path) -> io::Result<()> {
    settle::settle(&Place::open(session)?, EXECUTION_LOG.as_ref()).map(|_| ())
}

fn rotate_one(log: &Log, rotating: &Rotating, terms: &Terms, account: &mut Account<'_, '_>) -> Result<()> {
    let worked = Place::open(log.directory()).and_then(|place| {
        let doubts = if terms.is_dry { Vec::new() } else { settle::settle(&place, log.name())? };
        Ok((place, doubts))
    });
    let (place, doubts) = match worked {
        Ok(worked) => worked,
        Err(why) => return account.add(&log.failed(Action::Rotate, &why)),
    };
    for (part, doubt) in doubts {
        let record = log.part_record(Action::Compress, Status::Left, &part);
        account.add(&log::ended(record, Status::Left, doubt))?;
    }
    let due = match due(&place, log, rotating.max_bytes) {
        Ok(due) => due,
        Err(why) => return account.add(&log.failed(Action::Rotate, &why)),
    };
    if let Some(found) = &due {
        let mut record =
            log.record(Action::Rotate, if terms.is_dry { Status::Planned } else { Status::Done });
        record.bytes = Some(found.bytes);
        if !terms.is_dry {
            match set_aside(&place, log, found, rotating.manner) {
                Ok(bytes) => record.bytes = Some(bytes),
                Err(why) => return account.add(&log.failed(Action::Rotate, &why)),
            }
            record.archive = Some(log.newest_part());
        }
        account.add(&record)?;
    }
    let present = match parts::list(&place, log.name()) {
        Ok(present) => present,
        Err(why) => return account.add(&log.failed(Action::Rotate, &why)),
    };
    let plan = parts::plan(present, rotating.keep, due.is_some() && terms.is_dry);
    delete(&place, log, &plan.surplus, terms.is_dry, account)?;
    for part in &plan.plain {
        compress(&place, log, part, terms, account)?;
    }
    Ok(())
}

/// The log, if it is larger than `max_bytes`. One that is not there is not: nothing was written since it was rotated.
fn due(place: &Place, log: &Log, max_bytes: u64) -> io::Result<Option<Found>> {
    let Some(found) = place.look(log.name())? else { return Ok(None) };
    match found.kind() {
        kind if kind.is_file() => Ok(Some(found).filter(|found| found.bytes > max_bytes)),
        kind if kind.is_dir() => Err(io::Error::other("it is a directory; name the logs in it")),
        _ => Err(io::Error::other("it is no regular file")),
    }
}

/// Makes the log its newest part, and gives the bytes of that.
fn set_aside(place: &Place, log: &Log, found: &Found, manner: Manner) -> io::Result<u64> {
    match manner {
        Manner::Rename => {
            let fresh = shift::successor(place, found)?;
            shift::make_room(place, log.name())?;
            shift::replace(place, log.name(), &parts::name(log.name(), 1, ""), fresh)?;
            Ok(found.bytes)
        }
        Manner::CopyTruncate => copytruncate::copy_and_empty(place, log.name(), found),
    }
}

/// Deletes parts, but none that a process holds open.
fn delete(
    place: &Place,
    log: &Log,
    surplus: &[Part],
    is_dry: bool,
    account: &mut Account<'_, '_>,
) -> Result<()> {
    let holders = if surplus.is_empty() { Holders::default() } else { Holders::look() };
    for part in surplus.iter().filter(|part| part.found.is_file()) {
        let mut record = log.part_record(Action::Delete, Status::Done, &part.name);
        record.bytes = Some(part.found.bytes);
        if holders.hold(part.found.id) {
            record = log::ended(record, Status::Left, HELD);
        } else if is_dry {
            record.status = Status::Planned;
        } else if let Err(why) = place.remove(&part.name) {
            record = log::ended(record, Status::Failed, log::reason(&why));
        }
        kill_point("part-deleted");
        account.add(&record)?;
    }
    Ok(())
}

/// Compresses a part unless it is held open.
fn compress(
    place: &Place,
    log: &Log,
    part: &Part,
    terms: &Terms,
    account: &mut Account<'_, '_>,
) -> Result<()> {
    let mut record = log.part_record(Action::Compress, Status::Done, &part.name);
    record.bytes = Some(part.found.bytes);
    if terms.is_dry {
        if Holders::look().hold(part.found.id) {
            record = log::ended(record, Status::Spared, HELD);
        } else {
            record.status = Status::Planned;
        }
        return account.add(&record);
    }
    match compress::compress(place, &part.name, terms.jobs) {
        Ok(Outcome::Compressed { name, bytes, packed_bytes }) => {
            record.archive = Some(log.beside(&name));
            record.bytes = Some(bytes);
            record.archive_bytes = Some(packed_bytes);
        }
        Ok(Outcome::Stays(why)) => record = log::ended(record, Status::Spared, why),
        Err(why) => record = log::ended(record, Status::Failed, log::reason(&why)),
    }
    account.add(&record)
}

/// Of which log that is a rotated part, if it is one. A log may carry a date that no rotation has given it.
fn whose_part(path: &Path) -> Option<&str> {
    let (log, rotation) = rotation::split(path.file_name()?.to_str()?);
    match rotation? {
        Rotation::Numbered(_) => Some(log),
        Rotation::Dated { .. } => path.with_file_name(log).exists().then_some(log),
    }
}

/// The directory that a file is in.
fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
