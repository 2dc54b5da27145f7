//! Files that are read at places of the reader's choice, however often and by how many they are read.

use std::borrow::Borrow;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::OnceLock;
use std::thread;

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

/// What is read before it is known that there is more, in bytes.
const FIRST: usize = 256 << 10;

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filled {
    pub(crate) bytes: usize,
    /// How many of them are newlines: whoever reads them has them at hand.
    pub(crate) newlines: usize,
}

/// Reads from byte `at` of a file as much as is there and fits into `buffer`, much of it over all cores, and says how
/// much.
///
/// # Errors
/// The file cannot be read there.
pub(crate) fn fill(file: &File, buffer: &mut [u8], at: u64) -> io::Result<Filled> {
    static CORES: OnceLock<usize> = OnceLock::new();
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    fill_on(file, buffer, at, *CORES.get_or_init(cores))
}

fn fill_on(file: &File, buffer: &mut [u8], at: u64, threads: usize) -> io::Result<Filled> {
    let (first, rest) = buffer.split_at_mut(FIRST.min(buffer.len()));
    let mut filled = read_counted(file, first, at)?;
    if filled.bytes < first.len() || rest.is_empty() {
        return Ok(filled);
    }
    let size = rest.len().div_ceil(threads.max(1));
    let behind = at + filled.bytes as u64;
    let parts = thread::scope(|scope| {
        let mut parts = (behind..).step_by(size).zip(rest.chunks_mut(size)).collect::<Vec<_>>().into_iter();
        let mine = parts.next();
        let helpers: Vec<_> =
            parts.map(|(at, part)| scope.spawn(move || (part.len(), read_counted(file, part, at)))).collect();
        let mut read: Vec<_> =
            mine.into_iter().map(|(at, part)| (part.len(), read_counted(file, part, at))).collect();
        for helper in helpers {
            read.push(helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        read
    });
    for (size, read) in parts {
        // What stands behind a gap is read another time, and so is an error told then.
        let Ok(read) = read else { break };
        filled.bytes += read.bytes;
        filled.newlines += read.newlines;
        if read.bytes < size {
            break;
        }
    }
    Ok(filled)
}

/// Counts what it reads while it is still in the core's cache.
fn read_counted(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<Filled> {
    let mut filled = Filled::default();
    for step in buffer.chunks_mut(FIRST) {
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
        let bytes: Vec<u8> = (0..FIRST * 3 + 7).map(|n| (n % 251) as u8).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        for (at, room) in
            [(0, 10), (0, FIRST), (3, FIRST * 2), (1, FIRST * 3 + 6), (0, FIRST * 5), (FIRST * 3, 99)]
        {
            for threads in [0, 1, 2, 3] {
                let mut buffer = vec![0; room];
                let Filled { bytes: read, newlines } =
                    fill_on(&file, &mut buffer, at as u64, threads).unwrap();
                assert_eq!(newlines, buffer[..read].iter().filter(|byte| **byte == b'\n').count());
                let expected = &bytes[at..bytes.len().min(at + room)];
                assert!(buffer[..read] == *expected, "{room} from {at} on {threads} threads");
            }
        }
        assert_eq!(fill(&file, &mut [0; 9], 1 << 40).unwrap(), Filled::default());
        assert_eq!(fill(&file, &mut [], 0).unwrap(), Filled::default());
    }
}
