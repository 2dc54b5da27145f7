//! gzip as `zcat` reads it: members follow each other, and zeros may follow the last.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

use super::{is_at_end, trailing_garbage};

pub(super) struct Gzip<R> {
    /// The member that is being read; none behind the last.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Gzip<R> {
    pub(super) fn new(input: R) -> Self {
        Self { member: Some(GzDecoder::new(input)) }
    }

    /// Goes on to the next member, if there is one.
    fn next(&mut self) -> io::Result<()> {
        let Some(mut input) = self.member.take().map(GzDecoder::into_inner) else { return Ok(()) };
        if is_at_end(&mut input)? {
            return Ok(());
        }
        match input.fill_buf()?.first() {
            Some(0x1f) => self.member = Some(GzDecoder::new(input)),
            // What a tape, or a file system that lost power, puts behind a file.
            Some(0) => skip_zeros(&mut input)?,
            _ => return Err(trailing_garbage()),
        }
        Ok(())
    }
}

fn skip_zeros(input: &mut impl BufRead) -> io::Result<()> {
    while !is_at_end(input)? {
        let bytes = input.fill_buf()?;
        if bytes.iter().any(|byte| *byte != 0) {
            return Err(trailing_garbage());
        }
        let length = bytes.len();
        input.consume(length);
    }
    Ok(())
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(member) = &mut self.member {
            match member.read(buffer) {
                Ok(0) => self.next()?,
                Ok(n) => return Ok(n),
                // Said in one way, wherever it breaks off.
                Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => return Err(why.kind().into()),
                Err(why) => return Err(why),
            }
        }
        Ok(0)
    }
}
