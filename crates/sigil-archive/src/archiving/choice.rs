//! Which sessions are archived: those that are old enough, ended or long silent, and held open by nobody.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::PathBuf;

use chrono_tz::Tz;
use sigil_cli::{failure, number};
use sigil_summary::Status as Fares;

use super::Candidate;
use crate::age::{self, Life};
use crate::contents::{Contents, Opener};
use crate::holders::Holders;
use crate::packing::fingerprint;
use crate::record::{Action, Record, Status};
use crate::rotate;
use crate::unit::Unit;

/// What is asked of a session.
pub(super) struct Choice {
    pub(super) min_age_us: i64,
    pub(super) min_age_days: u32,
    pub(super) is_forced: bool,
    pub(super) is_copy: bool,
    /// Nothing may be changed.
    pub(super) is_dry: bool,
    pub(super) zone: Tz,
    pub(super) now_us: i64,
    pub(super) holders: Holders,
}

impl Choice {
    /// Looks at a session: a candidate for archiving, or why it is none.
    pub(super) fn look(
        &self,
        unit: Unit,
        known: &HashMap<OsString, Vec<PathBuf>>,
    ) -> Result<Candidate, Box<Record>> {
        let action = self.action();
        let mut opener = Opener::new(&unit.base);
        let look = || Contents::of(&unit.base.fd, &unit.roots).map_err(anyhow::Error::from);
        let looked = look().and_then(|mut contents| {
            if !self.is_copy && !self.is_dry && is_left_by_rotation(&contents) {
                rotate::settle(&unit.path())?;
                contents = look()?;
            }
            let life = age::life(&unit, &contents, &mut opener, self.zone, self.now_us)?;
            Ok((contents, life))
        });
        let (contents, life) = match looked {
            Ok(looked) => looked,
            Err(error) => {
                let candidate = Candidate { unit, contents: Contents::default(), opener };
                let reason = Some(failure::describe(&error));
                let record = candidate.record(action, Status::Failed);
                return Err(Box::new(Record { files: None, bytes: None, reason, ..record }));
            }
        };
        // Very many may be looked at before one is opened again.
        opener.close();
        let candidate = Candidate { unit, contents, opener };
        let told = |status, reason: String| {
            Err(Box::new(Record { reason: Some(reason), ..candidate.record(action, status) }))
        };
        if let Some(reason) = self.too_young(&life) {
            return told(Status::Spared, reason);
        }
        if self.is_copy {
            let fingerprint = fingerprint::of(&candidate.contents);
            let archives = known.get(&candidate.unit.name).into_iter().flatten();
            let is_known = |path: &PathBuf| fingerprint::in_archive(path).as_ref() == Some(&fingerprint);
            return match archives.into_iter().find(|path| is_known(path)) {
                Some(path) => {
                    told(Status::Spared, format!("{} holds it already", sigil_store::home::shown(path)))
                }
                None => Ok(candidate),
            };
        }
        if !self.is_forced && self.is_running(&life) {
            let ago = life.last_us.map_or(0, |last_us| self.now_us.saturating_sub(last_us).max(0));
            let ago = number::duration(ago.unsigned_abs());
            let state = if life.status == Fares::Waiting { "has not begun" } else { "is running" };
            return told(Status::Left, format!("it {state}, written to {ago} ago; --force archives it"));
        }
        if candidate.contents.is_held(&self.holders) {
            return told(Status::Left, "a process holds it open".to_owned());
        }
        Ok(candidate)
    }

    /// What becomes of those that are chosen.
    pub(super) fn action(&self) -> Action {
        if self.is_copy { Action::Copy } else { Action::Archive }
    }

    /// Why a session is not old enough, if it is not.
    fn too_young(&self, life: &Life) -> Option<String> {
        let Some(last_us) = life.last_us else { return Some("it holds no files".to_owned()) };
        let age_us = self.now_us.saturating_sub(last_us);
        (age_us < self.min_age_us.max(0)).then(|| {
            let age = number::duration(age_us.max(0).unsigned_abs());
            format!("it is {age} old, and --days is {}", self.min_age_days)
        })
    }

    /// Whether its writer may be about to write on.
    fn is_running(&self, life: &Life) -> bool {
        let is_fresh =
            life.last_us.is_some_and(|last_us| self.now_us.saturating_sub(last_us) < age::FRESH_US);
        is_fresh && matches!(life.status, Fares::Running | Fares::Waiting)
    }
}

/// Whether a run may have been killed that rotated the session's log: something is in the making, or there both plain and
/// compressed.
fn is_left_by_rotation(contents: &Contents) -> bool {
    let names: HashSet<_> = contents.files().map(|file| file.name.as_os_str()).collect();
    contents.files().any(|file| {
        let mut packed = file.name.clone().into_os_string();
        packed.push(".gz");
        rotate::is_unfinished(&file.name) || names.contains(packed.as_os_str())
    })
}
