//! Input formats. Lines are recognised one by one, by their keys (`FORMATS.md`).
//!
//! One file per format, each of the same shape: it scans one JSON object, notes the keys that tell
//! formats apart in `Seen`, and hands its events on. What is no object may be `text`.

mod carry;
mod choice;
mod claude;
mod codex;
mod higress;
mod pieces;
mod plain;
mod said;
mod seen;
mod sigil;
mod tally;
mod text;
mod textual;

use std::borrow::Cow;

use chrono_tz::Tz;
use sigil_event::scan::Scanner;
use sigil_event::time::ZoneReader;
use sigil_event::{Defect, EventRef, Malformed, Shapes, Sink, Text};

use crate::content::Disclosure;
use crate::estimate::Estimates;
use crate::line::{self, Line, MAX_LINE, Places};
use crate::source::Owner;
pub(crate) use carry::Carry;
pub use choice::{Format, FormatChoice};
pub use plain::LineSink;
use seen::Seen;
pub use tally::Tally;

/// Turns the lines of one source, or of a piece of it, into events.
#[derive(Clone, Debug)]
pub struct Decoder {
    choice: FormatChoice,
    last: Format,
    owner: Owner,
    clock: ZoneReader,
    shapes: Shapes,
    disclosure: Disclosure,
    estimates: Estimates,
    tally: Tally,
    follows_headers: bool,
    is_live: bool,
    /// Whether what is no JSON object may be text.
    takes_text: bool,
    /// What a date without a year is not after.
    now_us: i64,
    /// Whether a JSON object was shown in this stream, if that is known.
    has_object: Option<bool>,
    /// The Codex thread whose rollout goes on, if that is known.
    thread: Option<Box<codex::Thread>>,
    /// The log of text that goes on, if that is known.
    log: Option<Box<text::Log>>,
    /// A line was met whose meaning hangs on lines before the piece, and those are not known.
    lacks_carry: bool,
}

impl Decoder {
    /// A decoder for a piece of a source of `owner`, whose naive times are on the clocks of `zone`. What
    /// comes before the piece is not known.
    pub fn new(choice: FormatChoice, owner: Owner, zone: Tz) -> Self {
        let last = if let FormatChoice::Only(format) = choice { format } else { Format::Sigil };
        Self {
            choice,
            last,
            owner,
            clock: ZoneReader::new(zone),
            shapes: Shapes::new(Seen::is_foreign),
            disclosure: Disclosure::default(),
            estimates: Estimates::default(),
            tally: Tally::default(),
            follows_headers: false,
            is_live: false,
            takes_text: true,
            now_us: i64::MAX,
            has_object: None,
            thread: None,
            log: None,
            lacks_carry: false,
        }
    }

    /// The decoder for a piece that its source begins with; another source, an older part of the same log,
    /// may come before.
    pub(crate) fn at_the_beginning(self) -> Self {
        Self { has_object: Some(false), thread: Some(Box::default()), log: Some(Box::default()), ..self }
    }

    /// The decoder for a source that nothing comes before.
    pub fn first_of_all(self) -> Self {
        self.after(Carry::default())
    }

    /// The decoder for a stream, in which `==> FILE <==` lines tell whose the following lines are.
    pub fn following_headers(self) -> Self {
        Self { follows_headers: true, ..self }
    }

    /// The decoder that lets out what `disclosure` says of what was said; by itself nothing.
    pub fn disclosing(self, disclosure: Disclosure) -> Self {
        Self { disclosure, ..self }
    }

    /// The decoder that estimates tokens as `estimates` says; by itself none.
    pub fn estimating(self, estimates: Estimates) -> Self {
        Self { estimates, ..self }
    }

    /// The decoder for a stream that somebody waits for: what has come is handed on before the next wait,
    /// even if more might belong to it.
    pub fn live(self) -> Self {
        Self { is_live: true, ..self }
    }

    /// The decoder, for which a date without a year is of the last year in which it is not after `now_us`, in
    /// microseconds since 1970. Otherwise such dates tell no time.
    pub fn at(self, now_us: i64) -> Self {
        Self { now_us, ..self }
    }

    /// The decoder for a source in which what is no object is not text either.
    pub(crate) fn without_text(self) -> Self {
        Self { takes_text: false, ..self }
    }

    /// The decoder, its first lines being those of `owner`.
    pub(crate) fn owned_by(self, owner: Owner) -> Self {
        Self { owner, ..self }
    }

    /// The decoder, knowing what the lines before its first have left behind.
    pub(crate) fn after(mut self, carry: Carry) -> Self {
        self.clock = self.clock.after(carry.latest_us);
        self.has_object = Some(carry.has_object.unwrap_or(false));
        self.thread = Some(carry.thread.unwrap_or_default());
        self.log = Some(carry.log.unwrap_or_default());
        self
    }

    /// What the lines so far leave behind for those that follow.
    pub(crate) fn into_carry(self) -> Carry {
        let latest_us = self.clock.latest_us();
        Carry { latest_us, has_object: self.has_object, thread: self.thread, log: self.log }
    }

    /// How much has been decoded so far.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Whether the piece cannot be decoded without what the lines before it have left behind.
    pub(crate) fn needs_what_came_before(&self) -> bool {
        self.lacks_carry || self.clock.needs_what_came_before()
    }

    /// Decodes all lines in `bytes`. They begin at byte `offset` of their source, the first is the
    /// `first`-th of its piece, and the last need not end in a newline. Returns the number behind the
    /// last line. Stops early where it would need what came before.
    pub fn lines(&mut self, bytes: &[u8], offset: u64, first: u64, sink: &mut impl Sink) -> u64 {
        let mut number = first;
        let mut start = 0;
        // Text is checked once for all lines, where it is whole.
        let text = std::str::from_utf8(bytes).unwrap_or("");
        while start < bytes.len() {
            start = self.next_line(bytes, text, start, offset, number, sink);
            if self.needs_what_came_before() {
                return number;
            }
            number += 1;
        }
        number
    }

    /// Decodes the line of `bytes` that begins at `start`, and returns where the next one does. `text` is
    /// `bytes` if they are UTF-8, else nothing.
    #[inline]
    fn next_line(
        &mut self,
        bytes: &[u8],
        text: &str,
        start: usize,
        offset: u64,
        number: u64,
        sink: &mut impl Sink,
    ) -> usize {
        let rest = bytes.get(start..).unwrap_or(&[]);
        let end = start + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let at = offset + start as u64;
        match text.get(start..end) {
            _ if end - start > MAX_LINE => sink.defect(number, Malformed::TooLong.into()),
            Some(line) if self.has_object == Some(true) && line.starts_with('{') && line.ends_with('}') => {
                self.tally.lines += 1;
                self.json(line, at, number, sink);
            }
            _ => self.line(bytes.get(start..end).unwrap_or(&[]), at, number, sink),
        }
        end + 1
    }

    /// Decodes one line, without its newline, that begins at byte `offset` of its source and is the
    /// `number`-th of its piece.
    pub fn line(&mut self, bytes: &[u8], offset: u64, number: u64, sink: &mut impl Sink) {
        match line::clean(bytes) {
            Line::Blank => {}
            Line::Header(name) if self.follows_headers => {
                // What an earlier source has held back must be handed on before.
                self.lacks_carry |= self.thread.is_none();
                self.finish(sink);
                self.owner = Owner::of(name.as_ref());
                self.has_object = Some(false);
                self.thread = Some(Box::default());
                self.log = Some(Box::default());
            }
            Line::Header(_) => {}
            Line::Text(line) => {
                self.tally.lines += 1;
                match self.is_text(&line) {
                    Some(true) if self.choice == FormatChoice::Auto && higress::may_hold(&line) => {
                        self.gateway_line(&line, bytes, offset, number, sink);
                    }
                    Some(true) => self.text(&line::as_written(bytes), offset, sink),
                    Some(false) => {
                        let offset = offset + line::trimmed_start(bytes) as u64;
                        match line {
                            Cow::Borrowed(line) => self.json(line, offset, number, sink),
                            Cow::Owned(line) => {
                                self.begin_objects(sink);
                                self.objects(&line, &mut Places::of(bytes), offset, number, sink);
                            }
                        }
                    }
                    None => self.lacks_carry = true,
                }
            }
        }
    }

    /// Hands on what has been held back because more lines might have belonged to it.
    pub fn finish(&mut self, sink: &mut impl Sink) {
        if let Some(mut thread) = self.thread.take() {
            thread.flush(&mut |event, offset| self.emit(event, offset, sink));
            self.thread = Some(thread);
        }
        self.finish_text(sink);
    }

    /// [`finish`](Self::finish), where the source ends with this piece; `before` gives what the lines before
    /// the piece have left behind.
    pub(crate) fn finish_source(&mut self, before: impl FnOnce() -> Carry, sink: &mut impl Sink) {
        if self.thread.is_none() {
            Carry { thread: self.thread, log: self.log, .. } = before();
        }
        self.finish(sink);
    }

    /// A wait for more comes next.
    pub(crate) fn before_wait(&mut self, sink: &mut impl Sink) {
        if self.is_live {
            self.finish(sink);
        }
    }

    /// An object is shown: what is no object is no text from now on.
    #[inline]
    fn begin_objects(&mut self, sink: &mut impl Sink) {
        if self.has_object != Some(true) {
            self.finish_text(sink);
            self.has_object = Some(true);
        }
    }

    #[inline]
    fn json(&mut self, text: &str, offset: u64, number: u64, sink: &mut impl Sink) {
        self.begin_objects(sink);
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
        self.objects(text, &mut Places::default(), offset, number, sink);
    }

    fn objects(&mut self, text: &str, places: &mut Places, offset: u64, number: u64, sink: &mut impl Sink) {
        // Objects may follow each other on one line, where a writer was cut off or two wrote at once.
        let mut base = 0;
        let mut scanner = Scanner::new(text);
        loop {
            let from = base + scanner.position();
            let at = offset + places.written(from) as u64;
            match self.object(&mut scanner, at, sink) {
                Ok(None) => {}
                Ok(Some(defect)) => sink.defect(number, defect),
                Err(why) => {
                    let rest = text.get(from..).unwrap_or("");
                    let Some((line, taken)) = self.recover(rest) else {
                        return sink.defect(number, why.into());
                    };
                    let estimates = self.estimates;
                    if let Some(defect) = line.events(estimates, &mut |event| self.emit(event, at, sink)) {
                        sink.defect(number, defect);
                    }
                    base = from + taken;
                    scanner = Scanner::new(text.get(base..).unwrap_or(""));
                }
            }
            if scanner.peek_token().is_none() {
                return;
            }
        }
    }

    /// What is no whole object may still be a gateway's line.
    #[cold]
    fn recover<'t>(&mut self, text: &'t str) -> Option<(higress::Line<'t>, usize)> {
        if !matches!(self.choice, FormatChoice::Auto | FormatChoice::Only(Format::Higress)) {
            return None;
        }
        let recovered = higress::recover(text)?;
        self.tally.recognised += 1;
        self.last = Format::Higress;
        Some(recovered)
    }

    /// Reads an object in the format of the one before, and once more if its keys say that it is of another.
    #[inline]
    fn object(
        &mut self,
        scanner: &mut Scanner<'_>,
        offset: u64,
        sink: &mut impl Sink,
    ) -> Result<Option<Defect>, Malformed> {
        let from = scanner.clone();
        let format = match self.last {
            Format::Sigil => {
                let (parsed, seen, _) = sigil::scan(scanner)?;
                expect_end_or_object(scanner)?;
                let format = self.decide(seen);
                if format == Some(Format::Sigil) {
                    self.shapes.learn(parsed.event.raw);
                    self.emit(parsed.event, offset, sink);
                    return Ok(parsed.defect);
                }
                format
            }
            Format::Claude => {
                let (line, seen) = claude::scan(scanner)?;
                expect_end_or_object(scanner)?;
                let format = self.decide(seen);
                if format == Some(Format::Claude) {
                    let content = self.disclosure.content;
                    line.events(content, &mut |event| self.emit(event, offset, sink));
                    return Ok(line.defect());
                }
                format
            }
            Format::Codex => {
                let (line, seen) = codex::scan(scanner)?;
                expect_end_or_object(scanner)?;
                let format = self.decide(seen);
                if format == Some(Format::Codex) {
                    return Ok(self.codex(&line, offset, sink));
                }
                format
            }
            Format::Higress => {
                let (line, seen) = higress::scan(scanner)?;
                expect_end_or_object(scanner)?;
                let format = self.decide(seen);
                if format == Some(Format::Higress) {
                    let estimates = self.estimates;
                    return Ok(line.events(estimates, &mut |event| self.emit(event, offset, sink)));
                }
                format
            }
            // Forced upon all lines, none of which is looked at as an object then.
            Format::Text => return Err(Malformed::NotAnObject),
        };
        match format {
            Some(_) => self.object(&mut from.clone(), offset, sink),
            None => self.neutral(&mut from.clone(), offset, sink),
        }
    }

    fn codex(&mut self, line: &codex::Line<'_>, offset: u64, sink: &mut impl Sink) -> Option<Defect> {
        let Some(mut thread) = self.thread.take() else {
            self.lacks_carry = true;
            return None;
        };
        let at = line.timestamp().and_then(|text| self.clock.read_text(&text.decode()));
        let wanted = codex::Wanted { estimates: self.estimates, content: self.disclosure.content };
        let defect =
            line.events(at, &mut thread, wanted, offset, &mut |event, offset| self.emit(event, offset, sink));
        self.thread = Some(thread);
        defect
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
    fn emit(&mut self, mut event: EventRef<'_>, offset: u64, sink: &mut impl Sink) {
        if event.at.is_none() {
            event.at = event.timestamp.and_then(|text| match text.as_plain() {
                Some(plain) => self.clock.read_text(plain),
                None => self.clock.read_text(&text.decode()),
            });
        }
        let Self { owner, disclosure, .. } = self;
        if event.session_id.is_none() {
            let session = owner.session.as_deref().or(owner.fallback.as_deref());
            let event = EventRef { session_id: session.map(Text::plain), ..event };
            return hand_on(event, *disclosure, offset, sink);
        }
        hand_on(event, *disclosure, offset, sink);
    }

    /// An object of no known format decides nothing, and means the same whatever stands around it: it
    /// is an event if it names its session, or if its file is a session's log. Only its words, if those are
    /// asked for, may be those of a Codex thread that has no envelopes.
    fn neutral(
        &mut self,
        scanner: &mut Scanner<'_>,
        offset: u64,
        sink: &mut impl Sink,
    ) -> Result<Option<Defect>, Malformed> {
        if self.estimates == Estimates::Made {
            let (line, _) = codex::scan(&mut scanner.clone())?;
            if line.is_bare_message() && self.thread.as_ref().is_none_or(|thread| thread.is_bare()) {
                return Ok(self.codex(&line, offset, sink));
            }
        }
        let (parsed, _, session) = sigil::scan(scanner)?;
        let mut event = parsed.event;
        event.session_id = event.session_id.or(session);
        if event.session_id.is_some() || self.owner.session.is_some() {
            self.emit(event, offset, sink);
        }
        Ok(None)
    }
}

#[inline]
fn hand_on(event: EventRef<'_>, disclosure: Disclosure, offset: u64, sink: &mut impl Sink) {
    if disclosure.is_idle(&event) {
        return sink.event(&event, offset);
    }
    disclosure.apply(event, |event| sink.event(event, offset));
}

/// Whether a source that begins with `beginning` is read best from its beginning on: its lines hang on each
/// other.
pub(crate) fn must_be_read_in_order(beginning: &[u8], choice: FormatChoice) -> bool {
    match choice {
        FormatChoice::Only(Format::Codex | Format::Text) => true,
        FormatChoice::Only(_) => beginning.starts_with(line::HEADER_START),
        FormatChoice::Auto => match beginning {
            [b'{', ..] => codex::is_rollout(beginning),
            _ => true,
        },
    }
}

/// Behind an object comes the end of the line, or another object; anything else makes the line malformed.
fn expect_end_or_object(scanner: &mut Scanner<'_>) -> Result<(), Malformed> {
    match scanner.peek_token() {
        None | Some(b'{') => Ok(()),
        Some(_) => Err(Malformed::TrailingText),
    }
}
