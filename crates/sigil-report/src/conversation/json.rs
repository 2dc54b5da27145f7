//! Conversations for programs, in the words of those who watch gateways.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::value::RawValue;
use sigil_breakdown::cost::usd;
use sigil_breakdown::json::line;
use sigil_event::Usage;

use super::Conversations;
use super::kept::Kept;
use super::rounds::Round;
use super::session::Session;
use super::words::{Call, Message};
use crate::render::json::MalformedObject;

#[derive(Serialize)]
struct Object<'a> {
    sessions: Vec<SessionObject<'a>>,
    malformed: MalformedObject<'a>,
}

#[derive(Serialize)]
struct SessionObject<'a> {
    session_id: &'a str,
    status: &'static str,
    created_at: Option<String>,
    updated_at: Option<String>,
    model: Option<&'a str>,
    messages_count: usize,
    total_tokens: u64,
    total_input_tokens: u64,
    total_output_tokens: u64,
    total_reasoning_tokens: u64,
    total_cached_tokens: u64,
    usage: Usage,
    cost_usd: Option<f64>,
    unpriced_tokens: u64,
    rounds: Vec<RoundObject<'a>>,
}

#[derive(Serialize)]
struct RoundObject<'a> {
    round: usize,
    timestamp: Option<String>,
    tokens: u64,
    input_tokens: u64,
    output_tokens: u64,
    reasoning_tokens: u64,
    cached_tokens: u64,
    usage: Usage,
    estimated_tokens: u64,
    cost_usd: Option<f64>,
    unpriced_tokens: u64,
    counts_elsewhere: bool,
    latency_ms: Option<f64>,
    model: Option<&'a str>,
    component: Option<&'a str>,
    chain: Option<&'a str>,
    has_tool_calls: bool,
    response_type: &'static str,
    event: Option<String>,
    messages: Vec<MessageObject<'a>>,
    question: Option<String>,
    answer: Option<String>,
    reasoning: Option<String>,
    tool_calls: Vec<CallObject<'a>>,
    input_token_details: InputDetails,
    output_token_details: OutputDetails,
}

/// A round alone.
#[derive(Serialize)]
struct Row<'a> {
    session_id: &'a str,
    #[serde(flatten)]
    round: RoundObject<'a>,
}

#[derive(Serialize)]
struct InputDetails {
    cached_tokens: u64,
}

#[derive(Serialize)]
struct OutputDetails {
    reasoning_tokens: u64,
}

#[derive(Serialize)]
struct MessageObject<'a> {
    role: &'a str,
    /// As the log has it: text, or a list of blocks.
    content: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct CallObject<'a> {
    index: usize,
    id: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    function: FunctionObject<'a>,
    result: Option<ResultObject<'a>>,
}

#[derive(Serialize)]
struct FunctionObject<'a> {
    name: &'a str,
    arguments: &'a str,
}

#[derive(Serialize)]
struct ResultObject<'a> {
    content: &'a str,
    is_error: bool,
}

/// Writes all of them as one object.
pub(super) fn object(conversations: &Conversations<'_>, out: &mut dyn Write) -> io::Result<()> {
    let sessions = conversations.sessions.iter().map(SessionObject::of).collect();
    line(&Object { sessions, malformed: MalformedObject::of(&conversations.malformed) }, out)
}

/// Writes a line for each round.
pub(super) fn rows(conversations: &Conversations<'_>, out: &mut dyn Write) -> io::Result<()> {
    for session in &conversations.sessions {
        for (number, round) in (1..).zip(&session.rounds) {
            let row = Row { session_id: session.report.id, round: RoundObject::of(number, round) };
            line(&row, out)?;
        }
    }
    Ok(())
}

impl<'a> SessionObject<'a> {
    fn of(session: &'a Session<'_>) -> Self {
        let figures = &session.report.figures;
        let spent = session.spent();
        Self {
            session_id: session.report.id,
            status: session.report.state.status().as_str(),
            created_at: figures.first.map(|at| at.to_string()),
            updated_at: figures.last.map(|at| at.to_string()),
            model: session.models().last().map(|model| &***model),
            messages_count: session.rounds.len(),
            total_tokens: spent.tokens,
            total_input_tokens: spent.usage.prompt(),
            total_output_tokens: spent.usage.output,
            total_reasoning_tokens: spent.usage.reasoning,
            total_cached_tokens: spent.usage.cache_read,
            usage: spent.usage,
            cost_usd: spent.cost_pico_usd().map(usd),
            unpriced_tokens: spent.unpriced_tokens(),
            rounds: (1..)
                .zip(&session.rounds)
                .map(|(number, round)| RoundObject::of(number, round))
                .collect(),
        }
    }
}

impl<'a> RoundObject<'a> {
    fn of(number: usize, round: &'a Round) -> Self {
        let usage = round.spent.usage;
        Self {
            round: number,
            timestamp: round.at.map(|at| at.to_string()),
            tokens: round.spent.tokens,
            input_tokens: usage.prompt(),
            output_tokens: usage.output,
            reasoning_tokens: usage.reasoning,
            cached_tokens: usage.cache_read,
            usage,
            estimated_tokens: round.estimated,
            cost_usd: round.spent.cost_pico_usd().map(usd),
            unpriced_tokens: round.spent.unpriced_tokens(),
            counts_elsewhere: round.counts_elsewhere,
            latency_ms: round.latency_us.map(|us| us as f64 / 1e3),
            model: round.model.as_deref(),
            component: round.component.as_deref(),
            chain: round.chain.as_deref(),
            has_tool_calls: !round.calls.is_empty(),
            response_type: if round.is_error { "error" } else { "normal" },
            event: joined(&round.events),
            messages: round.messages.iter().map(MessageObject::of).collect(),
            question: joined(&round.question),
            answer: joined(&round.answer),
            reasoning: joined(&round.reasoning),
            tool_calls: round
                .calls
                .iter()
                .enumerate()
                .map(|(index, call)| CallObject::of(index, call))
                .collect(),
            input_token_details: InputDetails { cached_tokens: usage.cache_read },
            output_token_details: OutputDetails { reasoning_tokens: usage.reasoning },
        }
    }
}

impl<'a> MessageObject<'a> {
    fn of(message: &'a Message) -> Self {
        Self { role: &message.role, content: serde_json::from_str(&message.content.text).ok() }
    }
}

impl<'a> CallObject<'a> {
    fn of(index: usize, call: &'a Call) -> Self {
        let function = FunctionObject { name: &call.name, arguments: &call.arguments.text };
        let result = call.outcome.as_ref();
        let result = result.map(|end| ResultObject { content: &end.text.text, is_error: end.is_error });
        Self { index, id: call.id.as_deref(), kind: "function", function, result }
    }
}

fn joined(parts: &[Kept]) -> Option<String> {
    let texts: Vec<_> = parts.iter().map(|part| part.text.as_str()).collect();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}
