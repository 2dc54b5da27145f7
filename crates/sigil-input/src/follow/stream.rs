//! Standard input, named pipes and archives: read as they come, each by a thread of its own.

use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::FileTypeExt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

use memchr::{memchr, memchr_iter, memrchr};

use super::{Until, Waker};
use crate::archive::{self, Archive, Listing};
use crate::compressed;
use crate::line::MAX_LINE;
use crate::opened::{self, Looked};
use crate::source::{Place, Source};

/// How much is read at a time.
const READ: usize = 256 << 10;

/// How many reads may wait to be looked at.
const WAITING: usize = 4;

/// A stream that is being read.
pub(super) struct Stream {
    pub(super) source: Source,
    received: Receiver<io::Result<Vec<u8>>>,
    /// What has come and was not yet handed out.
    pending: Vec<u8>,
    /// The beginning of it that holds no newline.
    scanned: usize,
    pub(super) position: u64,
    pub(super) lines: u64,
    pub(super) is_ended: bool,
    is_skipping: bool,
    /// Why it could not be read to its end.
    pub(super) trouble: Option<io::Error>,
}

/// What comes next of a stream.
pub(super) enum Next {
    /// Whole lines, or the last one without its newline.
    Lines(Range<usize>),
    /// A line that is longer than any may be.
    TooLong,
    Nothing,
}

impl Stream {
    /// Reads the stream that `source` is, and wakes `waker` when something has come. A named pipe is opened again for
    /// its next writer, unless only what is there is wanted.
    pub(super) fn new(source: Source, until: Until, waker: Waker) -> Self {
        let (send, received) = sync_channel(WAITING);
        let from = source.clone();
        thread::spawn(move || {
            loop {
                let ended = read(&from, |bytes| {
                    let is_wanted = send.send(Ok(bytes)).is_ok();
                    waker.wake();
                    is_wanted
                });
                match ended {
                    Ok(true) if until == Until::Stopped && has_next_writer(&from) => {}
                    Ok(_) => break,
                    Err(why) => {
                        // Nobody listens any more if the run is over.
                        let _ = send.send(Err(why));
                        break;
                    }
                }
            }
            drop(send);
            waker.wake();
        });
        Self {
            source,
            received,
            pending: Vec::new(),
            scanned: 0,
            position: 0,
            lines: 0,
            is_ended: false,
            is_skipping: false,
            trouble: None,
        }
    }

    /// Whether something has come and was not yet looked at.
    pub(super) fn has_more(&mut self) -> bool {
        if self.pending.is_empty()
            && let Ok(received) = self.received.try_recv()
        {
            match received {
                Ok(bytes) => self.pending = bytes,
                Err(why) => self.trouble = Some(why),
            }
        }
        !self.pending.is_empty() && self.scanned < self.pending.len()
    }

    /// The next lines that have come. They count as read once they are [taken](Self::take).
    pub(super) fn next(&mut self) -> Next {
        loop {
            if self.is_skipping {
                let end = memchr(b'\n', &self.pending);
                self.forget(end.map_or(self.pending.len(), |at| at + 1));
                self.is_skipping = end.is_none() && !self.is_ended;
                if !self.is_skipping {
                    self.lines += 1;
                    return Next::TooLong;
                }
            }
            if let Some(at) = memrchr(b'\n', &self.pending[self.scanned..]) {
                return Next::Lines(0..self.scanned + at + 1);
            }
            self.scanned = self.pending.len();
            self.is_skipping |= self.pending.len() > MAX_LINE;
            match self.received.try_recv() {
                Ok(Ok(bytes)) if self.pending.is_empty() => self.pending = bytes,
                Ok(Ok(bytes)) => self.pending.extend_from_slice(&bytes),
                Ok(Err(why)) => self.trouble = Some(why),
                Err(TryRecvError::Empty) => return Next::Nothing,
                Err(TryRecvError::Disconnected) if self.is_ended => return Next::Nothing,
                Err(TryRecvError::Disconnected) => {
                    self.is_ended = true;
                    if !self.pending.is_empty() && !self.is_skipping {
                        return Next::Lines(0..self.pending.len());
                    }
                }
            }
        }
    }

    /// What the last range is of.
    pub(super) fn buffer(&self) -> &[u8] {
        &self.pending
    }

    /// Counts the first `bytes` as read, and forgets them.
    pub(super) fn take(&mut self, bytes: usize) {
        self.lines += memchr_iter(b'\n', &self.pending[..bytes]).count() as u64;
        self.forget(bytes);
    }

    fn forget(&mut self, bytes: usize) {
        self.position += bytes as u64;
        if bytes == self.pending.len() {
            self.pending = Vec::new();
        } else {
            self.pending.drain(..bytes);
        }
        self.scanned = 0;
    }
}

/// Whether a stream that has ended may be opened again, and that waits: it is a named pipe. What stands in `/dev` and
/// `/proc` for a pipe of this process would be at its end for ever.
fn has_next_writer(source: &Source) -> bool {
    let Place::Stream(path) = &source.place else { return false };
    let Ok(path) = path.canonicalize() else { return false };
    let is_pipe = path.metadata().is_ok_and(|found| found.file_type().is_fifo());
    is_pipe && !path.starts_with("/proc") && !path.starts_with("/dev")
}

/// Reads to the end of what one writer writes; whether another one may come and the receiver still wants more.
fn read(source: &Source, mut send: impl FnMut(Vec<u8>) -> bool) -> io::Result<bool> {
    if let Place::Stream(path) = &source.place
        && path.is_file()
    {
        return read_archive(&Arc::new(Archive::at(path)), &mut send).map(|()| false);
    }
    let Some(input) = opened::stream(source)? else { return Ok(false) };
    match opened::look(&source.name, input)? {
        Looked::Log(opened) => {
            let looked = Source { opened: Some(opened), ..source.clone() };
            let Some(input) = opened::stream(&looked)? else { return Ok(false) };
            read_all(compressed::plain(input)?, &mut send)
        }
        Looked::Archive(archive) => read_archive(&Arc::new(archive), &mut send).map(|()| false),
    }
}

/// Reads to the end; whether the receiver still wants more.
fn read_all(mut plain: impl Read, send: &mut impl FnMut(Vec<u8>) -> bool) -> io::Result<bool> {
    loop {
        let mut bytes = vec![0; READ];
        match plain.read(&mut bytes) {
            Ok(0) => return Ok(true),
            Ok(read) => {
                bytes.truncate(read);
                if !send(bytes) {
                    return Ok(false);
                }
            }
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
}

/// Reads the logs in an archive one behind the other, parts of one log oldest first. Before each stands a line that says
/// whose it is, as `tail` and `head` write it.
fn read_archive(archive: &Arc<Archive>, send: &mut impl FnMut(Vec<u8>) -> bool) -> io::Result<()> {
    let Listing { mut sources, damage } = archive::list(archive);
    sources.sort_by_cached_key(Source::order);
    let mut entries = archive.entries()?;
    let mut passed = None;
    for source in &sources {
        let Place::Member(member) = &source.place else { continue };
        if passed.is_some_and(|passed| passed >= member.number) {
            entries = archive.entries()?;
        }
        while let Some(entry) = entries.next()? {
            passed = Some(entry.number);
            if entry.number == member.number {
                let header = format!("\n==> {} <==\n", member.owner_path().display());
                if !send(header.into_bytes()) || !read_all(compressed::plain(&mut entries)?, send)? {
                    return Ok(());
                }
                break;
            }
        }
    }
    damage.map_or(Ok(()), Err)
}
