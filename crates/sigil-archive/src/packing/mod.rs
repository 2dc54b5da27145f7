//! Packing: the contents of a session as a stream of tar.

pub(crate) mod fingerprint;
mod header;
mod sum;

use std::io;

use crate::contents::{Contents, Kind, Opener};
use crate::gzip::{Blocks, Stream};
use header::Headers;
pub(crate) use sum::Sum;

/// What tar is made of, in bytes.
const RECORD: u64 = 512;

/// How a packing ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packed {
    Whole,
    /// Something has changed since it was looked at.
    Changed,
}

/// Writes `contents`, which `opener` opens, to `stream`, reading each file once.
///
/// # Errors
/// A file cannot be read, or the archive cannot be written.
pub(crate) fn pack<B: Blocks>(
    stream: &mut Stream<B>,
    opener: &mut Opener,
    contents: &Contents,
) -> io::Result<Packed> {
    let mut headers = Headers::new();
    let mut comment: Option<String> = None;
    for member in &contents.members {
        stream.put(headers.of(member, comment.take().as_deref())?)?;
        if member.kind != Kind::File {
            continue;
        }
        let Some(mut file) = opener.open(member)? else { return Ok(Packed::Changed) };
        let mut sum = Sum::new();
        let size = member.stamp.size;
        if stream.read(&mut file, size, |bytes| sum.add(bytes))? < size {
            return Ok(Packed::Changed);
        }
        let padding = usize::try_from(size.next_multiple_of(RECORD) - size).unwrap_or(0);
        stream.put(&[0; RECORD as usize][..padding])?;
        comment = Some(sum.comment());
    }
    // Two records of zeros end an archive.
    stream.put(&[0; 2 * RECORD as usize])?;
    Ok(Packed::Whole)
}
