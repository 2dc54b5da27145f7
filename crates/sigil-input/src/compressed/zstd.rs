//! zstd: frames follow each other, and some are to be skipped.

use std::error::Error;
use std::io::{self, BufRead, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::{is_at_end, trailing_garbage};

const ONE_BLOCK: BlockDecodingStrategy = BlockDecodingStrategy::UptoBlocks(1);

/// A block that is empty and the last one, and a checksum (RFC 8878, section 3.1.1).
const LAST_BLOCK: &[u8] = &[1, 0, 0, 0, 0, 0, 0];

pub(super) struct Zstd<R> {
    input: R,
    decoder: FrameDecoder,
    is_in_frame: bool,
    /// Whether a frame has ended.
    is_behind_one: bool,
    /// Why the frame cannot be read on.
    failed: Option<io::Error>,
}

impl<R: BufRead> Zstd<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, decoder: FrameDecoder::new(), is_in_frame: false, is_behind_one: false, failed: None }
    }

    fn read_frame(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.failed.is_none() && self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            if let Err(why) = self.decoder.decode_blocks(&mut self.input, ONE_BLOCK) {
                self.failed = Some(of_frame(&why));
                // The decoder holds back a window of what it has until the frame ends: so it shall end.
                let _ = self.decoder.decode_blocks(LAST_BLOCK, ONE_BLOCK);
            }
        }
        match (self.decoder.read(buffer)?, self.failed.take()) {
            (0, Some(why)) => Err(why),
            (n, failed) => {
                self.failed = failed;
                Ok(n)
            }
        }
    }

    fn end_frame(&mut self) -> io::Result<()> {
        self.is_in_frame = false;
        self.is_behind_one = true;
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(stated), Some(found)) if stated != found => {
                Err(corrupt("the checksum of a zstd frame is wrong"))
            }
            _ => Ok(()),
        }
    }

    fn begin_frame(&mut self) -> io::Result<()> {
        match self.decoder.reset(&mut self.input) {
            Ok(()) => self.is_in_frame = true,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length, ..
            })) => {
                let skipped = io::copy(&mut (&mut self.input).take(length.into()), &mut io::sink())?;
                if skipped < u64::from(length) {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                self.is_behind_one = true;
            }
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::BadMagicNumber(_)))
                if self.is_behind_one =>
            {
                return Err(trailing_garbage());
            }
            Err(why) => return Err(of_frame(&why)),
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if self.is_in_frame {
                match self.read_frame(buffer)? {
                    0 => self.end_frame()?,
                    n => return Ok(n),
                }
            } else if is_at_end(&mut self.input)? {
                return Ok(0);
            } else {
                self.begin_frame()?;
            }
        }
    }
}

fn corrupt(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// What is wrong with a frame, in the words used for gzip.
fn of_frame(why: &FrameDecoderError) -> io::Error {
    if let FrameDecoderError::WindowSizeTooBig { .. } = why {
        return corrupt("a zstd frame needs a window of more than 128 MiB");
    }
    let mut cause: Option<&(dyn Error + 'static)> = Some(why);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return match error.kind() {
                io::ErrorKind::UnexpectedEof => io::ErrorKind::UnexpectedEof.into(),
                kind => io::Error::new(kind, error.to_string()),
            };
        }
        cause = error.source();
    }
    corrupt("corrupt zstd frame")
}
