//! Archived sessions: where they lie in the store, and what they are called there.
//!
//! `archive/YYYY-MM-DD/NAME.tar.gz` is the session whose directory was called NAME, archived on that day. No archive
//! is ever replaced, so the next one of that name on that day is `NAME~2.tar.gz`, then `NAME~3.tar.gz`. What
//! stands in an archive is the business of those who read and write it.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::{Error, SessionId, Store};

/// What the names of archives end in.
const ENDING: &str = ".tar.gz";

/// What stands between the name of a session's directory and the number of the archive. An encoded name has none.
const BEFORE_COPY: u8 = b'~';

/// A day of the calendar, as directories of the archive are called. Earlier days are smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

/// An archive of a session. They are in the order of their days, then names, then numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Archived {
    /// The day of archiving, which is the name of the directory.
    pub day: Day,
    /// What the session's directory was called.
    pub name: OsString,
    /// 1, or more if that day's archive held one of this name before.
    pub copy: u32,
    /// The archive itself.
    pub path: PathBuf,
}

impl Day {
    /// Reads `YYYY-MM-DD`; nothing else is a day, and neither is a date that no calendar has.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let is_shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !is_shaped {
            return None;
        }
        let (year, month, day) = (text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?);
        (1..=days_of(year, month)).contains(&day).then_some(Self { year, month, day })
    }

    /// Year, month and day of the month, counted from 1.
    pub fn date(self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Days of a month; 0 if there is no such month.
fn days_of(year: u16, month: u8) -> u8 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

impl Archived {
    /// The archive at `path`, which lies in the directory of `day`; none if its name is not that of one, or hidden.
    pub fn of(day: Day, path: PathBuf) -> Option<Self> {
        let file_name = path.file_name()?.as_bytes();
        let stem = file_name.strip_suffix(ENDING.as_bytes()).filter(|stem| !stem.starts_with(b"."))?;
        let (name, copy) = split(stem);
        let name = OsStr::from_bytes(name).to_owned();
        (!name.is_empty()).then_some(Self { day, name, copy, path })
    }

    /// The session's id. Of a name that no session can have it is the name, as far as it is text.
    pub fn id(&self) -> String {
        match self.name.to_str().and_then(SessionId::from_file_name) {
            Some(id) => id.as_str().to_owned(),
            None => self.name.to_string_lossy().into_owned(),
        }
    }
}

/// What archive number `copy` of the session whose directory is called `name` is called in the directory `dir` of
/// a day.
///
/// The first has no number, unless the name, which somebody else must have made, looks as if it had one.
pub fn archive_path(dir: &Path, name: &OsStr, copy: u32) -> PathBuf {
    let mut file_name = name.as_bytes().to_vec();
    if copy > 1 || is_numbered(name.as_bytes()) {
        file_name.push(BEFORE_COPY);
        file_name.extend_from_slice(copy.to_string().as_bytes());
    }
    file_name.extend_from_slice(ENDING.as_bytes());
    dir.join(OsString::from_vec(file_name))
}

impl Store {
    /// The directory of the archive that a day has, which need not exist.
    pub fn archive_day_dir(&self, day: Day) -> PathBuf {
        self.archive_dir().join(day.to_string())
    }

    /// The days that have a directory in the archive, the first one first. Links are no such directories.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the archive cannot be read. One that is not there has no days.
    pub fn archive_days(&self) -> Result<Vec<Day>, Error> {
        let mut days = Vec::new();
        for entry in entries(&self.archive_dir())? {
            let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let day = entry.file_name().to_str().and_then(Day::parse);
            days.extend(day.filter(|_| is_dir));
        }
        days.sort_unstable();
        Ok(days)
    }

    /// The archives of a day, by name and number. Links are no archives.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the day's directory cannot be read. One that is not there has no archives.
    pub fn archived_on(&self, day: Day) -> Result<Vec<Archived>, Error> {
        let mut archives = Vec::new();
        for entry in entries(&self.archive_day_dir(day))? {
            if entry.file_type().is_ok_and(|kind| kind.is_file()) {
                archives.extend(Archived::of(day, entry.path()));
            }
        }
        archives.sort_unstable();
        Ok(archives)
    }

    /// All archives, by day, name and number.
    ///
    /// # Errors
    ///
    /// Those of [`archive_days`](Self::archive_days) and [`archived_on`](Self::archived_on).
    pub fn archived(&self) -> Result<Vec<Archived>, Error> {
        let (archives, refused) = self.archived_where_readable()?;
        refused.into_iter().next().map_or(Ok(archives), Err)
    }

    /// The archives of all days whose directories can be read, by day, name and number, and why the others cannot.
    ///
    /// # Errors
    ///
    /// Those of [`archive_days`](Self::archive_days).
    pub fn archived_where_readable(&self) -> Result<(Vec<Archived>, Vec<Error>), Error> {
        let (mut archives, mut refused) = (Vec::new(), Vec::new());
        for day in self.archive_days()? {
            match self.archived_on(day) {
                Ok(of_day) => archives.extend(of_day),
                Err(error) => refused.push(error),
            }
        }
        Ok((archives, refused))
    }
}

/// What a directory holds; nothing if it is not there.
fn entries(directory: &Path) -> Result<Vec<fs::DirEntry>, Error> {
    let unreadable = |source| Error::Io { action: "read", path: directory.to_owned(), source };
    match fs::read_dir(directory) {
        Ok(entries) => entries.collect::<io::Result<_>>().map_err(unreadable),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(unreadable(error)),
    }
}

/// Splits the name of an archive, without its ending, into that of the session's directory and its number.
///
/// What [`archive_path`] has put together comes apart as it was.
fn split(stem: &[u8]) -> (&[u8], u32) {
    match numbered(stem) {
        // The first archive has its number only where it must.
        Some((name, 1)) if !is_numbered(name) => (stem, 1),
        Some(parts) => parts,
        None => (stem, 1),
    }
}

/// Whether a name of a directory would be taken for one with a number behind it.
fn is_numbered(name: &[u8]) -> bool {
    split(name).0 != name
}

/// A name with a number behind it, as [`archive_path`] writes numbers.
fn numbered(stem: &[u8]) -> Option<(&[u8], u32)> {
    let at = stem.iter().rposition(|byte| *byte == BEFORE_COPY)?;
    let digits = str::from_utf8(&stem[at + 1..]).ok()?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let copy = digits.parse().ok().filter(|_| is_number)?;
    (at > 0).then_some((&stem[..at], copy))
}

#[cfg(test)]
mod tests;
