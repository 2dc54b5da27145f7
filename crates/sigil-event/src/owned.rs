//! The event on its own: read and written by serde, unknown fields kept as they were.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::borrowed::{EventRef, Metadata};
use crate::defect::Malformed;
use crate::estimate::Estimate;
use crate::quantity::Quantity;
use crate::scan::Scanner;

/// One event that owns its parts. Writes the fields of guide 4.2 in the guide's order, then the others.
#[derive(Clone, Debug, Default)]
pub struct Event {
    /// When, as written.
    pub timestamp: Option<String>,
    /// The session.
    pub session_id: Option<String>,
    /// The type.
    pub event_type: Option<String>,
    /// The part of the agent it happened in.
    pub component: Option<String>,
    /// What happened, for people.
    pub message: Option<String>,
    /// What it cost.
    pub tokens: Option<u64>,
    /// Everything else that is known, as JSON.
    pub metadata: Option<Box<RawValue>>,
    /// Fields that the event model does not know: name and JSON, in the order they were read.
    pub extra: Vec<(String, Box<RawValue>)>,
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        let known = |e: &Self| {
            (
                e.timestamp.clone(),
                e.session_id.clone(),
                e.event_type.clone(),
                e.component.clone(),
                e.message.clone(),
            )
        };
        let metadata = |e: &Self| e.metadata.as_ref().map(|raw| raw.get().to_owned());
        let extra =
            |e: &Self| e.extra.iter().map(|(k, v)| (k.clone(), v.get().to_owned())).collect::<Vec<_>>();
        known(self) == known(other)
            && self.tokens == other.tokens
            && metadata(self) == metadata(other)
            && extra(self) == extra(other)
    }
}

impl Event {
    /// Decodes a line by way of the borrowed event: accepts all that [`EventRef::parse`] accepts.
    ///
    /// # Errors
    /// The line is not exactly one JSON object.
    pub fn parse(line: &str) -> Result<Self, Malformed> {
        let mut extra: Vec<(String, Box<RawValue>)> = Vec::new();
        let mut metadata = None;
        let event = EventRef::parse(line)?.event;
        let raw = |json: &str| RawValue::from_string(json.to_owned()).map_err(|_| Malformed::Syntax);
        Scanner::new(line).object(|key, scanner| {
            scanner.peek_token();
            let (text, from) = (scanner.rest(), scanner.position());
            scanner.skip()?;
            let json = text.get(..scanner.position() - from).unwrap_or("null");
            let key = key.decode();
            if key == "metadata" {
                metadata = Some(json);
            } else if !KNOWN.contains(&&*key) {
                keep(&mut extra, key.into_owned(), raw(json)?);
            }
            Ok(())
        })?;
        let metadata = metadata.filter(|json| *json != "null").map(raw).transpose()?;
        Ok(Self { metadata, extra, ..Self::of_fields(&event) })
    }

    /// The fields that every event may have, without its metadata.
    fn of_fields(event: &EventRef<'_>) -> Self {
        let owned = |text: Option<crate::Text<'_>>| text.map(|text| text.decode().into_owned());
        Self {
            timestamp: owned(event.timestamp),
            session_id: owned(event.session_id),
            event_type: owned(event.type_name),
            component: owned(event.component),
            message: owned(event.message),
            tokens: event.tokens,
            metadata: None,
            extra: Vec::new(),
        }
    }
}

impl From<&EventRef<'_>> for Event {
    /// The event on its own. One that was read keeps all fields of its object, one that was made has those
    /// that are known.
    fn from(event: &EventRef<'_>) -> Self {
        if let Ok(read) = Self::parse(event.raw) {
            return read;
        }
        let metadata = serde_json::value::to_raw_value(&event.metadata).ok();
        Self { metadata: metadata.filter(|json| json.get() != "{}"), ..Self::of_fields(event) }
    }
}

impl Serialize for Metadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.latency_us {
            Some(us) if us % 1000 == 0 => map.serialize_entry("latency_ms", &(us / 1000))?,
            Some(us) => map.serialize_entry("latency_ms", &(us as f64 / 1000.0))?,
            None => {}
        }
        if let Some(budget) = self.budget {
            map.serialize_entry("budget", &budget)?;
        }
        if let Some(model) = self.model {
            map.serialize_entry("model", &model.decode())?;
        }
        if let Some(usage) = self.usage {
            map.serialize_entry("usage", &usage)?;
        }
        if let Some(pico_usd) = self.cost_pico_usd {
            map.serialize_entry("cost_usd", &(pico_usd as f64 / 1e12))?;
        }
        if let Some(tokens) = self.context_window {
            map.serialize_entry("context_window", &tokens)?;
        }
        match self.estimate {
            Some(Estimate::Tokens) => map.serialize_entry("estimated", &true)?,
            Some(Estimate::Reasoning) => map.serialize_entry("reasoning_estimated", &true)?,
            None => {}
        }
        match (self.usage_id, self.usage_part) {
            (Some(id), Some(part)) => map.serialize_entry("usage_id", &format!("{id}:{part}"))?,
            (Some(id), None) => map.serialize_entry("usage_id", &id.decode())?,
            (None, _) => {}
        }
        if let Some(id) = self.tool_use_id {
            map.serialize_entry("tool_use_id", &id.decode())?;
        }
        if let Some(format) = self.format {
            map.serialize_entry("format", &format.decode())?;
        }
        if let Some(conversation) = self.conversation {
            conversation.serialize_into(&mut map)?;
        }
        map.end()
    }
}

const KNOWN: [&str; 7] =
    ["timestamp", "session_id", "event_type", "component", "message", "tokens", "metadata"];

/// Of a field that comes twice the last one stands.
fn keep(extra: &mut Vec<(String, Box<RawValue>)>, key: String, value: Box<RawValue>) {
    extra.retain(|(known, _)| *known != key);
    extra.push((key, value));
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let texts = [&self.timestamp, &self.session_id, &self.event_type, &self.component, &self.message];
        for (key, text) in KNOWN.iter().zip(texts) {
            if let Some(text) = text {
                map.serialize_entry(key, text)?;
            }
        }
        if let Some(tokens) = self.tokens {
            map.serialize_entry("tokens", &tokens)?;
        }
        if let Some(metadata) = &self.metadata {
            map.serialize_entry("metadata", metadata)?;
        }
        for (key, value) in &self.extra {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EventVisitor)
    }
}

struct EventVisitor;

impl<'de> Visitor<'de> for EventVisitor {
    type Value = Event;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Event, A::Error> {
        let mut event = Event::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "timestamp" => event.timestamp = map.next_value::<Loose>()?.0,
                "session_id" => event.session_id = map.next_value::<Loose>()?.0,
                "event_type" => event.event_type = map.next_value::<Loose>()?.0,
                "component" => event.component = map.next_value::<Loose>()?.0,
                "message" => event.message = map.next_value::<Loose>()?.0,
                "tokens" => {
                    let raw = map.next_value::<Box<RawValue>>()?;
                    let value = Scanner::new(raw.get()).value().map_err(serde::de::Error::custom)?;
                    event.tokens = match Quantity::of(value) {
                        Quantity::Absent => None,
                        quantity => Some(quantity.or_zero()),
                    };
                }
                "metadata" => event.metadata = map.next_value::<Option<Box<RawValue>>>()?,
                _ => keep(&mut event.extra, key, map.next_value()?),
            }
        }
        Ok(event)
    }
}

/// Text, or what can stand for it: a number or truth value as written. Anything else is none.
struct Loose(Option<String>);

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let json = raw.get();
        Ok(Self(match json.as_bytes().first() {
            Some(b'"') => Some(serde_json::from_str(json).map_err(serde::de::Error::custom)?),
            Some(b'{' | b'[' | b'n') | None => {
                serde_json::from_str::<IgnoredAny>(json).map_err(serde::de::Error::custom)?;
                None
            }
            Some(_) => Some(json.to_owned()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Conversation, Usage};

    #[test]
    fn unknown_fields_survive_and_the_guides_come_first() {
        let line = r#"{"zeta":1e400,"tokens":5,"alpha":{"b":[1,2.50]},"component":"routing"}"#;
        let event: Event = serde_json::from_str(line).unwrap();
        let written = serde_json::to_string(&event).unwrap();
        assert_eq!(written, r#"{"component":"routing","tokens":5,"zeta":1e400,"alpha":{"b":[1,2.50]}}"#);
        assert_eq!(Event::parse(line).unwrap(), event);
    }

    #[test]
    fn an_event_that_was_read_keeps_everything_and_one_that_was_made_what_is_known() {
        let line = r#"{"component":"routing","zeta":1,"metadata":{"intent":"lead"}}"#;
        let read = EventRef::parse(line).unwrap().event;
        assert_eq!(
            serde_json::to_string(&Event::from(&read)).unwrap(),
            r#"{"component":"routing","metadata":{"intent":"lead"},"zeta":1}"#
        );
        let plain = crate::Text::plain;
        let conversation =
            Conversation { question: Some(plain("why?")), messages: Some("[1]"), ..Conversation::default() };
        let made = EventRef {
            component: Some(plain("m")),
            tokens: Some(3),
            metadata: Metadata {
                latency_us: Some(1500),
                usage: Some(Usage { input: 3, ..Usage::default() }),
                cost_pico_usd: Some(12_000_000),
                context_window: Some(200_000),
                estimate: Some(Estimate::Reasoning),
                usage_id: Some(plain("a")),
                usage_part: Some(plain("b")),
                conversation: Some(&conversation),
                ..Metadata::default()
            },
            ..EventRef::default()
        };
        assert_eq!(
            serde_json::to_string(&Event::from(&made)).unwrap(),
            r#"{"component":"m","tokens":3,"metadata":{"latency_ms":1.5,"usage":{"input":3,"output":0,"reasoning":0,"cache_read":0,"cache_write":0,"cache_write_1h":0},"cost_usd":0.000012,"context_window":200000,"reasoning_estimated":true,"usage_id":"a:b","question":"why?","messages":[1]}}"#
        );
        let estimated = Metadata { estimate: Some(Estimate::Tokens), ..Metadata::default() };
        let estimated = EventRef { tokens: Some(13), metadata: estimated, ..EventRef::default() };
        assert_eq!(
            serde_json::to_string(&Event::from(&estimated)).unwrap(),
            r#"{"tokens":13,"metadata":{"estimated":true}}"#
        );
        assert_eq!((estimated.stated_tokens(), estimated.estimated_tokens()), (None, Some(13)));
        assert_eq!((made.stated_tokens(), made.estimated_tokens()), (Some(3), None));
        let bare = Event::from(&EventRef::default());
        assert_eq!(serde_json::to_string(&bare).unwrap(), "{}");
    }
}
