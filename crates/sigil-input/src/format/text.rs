//! Lines of text, as programs write logs for people: an event each, but for those that go on with the one
//! above and join it.

mod column;
mod cursor;
mod severity;
mod time;
mod trace;
mod vocabulary;
mod words;

#[cfg(test)]
mod tests;

use sigil_event::time::ZoneReader;
use sigil_event::{
    Estimate, EventRef, EventType, Metadata, Text, Timestamp, Written, tokens_of_words, words,
};

use self::severity::Severity;
use self::time::Stamp;
use self::trace::Above;
use crate::estimate::Estimates;
use crate::source::Owner;

const FORMAT: Text<'static> = Text::plain("text");

/// How many bytes lines may add to the event that they belong to. What is beyond is left out.
const LONGEST_TRACE: usize = 64 << 10;

/// The first line of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line<'a> {
    /// When, if the line says so.
    written: Option<Written>,
    /// How bad it is.
    severity: Severity,
    /// What it says, without the time if it begins with that.
    message: &'a str,
}

/// Tells the lines of one log apart, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Reader {
    above: Above,
}

impl Reader {
    /// Reads a line, with the white space that it begins with; none if it goes on with the event above.
    /// Times without a year are of the last year in which they are not after `now_us`.
    fn read<'a>(&mut self, line: &'a str, now_us: i64) -> Option<Line<'a>> {
        let line = line.trim_end();
        let stamp = Stamp::find(line, now_us);
        if let Some(above) = self.above.next(line, stamp.as_ref()) {
            self.above = above;
            return None;
        }
        let severity = Severity::of(line, stamp.as_ref());
        self.above = Above::first(line, stamp.as_ref(), severity);
        let behind = stamp.filter(|stamp| stamp.leads).and_then(|stamp| line.get(stamp.end..));
        // Brackets around the time, and what keeps it apart.
        let message = behind.unwrap_or(line).trim_start_matches([' ', '\t', ']', ')', '>', ',', ':', '|']);
        Some(Line { written: stamp.map(|stamp| stamp.written), severity, message })
    }
}

/// How lines are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// What a date without a year is not after, in microseconds since 1970.
    pub(super) now_us: i64,
    /// Whether the words of events are counted.
    pub(super) estimates: Estimates,
    /// Somebody waits for lines: events are handed on before it is known what belongs to them.
    pub(super) is_live: bool,
}

/// The log of one source: an event is held back until it is known what belongs to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    reader: Reader,
    held: Option<Held>,
    /// What the event says that is held back.
    message: String,
    /// How much of that its first line is.
    first_bytes: usize,
    /// What the event comes to, held back or not, if that is estimated.
    reckoning: Option<Reckoning>,
}

/// What the words of a log come to while its lines are being read: of all its words, so that rounding each
/// line adds up to nothing.
#[derive(Clone, Copy, Debug, Default)]
struct Reckoning {
    /// Time of the event that is being read.
    at: Option<Timestamp>,
    words: u64,
    /// Tokens that have been handed on.
    told: u64,
}

impl Reckoning {
    /// The tokens that have not been handed on yet.
    fn tell(&mut self) -> u64 {
        let before = std::mem::replace(&mut self.told, tokens_of_words(self.words));
        self.told - before
    }
}

/// An event that is held back.
#[derive(Clone, Copy, Debug)]
struct Held {
    at: Option<Timestamp>,
    severity: Severity,
    offset: u64,
}

/// An event, whole as far as it goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    /// Where its first line begins.
    pub(super) offset: u64,
    at: Option<Timestamp>,
    severity: Severity,
    message: &'a str,
    /// What it comes to, if that is estimated.
    tokens: Option<u64>,
}

impl Log {
    /// Whether there was a line.
    pub(super) fn has_begun(&self) -> bool {
        self.reader != Reader::default()
    }

    /// Takes a line that begins at byte `offset`, and hands on the event before if it begins another.
    pub(super) fn read(
        &mut self,
        line: &str,
        offset: u64,
        reading: Reading,
        clock: &mut ZoneReader,
        emit: &mut impl FnMut(Entry<'_>),
    ) {
        match self.reader.read(line, reading.now_us) {
            Some(Line { written, severity, message }) => {
                self.flush(emit);
                let at = written.map(|written| clock.read(written));
                self.reckoning = match reading.estimates {
                    Estimates::None => None,
                    Estimates::Made => {
                        let before = self.reckoning.unwrap_or_default();
                        Some(Reckoning { at, words: before.words + words(line), ..before })
                    }
                };
                self.held = Some(Held { at, severity, offset });
                self.message.push_str(message);
                self.first_bytes = message.len();
            }
            // An event that was handed on already has to do without the rest, which comes by itself where lines are
            // waited for; so do its tokens.
            None if self.held.is_none() => {
                let (at, tokens) = match &mut self.reckoning {
                    Some(reckoning) => {
                        reckoning.words += words(line);
                        (reckoning.at, Some(reckoning.tell()))
                    }
                    None if reading.is_live => (None, None),
                    None => return,
                };
                emit(Entry { offset, at, severity: Severity::Line, message: line, tokens });
            }
            None => {
                if let Some(reckoning) = &mut self.reckoning {
                    reckoning.words += words(line);
                }
                if self.message.len() - self.first_bytes + line.len() < LONGEST_TRACE {
                    self.message.push('\n');
                    self.message.push_str(line);
                }
            }
        }
    }

    /// Hands on the event that is held back.
    pub(super) fn flush(&mut self, emit: &mut impl FnMut(Entry<'_>)) {
        if let Some(Held { at, severity, offset }) = self.held.take() {
            let tokens = self.reckoning.as_mut().map(Reckoning::tell);
            emit(Entry { offset, at, severity, message: &self.message, tokens });
        }
        // One long trace shall not cost its memory for ever.
        self.message.clear();
        self.message.shrink_to(LONGEST_TRACE);
    }
}

impl<'a> Entry<'a> {
    /// The event, in the log of `owner`.
    pub(super) fn event(&self, owner: &'a Owner) -> EventRef<'a> {
        let name = match self.severity {
            Severity::Error => "log_error",
            Severity::Warning => "log_warning",
            Severity::Line => "log_line",
        };
        let name_of_file = owner.fallback.as_deref().map(Text::plain);
        EventRef {
            at: self.at,
            session_id: owner.session.as_deref().map(Text::plain).or(name_of_file),
            component: name_of_file.or(Some(FORMAT)),
            type_name: Some(Text::plain(name)),
            event_type: EventType::of(name),
            message: Some(Text::plain(self.message)),
            tokens: self.tokens,
            metadata: Metadata {
                estimate: self.tokens.map(|_| Estimate::Tokens),
                format: Some(FORMAT),
                ..Metadata::default()
            },
            ..EventRef::default()
        }
    }
}
