//! A stream whose sum alone is asked for: blocks of it over all threads.

use std::convert::Infallible;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use memchr::{memchr, memmem, memrchr};
use sigil_event::{Malformed, Sink, SourceId};

use super::carries::Carries;
use super::manner::{BEGINNING, Manner};
use super::stream::read_stream;
use super::{Job, Outcome};
use crate::format::{Decoder, Tally};
use crate::line::{self, Line, MAX_LINE};
use crate::opened::Beginning;
use crate::source::Owner;

/// Whole lines of the stream.
struct Piece {
    bytes: Vec<u8>,
    filled: usize,
    /// Where `bytes` begins in the stream.
    offset: u64,
    /// Behind the lines stands the beginning of one that is too long and is not there.
    too_long: bool,
    /// What the piece covers of the stream, skipped bytes included.
    covers: Range<u64>,
    /// Whose lines the first ones are.
    owner: Owner,
    /// The stream ends with it.
    is_last: bool,
}

/// Reads `input`, the source `id`, to its end.
pub(super) fn read<S, N, T>(
    job: &Job<'_, N, T>,
    id: SourceId,
    mut input: impl Read + Send,
    outcome: &mut Outcome,
) where
    S: Sink + Send,
    N: Fn() -> S + Sync,
    T: Fn(S) + Sync,
{
    let mut beginning = vec![0; BEGINNING];
    let mut filled = 0;
    let result = fill(&mut input, &mut beginning, &mut filled);
    beginning.truncate(filled);
    let manner = Manner::of(&beginning, job.options.format);
    let input = Beginning { read: io::Cursor::new(beginning), failed: result.err() }.chain(input);
    match manner {
        Manner::Blocks => read_pieces(job, id, input, outcome),
        Manner::InOrder => read_in_order(job, id, input, outcome),
        Manner::Compressed(compression) => read_in_order(job, id, compression.decode(input), outcome),
    }
}

/// Reads a stream whose lines hang on each other.
fn read_in_order<S, N, T>(job: &Job<'_, N, T>, id: SourceId, input: impl Read, outcome: &mut Outcome)
where
    S: Sink,
    N: Fn() -> S,
    T: Fn(S),
{
    let source = &job.sources[id.0 as usize];
    let mut decoder = job.options.decoder(source).first_of_all();
    let mut sink = (job.new)();
    let before_wait = |_: &mut S| Ok::<(), Infallible>(());
    let Ok(read) = read_stream(input, id, &mut decoder, &mut sink, before_wait);
    (job.take)(sink);
    outcome.note(source, decoder.tally(), read);
}

/// Reads a stream piece by piece, over all threads.
fn read_pieces<S, N, T>(job: &Job<'_, N, T>, id: SourceId, input: impl Read, outcome: &mut Outcome)
where
    S: Sink + Send,
    N: Fn() -> S + Sync,
    T: Fn(S) + Sync,
{
    let Job { sources, options, new, take } = *job;
    let source = &sources[id.0 as usize];
    let carries = Carries::default();
    let tally = Mutex::new(Tally::default());
    let (send, receive) = sync_channel::<Piece>(options.threads);
    let receive = Mutex::new(receive);
    let (give_back, spare) = sync_channel::<Vec<u8>>(options.threads * 2 + 2);
    let decode = |piece: &Piece, mut decoder: Decoder| {
        let mut sink = new();
        sink.begin(id, piece.covers.start);
        let bytes = piece.bytes.get(..piece.filled).unwrap_or(&[]);
        let mut lines = decoder.lines(bytes, piece.offset, 0, &mut sink);
        if piece.too_long {
            sink.defect(lines, Malformed::TooLong.into());
            lines += 1;
        }
        if piece.is_last {
            decoder.finish_source(|| carries.before(piece.covers.start), &mut sink);
        }
        sink.end(piece.covers.end, lines);
        (sink, decoder)
    };
    let work = || {
        while let Some(piece) = next(&receive) {
            let decoder = || options.decoder(source).owned_by(piece.owner.clone());
            let is_first = piece.covers.start == 0;
            let (mut sink, mut done) =
                decode(&piece, if is_first { decoder().first_of_all() } else { decoder() });
            if done.needs_what_came_before() {
                (sink, done) = decode(&piece, decoder().after(carries.before(piece.covers.start)));
            }
            *tally.lock().unwrap_or_else(PoisonError::into_inner) += done.tally();
            carries.done(piece.covers.start, piece.covers.end, done.into_carry());
            take(sink);
            let _ = give_back.try_send(piece.bytes);
        }
    };
    let result = std::thread::scope(|scope| {
        for _ in 0..options.threads {
            scope.spawn(work);
        }
        cut(input, options.block_bytes, send, &spare)
    });
    outcome.note(source, tally.into_inner().unwrap_or_else(PoisonError::into_inner), result);
}

fn next(receive: &Mutex<Receiver<Piece>>) -> Option<Piece> {
    receive.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Cuts the stream into pieces of whole lines. The last line need not end in a newline.
fn cut(
    mut input: impl Read,
    block_bytes: usize,
    send: SyncSender<Piece>,
    spare: &Receiver<Vec<u8>>,
) -> io::Result<()> {
    let mut buffer = Vec::new();
    let mut filled = 0;
    let mut offset = 0;
    let mut covered = 0;
    let mut skipping = false;
    let mut owner = Owner::default();
    loop {
        buffer.resize(buffer.len().max(filled + block_bytes), 0);
        let result = fill(&mut input, &mut buffer, &mut filled);
        let ended = result.is_err() || filled < buffer.len();
        if skipping {
            let end = memchr(b'\n', &buffer[..filled]);
            let skipped = end.map_or(filled, |at| at + 1);
            buffer.copy_within(skipped..filled, 0);
            filled -= skipped;
            offset += skipped as u64;
            skipping = end.is_none();
            if skipping && !ended {
                continue;
            }
        }
        let complete = match memrchr(b'\n', &buffer[..filled]) {
            _ if ended => filled,
            Some(at) => at + 1,
            None if filled <= MAX_LINE => continue,
            None => 0,
        };
        let too_long = complete == 0 && !ended;
        skipping |= too_long;
        let kept = if too_long { filled } else { complete };
        let mut next = spare.try_recv().unwrap_or_default();
        next.resize(next.len().max(filled - kept), 0);
        next[..filled - kept].copy_from_slice(&buffer[kept..filled]);
        let next_owner = last_header(&buffer[..complete]).map(|name| Owner::of(name.as_ref()));
        let end = offset + kept as u64;
        let piece = Piece {
            bytes: if too_long { Vec::new() } else { std::mem::take(&mut buffer) },
            filled: complete,
            offset,
            too_long,
            covers: covered..end,
            owner: owner.clone(),
            is_last: ended,
        };
        buffer = next;
        filled -= kept;
        offset = end;
        covered = end;
        owner = next_owner.unwrap_or(owner);
        // The receiver lives as long as this thread does, so there always is one.
        let _ = send.send(piece);
        if ended {
            return result;
        }
    }
}

/// Reads until the buffer is full or the input ends.
fn fill(input: &mut impl Read, buffer: &mut [u8], filled: &mut usize) -> io::Result<()> {
    while *filled < buffer.len() {
        match input.read(&mut buffer[*filled..]) {
            Ok(0) => return Ok(()),
            Ok(n) => *filled += n,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    Ok(())
}

/// The file named by the last `==> FILE <==` line in `bytes`.
fn last_header(bytes: &[u8]) -> Option<&str> {
    // Forward, as only that way is fast: nearly always there is none.
    let headers = memmem::find_iter(bytes, b"==> ").filter_map(|at| {
        let start = memrchr(b'\n', bytes.get(..at)?).map_or(0, |newline| newline + 1);
        let end = memchr(b'\n', bytes.get(at..)?).map_or(bytes.len(), |newline| at + newline);
        match line::clean(bytes.get(start..end)?) {
            Line::Header(name) => Some(name),
            Line::Blank | Line::Text(_) => None,
        }
    });
    headers.last()
}
