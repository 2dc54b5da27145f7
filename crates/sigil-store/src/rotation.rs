//! Rotated logs: which files are older parts of a log, and in which order they were written.
//!
//! Names are those that logrotate makes, with or without `.gz` or `.zst`: `NAME.1`, `NAME-20260111` and, with
//! other date formats, `NAME-2026011110`, `NAME-2026-01-11`, `NAME-20260111-1768120532`. Other compressions
//! are left out, because nothing here reads them.

mod stamp;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

/// Digits that a rotation number may have; what is longer is something else, such as a process id.
const LONGEST_NUMBER: usize = 6;

/// What compressed files end in; of two that hold the same the first counts.
const COMPRESSED: [&str; 2] = [".gz", ".zst"];

/// Where a rotated part stands among the parts of its log; the oldest is the smallest.
///
/// If a log has both kinds, the dated parts are the older ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rotation {
    /// `-YYYYMMDD`: rotated at that time.
    Dated {
        /// `YYYYMMDDhhmmss` as a number; what the name leaves out is zero.
        stamp: u64,
        /// `.N` behind the date, 0 if there is none. It is put there when the date is taken already, so a
        /// higher one is newer.
        counter: u32,
    },
    /// `.N`: rotated N times, so that a higher one is older.
    Numbered(Reverse<u32>),
}

/// Splits a file name into the log it belongs to and its place among the rotated parts.
///
/// `execution.jsonl.2.gz` is part 2 of `execution.jsonl`. A name that is not rotated is returned whole.
pub fn split(name: &str) -> (&str, Option<Rotation>) {
    let plain = plain_name(name);
    let separators = plain.match_indices(['.', '-']).filter(|(at, _)| *at > 0);
    for (at, _) in separators {
        if let Some(rotation) = suffix(&plain[at..]) {
            return (&plain[..at], Some(rotation));
        }
    }
    (name, None)
}

/// A file name without what compression has put behind it.
pub fn plain_name(name: &str) -> &str {
    COMPRESSED.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// The names of files that hold the same as the one called `name`, plain or compressed otherwise, and count
/// instead of it.
pub fn better_names(name: &str) -> impl Iterator<Item = String> {
    let plain = plain_name(name);
    let endings = std::iter::once("").chain(COMPRESSED).take(compression(name).map_or(0, |place| place + 1));
    endings.map(move |ending| format!("{plain}{ending}"))
}

/// A text whose plain byte order puts the parts of one log oldest first and the live file last, and files
/// that do not belong together in the order of their names.
///
/// Different paths have different keys.
pub fn order_key(path: &str) -> String {
    let name_at = path.rfind('/').map_or(0, |slash| slash + 1);
    let (base, rotation) = split(&path[name_at..]);
    let log = &path[..name_at + base.len()];
    let written = &path[name_at + base.len()..];
    // NUL is smaller than anything a name holds, so that `a` and its parts come before `a.b`.
    match rotation {
        Some(Rotation::Dated { stamp, counter }) => format!("{log}\0{:014}.{counter:06}\0{written}", stamp),
        Some(Rotation::Numbered(Reverse(number))) => {
            format!("{log}\0numbered {:06}\0{written}", 999_999_u32.saturating_sub(number))
        }
        None => format!("{log}\0the live file"),
    }
}

/// The rotated parts of the log at `path`, oldest first, ending with `path` itself if it exists.
///
/// A part that is there both plain and compressed is being compressed at this moment: the plain one counts,
/// because it is the complete one. A directory that does not exist has no parts.
///
/// # Errors
///
/// What reading the directory answers, other than that it is not there.
pub fn parts(path: &Path) -> io::Result<Vec<PathBuf>> {
    let Some(name) = path.file_name() else { return Ok(Vec::new()) };
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut rotated = BTreeMap::new();
    let mut live = None;
    for entry in entries {
        let entry = entry?;
        let sibling = entry.file_name();
        if sibling == name {
            live = Some(entry);
            continue;
        }
        let after = sibling.as_encoded_bytes().strip_prefix(name.as_encoded_bytes());
        let Some(after) = after.and_then(|after| str::from_utf8(after).ok()) else { continue };
        let Some(rotation) = suffix(plain_name(after)) else { continue };
        let part = path.with_file_name(&sibling);
        if !part.is_file() {
            continue;
        }
        let new = (compression(after), part);
        if rotated.get(&rotation).is_none_or(|known| new < *known) {
            rotated.insert(rotation, new);
        }
    }
    let mut parts: Vec<PathBuf> = rotated.into_values().map(|(_, part)| part).collect();
    if live.is_some_and(|entry| is_no_dir(&entry, path)) {
        parts.push(path.to_owned());
    }
    Ok(parts)
}

/// How a file of this name is compressed, the plain one first.
fn compression(name: &str) -> Option<usize> {
    COMPRESSED.iter().position(|ending| name.ends_with(ending))
}

/// Whether an entry is, or links to, something that is there and no directory. Nearly always the entry tells.
fn is_no_dir(entry: &DirEntry, path: &Path) -> bool {
    match entry.file_type() {
        Ok(kind) if !kind.is_symlink() => !kind.is_dir(),
        _ => fs::metadata(path).is_ok_and(|metadata| !metadata.is_dir()),
    }
}

/// Reads what stands behind the name of a log, with the separator and without what compression puts there.
fn suffix(text: &str) -> Option<Rotation> {
    let rest = text.strip_prefix(['.', '-'])?;
    if let Some(stamp) = stamp::parse(rest) {
        return Some(Rotation::Dated { stamp, counter: 0 });
    }
    if let Some((date, counter)) = rest.rsplit_once('.') {
        return Some(Rotation::Dated { stamp: stamp::parse(date)?, counter: number(counter)? });
    }
    if text.starts_with('.') { Some(Rotation::Numbered(Reverse(number(rest)?))) } else { None }
}

fn number(text: &str) -> Option<u32> {
    let is_number = text.len() <= LONGEST_NUMBER && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
