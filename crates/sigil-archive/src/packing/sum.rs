//! The checksum of a member, which stands in the extended header of the next one as a comment: so it can be written in
//! one pass, every tar reads past it, and the last member, always a directory, carries that of the last file.

use twox_hash::XxHash3_128;

/// Before the checksum in the comment.
const MARK: &str = "sigil-archive before this: xxh3-128 ";

/// Adds up the bytes of a member: XXH3 with 128 bits, which finds accidents and is no proof against intent.
pub(crate) struct Sum(XxHash3_128);

impl Sum {
    pub(crate) fn new() -> Self {
        Self(XxHash3_128::new())
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    /// The comment that states the checksum.
    pub(crate) fn comment(&self) -> String {
        format!("{MARK}{:032x}", self.0.finish_128())
    }

    /// Whether a comment states this checksum; none if it states no checksum.
    pub(crate) fn agrees(&self, comment: &[u8]) -> Option<bool> {
        comment.starts_with(MARK.as_bytes()).then(|| comment == self.comment().as_bytes())
    }
}
