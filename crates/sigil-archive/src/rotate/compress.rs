//! Compression of a rotated part: the plain one goes only when the compressed one is on the disk and has been read back.

use std::ffi::{OsStr, OsString};
use std::io::{self, Seek};

use flate2::read::MultiGzDecoder;

use super::place::{Found, Place};
use super::temporary::Temporary;
use crate::gzip::{BLOCK_BYTES, Parallel, Stream};
use crate::holders::Holders;
use crate::kill_point::kill_point;
use crate::sameness;

/// Why a part that is in use stays.
pub(super) const HELD: &str = "a process holds it open";

/// How it went.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is compressed now, and called so.
    Compressed { name: OsString, bytes: u64, packed_bytes: u64 },
    /// It is as it was, and why.
    Stays(&'static str),
}

/// Compresses the part called `name`, on up to `jobs` cores, unless it may still be written to.
pub(super) fn compress(place: &Place, name: &OsStr, jobs: usize) -> io::Result<Outcome> {
    let mut plain = place.open_file(name)?;
    let before = Found::of(&plain)?;
    if before.names > 1 {
        return Ok(Outcome::Stays("it has another name, by which it may be written to"));
    }
    if Holders::look().hold(before.id) {
        return Ok(Outcome::Stays(HELD));
    }
    let temporary = Temporary::new(place, &before)?;
    let blocks = usize::try_from(before.bytes.div_ceil(BLOCK_BYTES as u64)).unwrap_or(jobs);
    let parallel = Parallel::new(jobs.min(blocks).max(1), temporary.file(), None)?;
    let mut stream = Stream::new(parallel, Vec::with_capacity(BLOCK_BYTES));
    stream.read(&mut plain, u64::MAX, |_| {})?;
    let (parallel, _) = stream.finish()?;
    parallel.finish()?;
    temporary.take_time(&before)?;
    temporary.file().sync_all()?;
    kill_point("part-compressed");

    temporary.file().rewind()?;
    plain.rewind()?;
    let is_same = sameness::is_same(MultiGzDecoder::new(temporary.file()), &plain)?;
    // The names are asked for after the processes: who has opened and written to it in between shows in one of both.
    let is_held = Holders::look().hold(before.id);
    if is_held || place.look(name)? != Some(before) {
        return Ok(Outcome::Stays("it was opened or written to while it was compressed"));
    }
    if !is_same {
        return Err(io::Error::other("what was compressed does not read back as it was"));
    }
    let packed_bytes = Found::of(temporary.file())?.bytes;
    let mut packed = name.to_owned();
    packed.push(".gz");
    temporary.persist(&packed)?;
    kill_point("compressed-named");
    place.sync()?;
    kill_point("compressed-synced");
    place.remove(name)?;
    kill_point("plain-removed");
    place.sync()?;
    Ok(Outcome::Compressed { name: packed, bytes: before.bytes, packed_bytes })
}
