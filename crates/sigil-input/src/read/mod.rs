//! Reading sources: files in blocks over all cores, streams as they come.

mod block;
mod carries;
mod files;
mod in_order;
mod in_turn;
mod manner;
mod members;
mod pipe;
mod queue;
mod some;
mod stream;

use std::io;

use chrono_tz::Tz;
use sigil_event::{Sink, SourceId};

use crate::content::Disclosure;
use crate::error::Error;
use crate::estimate::Estimates;
use crate::format::{Decoder, FormatChoice, Tally};
use crate::opened;
use crate::source::{Found, Owner, Place, Source};

pub(crate) use in_turn::read_in_turn;
pub(crate) use queue::Opened;
pub use some::read_some;
pub use stream::read_stream;

/// How bytes become events.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What `--from` says.
    pub format: FormatChoice,
    /// The zone of naive times.
    pub input_zone: Tz,
    /// What comes out of what was said.
    pub disclosure: Disclosure,
    /// Whether tokens are estimated where a log counts none.
    pub estimates: Estimates,
    /// What a date without a year is not after: microseconds since 1970. Unless told, such dates tell no time.
    pub now_us: i64,
    /// How many threads decode.
    pub threads: usize,
    /// Bytes in a block. What comes out does not depend on it.
    pub block_bytes: usize,
}

impl Options {
    /// Over all cores, in blocks of a mebibyte.
    pub fn new(format: FormatChoice, input_zone: Tz) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            format,
            input_zone,
            disclosure: Disclosure::default(),
            estimates: Estimates::default(),
            now_us: i64::MAX,
            threads,
            block_bytes: 1 << 20,
        }
    }

    /// A decoder for lines of `source`.
    pub fn decoder(&self, source: &Source) -> Decoder {
        let new = |owner| {
            let decoder = Decoder::new(self.format, owner, self.input_zone).at(self.now_us);
            decoder.disclosing(self.disclosure).estimating(self.estimates)
        };
        match &source.place {
            Place::Stdin | Place::Stream(_) => new(Owner::default()).following_headers(),
            Place::File(path) if source.may_hold_text() => new(Owner::of(path)),
            Place::File(path) => new(Owner::of(path)).without_text(),
            Place::Member(member) if source.may_hold_text() => new(Owner::of(&member.owner_path())),
            Place::Member(member) => new(Owner::of(&member.owner_path())).without_text(),
        }
    }
}

/// What happened beside events.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Files a directory held in which nothing was recognised.
    pub left_out: Vec<String>,
    /// Named inputs that hold lines, none of them of a known format.
    pub unrecognised: Vec<String>,
    /// What could not be read.
    pub errors: Vec<Error>,
}

impl Outcome {
    /// Notes how the reading of `source` went.
    pub fn note(&mut self, source: &Source, tally: Tally, read: io::Result<()>) {
        if tally.recognised == 0 {
            match source.found {
                Found::Walked => self.left_out.push(source.name.clone()),
                Found::Named if tally.lines > 0 => self.unrecognised.push(source.name.clone()),
                Found::Named => {}
            }
        }
        if let Err(why) = read {
            self.errors.push(Error::of_io(&source.name, &why));
        }
    }
}

/// What is to be read, and into what.
struct Job<'a, N, T> {
    sources: &'a [Source],
    options: &'a Options,
    /// Makes the sink for a piece.
    new: &'a N,
    /// Takes a finished one.
    take: &'a T,
}

/// Reads all `sources`, each piece into a sink of its own, and hands every finished sink to `take`.
///
/// Pieces are read by several threads and handed over in no order; `take` runs on one thread at a time.
pub fn read_all<S, N, T>(sources: &[Source], options: &Options, new: N, take: T) -> Outcome
where
    S: Sink + Send,
    N: Fn() -> S + Sync,
    T: FnMut(S) + Send,
{
    let take = std::sync::Mutex::new(take);
    let take = |sink: S| {
        // A thread that panicked has left the sum incomplete; it will end the run when it is joined.
        let mut take = take.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        take(sink);
    };
    let job = Job { sources, options, new: &new, take: &take };
    let mut outcome = files::read(&job);
    for (number, source) in (0..).zip(sources) {
        let id = SourceId(number);
        match opened::stream(source) {
            Ok(Some(input)) => pipe::read(&job, id, input, &mut outcome),
            Ok(None) => {}
            Err(why) => outcome.errors.push(Error::of_io(&source.name, &why)),
        }
    }
    outcome
}
