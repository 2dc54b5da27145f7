//! Compressed inputs, told by what they begin with: gzip and zstd, in one member or many.
//!
//! What can be read of a damaged one is handed on before its damage is.

mod gzip;
mod zstd;

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use gzip::Gzip;
use zstd::Zstd;

/// How much is read of what is compressed at a time.
const CHUNK: usize = 64 << 10;

/// How a source is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    /// The compression of what begins with `beginning`, if it is compressed: RFC 1952, section 2.3.1, and
    /// RFC 8878, sections 3.1.1 and 3.1.2.
    pub(crate) fn of(beginning: &[u8]) -> Option<Self> {
        match beginning {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// What `input`, compressed in this way, holds.
    pub(crate) fn decode<'r>(self, input: impl Read + Send + 'r) -> Box<dyn Read + Send + 'r> {
        let input = BufReader::with_capacity(CHUNK, input);
        match self {
            Self::Gzip => Box::new(Gzip::new(input)),
            Self::Zstd => Box::new(Zstd::new(input)),
        }
    }
}

/// Why what begins with `beginning` cannot be read, if it is compressed in a way that nothing here unpacks.
pub(crate) fn unread(beginning: &[u8]) -> Option<io::Error> {
    let (name, program) = match beginning {
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => ("xz", "xz -dc"),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..] => ("bzip2", "bzip2 -dc"),
        [0x04, 0x22, 0x4d, 0x18, ..] => ("lz4", "lz4 -dc"),
        [b'P', b'K', 3, 4, ..] => ("zip", "unzip -p"),
        _ => return None,
    };
    let why = format!("{name} is not unpacked here; use {program}");
    Some(io::Error::new(io::ErrorKind::Unsupported, why))
}

/// What `input` holds once it is no longer compressed, if it was.
///
/// # Errors
/// Its beginning cannot be read.
pub fn plain<'r>(mut input: impl Read + Send + 'r) -> io::Result<Box<dyn Read + Send + 'r>> {
    let mut beginning = Vec::new();
    // What is read of a stream may come in pieces of a byte.
    (&mut input).take(4).read_to_end(&mut beginning)?;
    let compression = Compression::of(&beginning);
    let input = io::Cursor::new(beginning).chain(input);
    Ok(match compression {
        Some(compression) => compression.decode(input),
        None => Box::new(input),
    })
}

/// Whether a file of this name is a compressed one.
pub(crate) fn is_name_of_one(path: &Path) -> bool {
    let endings = ["gz", "tgz", "zst", "tzst"];
    path.extension().is_some_and(|extension| endings.iter().any(|ending| extension == *ending))
}

/// Says that a source goes on behind its compressed data with something else.
fn trailing_garbage() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "trailing garbage behind the compressed data is left out")
}

/// Whether nothing is left to be read.
fn is_at_end(input: &mut impl BufRead) -> io::Result<bool> {
    loop {
        match input.fill_buf() {
            Ok(bytes) => return Ok(bytes.is_empty()),
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
}

#[cfg(test)]
mod tests;
