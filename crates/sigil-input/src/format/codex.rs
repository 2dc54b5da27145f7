//! Codex CLI rollouts.
//!
//! A line is `{timestamp, type, payload}`. What a count is worth hangs on the lines before it: whose thread
//! it is and which model answers stand in `session_meta` and `turn_context` ([`Thread`]), and a count whose
//! totals are those of the count before repeats it. Forks and sub-agents begin with a replay of their
//! parent's lines, `session_meta` included; `usage_id` lets the ledger count a replayed answer once.
//!
//! In the oldest rollouts, which count nothing, lines behind the first are bare payloads, told apart from
//! anything else by that first line alone.

mod thread;

use sigil_event::scan::{Scanner, Value};
use sigil_event::{
    Content, Defect, Estimate, EventRef, EventType, MAX_TOKENS, Malformed, Metadata, Quantity, Text,
    Timestamp, Usage, tokens_of_words,
};

use super::Seen;
use super::said::{Said, raw};
use crate::estimate::{Estimates, words_in_json};
pub(crate) use thread::Thread;

const FORMAT: Text<'static> = Text::plain("codex");

/// What one line holds that matters here.
#[derive(Default)]
pub(super) struct Line<'a> {
    timestamp: Option<Text<'a>>,
    kind: Option<Text<'a>>,
    /// The id of a first line without an envelope.
    legacy_id: Option<Text<'a>>,
    /// Whether it is such a first line.
    is_bare_meta: bool,
    payload: Payload<'a>,
}

/// The `payload` of a line.
#[derive(Default)]
struct Payload<'a> {
    kind: Option<Text<'a>>,
    /// `session_meta`: the thread.
    id: Option<Text<'a>>,
    /// `session_meta`: the thread whose lines are replayed, if it is a fork or a sub-agent.
    parent: Option<Text<'a>>,
    /// `turn_context`.
    model: Option<Text<'a>>,
    /// `session_meta` and `turn_context`: the directory that the agent works in.
    cwd: Option<Text<'a>>,
    /// A function call: what is called.
    name: Option<Text<'a>>,
    call_id: Option<Text<'a>>,
    message: Option<Text<'a>>,
    /// A message to the model or from it: whose, and what it says, as JSON.
    role: Option<Text<'a>>,
    content: Option<&'a str>,
    /// What a tool is given, what it gave back, and what a summary of thoughts holds, as JSON.
    given: Option<&'a str>,
    output: Option<&'a str>,
    summary: Option<&'a str>,
    /// A thought.
    text: Option<Text<'a>>,
    /// `token_count`; null while nothing is known.
    info: Option<Info>,
}

/// What a `token_count` says.
#[derive(Clone, Copy, Default)]
struct Info {
    total: Option<Count>,
    last: Option<Count>,
    context_window: Option<u64>,
    is_unusable: bool,
}

/// Tokens as Codex counts them: cached is a part of input, reasoning of output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    input: u64,
    cached: u64,
    output: u64,
    reasoning: u64,
}

/// What is asked for of lines that count nothing.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) estimates: Estimates,
    pub(super) content: Content,
}

impl Count {
    fn usage(self) -> Usage {
        let cached = self.cached.min(self.input);
        Usage {
            input: self.input - cached,
            cache_read: cached,
            output: self.output,
            reasoning: self.reasoning,
            ..Usage::default()
        }
    }

    /// What has been added to `earlier`; none if it has not only grown.
    fn since(self, earlier: Self) -> Option<Self> {
        Some(Self {
            input: self.input.checked_sub(earlier.input)?,
            cached: self.cached.checked_sub(earlier.cached)?,
            output: self.output.checked_sub(earlier.output)?,
            reasoning: self.reasoning.checked_sub(earlier.reasoning)?,
        })
    }
}

/// Scans one object as a rollout's line.
pub(super) fn scan<'a>(scanner: &mut Scanner<'a>) -> Result<(Line<'a>, Seen), Malformed> {
    let (mut line, mut seen) = (Line::default(), Seen::default());
    scanner.object(|key, scanner| {
        match &*key.decode() {
            "timestamp" => line.timestamp = scanner.value()?.text(),
            "payload" if scanner.at_object() => {
                seen.note_payload_object();
                line.payload = Payload::scan(scanner)?;
            }
            key => {
                let value = scanner.value()?;
                seen.note(key, &value);
                match key {
                    "type" => line.kind = value.text(),
                    "id" => line.legacy_id = value.text(),
                    "role" => line.payload.role = value.text(),
                    "content" => line.payload.content = nested(value),
                    _ => {}
                }
            }
        }
        Ok(())
    })?;
    line.is_bare_meta = seen.is_bare_rollout();
    Ok((line, seen))
}

/// Whether a source that has this beginning is a rollout, by its first line.
pub(crate) fn is_rollout(beginning: &[u8]) -> bool {
    let text = match std::str::from_utf8(beginning) {
        Ok(text) => text,
        Err(why) => std::str::from_utf8(&beginning[..why.valid_up_to()]).unwrap_or(""),
    };
    let mut seen = Seen::default();
    // The beginning may end inside the line: what stands before is enough.
    let _ = Scanner::new(text).object(|key, scanner| {
        let key = key.decode();
        if key == "payload" && scanner.at_object() {
            seen.note_payload_object();
        }
        seen.note(&key, &scanner.value()?);
        Ok(())
    });
    seen.format() == Some(super::Format::Codex)
}

impl<'a> Line<'a> {
    pub(super) fn timestamp(&self) -> Option<Text<'a>> {
        self.timestamp
    }

    /// Whether the line is a message without an envelope, if its rollout is one that has none.
    pub(super) fn is_bare_message(&self) -> bool {
        let Payload { role, content, .. } = &self.payload;
        role.is_some() && content.is_some() && self.kind.is_some_and(|kind| kind.is("message"))
    }

    /// Hands the events of the line, which happened `at` that time, to `emit`, each with the byte offset of
    /// the line it comes from: a count may have waited in `thread` for its model.
    pub(super) fn events(
        &self,
        at: Option<Timestamp>,
        thread: &mut Thread,
        wanted: Wanted,
        offset: u64,
        emit: &mut dyn FnMut(EventRef<'_>, u64),
    ) -> Option<Defect> {
        let payload = &self.payload;
        let note = |thread| EventRef { at, ..self.event(thread, "note", Text::plain("codex")) };
        let is = |text: Option<Text<'_>>, name: &str| text.is_some_and(|text| text.is(name));
        if is(self.kind, "session_meta") {
            thread.session_meta(payload.id, payload.parent, self.timestamp, emit);
        } else if self.is_bare_meta {
            thread.bare_session_meta(self.legacy_id, emit);
        } else if is(self.kind, "turn_context") {
            thread.turn_context(payload.model, emit);
        } else if is(payload.kind, "token_count") {
            let Some(info) = payload.info else {
                emit(note(thread), offset);
                return None;
            };
            match thread.count(info) {
                Some(count) => thread.emit(count.at(at, self.timestamp, offset), emit),
                None => emit(note(thread), offset),
            }
            return info.is_unusable.then_some(Defect::Tokens);
        }
        let said = self.said(wanted.content);
        let words = said.conversation(None);
        let event = self.other(thread, wanted.estimates);
        let conversation = Some(&words).filter(|words| !words.is_empty());
        emit(EventRef { at, metadata: Metadata { conversation, ..event.metadata }, ..event }, offset);
        None
    }

    /// What the line says, if that is asked for. Some is said twice: to the model, and to those who look on.
    fn said(&self, content: Content) -> Said {
        let payload = &self.payload;
        let (Some(kind), true) = (payload.kind, content > Content::None) else { return Said::default() };
        let is_response = self.kind.is_some_and(|kind| kind.is("response_item"));
        let role = payload.role.map(|role| role.decode()).unwrap_or_default();
        match (&*kind.decode(), payload.content) {
            ("message", Some(json)) if is_response && role == "assistant" => {
                Said::text_answer(&Said::text_of(json))
            }
            ("message", Some(json)) if is_response => Said::message(&role, json, false, content),
            ("reasoning", _) if is_response => Said::thought(&Said::text_of(payload.summary.unwrap_or("[]"))),
            ("function_call" | "custom_tool_call", _) if is_response => {
                Said::one_call(payload.call_id, payload.name, payload.given.unwrap_or("{}"), content)
            }
            ("local_shell_call", _) if is_response => {
                let name = Some(Text::plain("local_shell"));
                Said::one_call(payload.call_id, name, payload.given.unwrap_or("{}"), content)
            }
            ("web_search_call", _) if is_response => {
                let name = Some(Text::plain("web_search"));
                Said::one_call(payload.call_id, name, payload.given.unwrap_or("{}"), content)
            }
            ("function_call_output" | "custom_tool_call_output", _) if is_response => {
                Said::result(payload.call_id, payload.output.unwrap_or("null"), content)
            }
            ("user_message", _) if !is_response => {
                Said::question(&payload.message.unwrap_or_default().decode())
            }
            ("agent_message", _) if !is_response => {
                Said::text_answer(&payload.message.unwrap_or_default().decode())
            }
            ("agent_reasoning", _) if !is_response => {
                Said::thought(&payload.text.unwrap_or_default().decode())
            }
            _ => Said::default(),
        }
    }

    /// An event that counts nothing.
    fn other<'e>(&self, thread: &'e Thread, estimates: Estimates) -> EventRef<'e>
    where
        'a: 'e,
    {
        let kind = self.payload.kind.map(|kind| kind.decode());
        let tool = |name: Option<Text<'a>>, otherwise: &'static str| {
            let component = name.unwrap_or(Text::plain(otherwise));
            let event = self.event(thread, "tool_call", component);
            let metadata = Metadata { tool_use_id: self.payload.call_id, ..event.metadata };
            EventRef { metadata, ..event }
        };
        let is_response = self.kind.is_some_and(|kind| kind.is("response_item"));
        match kind.as_deref() {
            Some("function_call" | "custom_tool_call") if is_response => tool(self.payload.name, "tool"),
            Some("local_shell_call") if is_response => tool(None, "local_shell"),
            Some("web_search_call") if is_response => tool(None, "web_search"),
            Some("user_message") if !is_response => self.event(thread, "user_turn", Text::plain("user")),
            Some("error" | "stream_error") if !is_response => EventRef {
                message: self.payload.message,
                ..self.event(thread, "step_error", Text::plain("assistant"))
            },
            Some("message") if is_response && estimates == Estimates::Made => self.message(thread),
            None if thread.is_bare() && estimates == Estimates::Made && self.is_bare_message() => {
                self.message(thread)
            }
            _ => self.event(thread, "note", Text::plain("codex")),
        }
    }

    /// A message, whose tokens are estimated. Should the session count any after all, the ledger takes them back.
    fn message<'e>(&self, thread: &'e Thread) -> EventRef<'e>
    where
        'a: 'e,
    {
        let words = self.payload.content.map_or(0, words_in_json);
        let event = self.event(thread, "note", self.payload.role.unwrap_or(Text::plain("codex")));
        let metadata = Metadata { estimate: Some(Estimate::Tokens), ..event.metadata };
        EventRef { tokens: Some(tokens_of_words(words)), metadata, ..event }
    }

    fn event<'e>(&self, thread: &'e Thread, type_name: &'static str, component: Text<'e>) -> EventRef<'e>
    where
        'a: 'e,
    {
        let event = thread.event(type_name);
        let metadata = Metadata { project: self.payload.cwd, ..event.metadata };
        EventRef { timestamp: self.timestamp, component: Some(component), metadata, ..event }
    }
}

/// The JSON of an array or object.
fn nested(value: Value<'_>) -> Option<&str> {
    if let Value::Nested(json) = value { Some(json) } else { None }
}

/// An event of a session.
fn event<'e>(session: Option<&'e str>, type_name: &'static str) -> EventRef<'e> {
    EventRef {
        session_id: session.map(Text::plain),
        type_name: Some(Text::plain(type_name)),
        event_type: EventType::of(type_name),
        metadata: Metadata { format: Some(FORMAT), ..Metadata::default() },
        ..EventRef::default()
    }
}

impl<'a> Payload<'a> {
    fn scan(scanner: &mut Scanner<'a>) -> Result<Self, Malformed> {
        let mut payload = Self::default();
        let (mut forked_from, mut spawned_by) = (None, None);
        scanner.object(|key, scanner| {
            match &*key.decode() {
                "type" => payload.kind = scanner.value()?.text(),
                "id" => payload.id = scanner.value()?.text(),
                "forked_from_id" => forked_from = scanner.value()?.text(),
                "source" if scanner.at_object() => spawned_by = parent_of(scanner)?,
                "cwd" => payload.cwd = scanner.value()?.text(),
                "model" => payload.model = scanner.value()?.text(),
                "name" => payload.name = scanner.value()?.text(),
                "call_id" => payload.call_id = scanner.value()?.text(),
                "message" => payload.message = scanner.value()?.text(),
                "role" => payload.role = scanner.value()?.text(),
                "content" => payload.content = nested(scanner.value()?),
                "arguments" | "input" | "action" => payload.given = Some(raw(scanner)?),
                "output" => payload.output = Some(raw(scanner)?),
                "summary" => payload.summary = nested(scanner.value()?),
                "text" => payload.text = scanner.value()?.text(),
                "info" if scanner.at_object() => payload.info = Some(Info::scan(scanner)?),
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        payload.parent = forked_from.or(spawned_by);
        Ok(payload)
    }
}

/// The thread that spawned a sub-agent: `source.subagent.thread_spawn.parent_thread_id`.
fn parent_of<'a>(scanner: &mut Scanner<'a>) -> Result<Option<Text<'a>>, Malformed> {
    let mut parent = None;
    scanner.object(|key, scanner| {
        let key = key.decode();
        if matches!(&*key, "subagent" | "thread_spawn") && scanner.at_object() {
            parent = parent_of(scanner)?;
            return Ok(());
        }
        let value = scanner.value()?;
        if key == "parent_thread_id" {
            parent = value.text();
        }
        Ok(())
    })?;
    Ok(parent)
}

impl Info {
    fn scan(scanner: &mut Scanner<'_>) -> Result<Self, Malformed> {
        let mut info = Self::default();
        scanner.object(|key, scanner| {
            match &*key.decode() {
                "total_token_usage" if scanner.at_object() => {
                    info.total = Some(Count::scan(scanner, &mut info.is_unusable)?);
                }
                "last_token_usage" if scanner.at_object() => {
                    info.last = Some(Count::scan(scanner, &mut info.is_unusable)?);
                }
                "model_context_window" => info.context_window = Quantity::of(scanner.value()?).count(),
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        Ok(info)
    }
}

impl Count {
    fn scan(scanner: &mut Scanner<'_>, is_unusable: &mut bool) -> Result<Self, Malformed> {
        let mut count = Self::default();
        let mut read = |value: Value<'_>| {
            let quantity = Quantity::of(value);
            *is_unusable |= quantity == Quantity::Unusable;
            quantity.or_zero()
        };
        scanner.object(|key, scanner| {
            match &*key.decode() {
                "input_tokens" => count.input = read(scanner.value()?),
                "cached_input_tokens" => count.cached = read(scanner.value()?),
                "output_tokens" => count.output = read(scanner.value()?),
                "reasoning_output_tokens" => count.reasoning = read(scanner.value()?),
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        // Each part may be believed, and both together not.
        if count.input + count.output > MAX_TOKENS {
            *is_unusable = true;
            return Ok(Self::default());
        }
        Ok(count)
    }
}
