//! How a source has to be read, by what it begins with.

use crate::compressed::Compression;
use crate::format::{self, FormatChoice};
use crate::line;

/// How a source has to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// In blocks, in any order.
    Blocks,
    /// From its beginning, on one thread: what a line means hangs on the lines before it.
    InOrder,
    /// From its beginning, unpacked on the way.
    Compressed(Compression),
}

/// How much of a source tells.
pub(super) const BEGINNING: usize = 4 << 10;

impl Manner {
    /// The manner for what begins with `beginning`.
    ///
    /// It is a matter of speed: read in blocks, a source that goes on in another way than it began comes to
    /// the same, with threads that wait for each other.
    pub(super) fn of(beginning: &[u8], choice: FormatChoice) -> Self {
        match Compression::of(beginning) {
            Some(compression) => Self::Compressed(compression),
            None if format::must_be_read_in_order(line::trim_start(beginning), choice) => Self::InOrder,
            None => Self::Blocks,
        }
    }
}
