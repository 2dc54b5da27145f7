//! Inputs that grow: logs are read, then followed, by name, wherever their bytes move.
//!
//! A [`Follower`] hands out whole lines as [`Chunk`]s, log by log and in the order in which each was written, until
//! nothing more is there; then it waits. `target` says what is followed, and finds it.

mod target;

use std::fs::File;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use sigil_event::{Sink, SourceId};

use crate::error::Error;
use crate::format::{Decoder, LineSink, Tally};
use crate::positioned;
use crate::read::Options;
use crate::source::{Found, Source};
use crate::written::Written;
pub use target::Target;

/// How long a follower goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until all that is there has been read.
    End,
    /// Until it is stopped.
    Stopped,
}

/// One log that is followed, by its place in the order in which logs were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LogId(pub u32);

/// Reads logs and what is added to them.
pub struct Follower {
    logs: Vec<Log>,
    options: Options,
    until: Until,
    poll: Duration,
    wakes: (Sender<()>, Receiver<()>),
    buffer: Vec<u8>,
    next: usize,
}

struct Log {
    path: PathBuf,
    file: Option<File>,
    position: u64,
    lines: u64,
    decoder: Option<Decoder>,
}

/// Whole lines of one log.
pub struct Chunk<'a> {
    log: LogId,
    name: &'a str,
    bytes: &'a [u8],
    first_line: u64,
    start: u64,
    decoder: &'a mut Decoder,
}

impl<'a> Chunk<'a> {
    /// Whose lines they are.
    pub fn log(&self) -> LogId {
        self.log
    }

    /// The file they stand in, as it is called now.
    pub fn name(&self) -> &str {
        self.name
    }

    /// The lines as written. Only the very last one of a file may lack its newline.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Decodes the lines. Lines that are wrong are counted from 0 at the beginning of the file.
    pub fn decode(&mut self, sink: &mut impl Sink) {
        self.decoder.lines(self.bytes, self.start, self.first_line, sink);
    }

    /// Decodes the lines on up to `threads` threads, each piece of them into a sink that `new` makes, and gives
    /// back the sinks in the order of the lines. In each the lines are counted from 0.
    pub fn decode_pieces<S, N>(&mut self, threads: usize, new: N) -> Vec<S>
    where
        S: LineSink<'a> + Send,
        N: Fn() -> S + Sync,
    {
        self.decoder.pieces(self.bytes, SourceId(self.log.0), self.start, threads, new)
    }

    /// The number of the first line, counted from 0 at the beginning of the file.
    pub fn first_line(&self) -> u64 {
        self.first_line
    }

    /// The lines, to find objects in as they were written.
    pub fn written(&self) -> Written<'a> {
        Written::new(self.bytes, self.start)
    }

    /// How much of its log has been decoded so far.
    pub fn tally(&self) -> Tally {
        self.decoder.tally()
    }
}

/// Wakes a follower that waits, from any thread.
#[derive(Clone, Debug)]
pub struct Waker(Sender<()>);

impl Waker {
    /// Ends its wait.
    pub fn wake(&self) {
        // A follower that is gone needs no waking.
        let _ = self.0.send(());
    }
}

impl Follower {
    /// Follows `targets`. `poll` is how often is looked where the system does not tell of changes.
    ///
    /// # Errors
    /// With [`Until::End`]: a target does not exist.
    pub fn new(targets: &[Target], options: Options, until: Until, poll: Duration) -> Result<Self, Error> {
        let mut logs = Vec::new();
        for target in targets {
            for path in target.find()? {
                logs.push(Log { path, file: None, position: 0, lines: 0, decoder: None });
            }
        }
        Ok(Self { logs, options, until, poll, wakes: channel(), buffer: Vec::new(), next: 0 })
    }

    /// What wakes it while it waits.
    pub fn waker(&self) -> Waker {
        Waker(self.wakes.0.clone())
    }

    /// The next lines that are there; none if all have been handed out.
    ///
    /// # Errors
    /// With [`Until::End`]: a log cannot be read.
    pub fn next(&mut self) -> Result<Option<Chunk<'_>>, Error> {
        for _ in 0..self.logs.len() {
            let at = self.next;
            self.next = (self.next + 1) % self.logs.len();
            let log = &mut self.logs[at];
            if log.file.is_none() {
                log.file = File::open(&log.path).ok();
            }
            let Some(file) = &log.file else { continue };
            self.buffer.resize(4 << 20, 0);
            let read =
                positioned::fill(file, &mut self.buffer, log.position, self.options.threads).unwrap_or(0);
            let end = memchr::memrchr(b'\n', &self.buffer[..read]).map_or(0, |at| at + 1);
            if end == 0 {
                continue;
            }
            let (start, first_line) = (log.position, log.lines);
            log.position += end as u64;
            log.lines += memchr::memchr_iter(b'\n', &self.buffer[..end]).count() as u64;
            let log = &mut self.logs[at];
            let source = Source::file(&log.path, Found::Named);
            let decoder =
                log.decoder.get_or_insert_with(|| self.options.decoder(&source).first_of_all().live());
            let name = log.path.to_str().unwrap_or_default();
            let log = LogId(u32::try_from(at).unwrap_or(u32::MAX));
            return Ok(Some(Chunk { log, name, bytes: &self.buffer[..end], first_line, start, decoder }));
        }
        Ok(None)
    }

    /// Hands on what decoders have held back because more lines might have belonged to it; before a wait. For each
    /// log `sink` is told by [`Sink::begin`] whose it is.
    pub fn settle(&mut self, sink: &mut impl Sink) {
        for (id, log) in (0..).zip(&mut self.logs) {
            if let Some(decoder) = &mut log.decoder {
                sink.begin(SourceId(id), log.position);
                decoder.finish(sink);
            }
        }
    }

    /// Notes, in the state file if there is one, that all lines handed out so far have reached where they were to go.
    ///
    /// # Errors
    /// The state cannot be written.
    pub fn save(&mut self) -> Result<(), Error> {
        Ok(())
    }

    /// Whether nothing will ever come any more: all has been read that was to be read.
    pub fn is_done(&self) -> bool {
        self.until == Until::End
    }

    /// Waits until there may be more lines, somebody wakes it, or it is `until`.
    pub fn wait(&mut self, until: Option<Instant>) {
        let left = until.map_or(self.poll, |until| until.saturating_duration_since(Instant::now()));
        let _ = self.wakes.1.recv_timeout(left.min(self.poll));
    }
}
