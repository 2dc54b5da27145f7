//! What a file is recognised by: what it holds, not what it is called.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_128;

pub(super) use crate::positioned::read_at;

/// How many of a file's first bytes tell what it is.
pub(super) const HEAD: usize = 4 << 10;

/// How many bytes before a position tell that it is the same place.
pub(super) const CONTEXT: usize = 256;

/// A hash of some bytes and of how many they are (XXH3, 128 bits). Nobody who can write a log is kept from making two
/// that look alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Print {
    pub(crate) bytes: usize,
    #[serde(with = "hexadecimal")]
    hash: u128,
}

impl Print {
    pub(super) fn of(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::default();
        }
        Self { bytes: bytes.len(), hash: XxHash3_128::oneshot_with_seed(bytes.len() as u64, bytes) }
    }

    /// Whether `bytes` begin with what it was made of.
    pub(super) fn is_beginning_of(self, bytes: &[u8]) -> bool {
        bytes.get(..self.bytes).is_some_and(|bytes| Self::of(bytes) == self)
    }
}

/// What the system says of a file: enough to see that it has not been touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    pub(crate) device: u64,
    pub(crate) inode: u64,
    pub(crate) size: u64,
    /// Nanoseconds since 1970.
    pub(crate) modified: i64,
}

/// A file that was rotated away may still be written to for so long after its last change.
const QUIET_NS: i64 = 600 * 1_000_000_000;

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec()),
        }
    }

    /// How long ago it was changed last.
    pub(super) fn age_ns(self, now_ns: i64) -> i64 {
        now_ns.saturating_sub(self.modified)
    }

    /// Whether nobody writes to it any more, once it was rotated away.
    pub(super) fn is_quiet(self, now_ns: i64) -> bool {
        self.age_ns(now_ns) >= QUIET_NS
    }

    /// Which file it is as long as it exists.
    pub(super) fn file(self) -> FileId {
        FileId { device: self.device, inode: self.inode }
    }
}

/// A file as the system tells files apart. A deleted one's number is soon given to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct FileId {
    pub(super) device: u64,
    pub(super) inode: u64,
}

/// A place in a file that was passed, recognised by the bytes before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Point {
    pub(crate) position: u64,
    /// Of at most [`CONTEXT`] bytes.
    pub(crate) before: Print,
}

impl Point {
    /// Whether it is enough that a copy of `size` bytes passes it. The beginnings of short lines are all alike.
    pub(super) fn tells_of(self, size: u64) -> bool {
        self.position == size || self.position < size && self.before.bytes >= CONTEXT
    }
}

/// How far a file has been read, and what it is recognised by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// Its first bytes, unpacked, at most [`HEAD`] of them and none behind the position.
    pub(crate) head: Print,
    /// The bytes right before the position, at most [`CONTEXT`] of them.
    pub(crate) before: Print,
    /// Behind the last line that was handed out, in bytes as they are unpacked.
    pub(crate) position: u64,
    /// How many lines that were.
    pub(crate) lines: u64,
    /// The file as it was seen last. A hint: it saves unpacking what has not been touched.
    pub(crate) stamp: Option<Stamp>,
    /// Places on the way, in their order: a copy may have been made before the position was reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) trail: Vec<Point>,
}

/// What a mark says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// It begins with all that was read.
    Behind,
    /// All that it holds was read.
    Within,
    /// It is another one.
    Other,
}

impl Mark {
    /// What it says of `file`, which is not compressed and has `size` bytes.
    pub(super) fn likeness(&self, file: &File, size: u64) -> io::Result<Likeness> {
        if self.position == 0 || size == 0 {
            return Ok(Likeness::Other);
        }
        let is_there = |point: &Point| {
            is_at(file, point.position.saturating_sub(point.before.bytes as u64), point.before)
        };
        if size >= self.position {
            let point = Point { position: self.position, before: self.before };
            let is_it = is_at(file, 0, self.head)? && is_there(&point)?;
            return Ok(if is_it { Likeness::Behind } else { Likeness::Other });
        }
        let is_it = match self.trail.iter().rfind(|point| point.tells_of(size)) {
            Some(point) => (size < self.head.bytes as u64 || is_at(file, 0, self.head)?) && is_there(point)?,
            None => false,
        };
        Ok(if is_it { Likeness::Within } else { Likeness::Other })
    }

    /// Whether both are of one place in one file, or in one and its copy.
    pub(super) fn is_same_place(&self, other: &Self) -> bool {
        (self.position, self.head, self.before) == (other.position, other.head, other.before)
    }

    /// The mark of a file that was read to its end.
    pub(super) fn of_whole(file: &File, stamp: Stamp) -> io::Result<Self> {
        let mut head = vec![0; HEAD];
        let read = read_at(file, &mut head, 0)?;
        let mut before = [0; CONTEXT];
        let from = stamp.size.saturating_sub(CONTEXT as u64);
        let length = read_at(file, &mut before, from)?;
        Ok(Self {
            head: Print::of(&head[..read]),
            before: Print::of(&before[..length]),
            position: stamp.size,
            lines: 0,
            stamp: Some(stamp),
            trail: Vec::new(),
        })
    }
}

/// Whether what `print` was made of stands in `file` at byte `offset`.
fn is_at(file: &File, offset: u64, print: Print) -> io::Result<bool> {
    let mut bytes = vec![0; print.bytes.min(HEAD)];
    let read = read_at(file, &mut bytes, offset)?;
    Ok(print.is_beginning_of(&bytes[..read]))
}

/// JSON has no numbers of 128 bits.
mod hexadecimal {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(hash: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{hash:032x}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
        let text = String::deserialize(deserializer)?;
        u128::from_str_radix(&text, 16).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_print_is_of_its_bytes_and_of_how_many_they_are() {
        let print = Print::of(b"abc");
        assert!(print.is_beginning_of(b"abcd"));
        assert!(!print.is_beginning_of(b"ab") && !print.is_beginning_of(b"abd"));
        assert_ne!(Print::of(b"a\0"), Print::of(b"a\0\0"));
        assert!(Print::default().is_beginning_of(b""));
    }

    #[test]
    fn a_mark_tells_what_was_read_of_a_file() {
        use std::io::Write;
        let file = |text: &str| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            (file, text.len() as u64)
        };
        let point = |position, before: &[u8]| Point { position, before: Print::of(before) };
        let mark = Mark {
            head: Print::of(b"one\ntwo\n"),
            before: Print::of(b"one\ntwo\n"),
            position: 8,
            lines: 2,
            stamp: None,
            trail: vec![point(4, b"one\n"), point(8, b"one\ntwo\n")],
        };
        let likeness = |mark: &Mark, text: &str| {
            let (file, size) = file(text);
            mark.likeness(&file, size).unwrap()
        };
        assert_eq!(likeness(&mark, "one\ntwo\nthree\n"), Likeness::Behind);
        assert_eq!(likeness(&mark, "one\ntwo\n"), Likeness::Behind);
        assert_eq!(likeness(&mark, "one\n"), Likeness::Within);
        for other in ["one\ntw0\nthree\n", "0ne\ntwo\n", "0ne\n", "one\ntwo", "one\nt", "o", ""] {
            assert_eq!(likeness(&mark, other), Likeness::Other, "{other:?}");
        }
        let nothing = Mark { position: 0, ..mark };
        assert_eq!(likeness(&nothing, "one\ntwo\n"), Likeness::Other, "nothing is known of it");
    }

    #[test]
    fn marks_survive_json() {
        let stamp = Stamp { device: 1, inode: u64::MAX, size: 3, modified: -5 };
        let head = Print::of(b"x");
        let trail = vec![Point { position: 1, before: head }];
        let mark = Mark { head, before: head, position: 1, lines: 0, stamp: Some(stamp), trail };
        let text = serde_json::to_string(&mark).unwrap();
        assert_eq!(serde_json::from_str::<Mark>(&text).unwrap(), mark);
    }
}
