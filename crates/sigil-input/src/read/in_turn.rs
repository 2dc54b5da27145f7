//! Sources one after the other, each in its own order, into one sink: nothing is kept of what was handed on.
//!
//! For those who want every finding in its place, however many there are; sums are had sooner in pieces.

use std::collections::HashSet;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use sigil_event::{Defect, EventRef, Sink, SourceId};

use super::manner::Manner;
use super::stream::read_stream;
use super::{Opened, Options, Outcome};
use crate::archive::Member;
use crate::error::Error;
use crate::format::Tally;
use crate::line::HEADER_START;
use crate::positioned::Positioned;
use crate::source::{Found, Place, Source};
use crate::{compressed, opened};

/// How many wrong lines of a source wait for a line of a known format. A file that nobody has named is left
/// out if there is none.
const MOST_HELD: usize = 1 << 16;

/// Reads all `sources` on this thread, in their order, the members of an archive in the order in which they
/// stand there. Before each read, which may wait, `before_wait` is called.
///
/// # Errors
/// What `before_wait` returns; it ends the reading.
pub(crate) fn read_in_turn<S, W>(
    sources: &[Source],
    options: &Options,
    sink: &mut S,
    before_wait: W,
) -> io::Result<Outcome>
where
    S: Sink,
    W: FnMut(&mut S) -> io::Result<()>,
{
    let mut turn = Turn { options, sink, before_wait, outcome: Outcome::default(), buffer: Vec::new() };
    let mut archives = HashSet::new();
    for (id, source) in (0..).map(SourceId).zip(sources) {
        match &source.place {
            Place::File(_) => turn.file(id, source)?,
            Place::Stdin | Place::Stream(_) => turn.stream(id, source)?,
            Place::Member(member) => {
                if archives.insert(Arc::as_ptr(&member.archive).addr()) {
                    turn.archive(sources, id)?;
                }
            }
        }
    }
    Ok(turn.outcome)
}

struct Turn<'a, S, W> {
    options: &'a Options,
    sink: &'a mut S,
    before_wait: W,
    outcome: Outcome,
    buffer: Vec<u8>,
}

impl<S, W> Turn<'_, S, W>
where
    S: Sink,
    W: FnMut(&mut S) -> io::Result<()>,
{
    fn file(&mut self, id: SourceId, source: &Source) -> io::Result<()> {
        let Place::File(path) = &source.place else { return Ok(()) };
        match Opened::new(source, path, self.options, &mut self.buffer) {
            Ok(None) => self.outcome.note(source, Tally::default(), Ok(())),
            Ok(Some(opened)) => {
                // What is appended meanwhile belongs to the next run.
                let plain = Positioned::new(&opened.file).take(opened.size);
                match opened.manner {
                    Manner::Compressed(compression) => {
                        return self.plain(id, source, compression.decode(plain));
                    }
                    Manner::Blocks | Manner::InOrder => return self.plain(id, source, plain),
                }
            }
            Err(why) => self.outcome.errors.push(Error::of_io(&source.name, &why)),
        }
        Ok(())
    }

    fn stream(&mut self, id: SourceId, source: &Source) -> io::Result<()> {
        let input = match opened::stream(source) {
            Ok(Some(input)) => compressed::plain(input),
            Ok(None) => return Ok(()),
            Err(why) => Err(why),
        };
        match input {
            Ok(plain) => return self.plain(id, source, plain),
            Err(why) => self.outcome.errors.push(Error::of_io(&source.name, &why)),
        }
        Ok(())
    }

    /// Reads the archive of which `first` is the first member, with all its members.
    fn archive(&mut self, sources: &[Source], first: SourceId) -> io::Result<()> {
        let Some(archive) = member(sources, first).map(|member| &member.archive) else { return Ok(()) };
        let ids = (first.0..).zip(sources.iter().skip(first.0 as usize)).map(|(number, _)| SourceId(number));
        let members = ids.filter_map(|id| Some((id, member(sources, id)?)));
        let mut waiting: Vec<_> =
            members.filter(|(_, member)| Arc::ptr_eq(&member.archive, archive)).collect();
        let mut entries = match archive.entries() {
            Ok(entries) => entries,
            Err(why) => {
                self.outcome.errors.push(Error::of_io(archive.name(), &why));
                return Ok(());
            }
        };
        loop {
            let entry = match entries.next() {
                Ok(Some(entry)) => entry,
                Ok(None) => break,
                Err(why) => {
                    self.outcome.errors.push(Error::of_io(archive.name(), &why));
                    return Ok(());
                }
            };
            let is_entry =
                |(_, member): &(_, &Member)| member.number == entry.number && member.path == entry.path();
            let Some(at) = waiting.iter().position(is_entry) else { continue };
            let (id, _) = waiting.swap_remove(at);
            let source = &sources[id.0 as usize];
            match compressed::plain(&mut entries) {
                Ok(plain) => self.plain(id, source, plain)?,
                Err(why) => self.outcome.errors.push(Error::of_io(&source.name, &why)),
            }
        }
        if !waiting.is_empty() {
            let changed = io::Error::other("the archive has changed while it was read");
            self.outcome.errors.push(Error::of_io(archive.name(), &changed));
        }
        Ok(())
    }

    /// Reads what a source holds, unpacked.
    fn plain(&mut self, id: SourceId, source: &Source, plain: impl Read) -> io::Result<()> {
        let mut decoder = self.options.decoder(source).first_of_all();
        let is_stream = matches!(source.place, Place::Stdin | Place::Stream(_));
        let mut plain = BufReader::with_capacity(64 << 10, plain);
        if !is_stream && plain.fill_buf().is_ok_and(|text| text.starts_with(HEADER_START)) {
            decoder = decoder.following_headers();
        }
        let held = (source.found == Found::Walked).then(Vec::new);
        let mut sink = Holding { sink: &mut *self.sink, held };
        let before_wait = |sink: &mut Holding<'_, S>| (self.before_wait)(sink.sink);
        let read = read_stream(plain, id, &mut decoder, &mut sink, before_wait)?;
        if decoder.tally().recognised > 0 {
            sink.release();
        }
        self.outcome.note(source, decoder.tally(), read);
        Ok(())
    }
}

fn member(sources: &[Source], id: SourceId) -> Option<&Member> {
    match &sources.get(id.0 as usize)?.place {
        Place::Member(member) => Some(member),
        Place::Stdin | Place::File(_) | Place::Stream(_) => None,
    }
}

/// Holds wrong lines back until it is known that their source is a log.
struct Holding<'s, S> {
    sink: &'s mut S,
    held: Option<Vec<(u64, Defect)>>,
}

impl<S: Sink> Holding<'_, S> {
    fn release(&mut self) {
        for (line, defect) in self.held.take().unwrap_or_default() {
            self.sink.defect(line, defect);
        }
    }
}

impl<S: Sink> Sink for Holding<'_, S> {
    fn begin(&mut self, source: SourceId, start: u64) {
        self.sink.begin(source, start);
    }

    fn event(&mut self, event: &EventRef<'_>, offset: u64) {
        if self.held.is_some() {
            self.release();
        }
        self.sink.event(event, offset);
    }

    fn defect(&mut self, line: u64, defect: Defect) {
        match &mut self.held {
            Some(held) if held.len() < MOST_HELD => held.push((line, defect)),
            Some(_) => {
                self.release();
                self.sink.defect(line, defect);
            }
            None => self.sink.defect(line, defect),
        }
    }

    fn end(&mut self, end: u64, lines: u64) {
        self.sink.end(end, lines);
    }
}
