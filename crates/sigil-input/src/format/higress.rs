//! Higress gateway access logs: one object a line, whose `ai_log` tells of one request to a model.
//!
//! `ai_log` is JSON in a string, as a rule: it is taken apart a second time when events are made, into text
//! that lives as long as they do. What lines without whole objects hold is `recover`'s subject, what a
//! request says and costs is `request`'s.

mod recover;
mod request;

use std::borrow::Cow;

use sigil_event::scan::{Scanner, Value};
use sigil_event::{
    Defect, EventRef, EventType, Malformed, Metadata, Quantity, Text, Timestamp, Written, milliseconds,
};

use super::Seen;
use crate::estimate::Estimates;
pub(super) use recover::{may_hold, recover};
use request::{Request, is_missing, said};

const FORMAT: Text<'static> = Text::plain("higress");

/// The session of requests that name none.
const NO_SESSION: Text<'static> = Text::plain("(none)");

/// What one line holds that matters here.
#[derive(Default)]
pub(super) struct Line<'a> {
    ai_log: AiLog<'a>,
    /// When, the most telling first.
    times: [Option<Text<'a>>; 3],
    response_code: Option<Text<'a>>,
    response_flags: Option<Text<'a>>,
    response_details: Option<Text<'a>>,
    duration_us: Option<u64>,
    /// Attributes that stand beside `ai_log`, or without one, as plugins wrote them in mid-2024.
    beside: Request<'a>,
}

/// The value of `ai_log`.
#[derive(Default)]
enum AiLog<'a> {
    /// There is no such key.
    #[default]
    Absent,
    /// `-`: the request was none to a model.
    NoRequest,
    /// JSON in a string.
    Escaped(Text<'a>),
    /// The object itself.
    Object(Box<Request<'a>>),
    /// Neither, or cut off.
    Malformed(Malformed),
}

impl<'a> AiLog<'a> {
    fn scan(scanner: &mut Scanner<'a>) -> Result<Self, Malformed> {
        if scanner.at_object() {
            return Request::scan(scanner).map(|request| Self::Object(Box::new(request)));
        }
        Ok(match scanner.value()? {
            Value::Null => Self::NoRequest,
            Value::String(text) if is_missing(&text) => Self::NoRequest,
            Value::String(text) => Self::Escaped(text),
            Value::Number(_) | Value::Bool(_) | Value::Nested(_) => Self::Malformed(Malformed::NotAnObject),
        })
    }
}

/// Scans one object as a line of the access log.
pub(super) fn scan<'a>(scanner: &mut Scanner<'a>) -> Result<(Line<'a>, Seen), Malformed> {
    let mut line = Line::default();
    let mut seen = Seen::default();
    scanner.object(|key, scanner| {
        let key = key.decode();
        if line.field(&key, scanner)? {
            seen.note_gateway(&key);
        } else {
            seen.note(&key, &scanner.value()?);
        }
        Ok(())
    })?;
    Ok((line, seen))
}

impl<'a> Line<'a> {
    /// Reads the value of `key`, if the key is one that matters here.
    fn field(&mut self, key: &str, scanner: &mut Scanner<'a>) -> Result<bool, Malformed> {
        match key {
            "ai_log" => self.ai_log = AiLog::scan(scanner)?,
            "timestamp" => self.times[0] = said(scanner.value()?),
            "start_time" => self.times[1] = said(scanner.value()?),
            "__time__" => self.times[2] = said(scanner.value()?),
            "response_code" => self.response_code = said(scanner.value()?),
            "response_flags" => self.response_flags = said(scanner.value()?),
            "response_code_details" => self.response_details = said(scanner.value()?),
            "duration" => self.duration_us = milliseconds(scanner.value()?),
            _ => return self.beside.field(key, scanner),
        }
        Ok(true)
    }

    /// Hands the event of the line to `emit`, if the line tells of a request to a model, and says what is
    /// wrong with it.
    pub(super) fn events(&self, estimates: Estimates, emit: &mut dyn FnMut(EventRef<'_>)) -> Option<Defect> {
        match &self.ai_log {
            AiLog::Malformed(why) => Some(Defect::Malformed(*why)),
            AiLog::NoRequest => None,
            AiLog::Absent if self.beside.model.is_none() && self.beside.cost().tokens.is_none() => None,
            AiLog::Absent => self.event(&self.beside, estimates, emit),
            AiLog::Object(request) => self.event(&Request::clone(request).or(&self.beside), estimates, emit),
            AiLog::Escaped(text) => {
                let json = unwrapped(text.decode());
                let mut scanner = Scanner::new(&json);
                match Request::scan(&mut scanner) {
                    Ok(_) if scanner.peek_token().is_some() => Some(Malformed::TrailingText.into()),
                    Ok(request) => self.event(&request.or(&self.beside), estimates, emit),
                    Err(why) => Some(why.into()),
                }
            }
        }
    }

    fn event(
        &self,
        request: &Request<'_>,
        estimates: Estimates,
        emit: &mut dyn FnMut(EventRef<'_>),
    ) -> Option<Defect> {
        let error = self.error(request);
        let cost = match estimates {
            Estimates::None => request.cost(),
            Estimates::Made => request.cost_or_estimate(error.is_some()),
        };
        let time = self.time();
        let type_name = if error.is_some() { "step_error" } else { "step_complete" };
        emit(EventRef {
            timestamp: time.as_deref().map(Text::plain),
            session_id: Some(request.session_id.unwrap_or(NO_SESSION)),
            type_name: Some(Text::plain(type_name)),
            event_type: EventType::of(type_name),
            component: request.model.or(request.api),
            message: error.as_deref().map(Text::plain),
            tokens: cost.tokens,
            metadata: Metadata {
                latency_us: request.service_us.or(self.duration_us),
                model: request.model,
                usage: cost.usage,
                estimate: cost.estimate,
                format: Some(FORMAT),
                conversation: Some(&request.conversation).filter(|words| !words.is_empty()),
                ..Metadata::default()
            },
            ..EventRef::default()
        });
        cost.unusable.then_some(Defect::Tokens)
    }

    /// When: the first of the line's times that can be read, else the first as it stands.
    fn time(&self) -> Option<Cow<'_, str>> {
        let times = || self.times.iter().flatten().map(Text::decode);
        times().find_map(|text| readable(&text)).map(Cow::Owned).or_else(|| times().next())
    }

    /// What went wrong, for people, if something did.
    fn error(&self, request: &Request<'_>) -> Option<String> {
        let code = self.response_code.and_then(|code| Quantity::of(Value::String(code)).count());
        let mut text = match code {
            Some(code @ 400..=599) => format!("HTTP {code}"),
            _ if request.response_type.is_some_and(|kind| kind.is("error")) => {
                "response_type: error".to_owned()
            }
            _ => return None,
        };
        if let Some(flags) = self.response_flags {
            text = format!("{text} ({flags})");
        }
        if let Some(details) = self.response_details {
            text = format!("{text}: {details}");
        }
        Some(text)
    }
}

/// How often an object may have been escaped again on its way here.
const MOST_LAYERS: usize = 4;

/// The object in a string of a string: every collector on the way may escape what it passes on once more,
/// with quotes around it or without.
fn unwrapped(json: Cow<'_, str>) -> Cow<'_, str> {
    let mut json = json;
    for _ in 0..MOST_LAYERS {
        let text = json.trim_start();
        let quoted = if text.starts_with('"') {
            text.to_owned()
        } else if text.starts_with("{\\\"") {
            format!("\"{text}\"")
        } else {
            break;
        };
        let mut scanner = Scanner::new(&quoted);
        let Ok(Value::String(inner)) = scanner.value() else { break };
        json = Cow::Owned(inner.decode().into_owned());
    }
    json
}

/// A time in a form that events have it in: as written, or, of seconds since 1970, in UTC.
fn readable(text: &str) -> Option<String> {
    if Written::parse(text).is_some() {
        return Some(text.to_owned());
    }
    // The plugin's own log has 2026/01/31.
    if let [_, _, _, _, b'/', _, _, b'/', ..] = text.as_bytes() {
        let dashed = text.replacen('/', "-", 2);
        return Written::parse(&dashed).map(|_| dashed);
    }
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Up to the year 5138.
    if !is_number(seconds) || !is_number(fraction) || seconds.len() > 11 {
        return None;
    }
    let micros = format!("{fraction:0<6}").get(..6)?.parse::<i64>().ok()?;
    let us = seconds.parse::<i64>().ok()? * 1_000_000 + micros;
    Some(Timestamp { us, offset_s: 0, zoned: true }.to_string())
}
