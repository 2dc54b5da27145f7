//! By how much a file has grown since the last check, through rotation.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sigil_store::rotation;

/// Where a file ended at the last check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) device: u64,
    pub(super) inode: u64,
    pub(super) size: u64,
}

/// Bytes that were written since: from where on in which file, the oldest first.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) path: PathBuf,
    pub(super) from: u64,
    pub(super) to: u64,
}

impl Mark {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino(), size: metadata.size() }
    }

    fn is_of(&self, metadata: &Metadata) -> bool {
        (self.device, self.inode) == (metadata.dev(), metadata.ino())
    }
}

/// What was written to the log at `path` since `mark`, made at `marked_us`: to itself, and to what it was before it was
/// rotated. What has been compressed meanwhile is not looked into: only what came behind it counts then.
pub(super) fn since(path: &Path, now: &Metadata, mark: &Mark, marked_us: i64) -> io::Result<Vec<Piece>> {
    let piece = |path: PathBuf, from: u64, to: u64| Piece { path, from, to };
    let newer = newer_parts(path, marked_us)?;
    let is_same = mark.is_of(now);
    let is_copy =
        |part: &Metadata| part.size() >= mark.size && micros(part.mtime(), part.mtime_nsec()) > marked_us;
    let is_copied = is_same && newer.iter().any(|(_, part)| is_copy(part));
    // Written anew under another name and renamed, as editors do: what stood there before is no growth.
    let is_replaced = !is_same && newer.is_empty() && now.size() >= mark.size;
    if (is_same && now.size() >= mark.size && !is_copied) || is_replaced {
        return Ok(vec![piece(path.to_owned(), mark.size, now.size())]);
    }
    let mut pieces = vec![piece(path.to_owned(), 0, now.size())];
    // The newest part first.
    for (part, metadata) in newer.into_iter().rev() {
        let name = part.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if rotation::plain_name(&name) != name {
            break;
        }
        let size = metadata.size();
        if mark.is_of(&metadata) || (is_same && size >= mark.size) {
            // The log itself, or the copy that was made before it was truncated.
            pieces.push(piece(part, mark.size.min(size), size));
            break;
        }
        pieces.push(piece(part, 0, size));
    }
    pieces.reverse();
    Ok(pieces)
}

fn micros(seconds: i64, nanos: i64) -> i64 {
    seconds.saturating_mul(1_000_000).saturating_add(nanos / 1_000)
}

/// Rotated parts that were written to, renamed or made after `marked_us`, oldest first.
fn newer_parts(path: &Path, marked_us: i64) -> io::Result<Vec<(PathBuf, Metadata)>> {
    let parts = rotation::parts(path)?.into_iter().filter(|part| part != path);
    let looked = parts.filter_map(|part| fs::symlink_metadata(&part).ok().map(|metadata| (part, metadata)));
    // Being renamed changes an inode, too.
    let is_newer = |found: &Metadata| micros(found.ctime(), found.ctime_nsec()) > marked_us;
    Ok(looked.filter(|(_, found)| found.is_file() && is_newer(found)).collect())
}
