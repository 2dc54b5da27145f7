//! Which files the cache knows, and what it knows of them.

use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;

use sigil_event::SourceId;
use sigil_input::Inputs;
use sigil_input::source::Found;
use sigil_store::threads;
use sigil_summary::{Detail, Piece, Reader, Renumbered, Summary};
use twox_hash::XxHash3_128;

use super::record::{Pieces, Record, Went};
use super::stamp::Stamp;
use super::store::Stored;

/// How many logs one thread reads in turn.
const AT_ONCE: usize = 512;

/// In how many logs names are looked up before the others are read.
const SAMPLE: usize = 64;

/// The parts of a log, each with its record.
pub(super) type Log<'a> = Vec<(SourceId, Record<'a>)>;

/// What is known of the inputs.
pub(super) struct Looked<'a> {
    /// Logs of which all parts are known.
    pub(super) logs: Vec<Log<'a>>,
    pub(super) missing: Vec<SourceId>,
    /// By source.
    pub(super) keys: Vec<u128>,
}

impl<'a> Looked<'a> {
    /// Looks for all sources. What a part of a log holds may hang on the parts before it, so a log is known as a
    /// whole or not at all, and each part together with those before it.
    pub(super) fn of(inputs: &Inputs, stamps: &[Option<Stamp>], stored: &'a Stored) -> Self {
        let index = stored.index();
        let (mut logs, mut missing) = (Vec::new(), Vec::new());
        let mut keys = Vec::with_capacity(stamps.len());
        let numbers = inputs.logs();
        let all: Vec<_> = (0..).map(SourceId).zip(&inputs.sources).collect();
        for parts in all.chunk_by(|(a, _), (b, _)| numbers[a.0 as usize] == numbers[b.0 as usize]) {
            let mut before = 0u128;
            let mut log = Log::with_capacity(parts.len());
            for (id, source) in parts {
                let stamp = stamps.get(id.0 as usize).copied().flatten();
                let mut text = Vec::with_capacity(128);
                text.extend(before.to_le_bytes());
                text.push(u8::from(source.found == Found::Walked));
                text.extend(stamp.map_or([0; 40], Stamp::to_bytes).get(..16).unwrap_or(&[]));
                text.extend(source.path().map_or(&b""[..], |path| path.as_os_str().as_bytes()));
                let key = XxHash3_128::oneshot(&text);
                keys.push(key);
                let record = index.get(&key).filter(|record| Some(record.stamp) == stamp);
                log.extend(record.map(|record| (*id, *record)));
                text.extend(stamp.map_or([0; 40], Stamp::to_bytes));
                before = XxHash3_128::oneshot(&text);
            }
            if log.len() == parts.len() {
                logs.push(log);
            } else {
                missing.extend(parts.iter().map(|(id, _)| *id));
            }
        }
        Self { logs, missing, keys }
    }
}

/// What one thread has read of the cache.
pub(super) struct Part {
    pub(super) summary: Summary,
    pub(super) went: Vec<(SourceId, Went)>,
    /// What is to be read from the logs after all.
    pub(super) damaged: Vec<SourceId>,
}

/// Reads what is known of logs.
pub(super) fn read(mut logs: Vec<Log<'_>>, detail: &Arc<Detail>) -> Vec<Part> {
    // What is called the same everywhere need not be numbered anew when shares are put together.
    let sample: Vec<_> = logs
        .iter()
        .step_by(logs.len().div_ceil(SAMPLE).max(1))
        .filter_map(|log| log.first().copied())
        .collect();
    let mut shares = Vec::new();
    while !logs.is_empty() {
        shares.push(logs.split_off(logs.len().saturating_sub(AT_ONCE)));
    }
    threads::map(shares, |share| {
        let mut part =
            Part { summary: Summary::new(Arc::clone(detail)), went: Vec::new(), damaged: Vec::new() };
        for (_, record) in &sample {
            record.open().and_then(|(_, mut pieces)| take_names(&mut pieces, &mut part.summary));
        }
        for log in share {
            match log.iter().map(|(id, record)| pieces(*id, record, &mut part.summary)).collect() {
                Some::<Vec<_>>(parts) => {
                    for ((id, _), (went, pieces)) in log.iter().zip(parts) {
                        part.went.push((*id, went));
                        Reader::read(&mut part.summary, |reader| {
                            pieces.into_iter().for_each(|piece| {
                                // They were in order when they were written, and are what was written.
                                let _ = reader.take(piece);
                            });
                        });
                    }
                }
                None => part.damaged.extend(log.iter().map(|(id, _)| *id)),
            }
        }
        part
    })
}

/// Takes the names, which come first. None if they are damaged.
fn take_names(pieces: &mut Pieces<'_>, summary: &mut Summary) -> Option<()> {
    match pieces.next() {
        Some(names) => Reader::read(summary, |reader| reader.take(names.ok()?).ok()),
        None => Some(()),
    }
}

/// The pieces in a record, with the numbers that sources have and names get in `summary`.
fn pieces(id: SourceId, record: &Record<'_>, summary: &mut Summary) -> Option<(Went, Vec<Piece>)> {
    let (went, mut pieces) = record.open()?;
    let read = Renumbered::One(id).reading(|| {
        Reader::read(summary, |reader| {
            if let Some(names) = pieces.next() {
                reader.take(names.ok()?).ok()?;
            }
            pieces.collect::<Result<Vec<_>, _>>().ok()
        })
    });
    Some((went, read?))
}
