//! Inputs that grow: logs are read, then followed, by name, wherever their bytes move.
//!
//! A [`Follower`] hands out whole lines as [`Chunk`]s, log by log and in the order in which each was written, until
//! nothing more is there; then it waits. `target` says what is followed, `places` knows the directories and the logs
//! in them, `log` which files a log has and what has been read of them, `part` and `packed` read one file, `stream`
//! what comes through a pipe, and `watch` is told of changes.

mod ahead;
mod chunk;
mod decoding;
mod listing;
mod log;
mod mark;
mod packed;
mod part;
mod places;
mod stream;
mod target;
mod watch;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

use sigil_event::{Sink, SourceId};
use sigil_store::{Complaint, home};

use crate::checkpoint::Checkpoint;
use crate::complaint;
use crate::error::Error;
use crate::format::Decoder;
use crate::read::Options;
use crate::source::{Found, Place, Source};
pub use chunk::Chunk;
use log::{LastLine, Lines};
pub(crate) use mark::Mark;
use places::Places;
use stream::{Next, Stream};
pub use target::{Archives, Target};
use watch::Watch;

/// How often all is looked at, whether the system tells of changes or not.
const CHECK: Duration = Duration::from_secs(5);

/// How many logs make that so much rarer.
const MANY: u32 = 1_000;

/// How long a follower goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until all that is there has been read.
    End,
    /// Until it is stopped.
    Stopped,
}

/// One log that is followed. Streams are the last ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LogId(pub u32);

impl LogId {
    /// Whether it is a stream, which tells only by its end that all that is there has come.
    pub fn is_stream(self) -> bool {
        self.0 > u32::MAX / 2
    }
}

/// Reads logs and what is added to them.
pub struct Follower {
    places: Places,
    streams: Vec<Piped>,
    options: Options,
    until: Until,
    refresh: Duration,
    checkpoint: Option<Checkpoint>,
    /// Lines have been handed out since the checkpoint was written.
    is_behind: bool,
    wakes: (Sender<()>, Receiver<()>),
    buffer: Vec<u8>,
    /// Streams and files take turns.
    is_streams_turn: bool,
    /// Logs whose decoders may hold something back.
    unsettled: HashSet<LogId>,
    checked: Instant,
    polled: Instant,
    complaints: Vec<Complaint>,
    told: HashSet<String>,
}

/// A stream and what decodes it.
struct Piped {
    stream: Stream,
    decoder: Decoder,
    /// It is an archive. They are handed out one behind the other, however fast each is unpacked.
    is_archive: bool,
}

impl Piped {
    /// Whether archives behind it have to wait.
    fn holds_archives(&self) -> bool {
        self.is_archive && !self.stream.is_ended
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
    /// Follows `targets`. `refresh` is how often is looked where the system does not tell of changes.
    ///
    /// # Errors
    /// With [`Until::End`]: a target does not exist.
    pub fn new(targets: &[Target], options: Options, until: Until, refresh: Duration) -> Result<Self, Error> {
        let wakes = channel();
        let waker = Waker(wakes.0.clone());
        let watch = match until {
            Until::End => Watch::idle(),
            Until::Stopped => Watch::new(waker.clone()),
        };
        let mut places = Places::new(targets, watch);
        places.discover();
        let mut complaints = Vec::new();
        if until == Until::End {
            let unknown = places.targets().iter().filter_map(|target| target.check().err());
            let is_needed =
                |target: &&Target| !matches!(target, Target::OwnTree(_) | Target::Sessions { .. });
            let missing = places.missing().filter(is_needed).map(Target::missing);
            let mut errors: Vec<_> = unknown.chain(missing).collect();
            let has_some = places.has_logs() || targets.iter().any(|target| target.root().is_none());
            if !has_some {
                return Err(match errors.pop() {
                    Some(why) => why,
                    None => places.missing().next().map_or_else(nothing, Target::missing),
                });
            }
            // As cat does it: what is there is read all the same.
            complaints.extend(errors.iter().map(|why| Complaint::Trouble(why.to_string())));
        } else {
            complaints.extend(places.missing().map(waited_for));
        }
        let streams = targets.iter().filter_map(|target| {
            let source = match target {
                Target::Stdin => Source::stdin(),
                Target::Stream(path) | Target::Archived { path, .. } => Source::stream(path),
                Target::Log(_)
                | Target::Glob(_)
                | Target::Tree(_)
                | Target::OwnTree(_)
                | Target::Sessions { .. } => return None,
            };
            let decoder = options.decoder(&source).first_of_all().live();
            let is_archive = matches!(&source.place, Place::Stream(path) if path.is_file());
            Some(Piped { stream: Stream::new(source, until, waker.clone()), decoder, is_archive })
        });
        let streams = streams.collect();
        let now = Instant::now();
        Ok(Self {
            places,
            streams,
            options,
            until,
            refresh,
            checkpoint: None,
            is_behind: false,
            wakes,
            buffer: Vec::new(),
            is_streams_turn: false,
            unsettled: HashSet::new(),
            checked: now,
            polled: now,
            complaints,
            told: HashSet::new(),
        })
    }

    /// Begins where `checkpoint` says that the run before stopped, and keeps it. To be called before anything is read.
    pub fn keep(&mut self, mut checkpoint: Checkpoint) {
        self.places.set_marks(checkpoint.take_marks());
        self.checkpoint = Some(checkpoint);
    }

    /// What wakes it while it waits.
    pub fn waker(&self) -> Waker {
        Waker(self.wakes.0.clone())
    }

    /// Whether something that was named is not there yet.
    pub fn awaits_more(&self) -> bool {
        self.places.missing().any(|target| matches!(target, Target::Log(_) | Target::Glob(_)))
    }

    /// The next lines that are there; none if all have been handed out. What cannot be read is told by
    /// [`complaints`](Self::complaints), and the rest is read.
    #[expect(clippy::should_implement_trait, reason = "what it gives out borrows from it")]
    pub fn next(&mut self) -> Option<Chunk<'_>> {
        let last = match self.until {
            Until::End if self.checkpoint.is_none() => LastLine::Counts,
            Until::End | Until::Stopped => LastLine::Waits,
        };
        let now_ns = now_ns();
        self.places.apply_changes();
        self.is_streams_turn = !self.is_streams_turn;
        if self.is_streams_turn && self.has_streamed() {
            return self.next_of_streams();
        }
        while let Some(id) = self.places.turn() {
            let step = self.places.step(id, &mut self.buffer, last, now_ns, &self.options);
            if let Some(lines) = step {
                return Some(self.chunk(id, lines));
            }
            self.places.apply_changes();
        }
        self.next_of_streams()
    }

    fn chunk(&mut self, log: LogId, lines: Lines) -> Chunk<'_> {
        self.is_behind = true;
        self.unsettled.insert(log);
        let name = self.places.shown(&lines.path).display().to_string();
        let followed = &mut self.places.logs[log.0 as usize];
        let source = &followed.source;
        let decoder = followed.decoder.get_or_insert_with(|| {
            Box::new(decoding::decoder(&self.options, source, &lines.path, lines.start))
        });
        let is_walked = source.found == Found::Walked;
        let bytes = self.buffer.get(lines.range.clone()).unwrap_or(&[]);
        Chunk { log, name, bytes, lines, decoder, is_walked }
    }

    /// Whether a stream whose turn it is has something to hand out.
    fn has_streamed(&mut self) -> bool {
        let mut is_held = false;
        self.streams.iter_mut().any(|piped| {
            let is_its_turn = !is_held || !piped.is_archive;
            is_held |= piped.holds_archives();
            is_its_turn && piped.stream.has_more()
        })
    }

    fn next_of_streams(&mut self) -> Option<Chunk<'_>> {
        let mut is_held = false;
        let (index, range) = (0..).zip(&mut self.streams).find_map(|(index, piped)| {
            if is_held && piped.is_archive {
                return None;
            }
            let next = match piped.stream.next() {
                Next::Lines(range) => Some((index, Some(range))),
                Next::TooLong => Some((index, None)),
                Next::Nothing => None,
            };
            is_held |= piped.holds_archives();
            next
        })?;
        let log = LogId(u32::MAX - u32::try_from(index).unwrap_or(0));
        self.unsettled.insert(log);
        let Piped { stream, decoder, .. } = &mut self.streams[index];
        let is_too_long = range.is_none();
        let range = range.unwrap_or(0..0);
        let first_line = stream.lines - u64::from(is_too_long);
        let start = stream.position;
        self.buffer.clear();
        self.buffer.extend_from_slice(&stream.buffer()[range.clone()]);
        stream.take(range.end);
        let name = stream.source.name.clone();
        let lines = Lines { range, start, first_line, path: PathBuf::new(), is_too_long };
        Some(Chunk { log, name, bytes: &self.buffer, lines, decoder, is_walked: false })
    }

    /// Hands on what decoders have held back because more lines might have belonged to it; before a wait, and before
    /// [`save`](Self::save). [`Sink::begin`] tells for each log whose it is.
    pub fn settle(&mut self, sink: &mut impl Sink) {
        for id in self.unsettled.drain() {
            sink.begin(SourceId(id.0), 0);
            let piped = self.streams.get_mut((u32::MAX - id.0) as usize);
            if let Some(piped) = piped {
                piped.decoder.finish(sink);
            } else if let Some(decoder) =
                self.places.logs.get_mut(id.0 as usize).and_then(|log| log.decoder.as_mut())
            {
                decoder.finish(sink);
            }
        }
    }

    /// Whether [`save`](Self::save) has something to do: it is not done more often than it is worth.
    pub fn is_save_due(&self) -> bool {
        self.save_due().is_some_and(|due| Instant::now() >= due)
    }

    fn save_due(&self) -> Option<Instant> {
        self.checkpoint.as_ref().and_then(|checkpoint| checkpoint.due(self.is_behind))
    }

    /// Notes, in the state file if there is one, that all lines handed out so far have reached where they were to go, if
    /// that is due.
    ///
    /// # Errors
    /// The state cannot be written.
    pub fn save(&mut self) -> Result<(), Error> {
        if !self.is_save_due() {
            return Ok(());
        }
        let Some(checkpoint) = &mut self.checkpoint else { return Ok(()) };
        let is_told = checkpoint.has_failed();
        match checkpoint.write(|| self.places.marks()) {
            Ok(()) => self.is_behind = false,
            Err(_) if self.until == Until::Stopped && is_told => {}
            // Who is waiting for lines is better served by more of them: the state is tried again, and only lines that
            // come twice after an accident are at stake.
            Err(why) if self.until == Until::Stopped => {
                self.complaints.push(Complaint::Warning(format!("{why}; going on, and trying again")));
            }
            Err(why) => return Err(why),
        }
        Ok(())
    }

    /// Notes the same at the end.
    ///
    /// # Errors
    /// The state cannot be written.
    pub fn save_last(&mut self) -> Result<(), Error> {
        let Some(checkpoint) = &mut self.checkpoint else { return Ok(()) };
        checkpoint.write_safely(|| self.places.marks())?;
        self.is_behind = false;
        Ok(())
    }

    /// Whether nothing will ever come any more: all has been read that was to be read.
    pub fn is_done(&self) -> bool {
        let are_ended = self.streams.iter().all(|piped| piped.stream.is_ended);
        let is_only_streams = self.places.targets().iter().all(|target| target.root().is_none());
        are_ended && self.places.turn().is_none() && (self.until == Until::End || is_only_streams)
    }

    /// What is to be said of what could not be read, since that was asked last.
    pub fn complaints(&mut self) -> Vec<Complaint> {
        let mut complaints = std::mem::take(&mut self.complaints);
        for (path, why) in std::mem::take(&mut self.places.troubles) {
            let name = home::shown(&self.places.shown(&path));
            complaints.push(Complaint::Trouble(Error::of_io(&name, &why).to_string()));
        }
        for piped in &mut self.streams {
            if let Some(why) = piped.stream.trouble.take() {
                complaints
                    .push(Complaint::Trouble(Error::of_io(&piped.stream.source.name, &why).to_string()));
            }
        }
        complaints.retain(|complaint| self.told.insert(complaint.text().to_owned()));
        complaints
    }

    /// What is to be said at the end of what was left out.
    pub fn last_complaints(&mut self) -> Vec<Complaint> {
        let mut complaints = self.complaints();
        complaints.extend(self.places.left_out().map(|source| complaint::left_out(&source.name)));
        let named = self.places.logs.iter().filter(|followed| followed.source.found == Found::Named);
        let named =
            named.filter_map(|followed| Some((&followed.source.name, followed.decoder.as_ref()?.tally())));
        let piped = self.streams.iter().map(|piped| (&piped.stream.source.name, piped.decoder.tally()));
        let unknown = named.chain(piped).filter(|(_, tally)| tally.lines > 0 && tally.recognised == 0);
        complaints.extend(unknown.map(|(name, _)| complaint::unrecognised(name)));
        if self.until == Until::End {
            complaints.extend(self.places.empty_trees().map(|error| Complaint::Trouble(error.to_string())));
        }
        complaints
    }

    /// Waits until there may be more lines, somebody wakes it, or it is `until`.
    pub fn wait(&mut self, until: Option<Instant>) {
        let many = u32::try_from(self.places.logs.len()).unwrap_or(u32::MAX) / MANY;
        let check = self.checked + CHECK * (1 + many);
        let poll = self.places.needs_polling().then(|| self.polled + self.refresh);
        let next = [Some(check), poll, until, self.save_due()].into_iter().flatten().min().unwrap_or(check);
        let _ = self.wakes.1.recv_timeout(next.saturating_duration_since(Instant::now()));
        while self.wakes.1.try_recv().is_ok() {}
        let now = Instant::now();
        if poll.is_some_and(|poll| now >= poll) {
            self.polled = now;
            self.places.poll(now_ns());
        }
        if now >= check {
            self.checked = now;
            self.places.check();
        }
    }
}

fn nothing() -> Error {
    Error::Usage("nothing to read".to_owned())
}

/// What is said of a target that is not there yet.
fn waited_for(target: &Target) -> Complaint {
    let text = format!("{}; waiting for it", target.missing());
    match target {
        Target::Log(_) | Target::Glob(_) => Complaint::Warning(text),
        _ => Complaint::Note(text),
    }
}

fn now_ns() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
