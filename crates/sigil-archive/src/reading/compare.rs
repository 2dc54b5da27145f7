//! Whether an archive holds what lies on the disk, byte for byte.

use std::collections::HashMap;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use sigil_input::{Entry, EntryKind};

use super::PIECE;
use crate::contents::{Contents, Kind, Member, Opener};
use crate::packing::Sum;

/// What has to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// Names and bytes.
    Contents,
    /// Names and bytes of what is on the disk; the archive may hold more.
    Remains,
    /// Permissions, times, checksums and the archive's end, too: it was just made.
    Everything,
}

/// What a comparison has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Likeness {
    Same,
    /// Something on the disk has changed since it was looked at.
    Changed,
    /// The archive holds something else; what, for a message.
    Different(String),
}

/// Compares the archive at `path` with `contents`, which `opener` opens. Every file is read once.
///
/// # Errors
/// The archive or a file cannot be read.
pub(crate) fn compare(
    path: &Path,
    opener: &mut Opener,
    contents: &Contents,
    strictness: Strictness,
) -> io::Result<Likeness> {
    let is_strict = strictness == Strictness::Everything;
    let mut expected: HashMap<&[u8], &Member> =
        contents.members.iter().map(|member| (member.name.as_os_str().as_bytes(), member)).collect();
    let mut entries = super::entries(path)?;
    let mut buffers = [vec![0; PIECE], vec![0; PIECE]];
    let mut sum: Option<Sum> = None;
    while let Some(entry) = entries.next()? {
        let differs = |what: &str| {
            let name = String::from_utf8_lossy(&entry.name).into_owned();
            Ok(Likeness::Different(format!("{} {what}", sigil_cli::escape::quoted(&name))))
        };
        if is_strict
            && sum
                .take()
                .is_some_and(|sum| sum.agrees(entry.comment.as_deref().unwrap_or_default()) != Some(true))
        {
            return differs("follows a member with another checksum");
        }
        let Some(member) = expected.remove(trimmed(&entry.name)) else {
            if strictness == Strictness::Remains {
                continue;
            }
            return differs("is not there any more, or there twice");
        };
        if let Some(what) = difference(&entry, member, is_strict) {
            return differs(what);
        }
        if member.kind != Kind::File {
            continue;
        }
        let Some(mut file) = opener.open(member)? else { return Ok(Likeness::Changed) };
        let mut of_file = Sum::new();
        let [packed, lying] = &mut buffers;
        loop {
            let read = fill(&mut entries, packed)?;
            let (packed, lying) = (&packed[..read], &mut lying[..read]);
            if read == 0 {
                break;
            }
            match file.read_exact(lying) {
                Ok(()) => {}
                Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => return Ok(Likeness::Changed),
                Err(why) => return Err(why),
            }
            if packed != lying {
                return differs("has other bytes");
            }
            if is_strict {
                of_file.add(packed);
            }
        }
        sum = Some(of_file);
    }
    if is_strict && !entries.has_end() {
        return Ok(Likeness::Different("it has no end".to_owned()));
    }
    // A directory is there with what is in it, whether an archive names it or not.
    match expected.values().find(|member| is_strict || member.kind != Kind::Directory) {
        Some(member) => {
            let name = member.name.to_string_lossy();
            Ok(Likeness::Different(format!("{} is not in it", sigil_cli::escape::quoted(&name))))
        }
        None => Ok(Likeness::Same),
    }
}

/// What of a member is not as it is on the disk.
fn difference(entry: &Entry, member: &Member, is_strict: bool) -> Option<&'static str> {
    if !is_of_kind(entry, member) {
        return Some("is of another kind");
    }
    if member.kind == Kind::File && entry.size != member.stamp.size {
        return Some("has another size");
    }
    let is_owner = entry.owner == (u64::from(member.owner.0), u64::from(member.owner.1));
    if is_strict && (entry.mode != member.mode || entry.mtime != member.stamp.mtime || !is_owner) {
        return Some("has other permissions, times or owners");
    }
    None
}

/// Whether both are files, directories, or links that lead to the same.
pub(super) fn is_of_kind(entry: &Entry, member: &Member) -> bool {
    match (&member.kind, entry.kind) {
        (Kind::File, EntryKind::File) | (Kind::Directory, EntryKind::Directory) => true,
        (Kind::Link(target), EntryKind::Symlink) => target.as_os_str().as_bytes() == entry.link,
        _ => false,
    }
}

/// Reads until `buffer` is full or nothing is left.
pub(crate) fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    Ok(filled)
}

/// A name without what stands for the directory that it is to be unpacked in, and without a slash at its end.
pub(super) fn trimmed(name: &[u8]) -> &[u8] {
    let mut name = name;
    while let Some(rest) = name.strip_prefix(b"./") {
        name = rest;
    }
    while let Some(rest) = name.strip_suffix(b"/") {
        name = rest;
    }
    name
}
