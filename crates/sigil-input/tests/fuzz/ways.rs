//! The ways in which bytes become events: whole, in pieces, as they come, in blocks of a file or of a pipe.

use std::cell::RefCell;
use std::convert::Infallible;
use std::fs;
use std::io::Read;
use std::path::PathBuf;

use chrono_tz::Tz;
use sigil_event::{Content, Defect, Event, EventRef, MAX_TOKENS, Sink, SourceId, Usage};
use sigil_input::read::{Options, read_all, read_stream};
use sigil_input::source::Found;
use sigil_input::{Decoder, Disclosure, Estimates, FormatChoice, Source};
use tempfile::TempDir;

use crate::mutate::Rng;

/// 2026-12-01T12:00:00Z.
const NOW_US: i64 = 1_796_126_400_000_000;

const ZONE: Tz = Tz::Europe__Berlin;

/// One event, as it came out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    pub offset: u64,
    pub kind: String,
    pub tokens: Option<u64>,
    /// All that is known of it.
    pub whole: String,
}

/// What came out of one piece.
#[derive(Clone, Debug, Default)]
struct Piece {
    start: u64,
    end: u64,
    lines: u64,
    events: Vec<Told>,
    defects: Vec<(u64, Defect)>,
}

/// What came out of an input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    pub events: Vec<Told>,
    /// Line, from 0, and what is wrong with it.
    pub defects: Vec<(u64, Defect)>,
}

impl Decoded {
    /// Of pieces, in any order.
    fn of(mut pieces: Vec<Piece>) -> Self {
        pieces.sort_by_key(|piece| piece.start);
        let mut decoded = Self::default();
        let mut line = 0;
        let mut end = 0;
        for piece in pieces {
            assert_eq!(piece.start, end, "pieces follow each other");
            decoded.events.extend(piece.events);
            decoded.defects.extend(piece.defects.into_iter().map(|(within, why)| (line + within, why)));
            line += piece.lines;
            end = piece.end;
        }
        decoded
    }

    /// The same in the order of places: what a piece has held back is handed on where it is known to be whole,
    /// which may be in a later piece.
    pub fn in_order(mut self) -> Self {
        self.events.sort();
        self
    }
}

impl Sink for Piece {
    fn begin(&mut self, _: SourceId, start: u64) {
        self.start = start;
    }

    fn event(&mut self, event: &EventRef<'_>, offset: u64) {
        holds_itself(event);
        let metadata = &event.metadata;
        let texts =
            [event.timestamp, metadata.usage_id, metadata.usage_part, metadata.tool_use_id, metadata.model];
        for text in texts.into_iter().flatten() {
            let _ = text.decode();
        }
        let whole = serde_json::to_string(&Event::from(event)).expect("an event can be written");
        let at = event.at.map(|at| (at.us, at.to_string(), at.civil(ZONE)));
        self.events.push(Told {
            offset,
            kind: event.type_name.map_or("-".to_owned(), |name| name.to_string()),
            tokens: event.tokens,
            whole: format!("{at:?} {whole}"),
        });
    }

    fn defect(&mut self, line: u64, why: Defect) {
        self.defects.push((line, why));
    }

    fn end(&mut self, end: u64, lines: u64) {
        (self.end, self.lines) = (end, lines);
    }
}

/// What each event must be, whatever it was read from.
fn holds_itself(event: &EventRef<'_>) {
    assert!(event.tokens.is_none_or(|tokens| tokens <= MAX_TOKENS), "tokens {:?}", event.tokens);
    if let Some(usage) = event.metadata.usage {
        let Usage { input, output, reasoning, cache_read, cache_write, cache_write_1h } = usage;
        let parts = [input, output, reasoning, cache_read, cache_write, cache_write_1h];
        assert!(parts.iter().all(|part| *part <= MAX_TOKENS), "{usage:?}");
        assert!(cache_write_1h <= cache_write || !event.raw.is_empty(), "{usage:?}");
    }
    // What is written can be read, and written again as it was.
    let event = Event::from(event);
    let written = serde_json::to_string(&event).expect("an event can be written");
    let read = EventRef::parse(&written).unwrap_or_else(|why| panic!("{why}: {written}"));
    assert_eq!(read.defect, None, "{written}");
    let again = Event::parse(&written).expect("what the scanner takes can be owned");
    assert_eq!(again, event, "{written}");
    assert_eq!(serde_json::to_string(&again).expect("an event can be written"), written);
    let theirs: Event = serde_json::from_str(&written).unwrap_or_else(|why| panic!("{why}: {written}"));
    assert_eq!(theirs, event, "{written}");
}

/// What lines are taken for, and whether their tokens are estimated where they count none.
#[derive(Clone, Copy)]
pub struct Reading {
    pub choice: FormatChoice,
    pub estimates: Estimates,
}

fn options(reading: Reading) -> Options {
    Options {
        estimates: reading.estimates,
        disclosure: Disclosure { content: Content::Full, redact: false },
        now_us: NOW_US,
        ..Options::new(reading.choice, ZONE)
    }
}

/// A decoder as streams have it.
fn decoder(reading: Reading) -> Decoder {
    options(reading).decoder(&Source::stdin()).first_of_all()
}

/// All at once.
pub fn whole(reading: Reading, bytes: &[u8]) -> Decoded {
    all_at_once(decoder(reading), bytes)
}

/// All at once, with what is secret taken out of it.
pub fn redacted(reading: Reading, bytes: &[u8]) -> Decoded {
    let disclosure = Disclosure { content: Content::Full, redact: true };
    all_at_once(decoder(reading).disclosing(disclosure), bytes)
}

/// All at once, as a file of that owner.
pub fn whole_file(reading: Reading, bytes: &[u8]) -> Decoded {
    let decoder = options(reading).decoder(&Source::file(&log(), Found::Named)).first_of_all();
    // A file has headers if it begins with one.
    all_at_once(if bytes.starts_with(b"==> ") { decoder.following_headers() } else { decoder }, bytes)
}

fn all_at_once(mut decoder: Decoder, bytes: &[u8]) -> Decoded {
    let mut piece = Piece::default();
    let lines = decoder.lines(bytes, 0, 0, &mut piece);
    decoder.finish(&mut piece);
    piece.end(bytes.len() as u64, lines);
    Decoded::of(vec![piece])
}

/// Line by line.
pub fn line_by_line(reading: Reading, bytes: &[u8]) -> Decoded {
    let mut decoder = decoder(reading);
    let mut piece = Piece::default();
    let mut offset = 0;
    for (number, line) in (0..).zip(bytes.split(|byte| *byte == b'\n')) {
        decoder.line(line, offset, number, &mut piece);
        offset += line.len() as u64 + 1;
    }
    decoder.finish(&mut piece);
    Decoded::of(vec![piece])
}

/// Whether anybody waits for what comes.
#[derive(Clone, Copy, PartialEq)]
pub enum Waiting {
    Nobody,
    Somebody,
}

/// As it comes, in parts of random sizes.
pub fn streamed(reading: Reading, bytes: &[u8], waiting: Waiting, rng: &mut Rng) -> Decoded {
    struct Parts<'a>(&'a [u8], &'a mut Rng, usize);
    impl Read for Parts<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let (now, later) = self.0.split_at((1 + self.1.below(self.2)).min(self.0.len()));
            buffer[..now.len()].copy_from_slice(now);
            self.0 = later;
            Ok(now.len())
        }
    }
    let mut decoder = decoder(reading);
    if waiting == Waiting::Somebody {
        decoder = decoder.live();
    }
    let mut piece = Piece::default();
    let most = 1 + rng.below(bytes.len() + 1);
    let before_wait = |_: &mut Piece| Ok::<(), Infallible>(());
    let Ok(read) = read_stream(Parts(bytes, rng, most), SourceId(0), &mut decoder, &mut piece, before_wait);
    assert!(read.is_ok());
    Decoded::of(vec![piece])
}

thread_local! {
    static PLACE: RefCell<Option<TempDir>> = const { RefCell::new(None) };
}

/// The file that inputs are written to, one for each thread.
fn log() -> PathBuf {
    PLACE.with_borrow_mut(|place| {
        let place =
            place.get_or_insert_with(|| tempfile::tempdir().expect("a temporary directory can be made"));
        place.path().join("input")
    })
}

/// In blocks of a file.
pub fn file(reading: Reading, bytes: &[u8], rng: &mut Rng) -> Decoded {
    read(reading, bytes, Source::file(&log(), Found::Named), rng)
}

/// In blocks of a pipe whose sum alone is asked for.
pub fn pipe(reading: Reading, bytes: &[u8], rng: &mut Rng) -> Decoded {
    read(reading, bytes, Source::stream(&log()), rng)
}

fn read(reading: Reading, bytes: &[u8], source: Source, rng: &mut Rng) -> Decoded {
    fs::write(log(), bytes).expect("a file can be written");
    let options = Options {
        threads: 1 + rng.below(2),
        block_bytes: 1 + rng.below(bytes.len() + 1),
        ..options(reading)
    };
    let mut pieces = Vec::new();
    let outcome = read_all(&[source], &options, Piece::default, |piece| pieces.push(piece));
    assert!(outcome.errors.is_empty(), "{}", outcome.errors[0]);
    Decoded::of(pieces)
}
