//! The event as it stands in its line: nothing copied, nothing allocated.

use crate::conversation::Conversation;
use crate::defect::{Defect, Malformed};
use crate::estimate::Estimate;
use crate::kind::EventType;
use crate::quantity::{Quantity, dollars, milliseconds};
use crate::scan::{Scanner, Value};
use crate::text::Text;
use crate::time::{Timestamp, Written};
use crate::usage::Usage;

/// One event, borrowed from the line it was read from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventRef<'a> {
    /// The JSON object as read; empty if the event was made from a line of another format.
    pub raw: &'a str,
    /// When, as written.
    pub timestamp: Option<Text<'a>>,
    /// When, as a point in time; filled in by whoever knows the zone that naive times are in.
    pub at: Option<Timestamp>,
    /// The session the line names.
    pub session_id: Option<Text<'a>>,
    /// The type as written.
    pub type_name: Option<Text<'a>>,
    /// The type.
    pub event_type: EventType,
    /// The part of the agent it happened in.
    pub component: Option<Text<'a>>,
    /// What happened, for people.
    pub message: Option<Text<'a>>,
    /// What it cost, if the line says so, or if that is estimated: see [`Metadata::estimate`].
    pub tokens: Option<u64>,
    /// The known fields of `metadata`.
    pub metadata: Metadata<'a>,
}

/// What `metadata` is known to hold (`DESIGN.md`, Event).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata<'a> {
    /// How long the step took, in microseconds.
    pub latency_us: Option<u64>,
    /// The session's budget in tokens, on its `session_start`.
    pub budget: Option<u64>,
    /// The model that answered.
    pub model: Option<Text<'a>>,
    /// How the tokens divide.
    pub usage: Option<Usage>,
    /// What the log itself says that it cost, in 10^-12 USD.
    pub cost_pico_usd: Option<u64>,
    /// What was reckoned from text, as the line states no count.
    pub estimate: Option<Estimate>,
    /// What names the answer: events with the same id are snapshots of one (ledger, rule 1).
    pub usage_id: Option<Text<'a>>,
    /// A second part of `usage_id`, joined with a colon: Claude's `requestId`.
    pub usage_part: Option<Text<'a>>,
    /// What names a call of a tool, on the call and on what came of it; a result does not name the tool.
    pub tool_use_id: Option<Text<'a>>,
    /// How many tokens the model's context holds, if the log tells.
    pub context_window: Option<u64>,
    /// The project that is worked on, if the line tells: the directory that an agent works in.
    pub project: Option<Text<'a>>,
    /// The format the event was made from, if not Sigil's own.
    pub format: Option<Text<'a>>,
    /// What was said, if the line keeps it and it was asked for.
    pub conversation: Option<&'a Conversation<'a>>,
}

/// One object of a line, decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed<'a> {
    /// The event.
    pub event: EventRef<'a>,
    /// What is wrong with it although it stands.
    pub defect: Option<Defect>,
}

impl<'a> EventRef<'a> {
    /// Decodes the Sigil object that begins where `scanner` stands, and moves behind it.
    ///
    /// `other` gets every top-level field that the event model does not know, and a `message` or `tokens` that
    /// is an object or array. A key that comes twice counts as it stands the last time.
    ///
    /// # Errors
    /// What comes is no whole JSON object.
    #[inline]
    pub fn scan<F>(scanner: &mut Scanner<'a>, mut other: F) -> Result<Parsed<'a>, Malformed>
    where
        F: FnMut(&Text<'a>, &Value<'a>),
    {
        let mut event = EventRef::default();
        let mut tokens = Quantity::Absent;
        scanner.peek_token();
        let whole = scanner.rest();
        let from = scanner.position();
        scanner.object(|key, scanner| {
            match &*key.decode() {
                "timestamp" => event.timestamp = scanner.value()?.text(),
                "session_id" => event.session_id = scanner.value()?.text(),
                "event_type" => event.type_name = scanner.value()?.text(),
                "component" => event.component = scanner.value()?.text(),
                "message" => {
                    let value = scanner.value()?;
                    if matches!(value, Value::Nested(_)) {
                        other(&key, &value);
                    }
                    event.message = value.text();
                }
                "tokens" => {
                    let value = scanner.value()?;
                    if matches!(value, Value::Nested(_)) {
                        other(&key, &value);
                    }
                    tokens = Quantity::of(value);
                }
                "metadata" => event.metadata = Metadata::scan(scanner)?,
                _ => other(&key, &scanner.value()?),
            }
            Ok(())
        })?;
        event.raw = whole.get(..scanner.position() - from).unwrap_or("");
        event.event_type = event.type_name.map_or(EventType::Other, |name| EventType::of(&name.decode()));
        let defect = event.set_tokens(tokens);
        Ok(Parsed { event, defect })
    }

    /// Decodes a line that is one Sigil object.
    ///
    /// # Errors
    /// The line is not exactly one JSON object.
    pub fn parse(line: &'a str) -> Result<Parsed<'a>, Malformed> {
        let mut scanner = Scanner::new(line);
        let parsed = Self::scan(&mut scanner, |_, _| {})?;
        match scanner.peek_token() {
            None => Ok(parsed),
            Some(_) => Err(Malformed::TrailingText),
        }
    }

    /// Takes over what the line says of tokens, and says what is wrong with that.
    #[inline]
    pub(crate) fn set_tokens(&mut self, tokens: Quantity) -> Option<Defect> {
        self.tokens = match tokens {
            Quantity::Absent => None,
            Quantity::Count(count) => Some(count),
            Quantity::Unusable => Some(0),
        };
        (tokens == Quantity::Unusable).then_some(Defect::Tokens)
    }

    /// Its tokens, if the log counts them.
    #[inline]
    pub fn stated_tokens(&self) -> Option<u64> {
        self.tokens.filter(|_| self.metadata.estimate != Some(Estimate::Tokens))
    }

    /// Its tokens, if they are an estimate.
    #[inline]
    pub fn estimated_tokens(&self) -> Option<u64> {
        self.tokens.filter(|_| self.metadata.estimate == Some(Estimate::Tokens))
    }

    /// When, as written: parsed, but without a zone if the line gives none.
    pub fn written_time(&self) -> Option<Written> {
        Written::parse(&self.timestamp?.decode())
    }
}

impl<'a> Metadata<'a> {
    fn scan(scanner: &mut Scanner<'a>) -> Result<Self, Malformed> {
        let mut metadata = Self::default();
        if scanner.at_object() {
            scanner.object(|key, scanner| {
                match &*key.decode() {
                    "latency_ms" => metadata.latency_us = milliseconds(scanner.value()?),
                    "budget" => metadata.budget = Quantity::of(scanner.value()?).count(),
                    "model" => metadata.model = scanner.value()?.text(),
                    "context_window" => {
                        metadata.context_window = Quantity::of(scanner.value()?).count();
                    }
                    "usage_id" => metadata.usage_id = scanner.value()?.text(),
                    "format" => metadata.format = scanner.value()?.text(),
                    "cost_usd" => metadata.cost_pico_usd = dollars(scanner.value()?),
                    "usage" if scanner.at_object() => metadata.usage = Some(Usage::scan(scanner)?),
                    _ => scanner.skip()?,
                }
                Ok(())
            })?;
        } else {
            scanner.skip()?;
        }
        Ok(metadata)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDE: &str = r#"{"timestamp":"2026-01-11T10:15:32.123456","session_id":"lead-analysis-001","event_type":"step_complete","component":"routing","message":"Intent classified as lead_analysis","tokens":50,"metadata":{"latency_ms":1200,"intent":"lead_analysis","confidence":0.95}}"#;

    #[test]
    fn the_guides_line_is_understood() {
        let parsed = EventRef::parse(GUIDE).unwrap();
        let event = &parsed.event;
        assert_eq!(parsed.defect, None);
        assert_eq!(event.raw, GUIDE);
        assert_eq!(event.session_id.unwrap().decode(), "lead-analysis-001");
        assert_eq!(event.event_type, EventType::StepComplete);
        assert_eq!(event.component.unwrap().decode(), "routing");
        assert_eq!(event.tokens, Some(50));
        assert_eq!(event.metadata.latency_us, Some(1_200_000));
    }

    #[test]
    fn fields_may_be_missing_null_or_of_another_type() {
        let parsed =
            EventRef::parse(r#" {"component":null,"session_id":7,"tokens":"12","metadata":[1]} "#).unwrap();
        assert_eq!(parsed.event.component, None);
        assert_eq!(parsed.event.session_id.unwrap().decode(), "7");
        assert_eq!(parsed.event.tokens, Some(12));
        assert_eq!(parsed.event.metadata, Metadata::default());
        let parsed = EventRef::parse(r#"{"tokens":-5}"#).unwrap();
        assert_eq!((parsed.event.tokens, parsed.defect), (Some(0), Some(Defect::Tokens)));
        assert_eq!(EventRef::parse("{}").unwrap().event.tokens, None);
    }

    #[test]
    fn anything_but_one_object_is_refused() {
        for (line, why) in [
            ("", Malformed::Truncated),
            ("[1]", Malformed::NotAnObject),
            ("12", Malformed::NotAnObject),
            (r#"{"tokens":5"#, Malformed::Truncated),
            (r#"{"tokens":5} x"#, Malformed::TrailingText),
            (r#"{"tokens":05}"#, Malformed::Number),
        ] {
            assert_eq!(EventRef::parse(line).unwrap_err(), why, "{line}");
        }
    }
}
