//! What the archive holds, as a run finds it: archives, and marks of a run that was killed.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;

use anyhow::Result;
use sigil_store::{Archived, Error, Store, home};

use super::marks::{self, Mark};
use super::names;
use crate::account::Account;
use crate::record::{Action, Record, Status};

/// The archives of all days that can be looked into.
#[derive(Default)]
pub(super) struct Shelf {
    by_name: HashMap<OsString, Vec<Archived>>,
    pub(super) published: Vec<Published>,
    day_dirs: Vec<PathBuf>,
}

/// An archive whose session may be there yet.
pub(super) struct Published {
    pub(super) archived: Archived,
    pub(super) mark: Mark,
}

impl Shelf {
    /// Looks at every day, and removes what was in the making unless nothing may be changed. The trouble with one day is
    /// said, and the others are looked at.
    ///
    /// # Errors
    /// The archive cannot be looked into, or standard output written.
    pub(super) fn look(store: &Store, is_dry: bool, account: &mut Account<'_, '_>) -> Result<Self> {
        let mut shelf = Self::default();
        for day in store.archive_days()? {
            let path = store.archive_day_dir(day);
            let told = |status, reason: String| Record {
                path: Some(path.clone()),
                reason: Some(reason),
                ..Record::new(Action::Recover, status)
            };
            let archived = match store.archived_on(day) {
                Ok(archived) => archived,
                Err(error) => {
                    account.add(&told(Status::Failed, error.to_string()))?;
                    continue;
                }
            };
            let unfinished = names::unfinished_dir(&path);
            match marks::of_day(&path, &archived) {
                Ok(found) => {
                    for mark in found.needless.iter().filter(|_| !is_dry) {
                        if let Err(source) = mark.remove() {
                            let error = Error::Io { action: "remove", path: mark.path.clone(), source };
                            account.add(&told(Status::Failed, error.to_string()))?;
                        }
                    }
                    let published = found.published.into_iter();
                    shelf.published.extend(published.map(|(archived, mark)| Published { archived, mark }));
                    shelf.day_dirs.push(path);
                }
                Err(why) if why.kind() == io::ErrorKind::NotADirectory => {
                    let reason =
                        format!("{} is no directory, and is not looked into", home::shown(&unfinished));
                    account.add(&told(Status::Left, reason))?;
                }
                Err(source) => {
                    let error = Error::Io { action: "read", path: unfinished, source };
                    account.add(&told(Status::Failed, error.to_string()))?;
                }
            }
            for one in archived {
                shelf.by_name.entry(one.name.clone()).or_default().push(one);
            }
        }
        Ok(shelf)
    }

    /// The archives of what is called `name`.
    pub(super) fn of(&self, name: &OsStr) -> impl Iterator<Item = &Archived> {
        self.by_name.get(name).into_iter().flatten()
    }

    /// Removes directories that were made for archives and hold none.
    pub(super) fn clear(&self) {
        self.day_dirs.iter().for_each(|day_dir| marks::remove_dirs(day_dir));
    }
}
