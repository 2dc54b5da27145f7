//! Files that are read at places of the reader's choice, however often and by how many they are read.

use std::borrow::Borrow;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;

/// A file that is read from its beginning.
pub(crate) struct Positioned<F> {
    file: F,
    at: u64,
}

impl<F: Borrow<File>> Positioned<F> {
    pub(crate) fn new(file: F) -> Self {
        Self { file, at: 0 }
    }
}

impl<F: Borrow<File>> Read for Positioned<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.borrow().read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// What is counted at a time, in bytes: it has to fit into a core's cache.
const STEP: usize = 256 << 10;

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filled {
    pub(crate) bytes: usize,
    /// How many of them are newlines: whoever reads them has them at hand.
    pub(crate) newlines: usize,
}

/// Reads from byte `offset` of a file as much as is there and fits into `buffer`, and says how much. It is counted while
/// it is still in the core's cache.
///
/// # Errors
/// The file cannot be read there.
pub(crate) fn fill(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<Filled> {
    let mut filled = Filled::default();
    for step in buffer.chunks_mut(STEP) {
        let read = match read_at(file, step, offset + filled.bytes as u64) {
            Ok(read) => read,
            Err(why) if filled.bytes == 0 => return Err(why),
            // It is told when it is met again.
            Err(_) => break,
        };
        filled.bytes += read;
        filled.newlines += memchr::memchr_iter(b'\n', &step[..read]).count();
        if read < step.len() {
            break;
        }
    }
    Ok(filled)
}

/// Reads as much as there is, up to all of `buffer`.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn as_much_is_read_as_is_there_and_fits() {
        let bytes: Vec<u8> = (0..STEP * 3 + 7).map(|n| (n % 251) as u8).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        for (at, room) in
            [(0, 10), (0, STEP), (3, STEP * 2), (1, STEP * 3 + 6), (0, STEP * 5), (STEP * 3, 99)]
        {
            let mut buffer = vec![0; room];
            let Filled { bytes: read, newlines } = fill(&file, &mut buffer, at as u64).unwrap();
            assert_eq!(newlines, buffer[..read].iter().filter(|byte| **byte == b'\n').count());
            assert!(buffer[..read] == bytes[at..bytes.len().min(at + room)], "{room} from {at}");
        }
        assert_eq!(fill(&file, &mut [0; 9], 1 << 40).unwrap(), Filled::default());
        assert_eq!(fill(&file, &mut [], 0).unwrap(), Filled::default());
    }
}
