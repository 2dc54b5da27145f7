//! Removing sessions that are in the archive: the last three steps of [`super::batch`].

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, accessat};
use rustix::io::Errno;
use rustix::process::geteuid;
use sigil_cli::escape;
use sigil_store::{cause, home};

use super::underway::{Origin, Stage, failed, left};
use super::{Candidate, names};
use crate::contents::{Contents, Kind, Member, Root};
use crate::holders::Holders;
use crate::kill_point::kill_point;
use crate::record::Action;
use crate::remove::remove_all;
use crate::rename::rename;
use crate::unit::{Base, Unit};

/// Step 4.
pub(super) fn take_aside(candidate: &Candidate, archive: PathBuf, origin: Origin) -> Stage {
    kill_point("taking-aside");
    let (base, name) = (&candidate.unit.base.fd, &candidate.unit.name);
    match rename(base, name, base, &names::aside(name)) {
        Ok(()) => Stage::Aside { archive, origin },
        Err(why) => {
            let context = match withdraw(&archive, &origin) {
                Ok(()) => "it cannot be taken away, so it is not archived".to_owned(),
                // It is there twice, as after a run that was killed: the next one sees that.
                Err(why) => format!(
                    "it is archived, but cannot be taken away, and its archive not withdrawn ({})",
                    cause::of_io(&why)
                ),
            };
            failed(candidate, Action::Archive, &anyhow::Error::from(why).context(context))
        }
    }
}

/// Step 5.
pub(super) fn look_once_more(
    candidate: &Candidate,
    archive: PathBuf,
    origin: Origin,
    holders: &Holders,
) -> Stage {
    kill_point("looking");
    let unit = &candidate.unit;
    let aside = names::aside(&unit.name);
    let roots: Vec<Root> =
        unit.roots.iter().map(|root| Root { place: aside.clone().into(), ..root.clone() }).collect();
    let now = Contents::of(&unit.base.fd, &roots);
    let reason = match now {
        Ok(now) if !candidate.contents.is_still(&now) => "it has changed meanwhile".to_owned(),
        Ok(now) if now.is_held(holders) => "a process holds it open".to_owned(),
        Ok(now) => match closed(unit, &now) {
            Some(inner) => {
                let name = escape::quoted(&inner.name.to_string_lossy());
                format!("{name} belongs to another user, and nothing in it may be removed")
            }
            None => match rename(&unit.base.fd, &aside, &unit.base.fd, &names::removed(&unit.name)) {
                Ok(()) => return Stage::Removable { archive, origin },
                Err(why) => cause::of_io(&why),
            },
        },
        Err(_) => "it has changed meanwhile".to_owned(),
    };
    put_back(candidate, &archive, &origin, &reason)
}

/// A directory of a session in which nothing may be removed, so that half of the session would stay. To one of its own a
/// user may always write in the end.
fn closed<'c>(unit: &Unit, now: &'c Contents) -> Option<&'c Member> {
    let user = geteuid().as_raw();
    let others = now.members.iter().filter(|inner| inner.kind == Kind::Directory && inner.owner.0 != user);
    let wanted = Access::WRITE_OK | Access::EXEC_OK;
    let access = |inner: &&Member| accessat(&unit.base.fd, &inner.place, wanted, AtFlags::EACCESS);
    others.into_iter().find(|inner| matches!(access(inner), Err(Errno::ACCESS | Errno::PERM | Errno::ROFS)))
}

/// Withdraws the archive of a session that stays, if it is known whose it is.
pub(super) fn withdraw(archive: &Path, origin: &Origin) -> io::Result<()> {
    let Origin::New { mark } = origin else { return Ok(()) };
    kill_point("withdrawing");
    match fs::remove_file(archive) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
        _ => {}
    }
    kill_point("withdrawn");
    // Without an archive it means nothing any more.
    let _ = fs::remove_file(mark);
    Ok(())
}

/// Withdraws the archive of a session, if it is known whose it is, and gives the session its name back.
pub(super) fn put_back(candidate: &Candidate, archive: &Path, origin: &Origin, reason: &str) -> Stage {
    let aside = names::aside(&candidate.unit.name);
    let there =
        || format!("it is {} until the next run", home::shown(&candidate.unit.base.path.join(&aside)));
    if let Err(why) = withdraw(archive, origin) {
        let error = anyhow::Error::from(why).context("its archive cannot be withdrawn");
        return failed(candidate, Action::Archive, &error.context(format!("{reason}; {}", there())));
    }
    match give_name_back(&candidate.unit.base, &aside, &candidate.unit.name) {
        Ok(name) => {
            kill_point("back");
            let elsewhere = (name != candidate.unit.name).then(|| {
                let path = candidate.unit.base.path.join(&name);
                format!("; its name was taken meanwhile, so it is {} now", home::shown(&path))
            });
            left(candidate, Action::Archive, format!("{reason}{}", elsewhere.unwrap_or_default()))
        }
        Err(why) => {
            let error = anyhow::Error::from(why).context("it cannot be given its name back");
            failed(candidate, Action::Archive, &error.context(format!("{reason}; {}", there())))
        }
    }
}

/// Step 6.
pub(super) fn remove(candidate: &Candidate, archive: PathBuf, origin: Origin) -> Stage {
    kill_point("removing");
    let path = candidate.unit.base.path.join(names::removed(&candidate.unit.name));
    match remove_all(&path) {
        Ok(()) => {
            kill_point("removed");
            if let Origin::New { mark } = &origin {
                let _ = fs::remove_file(mark);
            }
            Stage::Removed { archive, origin }
        }
        Err(why) => {
            let context = format!("it is archived, but cannot be removed from {}", home::shown(&path));
            failed(candidate, Action::Archive, &anyhow::Error::from(why).context(context))
        }
    }
}

/// Gives what was taken aside its name back, or another one if that is taken; which, is given back.
pub(super) fn give_name_back(base: &Base, aside: &OsString, name: &OsString) -> io::Result<OsString> {
    let mut wanted = name.clone();
    for number in 2.. {
        match rename(&base.fd, aside, &base.fd, &wanted) {
            Ok(()) => return Ok(wanted),
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
            Err(why) => return Err(why),
        }
        wanted = name.clone();
        wanted.push(format!("~{number}"));
    }
    unreachable!("a directory has no room for as many sessions as there are numbers")
}
