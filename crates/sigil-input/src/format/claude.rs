//! Claude Code transcripts.
//!
//! Usage stands on `assistant` lines and on `progress` lines of a sub-agent. One answer is written many
//! times while it streams; `usage_id` lets the ledger keep one of them.

use sigil_event::scan::{Scanner, Value};
use sigil_event::{
    Content, Conversation, Defect, EventRef, EventType, MAX_TOKENS, Malformed, Metadata, Quantity, Text,
    Usage, dollars,
};

use super::Seen;
use super::said::Said;

const FORMAT: Text<'static> = Text::plain("claude");

/// The chain of a sub-agent without a name.
const SIDECHAIN: Text<'static> = Text::plain("sidechain");

/// What one line holds that matters here.
#[derive(Default)]
pub(super) struct Line<'a> {
    raw_type: Option<Text<'a>>,
    timestamp: Option<Text<'a>>,
    session_id: Option<Text<'a>>,
    /// The directory that the agent works in.
    cwd: Option<Text<'a>>,
    request_id: Option<Text<'a>>,
    is_sidechain: bool,
    /// Which sub-agent's side chain it is, in newer versions.
    agent_id: Option<Text<'a>>,
    /// What a program put in, in the name of the user.
    is_meta: bool,
    is_api_error: bool,
    /// What the line says that its answer cost; older versions wrote it.
    cost_pico_usd: Option<u64>,
    message: Message<'a>,
    /// A sub-agent's line within a `progress` line.
    agent: Option<Box<Line<'a>>>,
}

/// The `message` of a line.
#[derive(Default)]
struct Message<'a> {
    id: Option<Text<'a>>,
    model: Option<Text<'a>>,
    usage: Option<Usage>,
    usage_is_unusable: bool,
    /// The first text in it.
    text: Option<Text<'a>>,
    blocks: Vec<Block<'a>>,
    /// All of it, as JSON.
    content: Option<&'a str>,
}

/// A content block that makes an event.
enum Block<'a> {
    ToolUse { id: Option<Text<'a>>, name: Option<Text<'a>> },
    ToolResult { id: Option<Text<'a>>, is_error: bool, text: Option<Text<'a>> },
}

/// Scans one object as a transcript line.
pub(super) fn scan<'a>(scanner: &mut Scanner<'a>) -> Result<(Line<'a>, Seen), Malformed> {
    let mut seen = Seen::default();
    let line = Line::scan(scanner, &mut seen)?;
    Ok((line, seen))
}

impl<'a> Line<'a> {
    fn scan(scanner: &mut Scanner<'a>, seen: &mut Seen) -> Result<Self, Malformed> {
        let mut line = Self::default();
        scanner.object(|key, scanner| {
            match &*key.decode() {
                key @ "type" => {
                    let value = scanner.value()?;
                    seen.note(key, &value);
                    line.raw_type = value.text();
                }
                "timestamp" => line.timestamp = scanner.value()?.text(),
                key @ "sessionId" => {
                    let value = scanner.value()?;
                    seen.note(key, &value);
                    line.session_id = value.text();
                }
                "cwd" => line.cwd = scanner.value()?.text(),
                "requestId" => line.request_id = scanner.value()?.text(),
                "isSidechain" => line.is_sidechain = scanner.value()? == Value::Bool(true),
                "agentId" => line.agent_id = scanner.value()?.text(),
                "isMeta" => line.is_meta = scanner.value()? == Value::Bool(true),
                "isApiErrorMessage" => line.is_api_error = scanner.value()? == Value::Bool(true),
                "costUSD" => line.cost_pico_usd = dollars(scanner.value()?),
                "message" if scanner.at_object() => {
                    seen.note_message_object();
                    line.message = Message::scan(scanner)?;
                }
                "data" if scanner.at_object() => line.agent = progress(scanner)?,
                key => seen.note(key, &scanner.value()?),
            }
            Ok(())
        })?;
        Ok(line)
    }

    /// The events of the line, each handed to `emit`, with as much of what was said as `content` asks for.
    pub(super) fn events(&self, content: Content, emit: &mut impl FnMut(EventRef<'_>)) {
        let is = |name: &str| self.raw_type.is_some_and(|text| text.is(name));
        match &self.agent {
            Some(agent) if is("progress") => {
                let said = agent.said(content);
                let words = said.conversation(Some(agent.agent_id.unwrap_or(SIDECHAIN)));
                let event = if agent.has_answer() {
                    // The answer was given before its line was written.
                    let timestamp = agent.timestamp.or(self.timestamp);
                    EventRef { timestamp, session_id: self.session_id, ..agent.answer("subagent") }
                } else {
                    self.event("note", "claude")
                };
                emit(saying(event, &words));
            }
            _ if is("assistant") => self.assistant_events(content, emit),
            _ if is("user") => self.user_events(content, emit),
            _ => emit(self.event("note", "claude")),
        }
    }

    /// What the line says, if that is asked for.
    fn said(&self, content: Content) -> Said {
        let Some(json) = self.message.content.filter(|_| content > Content::None) else {
            return Said::default();
        };
        if self.raw_type.is_some_and(|text| text.is("assistant")) {
            return Said::answer(json, content);
        }
        let is_result = |block: &Block<'_>| matches!(block, Block::ToolResult { .. });
        let is_question = !self.is_meta && !self.message.blocks.iter().any(is_result);
        Said::message("user", json, is_question, content)
    }

    /// Which side chain the line belongs to, if it does.
    fn chain(&self) -> Option<Text<'a>> {
        self.is_sidechain.then(|| self.agent_id.unwrap_or(SIDECHAIN))
    }

    fn has_answer(&self) -> bool {
        self.message.usage.is_some() && self.raw_type.is_some_and(|text| text.is("assistant"))
    }

    /// What is wrong with a count of the line, if anything.
    pub(super) fn defect(&self) -> Option<Defect> {
        let agent = self.agent.as_ref().is_some_and(|agent| agent.message.usage_is_unusable);
        (self.message.usage_is_unusable || agent).then_some(Defect::Tokens)
    }

    fn assistant_events(&self, content: Content, emit: &mut impl FnMut(EventRef<'_>)) {
        let said = self.said(content);
        let words = said.conversation(self.chain());
        let component = if self.is_sidechain { "subagent" } else { "assistant" };
        if self.has_answer() {
            emit(saying(self.answer(component), &words));
        } else if self.is_api_error {
            let event = EventRef { message: self.message.text, ..self.event("step_error", component) };
            emit(saying(event, &words));
        }
        for block in &self.message.blocks {
            if let Block::ToolUse { id, name } = block {
                emit(EventRef { component: *name, ..self.tool_event("tool_call", *id) });
            }
        }
    }

    fn user_events(&self, content: Content, emit: &mut impl FnMut(EventRef<'_>)) {
        let mut results = false;
        for block in &self.message.blocks {
            if let Block::ToolResult { id, is_error, text } = block {
                results = true;
                if *is_error {
                    emit(EventRef { message: *text, ..self.tool_event("tool_error", *id) });
                }
            }
        }
        // A line that only brings results back is the agent's turn, not its user's.
        let event = if results { self.event("note", "claude") } else { self.event("user_turn", "user") };
        let said = self.said(content);
        emit(saying(event, &said.conversation(self.chain())));
    }

    fn answer(&self, component: &'static str) -> EventRef<'a> {
        let message = &self.message;
        let usage = message.usage.unwrap_or_default();
        let event_type = if self.is_api_error { "step_error" } else { "token_consumption" };
        let event = self.event(event_type, component);
        EventRef {
            message: if self.is_api_error { message.text } else { None },
            tokens: Some(usage.context()),
            metadata: Metadata {
                model: message.model,
                usage: message.usage,
                cost_pico_usd: self.cost_pico_usd,
                usage_id: message.id,
                usage_part: self.request_id,
                ..event.metadata
            },
            ..event
        }
    }

    fn tool_event(&self, type_name: &'static str, id: Option<Text<'a>>) -> EventRef<'a> {
        let event = self.event(type_name, "tool");
        EventRef { metadata: Metadata { tool_use_id: id, ..event.metadata }, ..event }
    }

    fn event(&self, type_name: &'static str, component: &'static str) -> EventRef<'a> {
        EventRef {
            timestamp: self.timestamp,
            session_id: self.session_id,
            type_name: Some(Text::plain(type_name)),
            event_type: EventType::of(type_name),
            component: Some(Text::plain(component)),
            metadata: Metadata { project: self.cwd, format: Some(FORMAT), ..Metadata::default() },
            ..EventRef::default()
        }
    }
}

/// The event with what was said, if anything was.
fn saying<'e>(event: EventRef<'e>, words: &'e Conversation<'e>) -> EventRef<'e> {
    let conversation = Some(words).filter(|words| !words.is_empty());
    EventRef { metadata: Metadata { conversation, ..event.metadata }, ..event }
}

/// The sub-agent's line in the `data` of a `progress` line: `data.message`, if `data.type` says so.
fn progress<'a>(scanner: &mut Scanner<'a>) -> Result<Option<Box<Line<'a>>>, Malformed> {
    let mut is_agent = false;
    let mut inner = None;
    let mut agent_id = None;
    scanner.object(|key, scanner| {
        match &*key.decode() {
            "agentId" => agent_id = scanner.value()?.text(),
            "type" => is_agent = scanner.value()?.text().is_some_and(|text| text.is("agent_progress")),
            "message" if scanner.at_object() => {
                inner = Some(Box::new(Line::scan(scanner, &mut Seen::default())?));
            }
            _ => scanner.skip()?,
        }
        Ok(())
    })?;
    if let Some(line) = &mut inner {
        line.agent_id = line.agent_id.or(agent_id);
    }
    Ok(inner.filter(|_| is_agent))
}

impl<'a> Message<'a> {
    fn scan(scanner: &mut Scanner<'a>) -> Result<Self, Malformed> {
        let mut message = Self::default();
        scanner.object(|key, scanner| {
            match &*key.decode() {
                "id" => message.id = scanner.value()?.text(),
                "model" => message.model = scanner.value()?.text(),
                "usage" if scanner.at_object() => message.scan_usage(scanner)?,
                "content" => {
                    scanner.peek_token();
                    let (text, from) = (scanner.rest(), scanner.position());
                    if scanner.at_array() {
                        scanner.array(|scanner| {
                            if scanner.at_object() { message.scan_block(scanner) } else { scanner.skip() }
                        })?;
                    } else {
                        message.text = scanner.value()?.text();
                    }
                    message.content = text.get(..scanner.position() - from);
                }
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        Ok(message)
    }

    fn scan_usage(&mut self, scanner: &mut Scanner<'a>) -> Result<(), Malformed> {
        let mut usage = Usage::default();
        let (mut written_5m, mut written_1h) = (None, None);
        let mut unusable = false;
        let mut count = |scanner: &mut Scanner<'a>| {
            let quantity = Quantity::of(scanner.value()?);
            unusable |= quantity == Quantity::Unusable;
            Ok(quantity.or_zero())
        };
        scanner.object(|key, scanner| {
            match &*key.decode() {
                "input_tokens" => usage.input = count(scanner)?,
                "output_tokens" => usage.output = count(scanner)?,
                "cache_read_input_tokens" => usage.cache_read = count(scanner)?,
                "cache_creation_input_tokens" => usage.cache_write = count(scanner)?,
                "cache_creation" if scanner.at_object() => {
                    scanner.object(|key, scanner| {
                        match &*key.decode() {
                            "ephemeral_5m_input_tokens" => written_5m = Some(count(scanner)?),
                            "ephemeral_1h_input_tokens" => written_1h = Some(count(scanner)?),
                            _ => scanner.skip()?,
                        }
                        Ok(())
                    })?;
                }
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        // The two parts replace the flat field, which older versions write alone.
        if written_5m.is_some() || written_1h.is_some() {
            usage.cache_write_1h = written_1h.unwrap_or(0);
            usage.cache_write = written_5m.unwrap_or(0) + usage.cache_write_1h;
        }
        // Each part may be believed, and all of them together not.
        let is_too_much = usage.context() > MAX_TOKENS;
        self.usage = Some(if is_too_much { Usage::default() } else { usage });
        self.usage_is_unusable = unusable || is_too_much;
        Ok(())
    }

    fn scan_block(&mut self, scanner: &mut Scanner<'a>) -> Result<(), Malformed> {
        let (mut kind, mut id, mut name, mut text, mut is_error) = (None, None, None, None, false);
        scanner.object(|key, scanner| {
            match &*key.decode() {
                "type" => kind = scanner.value()?.text(),
                "id" | "tool_use_id" => id = scanner.value()?.text(),
                "name" => name = scanner.value()?.text(),
                "is_error" => is_error = scanner.value()? == Value::Bool(true),
                "text" | "content" => text = scanner.value()?.text(),
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        match kind.and_then(|kind| kind.as_plain()) {
            Some("text") => self.text = self.text.or(text),
            Some("tool_use") => self.blocks.push(Block::ToolUse { id, name }),
            Some("tool_result") => self.blocks.push(Block::ToolResult { id, is_error, text }),
            _ => {}
        }
        Ok(())
    }
}
