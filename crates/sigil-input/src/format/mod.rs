//! Input formats. Lines are recognised one by one, by their keys (`FORMATS.md`).
//!
//! One file per format, each of the same shape: it scans one JSON object, notes the keys that tell
//! formats apart in `Seen`, and hands its events on.

mod claude;
mod sigil;

use chrono_tz::Tz;
use sigil_event::scan::{Scanner, Value};
use sigil_event::time::ZoneReader;
use sigil_event::{Defect, EventRef, Malformed, Shapes, Sink, Text};

use crate::Error;
use crate::line::{self, Line, MAX_LINE};
use crate::source::Owner;

/// A format that lines may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Sigil's own execution log.
    Sigil,
    /// Claude Code transcripts.
    Claude,
}

/// What `--from` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FormatChoice {
    /// Every line is what it looks like.
    #[default]
    Auto,
    /// Every line is of this format.
    Only(Format),
}

impl FormatChoice {
    /// The words `--from` takes.
    pub const NAMES: [&str; 3] = ["auto", "sigil", "claude"];

    /// The choice of that name.
    ///
    /// # Errors
    /// There is no such format.
    pub fn named(name: &str) -> Result<Self, Error> {
        match name {
            "auto" => Ok(Self::Auto),
            "sigil" => Ok(Self::Only(Format::Sigil)),
            "claude" => Ok(Self::Only(Format::Claude)),
            _ => Err(Error::Usage(format!("--from {name:?} is no format; use {}", Self::NAMES.join(", ")))),
        }
    }
}

/// Keys of one object that tell formats apart.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// `event_type`, `component` or a numeric `tokens`.
    sigil: bool,
    /// A `type` that Claude Code writes.
    claude_type: bool,
    /// `sessionId`, `uuid` or a `message` object.
    claude_key: bool,
}

impl Seen {
    /// The format, in the order that `FORMATS.md` gives; none for an object that could be anything.
    fn format(self) -> Option<Format> {
        match self {
            Self { claude_type: true, claude_key: true, .. } => Some(Format::Claude),
            Self { sigil: true, .. } => Some(Format::Sigil),
            _ => None,
        }
    }
}

/// How much was read, and how much of it was of a known format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines that are not blank.
    pub lines: u64,
    /// Objects of a known format.
    pub recognised: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.lines += other.lines;
        self.recognised += other.recognised;
    }
}

/// Turns the lines of one source, or of a piece of it, into events.
#[derive(Debug)]
pub struct Decoder {
    choice: FormatChoice,
    last: Format,
    owner: Owner,
    clock: ZoneReader,
    shapes: Shapes,
    tally: Tally,
    follows_headers: bool,
}

impl Decoder {
    /// A decoder for lines of `owner`, whose naive times are on the clocks of `zone`.
    pub fn new(choice: FormatChoice, owner: Owner, zone: Tz) -> Self {
        let last = if let FormatChoice::Only(format) = choice { format } else { Format::Sigil };
        Self {
            choice,
            last,
            owner,
            clock: ZoneReader::new(zone),
            shapes: Shapes::new(sigil::is_foreign),
            tally: Tally::default(),
            follows_headers: false,
        }
    }

    /// Decodes all lines in `bytes`. They begin at byte `offset` of their source, the first is the
    /// `first`-th of its piece, and the last need not end in a newline. Returns the number behind the
    /// last line.
    pub fn lines(&mut self, bytes: &[u8], offset: u64, first: u64, sink: &mut impl Sink) -> u64 {
        let mut number = first;
        let mut start = 0;
        // Text is checked once for all lines, where it is whole.
        let text = std::str::from_utf8(bytes).unwrap_or("");
        while let Some(rest) = bytes.get(start..).filter(|rest| !rest.is_empty()) {
            let end = start + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let at = offset + start as u64;
            match text.get(start..end) {
                _ if end - start > MAX_LINE => sink.defect(number, Malformed::TooLong.into()),
                Some(line) if line.starts_with('{') && line.ends_with('}') => {
                    self.tally.lines += 1;
                    self.text(line, at, number, sink);
                }
                _ => self.line(bytes.get(start..end).unwrap_or(&[]), at, number, sink),
            }
            start = end + 1;
            number += 1;
        }
        number
    }

    /// Decodes one line, without its newline, that begins at byte `offset` of its source and is the
    /// `number`-th of its piece.
    pub fn line(&mut self, bytes: &[u8], offset: u64, number: u64, sink: &mut impl Sink) {
        match line::clean(bytes) {
            Line::Blank => {}
            Line::Header(name) if self.follows_headers => self.owner = Owner::of(name.as_ref()),
            Line::Header(_) => {}
            Line::Text(text) => {
                self.tally.lines += 1;
                self.text(&text, offset, number, sink);
            }
        }
    }

    /// How much has been decoded so far.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// The decoder for a stream, in which `==> FILE <==` lines tell whose the following lines are.
    pub fn following_headers(self) -> Self {
        Self { follows_headers: true, ..self }
    }

    /// The decoder, its first lines being those of `owner`.
    pub fn owned_by(self, owner: Owner) -> Self {
        Self { owner, ..self }
    }

    /// The decoder, knowing the last point in time before its first line (in microseconds).
    pub fn after(mut self, latest_us: Option<i64>) -> Self {
        self.clock = self.clock.after(latest_us);
        self
    }

    /// The last point in time so far, in microseconds.
    pub fn latest_us(&self) -> Option<i64> {
        self.clock.latest_us()
    }

    /// Whether a piece of a log cannot be read without its beginning (see [`ZoneReader`]).
    pub fn needs_what_came_before(&self) -> bool {
        self.clock.needs_what_came_before()
    }

    #[inline]
    fn text(&mut self, text: &str, offset: u64, number: u64, sink: &mut impl Sink) {
        if self.last == Format::Sigil
            && let Some(parsed) = self.shapes.read(text)
        {
            self.tally.recognised += 1;
            self.emit(parsed.event, offset, sink);
            if let Some(defect) = parsed.defect {
                sink.defect(number, defect);
            }
            return;
        }
        self.objects(text, offset, number, sink);
    }

    fn objects(&mut self, text: &str, offset: u64, number: u64, sink: &mut impl Sink) {
        // Objects may follow each other on one line, where a writer was cut off or two wrote at once.
        let mut scanner = Scanner::new(text);
        loop {
            let at = offset + scanner.position() as u64;
            match self.object(&mut scanner, at, sink) {
                Ok(None) => {}
                Ok(Some(defect)) => sink.defect(number, defect),
                Err(why) => return sink.defect(number, why.into()),
            }
            if scanner.peek_token().is_none() {
                return;
            }
        }
    }

    #[inline]
    fn object(
        &mut self,
        scanner: &mut Scanner<'_>,
        offset: u64,
        sink: &mut impl Sink,
    ) -> Result<Option<Defect>, Malformed> {
        let from = scanner.clone();
        let guess = self.last;
        match guess {
            Format::Sigil => {
                let (parsed, seen, session) = sigil::scan(scanner)?;
                expect_end_or_object(scanner)?;
                match self.decide(seen) {
                    Some(Format::Sigil) => {
                        self.shapes.learn(parsed.event.raw);
                        self.emit(parsed.event, offset, sink);
                        Ok(parsed.defect)
                    }
                    Some(Format::Claude) => self.object(&mut from.clone(), offset, sink),
                    None => {
                        self.emit_neutral(parsed.event, session, offset, sink);
                        Ok(None)
                    }
                }
            }
            Format::Claude => {
                let (line, seen) = claude::scan(scanner)?;
                expect_end_or_object(scanner)?;
                match self.decide(seen) {
                    Some(Format::Claude) => {
                        let mut emit = |event| self.emit(event, offset, sink);
                        line.events(&mut emit);
                        Ok(line.defect())
                    }
                    Some(Format::Sigil) => self.object(&mut from.clone(), offset, sink),
                    None => {
                        let (parsed, _, session) = sigil::scan(&mut from.clone())?;
                        self.emit_neutral(parsed.event, session, offset, sink);
                        Ok(None)
                    }
                }
            }
        }
    }

    /// The format to read an object in, which is then expected of the next one too.
    #[inline]
    fn decide(&mut self, seen: Seen) -> Option<Format> {
        let format = match self.choice {
            FormatChoice::Auto => seen.format()?,
            FormatChoice::Only(format) => format,
        };
        // An object that is first read in another format is decided upon twice.
        self.tally.recognised += u64::from(format == self.last);
        self.last = format;
        Some(format)
    }

    #[inline]
    fn emit<'e>(&'e mut self, mut event: EventRef<'e>, offset: u64, sink: &mut impl Sink) {
        event.at = event.timestamp.and_then(|text| match text.as_plain() {
            Some(plain) => self.clock.read_text(plain),
            None => self.clock.read_text(&text.decode()),
        });
        if event.session_id.is_none() {
            let session = self.owner.session.as_deref().or(self.owner.fallback.as_deref());
            event.session_id = session.map(Text::plain);
        }
        sink.event(&event, offset);
    }

    /// An object of no known format decides nothing, and means the same whatever stands around it: it
    /// is an event if it names its session, or if its file is a session's log.
    fn emit_neutral<'a>(
        &mut self,
        mut event: EventRef<'a>,
        session: Option<Text<'a>>,
        offset: u64,
        sink: &mut impl Sink,
    ) {
        event.session_id = event.session_id.or(session);
        if event.session_id.is_some() || self.owner.session.is_some() {
            self.emit(event, offset, sink);
        }
    }
}

/// Behind an object comes the end of the line, or another object; anything else makes the line malformed.
fn expect_end_or_object(scanner: &mut Scanner<'_>) -> Result<(), Malformed> {
    match scanner.peek_token() {
        None | Some(b'{') => Ok(()),
        Some(_) => Err(Malformed::TrailingText),
    }
}

/// Whether a `type` is one that Claude Code writes. Kinds without `sessionId`, `uuid` or `message`
/// decide nothing, so that new ones do no harm.
fn is_claude_type(value: &Value<'_>) -> bool {
    const TYPES: [&str; 10] = [
        "assistant",
        "user",
        "system",
        "summary",
        "progress",
        "queue-operation",
        "file-history-snapshot",
        "attachment",
        "last-prompt",
        "custom-title",
    ];
    matches!(value, Value::String(text) if TYPES.iter().any(|known| text.is(known)))
}
