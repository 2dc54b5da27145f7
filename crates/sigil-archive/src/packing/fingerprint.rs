//! What a copy was made of, told by its first bytes, so that what has not changed need not be copied again.
//!
//! It stands in the comment of the archive's gzip header (RFC 1952, section 2.3), which every program passes over.

use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use twox_hash::XxHash3_128;

use crate::contents::{Contents, Kind};

/// Before the fingerprint.
const MARK: &str = "sigil-archive 1 ";

/// The comment for an archive of `contents`: names, sizes and times of files and links, as rsync(1) goes by them.
pub(crate) fn of(contents: &Contents) -> String {
    let mut sum = XxHash3_128::new();
    for member in contents.members.iter().filter(|member| member.kind != Kind::Directory) {
        let name = member.name.as_os_str().as_bytes();
        sum.write(&(name.len() as u64).to_le_bytes());
        sum.write(name);
        sum.write(&member.stamp.size.to_le_bytes());
        sum.write(&member.stamp.mtime.0.to_le_bytes());
        sum.write(&member.stamp.mtime.1.to_le_bytes());
    }
    format!("{MARK}{:032x}", sum.finish_128())
}

/// The comment in the header of the archive at `path`, if it is one of ours.
pub(crate) fn in_archive(path: &Path) -> Option<String> {
    /// What a header begins with that has a comment and nothing else that may be left out.
    const HEADER: [u8; 4] = [0x1f, 0x8b, 8, 16];
    let mut beginning = Vec::new();
    File::open(path).ok()?.take(96).read_to_end(&mut beginning).ok()?;
    let comment = beginning.strip_prefix(&HEADER)?.get(6..)?;
    let end = comment.iter().position(|byte| *byte == 0)?;
    let comment = str::from_utf8(&comment[..end]).ok()?;
    comment.starts_with(MARK).then(|| comment.to_owned())
}
