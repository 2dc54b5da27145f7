//! Many lines of one source at once: decoded in pieces, over several threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use sigil_event::SourceId;

use super::{Carry, Decoder, Format, LineSink};
use crate::cores;

/// The size of a piece, in bytes: small enough to stay in a core's cache.
const PIECE: usize = 256 << 10;

impl Decoder {
    /// Decodes `bytes`, whole lines that begin at byte `offset` of `source`, on up to `threads` threads,
    /// each piece of them into a sink that `new` makes. Gives back the sinks in the order of the lines.
    ///
    /// The same comes out, whatever the number of threads: a piece that cannot be decoded without what the lines
    /// before it have left behind is decoded once more, when that is known.
    pub(crate) fn pieces<'a, S, N>(
        &mut self,
        bytes: &'a [u8],
        source: SourceId,
        offset: u64,
        threads: usize,
        new: N,
    ) -> Vec<S>
    where
        S: LineSink<'a> + Send,
        N: Fn() -> S + Sync,
    {
        let most = if threads > 1 && self.stands_alone() { bytes.len() / PIECE } else { 1 };
        self.at_once(&split(bytes, most.max(1)), source, offset, threads, new)
    }

    /// Decodes pieces on up to `threads` threads.
    fn at_once<'a, S, N>(
        &mut self,
        pieces: &[Piece<'a>],
        source: SourceId,
        offset: u64,
        threads: usize,
        new: N,
    ) -> Vec<S>
    where
        S: LineSink<'a> + Send,
        N: Fn() -> S + Sync,
    {
        let decode = |decoder: &mut Self, piece: &Piece<'a>| {
            let mut sink = new();
            let start = offset + piece.start as u64;
            sink.begin(source, start);
            let lines = decoder.pass(piece.bytes, start, 0, &mut sink);
            sink.end(start + piece.bytes.len() as u64, lines);
            sink
        };
        let first = match pieces {
            // Most of what is followed comes in a line or two.
            [] | [_] => return pieces.iter().map(|piece| decode(self, piece)).collect(),
            [first, ..] => first,
        };
        let behind = self.for_what_is_behind();
        let next = AtomicUsize::new(1);
        // Whoever is free takes the next piece: a thread that starts late, or is held up, costs nobody time.
        let others = Mutex::new(Vec::new());
        let work = || {
            let mut done = Vec::new();
            while let Some(piece) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut decoder = behind.clone();
                let sink = decode(&mut decoder, piece);
                done.push((piece, sink, decoder));
            }
            others.lock().unwrap_or_else(PoisonError::into_inner).append(&mut done);
        };
        let mut work_too = || {
            let first = decode(self, first);
            work();
            first
        };
        let first = match cores::others() {
            Some(others) => others.in_place_scope(|scope| {
                for _ in 1..threads.min(pieces.len()) {
                    scope.spawn(|_| work());
                }
                work_too()
            }),
            None => work_too(),
        };
        let mut others = others.into_inner().unwrap_or_else(PoisonError::into_inner);
        others.sort_by_key(|(piece, ..)| piece.start);
        let mut sinks = vec![first];
        for (piece, sink, decoder) in others {
            if decoder.needs_what_came_before() {
                sinks.push(decode(self, piece));
            } else {
                self.follow(decoder);
                sinks.push(sink);
            }
        }
        sinks
    }

    /// Whether lines can be expected to mean the same whatever stands before them: objects have been shown, of a
    /// format whose lines do not hang on each other.
    fn stands_alone(&self) -> bool {
        let is_alone = matches!(self.last, Format::Sigil | Format::Claude | Format::Higress);
        is_alone && self.has_object == Some(true) && !self.follows_headers
    }

    /// A decoder for lines that come later, of which only what holds for all lines of the source is known.
    fn for_what_is_behind(&self) -> Self {
        let new = Self::new(self.choice, self.owner.clone(), self.clock.zone());
        Self {
            last: self.last,
            shapes: self.shapes.clone(),
            disclosure: self.disclosure,
            estimates: self.estimates,
            takes_text: self.takes_text,
            now_us: self.now_us,
            // Only a header could have changed that.
            has_object: Some(true),
            ..new
        }
    }

    /// Takes over what `later`, which has decoded the lines behind, has found.
    fn follow(&mut self, later: Self) {
        self.tally += later.tally;
        self.last = later.last;
        let so_far = Carry {
            latest_us: self.clock.latest_us(),
            has_object: self.has_object,
            thread: self.thread.take(),
            log: self.log.take(),
        };
        let carry = so_far.then(later.into_carry());
        self.clock = self.clock.clone().after(carry.latest_us);
        self.has_object = carry.has_object;
        self.thread = carry.thread;
        self.log = carry.log;
    }
}

/// Whole lines, and where they begin.
struct Piece<'a> {
    start: usize,
    bytes: &'a [u8],
}

/// Splits lines into at most `most` pieces of about the same size.
fn split(bytes: &[u8], most: usize) -> Vec<Piece<'_>> {
    let mut pieces = Vec::with_capacity(most);
    let mut start = 0;
    for number in 1..=most {
        let wanted = bytes.len() / most * number;
        let end = match bytes.get(wanted.max(start)..).and_then(|rest| memchr::memchr(b'\n', rest)) {
            Some(at) if number < most => wanted.max(start) + at + 1,
            _ => bytes.len(),
        };
        if let Some(bytes) = bytes.get(start..end).filter(|bytes| !bytes.is_empty()) {
            pieces.push(Piece { start, bytes });
        }
        start = end;
    }
    pieces
}

#[cfg(test)]
mod tests;
