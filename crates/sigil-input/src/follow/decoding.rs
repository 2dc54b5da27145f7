//! What decodes the lines of a log, also from the middle on.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::chunk::Nowhere;
use crate::compressed;
use crate::format::{self, Decoder};
use crate::line;
use crate::read::{self, Options};
use crate::source::Source;

/// How much of a log's beginning tells what its lines are.
const BEGINNING: u64 = 64 << 10;

/// The decoder for lines that begin at byte `start` of the file at `path`, which is a part of `source`.
///
/// It has read what lies before, as far as that matters: Codex rollouts from their beginning, of others the first
/// lines.
pub(super) fn decoder(options: &Options, source: &Source, path: &Path, start: u64) -> Decoder {
    let new = || options.decoder(source).first_of_all().live();
    if start == 0 {
        return new();
    }
    // What cannot be read any more cannot be known.
    primed(new(), options, path, start).unwrap_or_else(|_| new())
}

fn primed(mut decoder: Decoder, options: &Options, path: &Path, start: u64) -> io::Result<Decoder> {
    let mut plain = compressed::plain(File::open(path)?)?.take(start);
    let mut beginning = Vec::new();
    (&mut plain).take(BEGINNING).read_to_end(&mut beginning)?;
    let trimmed = line::trim_start(&beginning);
    if trimmed.starts_with(b"{") && format::must_be_read_in_order(trimmed, options.format) {
        let whole = io::Cursor::new(beginning).chain(plain);
        let before_wait = |_: &mut Nowhere| Ok::<(), std::convert::Infallible>(());
        let Ok(read) =
            read::read_stream(whole, sigil_event::SourceId(0), &mut decoder, &mut Nowhere, before_wait);
        read?;
    } else {
        let end = memchr::memrchr(b'\n', &beginning).map_or(0, |at| at + 1);
        decoder.lines(&beginning[..end], 0, 0, &mut Nowhere);
        decoder.finish(&mut Nowhere);
    }
    Ok(decoder)
}

/// Whether a file that nobody has named holds a line of a known format.
pub(super) fn is_recognised(
    path: &Path,
    source: &Source,
    options: &Options,
    buffer: &mut Vec<u8>,
) -> io::Result<bool> {
    Ok(read::Opened::new(source, path, options, buffer)?.is_some())
}
