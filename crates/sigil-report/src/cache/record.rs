//! One file in the cache: by what it is known again, and what was gathered of it.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sigil_summary::{Piece, Summary};
use twox_hash::XxHash3_128;

use super::stamp::Stamp;

/// What every record begins with.
const MARK: [u8; 4] = *b"SIG\x01";

/// Mark, length of what follows the head, key, stamp, checksum.
pub(super) const HEAD: usize = 4 + 4 + 16 + 40 + 16;

/// How the reading of a file went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum Went {
    Read,
    /// Nobody has named it, and nothing in it is known.
    LeftOut,
    /// It was named, and nothing in it is known.
    Unrecognised,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) path: PathBuf,
    pub(super) went: Went,
    pub(super) key: u128,
    pub(super) stamp: Stamp,
}

/// What stands before the pieces.
#[derive(Debug, Deserialize, Serialize)]
struct First {
    path: Vec<u8>,
    went: Went,
}

impl Entry {
    /// The record of the file, of which `summary` was gathered.
    pub(super) fn encode(&self, summary: Option<&Summary>) -> Option<Vec<u8>> {
        let first = First { path: self.path.as_os_str().as_bytes().to_vec(), went: self.went };
        let mut body = postcard::to_allocvec(&first).ok()?;
        for piece in summary.into_iter().flat_map(|summary| summary.clone().into_pieces()) {
            body = postcard::to_extend(&piece, body).ok()?;
        }
        let mut record = Vec::with_capacity(HEAD + body.len());
        record.extend(MARK);
        record.extend(u32::try_from(body.len()).ok()?.to_le_bytes());
        record.extend(self.key.to_le_bytes());
        record.extend(self.stamp.to_bytes());
        record.extend(checksum(&record, &body).to_le_bytes());
        record.extend(body);
        Some(record)
    }
}

fn checksum(head: &[u8], body: &[u8]) -> u128 {
    let mut hash = XxHash3_128::new();
    hash.write(head);
    hash.write(body);
    hash.finish_128()
}

/// A record, of which only the head has been looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    pub(super) key: u128,
    pub(super) stamp: Stamp,
    bytes: &'a [u8],
}

impl<'a> Record<'a> {
    /// The record that `bytes` begins with, and how long it is.
    pub(super) fn first(bytes: &'a [u8]) -> Option<(Self, usize)> {
        let head = bytes.get(..HEAD)?;
        let (mark, rest) = head.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (key, rest) = rest.split_first_chunk::<16>()?;
        let (stamp, _) = rest.split_first_chunk::<40>()?;
        let length = HEAD + u32::from_le_bytes(*length) as usize;
        let bytes = bytes.get(..length).filter(|_| *mark == MARK)?;
        Some((Self { key: u128::from_le_bytes(*key), stamp: Stamp::from_bytes(stamp), bytes }, length))
    }

    /// All of it.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// What stands behind the head, if it is what was written.
    fn body(&self) -> Option<&'a [u8]> {
        let (head, body) = self.bytes.split_at_checked(HEAD)?;
        let (head, sum) = head.split_last_chunk::<16>()?;
        (checksum(head, body) == u128::from_le_bytes(*sum)).then_some(body)
    }

    /// The file it is of.
    pub(super) fn path(&self) -> Option<PathBuf> {
        let (first, _) = postcard::take_from_bytes::<First>(self.body()?).ok()?;
        Some(OsString::from_vec(first.path).into())
    }

    /// How the reading went, and its pieces, one after the other.
    pub(super) fn open(&self) -> Option<(Went, Pieces<'a>)> {
        let (first, rest) = postcard::take_from_bytes::<First>(self.body()?).ok()?;
        Some((first.went, Pieces(rest)))
    }
}

/// Pieces that are still to be read.
pub(super) struct Pieces<'a>(&'a [u8]);

impl Iterator for Pieces<'_> {
    type Item = Result<Piece, postcard::Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let (piece, rest) = match postcard::take_from_bytes(self.0) {
            Ok(read) => read,
            Err(why) => return Some(Err(why)),
        };
        self.0 = rest;
        Some(Ok(piece))
    }
}
