//! Streams that have been looked into before they are read, because what they begin with decides how.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};

use crate::archive::{self, Archive, BLOCK};
use crate::compressed::{self, Compression};
use crate::source::{Place, Source};

/// How much is read of a stream at a time while it is looked into.
const CHUNK: usize = 64 << 10;

/// The most that is read before a compressed stream is taken for what it says it is.
const ENOUGH: usize = 1 << 20;

/// What reads a stream.
pub(crate) type Input = Box<dyn Read + Send>;

/// A stream that has been looked into, to be read once from its beginning.
#[derive(Clone)]
pub(crate) struct Opened(Arc<Mutex<Option<Input>>>);

impl std::fmt::Debug for Opened {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Opened")
    }
}

impl PartialEq for Opened {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Opened {}

/// What a stream turned out to be.
pub(crate) enum Looked {
    Log(Opened),
    Archive(Archive),
}

/// What reads the stream that `source` is, looked into or not; none if it is no stream.
///
/// # Errors
/// It cannot be opened.
pub(crate) fn stream(source: &Source) -> io::Result<Option<Input>> {
    if let Some(opened) = &source.opened {
        return Ok(opened.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
    Ok(Some(match &source.place {
        Place::Stdin => widened(io::stdin()),
        Place::Stream(path) => widened(File::open(path)?),
        Place::File(_) | Place::Member(_) => return Ok(None),
    }))
}

/// Asks for a pipe that holds a mebibyte, so that writer and reader take turns less often. Where that is
/// not granted, or not a pipe, nothing changes.
fn widened(input: impl AsFd + Read + Send + 'static) -> Input {
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(&input, 1 << 20);
    Box::new(input)
}

/// Looks into a stream called `name`. Of lines it waits for no more than the first.
///
/// # Errors
/// It is an archive and cannot be kept, or is compressed in a way that nothing here unpacks.
pub(crate) fn look(name: &str, mut input: Input) -> io::Result<Looked> {
    let mut read = Vec::new();
    let mut failed = None;
    loop {
        let known = read.len();
        read.resize(known + CHUNK, 0);
        let result = input.read(&mut read[known..]);
        read.truncate(known + *result.as_ref().unwrap_or(&0));
        let ended = match result {
            Ok(n) => n == 0,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => false,
            Err(why) => {
                failed = Some(why);
                true
            }
        };
        let plain = beginning(&read);
        let is_archive = archive::is_beginning_of_one(&plain);
        let is_known = is_archive || plain.len() >= BLOCK || plain.contains(&b'\n') || read.len() >= ENOUGH;
        if let Some(why) = compressed::unread(&read) {
            return Err(why);
        }
        if is_known || ended {
            let whole = Box::new(Beginning { read: io::Cursor::new(read), failed }.chain(input));
            return Ok(if is_archive {
                Looked::Archive(Archive::kept(name, whole)?)
            } else {
                Looked::Log(Opened(Arc::new(Mutex::new(Some(whole)))))
            });
        }
    }
}

/// As much of the first block as is known once what is compressed no longer is.
fn beginning(read: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(BLOCK);
    let block = BLOCK as u64;
    // That it breaks off is what is to be expected.
    let _ = match Compression::of(read) {
        Some(compression) => compression.decode(read).take(block).read_to_end(&mut plain),
        None => read.take(block).read_to_end(&mut plain),
    };
    plain
}

/// What has been read of a stream already, and why no more could be.
pub(crate) struct Beginning {
    pub(crate) read: io::Cursor<Vec<u8>>,
    pub(crate) failed: Option<io::Error>,
}

impl Read for Beginning {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match (self.read.read(buffer)?, self.failed.take()) {
            (0, Some(why)) => Err(why),
            (n, failed) => {
                self.failed = failed;
                Ok(n)
            }
        }
    }
}
