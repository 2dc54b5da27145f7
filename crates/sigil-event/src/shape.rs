//! Lines that look like the lines before them.
//!
//! A program writes its events with the same keys in the same order: of most lines only the values are
//! new. A [`Shape`] is what stays, learnt from one line that the scanner has read: pieces of literal text,
//! and between them the places of strings and numbers. Reading a line of a known shape compares the
//! pieces and scans the values; it knows the keys without looking at them. Whatever differs in any other
//! way is left to the scanner, so a shape never decides what a line means: `tests/decode.rs` holds both
//! ways of reading against each other.

use crate::borrowed::{EventRef, Parsed};
use crate::defect::Malformed;
use crate::kind::EventType;
use crate::quantity::{Quantity, dollars, milliseconds};
use crate::scan::{Scanner, Value};
use crate::usage::Usage;

/// What a value is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Timestamp,
    SessionId,
    EventType,
    Component,
    Message,
    Tokens,
    LatencyMs,
    Budget,
    Model,
    UsageId,
    ContextWindow,
    Format,
    CostUsd,
    Input,
    Output,
    Reasoning,
    CacheRead,
    CacheWrite,
    CacheWrite1h,
    /// A key that the event model does not know.
    Unknown,
}

impl Field {
    fn of_event(key: &str) -> Self {
        match key {
            "timestamp" => Self::Timestamp,
            "session_id" => Self::SessionId,
            "event_type" => Self::EventType,
            "component" => Self::Component,
            "message" => Self::Message,
            "tokens" => Self::Tokens,
            _ => Self::Unknown,
        }
    }

    fn of_metadata(key: &str) -> Self {
        match key {
            "latency_ms" => Self::LatencyMs,
            "budget" => Self::Budget,
            "model" => Self::Model,
            "usage_id" => Self::UsageId,
            "context_window" => Self::ContextWindow,
            "format" => Self::Format,
            "cost_usd" => Self::CostUsd,
            _ => Self::Unknown,
        }
    }

    fn of_usage(key: &str) -> Self {
        match key {
            "input" => Self::Input,
            "output" => Self::Output,
            "reasoning" => Self::Reasoning,
            "cache_read" => Self::CacheRead,
            "cache_write" => Self::CacheWrite,
            "cache_write_1h" => Self::CacheWrite1h,
            _ => Self::Unknown,
        }
    }
}

/// A value's place, and the literal text before it. The quotes of a string belong to the literal text.
#[derive(Clone, Debug)]
struct Slot {
    literal: Box<[u8]>,
    is_string: bool,
    field: Field,
}

/// What the lines of one kind have in common.
#[derive(Clone, Debug)]
struct Shape {
    slots: Vec<Slot>,
    /// The literal text behind the last value.
    end: Box<[u8]>,
    has_usage: bool,
}

/// A line is not of the shape, or is none that a shape can be learnt from.
struct Other;

impl From<Malformed> for Other {
    fn from(_: Malformed) -> Self {
        Self
    }
}

/// Collects the places of values while a line is read.
struct Lesson<'a> {
    line: &'a str,
    slots: Vec<Slot>,
    known: Vec<Field>,
    literal_from: usize,
    has_usage: bool,
    is_odd: bool,
}

impl<'a> Lesson<'a> {
    /// Reads a value of a key that means `field`.
    fn value(&mut self, field: Field, scanner: &mut Scanner<'a>) -> Result<(), Malformed> {
        if field != Field::Unknown {
            // Of a key that comes twice the last value counts, whatever it is: not a case for shapes.
            self.is_odd |= self.known.contains(&field);
            self.known.push(field);
        }
        scanner.peek_token();
        let from = scanner.position();
        let (from, to, is_string) = match scanner.value()? {
            Value::String(_) => (from + 1, scanner.position() - 1, true),
            Value::Number(_) => (from, scanner.position(), false),
            // Part of the literal text, if it says nothing.
            Value::Null => return Ok(()),
            Value::Bool(_) | Value::Nested(_) => {
                self.is_odd |= field != Field::Unknown;
                return Ok(());
            }
        };
        let literal = self.line.as_bytes().get(self.literal_from..from).unwrap_or_default().into();
        self.slots.push(Slot { literal, is_string, field });
        self.literal_from = to;
        Ok(())
    }
}

impl Shape {
    /// The shape of a line that is one Sigil object; `is_foreign` tells keys that other formats are
    /// recognised by.
    fn learn(line: &str, is_foreign: fn(&str) -> bool) -> Option<Self> {
        let mut lesson = Lesson {
            line,
            slots: Vec::new(),
            known: Vec::new(),
            literal_from: 0,
            has_usage: false,
            is_odd: false,
        };
        let mut scanner = Scanner::new(line);
        let mut metadata_seen = 0;
        let read = scanner.object(|key, scanner| {
            let key = key.decode();
            lesson.is_odd |= is_foreign(&key);
            if key != "metadata" {
                return lesson.value(Field::of_event(&key), scanner);
            }
            metadata_seen += 1;
            if !scanner.at_object() {
                return scanner.skip();
            }
            scanner.object(|key, scanner| {
                let key = key.decode();
                if key != "usage" || !scanner.at_object() {
                    lesson.is_odd |= key == "usage";
                    return lesson.value(Field::of_metadata(&key), scanner);
                }
                lesson.is_odd |= lesson.has_usage;
                lesson.has_usage = true;
                scanner.object(|key, scanner| lesson.value(Field::of_usage(&key.decode()), scanner))
            })
        });
        let is_whole = read.is_ok() && scanner.peek_token().is_none();
        let says_what_it_is = [Field::EventType, Field::Component, Field::Tokens]
            .iter()
            .any(|field| lesson.known.contains(field));
        if !is_whole || lesson.is_odd || metadata_seen > 1 || !says_what_it_is {
            return None;
        }
        let end = line.as_bytes().get(lesson.literal_from..).unwrap_or_default().into();
        Some(Self { slots: lesson.slots, end, has_usage: lesson.has_usage })
    }

    /// Reads a line, if it is of this shape.
    #[inline]
    fn read<'a>(&self, line: &'a str) -> Result<Parsed<'a>, Other> {
        let bytes = line.as_bytes();
        let mut event = EventRef { raw: line, ..EventRef::default() };
        let mut usage = Usage::default();
        let mut tokens = Quantity::Absent;
        let mut at = 0;
        for Slot { literal, is_string, field } in &self.slots {
            let from = at + literal.len();
            if !bytes.get(at..from).is_some_and(|text| is_same(text, literal)) {
                return Err(Other);
            }
            let mut scanner = Scanner::at(line, from);
            let value = if *is_string {
                let text = scanner.string_after_quote()?;
                at = scanner.position() - 1;
                Value::String(text)
            } else {
                let number = scanner.number()?;
                at = scanner.position();
                Value::Number(number)
            };
            let count = || Quantity::of(value).or_zero();
            match field {
                Field::Unknown => {}
                Field::Timestamp => event.timestamp = value.text(),
                Field::SessionId => event.session_id = value.text(),
                Field::EventType => event.type_name = value.text(),
                Field::Component => event.component = value.text(),
                Field::Message => event.message = value.text(),
                Field::Tokens => tokens = Quantity::of(value),
                Field::LatencyMs => event.metadata.latency_us = milliseconds(value),
                Field::Budget => event.metadata.budget = Quantity::of(value).count(),
                Field::Model => event.metadata.model = value.text(),
                Field::ContextWindow => {
                    event.metadata.context_window = Quantity::of(value).count();
                }
                Field::UsageId => event.metadata.usage_id = value.text(),
                Field::Format => event.metadata.format = value.text(),
                Field::CostUsd => event.metadata.cost_pico_usd = dollars(value),
                Field::Input => usage.input = count(),
                Field::Output => usage.output = count(),
                Field::Reasoning => usage.reasoning = count(),
                Field::CacheRead => usage.cache_read = count(),
                Field::CacheWrite => usage.cache_write = count(),
                Field::CacheWrite1h => usage.cache_write_1h = count(),
            }
        }
        if bytes.get(at..) != Some(&self.end) {
            return Err(Other);
        }
        event.event_type = match event.type_name {
            Some(name) => name.as_plain().map_or_else(|| EventType::of(&name.decode()), EventType::of),
            None => EventType::Other,
        };
        event.metadata.usage = self.has_usage.then_some(usage);
        let defect = event.set_tokens(tokens);
        Ok(Parsed { event, defect })
    }
}

impl Shape {
    /// The length of the line of this shape that `text` begins with, its newline included, if there is one and
    /// nothing is wrong with it.
    #[inline]
    fn line_length(&self, text: &str) -> Result<usize, Other> {
        let bytes = text.as_bytes();
        let mut at = 0;
        for Slot { literal, is_string, field } in &self.slots {
            let from = at + literal.len();
            if !bytes.get(at..from).is_some_and(|text| is_same(text, literal)) {
                return Err(Other);
            }
            let mut scanner = Scanner::at(text, from);
            if *is_string {
                scanner.string_after_quote()?;
                at = scanner.position() - 1;
            } else {
                scanner.number()?;
                at = scanner.position();
            }
            if *field == Field::Tokens && !is_count(text, from - usize::from(*is_string), at) {
                return Err(Other);
            }
        }
        let rest = bytes.get(at..).unwrap_or_default();
        // Mostly one or two braces: too short for a call.
        let is_same = rest.iter().zip(&self.end).all(|(byte, literal)| byte == literal);
        let end = at + self.end.len();
        if is_same && bytes.get(end) == Some(&b'\n') { Ok(end + 1) } else { Err(Other) }
    }
}

/// Whether the value that begins at byte `from` of `text`, and whose last digit would stand before `end`, can be
/// counted. Few digits always can.
#[inline]
fn is_count(text: &str, from: usize, end: usize) -> bool {
    let digits = text.as_bytes().get(from..end).unwrap_or_default();
    if digits.len() < 16 && digits.iter().all(u8::is_ascii_digit) {
        return true;
    }
    Scanner::at(text, from).value().is_ok_and(|value| Quantity::of(value) != Quantity::Unusable)
}

/// Whether two slices of one length are the same. Most literals are a key and what stands around it, 8 to
/// 32 bytes: two comparisons of words, where a call would cost more than it does.
#[inline(always)]
fn is_same(text: &[u8], literal: &[u8]) -> bool {
    match literal.len() {
        8..=16 => have_same_ends::<8>(text, literal),
        17..=32 => have_same_ends::<16>(text, literal),
        _ => text == literal,
    }
}

#[inline(always)]
fn have_same_ends<const N: usize>(text: &[u8], literal: &[u8]) -> bool {
    text.first_chunk::<N>() == literal.first_chunk() && text.last_chunk::<N>() == literal.last_chunk()
}

/// The shapes of the last kinds of lines.
#[derive(Clone, Debug)]
pub struct Shapes {
    is_foreign: fn(&str) -> bool,
    /// The one that fitted last is first.
    shapes: Vec<Shape>,
    /// Learning costs some, every line that fits brings some in: logs without shapes are not learnt from.
    credit: u32,
}

/// How many shapes are tried before the scanner reads a line.
const MOST: usize = 4;
/// The longest line that a shape is learnt from, in bytes: a shape keeps most of it.
const LONGEST: usize = 16 << 10;
/// What learning a shape costs, in lines that fit one.
const PRICE: u32 = 8;
/// What can be saved up, enough for the kinds of lines that a log begins with.
const MOST_CREDIT: u32 = 16 * PRICE;

impl Shapes {
    /// None yet. `is_foreign` tells the keys, beside those of the event model, by which another format
    /// may be recognised: a line that has one is always left to the scanner.
    pub fn new(is_foreign: fn(&str) -> bool) -> Self {
        Self { is_foreign, shapes: Vec::new(), credit: MOST_CREDIT }
    }

    /// Reads a line that is of a known shape. It is then a whole Sigil object without foreign keys.
    #[inline]
    pub fn read<'a>(&mut self, line: &'a str) -> Option<Parsed<'a>> {
        for n in 0..self.shapes.len() {
            if let Some(Ok(parsed)) = self.shapes.get(n).map(|shape| shape.read(line)) {
                self.shapes.swap(0, n);
                self.credit = (self.credit + 1).min(MOST_CREDIT);
                return Some(parsed);
            }
        }
        None
    }

    /// The length of the line that `text` begins with, its newline included, if it is of a known shape and
    /// nothing is wrong with it. It is what [`read`](Self::read) reads without a defect, but none of its values
    /// are looked at.
    #[inline]
    pub fn line_length(&mut self, text: &str) -> Option<usize> {
        for n in 0..self.shapes.len() {
            if let Some(Ok(length)) = self.shapes.get(n).map(|shape| shape.line_length(text)) {
                self.shapes.swap(0, n);
                self.credit = (self.credit + 1).min(MOST_CREDIT);
                return Some(length);
            }
        }
        None
    }

    /// Learns the shape of a line that the scanner has read as a Sigil event.
    #[cold]
    pub fn learn(&mut self, line: &str) {
        let Some(credit) = self.credit.checked_sub(PRICE) else {
            // Once in a while it is worth a look whether the log has changed.
            self.credit += 1;
            self.shapes.clear();
            return;
        };
        self.credit = credit;
        if line.len() > LONGEST {
            return;
        }
        if let Some(shape) = Shape::learn(line, self.is_foreign) {
            self.shapes.truncate(MOST - 1);
            self.shapes.insert(0, shape);
        }
    }
}
