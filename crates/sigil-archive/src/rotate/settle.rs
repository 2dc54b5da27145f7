//! What a run that was killed has left: brought in order before anything else is done, so that nothing is lost or there
//! twice.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::io;

use flate2::read::MultiGzDecoder;
use sigil_store::cause;

use super::parts::Part;
use super::place::Place;
use super::{parts, temporary};
use crate::holders::Holders;
use crate::kill_point::kill_point;
use crate::sameness;

/// A part that stays because nobody but a person can tell what to do with it, and why.
pub(super) type Doubt = (OsString, String);

/// Brings the parts of the log called `log` in order.
///
/// # Errors
/// What is there cannot be looked at or removed.
pub(super) fn settle(place: &Place, log: &OsStr) -> io::Result<Vec<Doubt>> {
    settle_temporaries(place, log)?;
    settle_names(place, log)?;
    settle_pairs(place, &parts::list(place, log)?)
}

/// Removes what was in the making. A copy that has its name as a part already, of a log that was not emptied yet, is
/// taken back: all that it holds is in the log.
fn settle_temporaries(place: &Place, log: &OsStr) -> io::Result<()> {
    for name in place.names()?.into_iter().filter(|name| temporary::is_name(name)) {
        // A file that cannot be opened is somebody else's; one that has gone was in use.
        let opened = place.open_to_write(&name).or_else(|_| place.open_file(&name));
        let Ok(file) = opened else { continue };
        let Some(found) = place.look(&name)?.filter(|_| temporary::is_dead(&file)) else { continue };
        if found.names > 1 {
            let present = parts::list(place, log)?;
            let twin = present.iter().find(|part| part.found.id == found.id);
            let is_log = place.look(log)?.is_some_and(|log| log.id == found.id);
            match twin {
                Some(twin) if twin.is_plain() && begins_with(place, log, &twin.name)? => {
                    place.remove(&twin.name)?;
                    kill_point("copy-taken-back");
                }
                Some(_) => {}
                None if is_log => {}
                // It is a copy of another log in the same directory, whose turn comes.
                None => continue,
            }
        }
        place.remove(&name)?;
        kill_point("temporary-removed");
    }
    Ok(())
}

fn begins_with(place: &Place, log: &OsStr, part: &OsStr) -> io::Result<bool> {
    let log = match place.open_file(log) {
        Ok(log) => log,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(why) => return Err(why),
    };
    let part = place.open_file(part)?;
    Ok(part.metadata()?.len() > 0 && sameness::begins_with(&log, &part)?)
}

/// Takes second names away, which a rename in two steps leaves when it is killed between them. The newer name stays.
fn settle_names(place: &Place, log: &OsStr) -> io::Result<()> {
    let mut seen = HashSet::new();
    seen.extend(place.look(log)?.map(|found| found.id));
    for part in parts::list(place, log)? {
        if !seen.insert(part.found.id) && part.found.is_file() {
            place.remove(&part.name)?;
            kill_point("second-name-removed");
        }
    }
    Ok(())
}

/// Removes plain parts whose compressed ones hold the same.
pub(super) fn settle_pairs(place: &Place, present: &[Part]) -> io::Result<Vec<Doubt>> {
    let mut doubts = Vec::new();
    for plain in present.iter().filter(|part| part.is_plain()) {
        for packed in present.iter().filter(|part| part.is_packed_of(plain)) {
            let is_same = match packed.ending {
                ".gz" => is_same(place, &plain.name, &packed.name),
                _ => Ok(false),
            };
            let doubt = match is_same {
                Ok(true) if is_at_rest(place, plain) => {
                    // The compressed one may not have come to the disk before the run was killed.
                    place.open_file(&packed.name)?.sync_all()?;
                    place.sync()?;
                    place.remove(&plain.name)?;
                    kill_point("pair-settled");
                    break;
                }
                Ok(true) => continue,
                Ok(false) => "holds something else; the plain one counts, remove one of them".to_owned(),
                Err(why) => format!("cannot be read: {}", cause::of_io(&why)),
            };
            let name = packed.name.to_string_lossy();
            doubts.push((plain.name.clone(), format!("{} {doubt}", sigil_cli::escape::quoted(&name))));
        }
    }
    Ok(doubts)
}

fn is_same(place: &Place, plain: &OsStr, packed: &OsStr) -> io::Result<bool> {
    let (plain, packed) = (place.open_file(plain)?, place.open_file(packed)?);
    match sameness::is_same(&plain, MultiGzDecoder::new(packed)) {
        // Half a file: somebody may be compressing at this moment.
        Err(why) if matches!(why.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput) => {
            Ok(false)
        }
        compared => compared,
    }
}

fn is_at_rest(place: &Place, part: &Part) -> bool {
    !Holders::look().hold(part.found.id)
        && place.look(&part.name).is_ok_and(|found| found == Some(part.found))
}
