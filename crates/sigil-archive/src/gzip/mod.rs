//! gzip in blocks: every block of a stream is a member of its own (RFC 1952, section 2.2), so that several cores
//! compress one stream, and damage to one place stays in one block.

mod member;
mod parallel;

pub(crate) use member::Deflater;
pub(crate) use parallel::Parallel;

/// How much of a stream goes into a member. Larger blocks compress no better, and several are in work at a time.
pub(crate) const BLOCK_BYTES: usize = 512 << 10;

use std::io::{self, Read, Write};

/// What takes the blocks of a stream, in their order.
pub(crate) trait Blocks {
    /// Takes a full block and gives back an empty buffer.
    ///
    /// # Errors
    /// What was compressed cannot be written.
    fn take(&mut self, block: Vec<u8>) -> io::Result<Vec<u8>>;
}

/// Compresses where it is called, and writes to `output`.
pub(crate) struct Serial<'a, W> {
    pub(crate) deflater: &'a mut Deflater,
    pub(crate) output: W,
    /// What stands in the header of the first member.
    pub(crate) comment: Option<String>,
}

impl<W: Write> Blocks for Serial<'_, W> {
    fn take(&mut self, mut block: Vec<u8>) -> io::Result<Vec<u8>> {
        let member = self.deflater.member(&block, self.comment.take().as_deref())?;
        self.output.write_all(member)?;
        block.clear();
        Ok(block)
    }
}

/// Collects bytes into blocks.
pub(crate) struct Stream<B> {
    blocks: B,
    block: Vec<u8>,
}

impl<B: Blocks> Stream<B> {
    /// Collects in `block`, an empty buffer with room for [`BLOCK_BYTES`].
    pub(crate) fn new(blocks: B, block: Vec<u8>) -> Self {
        Self { blocks, block }
    }

    /// Takes bytes.
    ///
    /// # Errors
    /// A block cannot be written.
    pub(crate) fn put(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = BLOCK_BYTES - self.block.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.block.extend_from_slice(now);
            bytes = later;
            self.hand_on(BLOCK_BYTES)?;
        }
        Ok(())
    }

    /// Reads up to `limit` bytes, without another copy, and says how many came; `seen` gets them, too.
    ///
    /// # Errors
    /// As [`put`](Self::put), or `input` cannot be read.
    pub(crate) fn read(
        &mut self,
        input: &mut impl Read,
        limit: u64,
        mut seen: impl FnMut(&[u8]),
    ) -> io::Result<u64> {
        let mut left = limit;
        while left > 0 {
            let room = (BLOCK_BYTES - self.block.len()) as u64;
            let before = self.block.len();
            let read = input.by_ref().take(room.min(left)).read_to_end(&mut self.block)?;
            seen(&self.block[before..]);
            left -= read as u64;
            if read == 0 {
                break;
            }
            self.hand_on(BLOCK_BYTES)?;
        }
        Ok(limit - left)
    }

    /// Hands on what there is, and gives back who took the blocks, and the buffer.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub(crate) fn finish(mut self) -> io::Result<(B, Vec<u8>)> {
        self.hand_on(1)?;
        Ok((self.blocks, self.block))
    }

    fn hand_on(&mut self, least: usize) -> io::Result<()> {
        if self.block.len() >= least {
            let block = std::mem::take(&mut self.block);
            self.block = self.blocks.take(block)?;
        }
        Ok(())
    }
}
