//! Reading archives back: beside what they were made of, by themselves, and out again.

mod beginning;
mod check;
mod compare;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sigil_input::Entries;

pub(crate) use beginning::begins;
pub(crate) use check::check;
pub(crate) use compare::{Likeness, Strictness, compare, fill};

/// How much is read of a member at a time.
const PIECE: usize = 64 << 10;

/// The members of the archive at `path`.
///
/// # Errors
/// It cannot be opened.
pub(crate) fn entries<'r>(path: &Path) -> io::Result<Entries<Box<dyn Read + Send + 'r>>> {
    Ok(Entries::new(sigil_input::plain(File::open(path)?)?))
}
