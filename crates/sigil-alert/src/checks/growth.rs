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
    let whole = |path: PathBuf, from: u64, to: u64| Piece { path, from, to };
    if mark.is_of(now) && now.size() >= mark.size {
        return Ok(vec![whole(path.to_owned(), mark.size, now.size())]);
    }
    let is_truncated = mark.is_of(now);
    let mut pieces = vec![whole(path.to_owned(), 0, now.size())];
    // The newest part first.
    for part in rotation::parts(path)?.into_iter().rev().filter(|part| part != path) {
        let name = part.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if rotation::plain_name(&name) != name {
            break;
        }
        let Ok(metadata) = fs::symlink_metadata(&part) else { break };
        if mark.is_of(&metadata) {
            pieces.push(whole(part, mark.size.min(metadata.size()), metadata.size()));
            break;
        }
        let is_newer = metadata.mtime().saturating_mul(1_000_000) >= marked_us.saturating_sub(1_000_000);
        if !is_newer {
            break;
        }
        if is_truncated && metadata.size() >= mark.size {
            // The copy of what was truncated; there may be only one of it.
            pieces.push(whole(part, mark.size, metadata.size()));
            break;
        }
        let size = metadata.size();
        pieces.push(whole(part, 0, size));
    }
    pieces.reverse();
    Ok(pieces)
}
