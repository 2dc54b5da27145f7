//! The members of one archive, in the order in which they stand there.
//!
//! One pass reads nearly every archive: which part of a log is the older one matters to the sums only when
//! all parts are known. Where a part cannot be decoded without the end of the one before it, which may stand
//! behind it, another pass reads it.

use std::collections::HashMap;
use std::io;

use sigil_event::{Sink, SourceId};

use super::in_order::{self, InOrder};
use super::queue::ReadSources;
use super::{Job, Options};
use crate::archive::{Archive, Member};
use crate::compressed;
use crate::error::Error;
use crate::format::{Carry, Decoder};
use crate::source::{Found, Place, Source};

/// Reads the sources `ids`, which are members of one archive.
pub(super) fn read<S, N, T>(job: &Job<'_, N, T>, ids: &[SourceId]) -> ReadSources
where
    S: Sink,
    N: Fn() -> S,
    T: Fn(S),
{
    let members: Vec<_> = ids.iter().filter_map(|id| Some((*id, member(job.sources, *id)?))).collect();
    let Some((_, first)) = members.first() else { return ReadSources::default() };
    let mut state = State {
        sources: job.sources,
        options: job.options,
        waiting: members.iter().map(|(id, member)| (member.number, *id)).collect(),
        carries: HashMap::new(),
        read: ReadSources::default(),
    };
    let mut turn = Turn::First;
    loop {
        let waiting = state.waiting.len();
        let result = state.pass(job, &first.archive, turn);
        if let (Err(why), Turn::First) = (&result, turn) {
            state.read.errors.push(Error::of_io(first.archive.name(), why));
        }
        turn = match turn {
            _ if state.waiting.is_empty() => break,
            Turn::First => Turn::Again,
            Turn::Again if state.waiting.len() < waiting => Turn::Again,
            Turn::Again => Turn::Last,
            Turn::Last => break,
        };
    }
    if !state.waiting.is_empty() && state.read.errors.is_empty() {
        let changed = io::Error::other("the archive has changed while it was read");
        state.read.errors.push(Error::of_io(first.archive.name(), &changed));
    }
    state.read
}

fn member(sources: &[Source], id: SourceId) -> Option<&Member> {
    match &sources.get(id.0 as usize)?.place {
        Place::Member(member) => Some(member),
        Place::Stdin | Place::File(_) | Place::Stream(_) => None,
    }
}

/// Which of the waiting members a pass reads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// All, as if nothing came before them.
    First,
    /// Those that wait for no older part of their log.
    Again,
    /// All: the older parts cannot be read.
    Last,
}

struct State<'a> {
    sources: &'a [Source],
    options: &'a Options,
    /// By their place in the archive.
    waiting: HashMap<usize, SourceId>,
    /// What those that have been read left behind.
    carries: HashMap<SourceId, Carry>,
    read: ReadSources,
}

impl State<'_> {
    /// Reads the archive from its beginning to its end, which also says whether it is whole.
    fn pass<S, N, T>(&mut self, job: &Job<'_, N, T>, archive: &Archive, turn: Turn) -> io::Result<()>
    where
        S: Sink,
        N: Fn() -> S,
        T: Fn(S),
    {
        let mut entries = archive.entries()?;
        while let Some(entry) = entries.next()? {
            let Some(id) = self.waiting.get(&entry.number).copied() else { continue };
            let source = &self.sources[id.0 as usize];
            if member(self.sources, id).is_none_or(|member| member.path != entry.path()) {
                continue;
            }
            let Some(decoder) = self.decoder(id, turn) else { continue };
            let InOrder { sink, decoder, result } = match compressed::plain(&mut entries) {
                Ok(plain) => in_order::read(job, id, plain, decoder),
                Err(why) => InOrder { sink: (job.new)(), decoder, result: Err(why) },
            };
            if decoder.needs_what_came_before() {
                continue;
            }
            self.waiting.remove(&entry.number);
            let tally = decoder.tally();
            self.read.tallies.push((id, tally));
            self.carries.insert(id, decoder.into_carry());
            if source.found == Found::Named || tally.recognised > 0 {
                (job.take)(sink);
            }
            if let Err(why) = result {
                self.read.errors.push(Error::of_io(&source.name, &why));
            }
        }
        Ok(())
    }

    /// The decoder for a member, if it is its turn.
    fn decoder(&self, id: SourceId, turn: Turn) -> Option<Decoder> {
        let source = &self.sources[id.0 as usize];
        let decoder = self.options.decoder(source);
        if turn == Turn::First {
            return Some(decoder.at_the_beginning());
        }
        let is_waiting = |older: &SourceId| self.waiting.values().any(|id| id == older);
        if turn == Turn::Again && self.older_parts(id).any(|older| is_waiting(&older)) {
            return None;
        }
        let mut carry = Carry::default();
        // Of the parts that come before this one only the time goes on here.
        carry.latest_us = self.older_parts(id).find_map(|older| self.carries.get(&older)?.latest_us);
        Some(decoder.after(carry))
    }

    /// The parts of the same log that come before a member, the last one first.
    fn older_parts(&self, id: SourceId) -> impl Iterator<Item = SourceId> {
        let log = self.sources[id.0 as usize].log();
        let is_part = move |older: &SourceId| self.sources[older.0 as usize].log() == log;
        (0..id.0).rev().map(SourceId).take_while(is_part)
    }
}
