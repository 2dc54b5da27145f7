//! Rotation by rename-and-create: the parts make room, the log becomes the newest of them, and a new log is made.

use std::ffi::OsStr;
use std::io;

use super::parts;
use super::place::{Found, Place};
use super::temporary::Temporary;
use crate::kill_point::kill_point;

/// Moves every part that is in the way one number up, the oldest first, so that `.1` is free.
pub(super) fn make_room(place: &Place, log: &OsStr) -> io::Result<()> {
    let present = parts::list(place, log)?;
    let last = parts::run_length(&present);
    if last == parts::LAST_NUMBER {
        return Err(io::Error::other("it has as many parts as there are numbers; keep fewer of them"));
    }
    for part in present.iter().rev().filter(|part| part.number <= last) {
        place.rename(&part.name, &parts::name(log, part.number + 1, part.ending))?;
        kill_point("part-moved");
    }
    Ok(())
}

/// Makes what is to be the new log. Where there is no room for one, nothing has happened yet.
///
/// It is as old as the last thing that was written, so that a session does not look younger than it is.
pub(super) fn successor<'a>(place: &'a Place, found: &Found) -> io::Result<Temporary<'a>> {
    let fresh = Temporary::new(place, found)?;
    fresh.take_time(found)?;
    Ok(fresh)
}

/// Gives the log the name of a part, which nothing has, and `fresh` that of the log.
///
/// What a writer does that still has the old one open goes into the part. A writer that has made a new log first, in the
/// instant between, keeps its own.
pub(super) fn replace(place: &Place, log: &OsStr, part: &OsStr, fresh: Temporary<'_>) -> io::Result<()> {
    place.rename(log, part)?;
    kill_point("log-renamed");
    match fresh.persist(log) {
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
        made => made?,
    }
    kill_point("log-made");
    place.sync()
}
