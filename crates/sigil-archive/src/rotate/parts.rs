//! The numbered parts of a log, and what is to become of them. Parts with dates are left as they are.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io;

use super::place::{Found, Place};

/// The highest number that is still read as one (`sigil_store::rotation`).
pub(super) const LAST_NUMBER: u32 = 999_999;

/// What a part's name may end in.
const ENDINGS: [&str; 3] = ["", ".gz", ".zst"];

/// A numbered part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// 1 is the newest.
    pub(super) number: u32,
    /// Nothing, `.gz` or `.zst`.
    pub(super) ending: &'static str,
    pub(super) name: OsString,
    pub(super) found: Found,
}

impl Part {
    /// A part that holds text as it was written.
    pub(super) fn is_plain(&self) -> bool {
        self.ending.is_empty() && self.found.is_file()
    }

    /// Whether it has the name of a compressed `plain`.
    pub(super) fn is_packed_of(&self, plain: &Part) -> bool {
        let behind = self.name.as_encoded_bytes().strip_prefix(plain.name.as_encoded_bytes());
        !self.ending.is_empty() && behind == Some(self.ending.as_bytes())
    }
}

/// The parts of the log called `log`, newest first, a plain one before the compressed one of the same number.
pub(super) fn list(place: &Place, log: &OsStr) -> io::Result<Vec<Part>> {
    let mut parts = Vec::new();
    for name in place.names()? {
        let Some((number, ending)) = numbered(log, &name) else { continue };
        // It may be gone by now.
        let Some(found) = place.look(&name)? else { continue };
        parts.push(Part { number, ending, name, found });
    }
    parts.sort_by_key(|part| (part.number, part.ending));
    Ok(parts)
}

/// The name of a part.
pub(super) fn name(log: &OsStr, number: u32, ending: &str) -> OsString {
    let mut name = log.to_owned();
    name.push(format!(".{number}{ending}"));
    name
}

/// What a compressed part ends in, or nothing.
pub(super) fn ending(name: &OsStr) -> &'static str {
    let ends = |ending: &&str| name.as_encoded_bytes().ends_with(ending.as_bytes());
    ENDINGS[1..].iter().find(|ending| ends(ending)).copied().unwrap_or_default()
}

fn numbered(log: &OsStr, part: &OsStr) -> Option<(u32, &'static str)> {
    let behind = part.as_encoded_bytes().strip_prefix(log.as_encoded_bytes())?.strip_prefix(b".")?;
    let behind = str::from_utf8(behind).ok()?;
    let end = behind.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(behind.len());
    let (number, ending) = behind.split_at(end);
    let ending = ENDINGS.into_iter().find(|known| *known == ending)?;
    // `.01` is a name that no rotation makes, and so nobody's to move.
    let number = number.parse().ok().filter(|_| !number.starts_with('0'))?;
    (number <= LAST_NUMBER).then_some((number, ending))
}

/// Up to which number parts stand without a gap, from 1; only those have to make room.
pub(super) fn run_length(parts: &[Part]) -> u32 {
    let mut last = 0;
    for part in parts {
        if part.number == last + 1 {
            last = part.number;
        } else if part.number > last {
            break;
        }
    }
    last
}

/// What is to become of parts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// More than are to be kept, oldest first.
    pub(super) surplus: Vec<Part>,
    /// Plain ones that should not be, newest first.
    pub(super) plain: Vec<Part>,
}

/// Decides on parts, of which the `keep` newest stay. If `is_due`, the log is still to be rotated, and the parts in its
/// way to move.
///
/// A part that is there plain and compressed, or empty, is not compressed. The newest one stays plain, as with logrotate's `delaycompress`: its writer may not yet have gone over to the new log.
pub(super) fn plan(parts: Vec<Part>, keep: Option<u32>, is_due: bool) -> Plan {
    let moving = if is_due { run_length(&parts) } else { 0 };
    let keep = keep.map_or(usize::MAX, |keep| usize::try_from(keep).unwrap_or(usize::MAX));
    let is_packed: BTreeSet<u32> =
        parts.iter().filter(|part| !part.is_plain()).map(|part| part.number).collect();
    let mut plan = Plan::default();
    let mut seen = usize::from(is_due);
    let mut last = 0;
    for part in parts {
        // What is there twice is one part.
        if part.number != last {
            seen += 1;
            last = part.number;
        }
        let number = part.number + u32::from(part.number <= moving);
        if seen > keep {
            plan.surplus.insert(0, part);
        } else if number > 1 && part.found.bytes > 0 && !is_packed.contains(&part.number) {
            plan.plain.push(part);
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn parts(names: &[&str]) -> Vec<Part> {
        let directory = tempfile::tempdir().unwrap();
        for name in names {
            fs::write(directory.path().join(name), name).unwrap();
        }
        list(&Place::open(directory.path()).unwrap(), OsStr::new("log")).unwrap()
    }

    fn names(parts: &[Part]) -> Vec<&str> {
        parts.iter().map(|part| part.name.to_str().unwrap()).collect()
    }

    #[test]
    fn parts_are_what_rotation_names_newest_first() {
        let parts = parts(&[
            "log",
            "log.10",
            "log.2.gz",
            "log.2",
            "log.3.zst",
            "log.01",
            "log.0",
            "log.1234567",
            "log.1.xz",
            "log.x",
            "log-20260111",
            "other.1",
            "log.1.2",
        ]);
        assert_eq!(names(&parts), ["log.2", "log.2.gz", "log.3.zst", "log.10"]);
    }

    #[test]
    fn only_parts_without_a_gap_before_them_make_room() {
        for (present, expected) in [
            (&["log.2"][..], 0),
            (&["log.1"], 1),
            (&["log.1", "log.2.gz", "log.2", "log.4"], 2),
            (&["log.1.gz", "log.2.gz", "log.3"], 3),
        ] {
            assert_eq!(run_length(&parts(present)), expected, "{present:?}");
        }
    }

    #[test]
    fn the_newest_are_kept_and_all_but_the_newest_compressed() {
        let present = ["log.1", "log.2", "log.3.gz", "log.5", "log.5.gz", "log.6"];
        let now = plan(parts(&present), Some(3), false);
        assert_eq!(
            (names(&now.surplus), names(&now.plain)),
            (vec!["log.6", "log.5.gz", "log.5"], vec!["log.2"])
        );
        let later = plan(parts(&present), Some(3), true);
        assert_eq!(names(&later.surplus), ["log.6", "log.5.gz", "log.5", "log.3.gz"]);
        assert_eq!(names(&later.plain), ["log.1", "log.2"]);
        assert_eq!(plan(parts(&present), None, false).surplus, []);
        assert_eq!(plan(parts(&present), Some(0), false).surplus.len(), present.len());
    }
}
