//! What one event says: text, messages, calls of tools and what came of them.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use sigil_event::{Conversation, Text};

use super::kept::{Depth, Kept};

/// What an event says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    pub(crate) question: Option<Kept>,
    pub(crate) answer: Option<Kept>,
    pub(crate) reasoning: Option<Kept>,
    pub(crate) messages: Vec<Message>,
    pub(crate) calls: Vec<Call>,
    /// What tools gave back, by the ids of their calls.
    pub(crate) results: Vec<(String, Outcome)>,
    pub(crate) chain: Option<String>,
}

/// A message to the model.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Message {
    pub(crate) role: String,
    /// Its text; for programs its content, as JSON.
    pub(crate) content: Kept,
    /// It only gives back what tools were asked for.
    pub(crate) is_result: bool,
}

/// A call of a tool.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) arguments: Kept,
    pub(crate) outcome: Option<Outcome>,
}

/// What came of a call.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) text: Kept,
    pub(crate) is_error: bool,
}

/// The words that a Sigil line brings along, as running lines with `--content` have them.
#[derive(Default, Deserialize)]
struct Line<'l> {
    #[serde(borrow, default)]
    metadata: Metadata<'l>,
}

#[derive(Default, Deserialize)]
struct Metadata<'l> {
    question: Option<String>,
    answer: Option<String>,
    reasoning: Option<String>,
    chain: Option<String>,
    #[serde(borrow)]
    messages: Option<&'l RawValue>,
    #[serde(borrow)]
    tool_calls: Option<&'l RawValue>,
}

impl Words {
    /// Whether nothing is said.
    pub(crate) fn is_empty(&self) -> bool {
        let Self { question, answer, reasoning, messages, calls, results, chain: _ } = self;
        let texts = [question, answer, reasoning];
        texts.iter().all(|text| text.is_none())
            && messages.is_empty()
            && calls.is_empty()
            && results.is_empty()
    }

    /// What is kept of a conversation.
    pub(super) fn of(said: &Conversation<'_>, depth: Depth) -> Self {
        let text = |text: Option<Text<'_>>| text.map(|text| Kept::of(&text.decode(), depth));
        let (messages, results) = messages(said.messages.unwrap_or("[]"), depth);
        Self {
            question: text(said.question),
            answer: text(said.answer),
            reasoning: text(said.reasoning),
            messages,
            calls: calls(said.tool_calls.unwrap_or("[]"), depth),
            results,
            chain: said.chain.map(|chain| chain.decode().into_owned()),
        }
    }

    /// What a Sigil line brings along; nothing, as a rule.
    pub(super) fn of_line(raw: &str, depth: Depth) -> Self {
        const KEYS: [&str; 5] =
            ["\"question\"", "\"answer\"", "\"reasoning\"", "\"messages\"", "\"tool_calls\""];
        if !KEYS.iter().any(|key| raw.contains(key)) {
            return Self::default();
        }
        let Ok(Line { metadata }) = serde_json::from_str::<Line<'_>>(raw) else { return Self::default() };
        let said = Conversation {
            question: metadata.question.as_deref().map(Text::plain),
            answer: metadata.answer.as_deref().map(Text::plain),
            reasoning: metadata.reasoning.as_deref().map(Text::plain),
            messages: metadata.messages.map(RawValue::get),
            tool_calls: metadata.tool_calls.map(RawValue::get),
            chain: metadata.chain.as_deref().map(Text::plain),
        };
        Self::of(&said, depth)
    }
}

/// A list in JSON, which may have been escaped once more.
fn list(json: &str) -> Vec<Value> {
    match serde_json::from_str(json) {
        Ok(Value::Array(values)) => values,
        Ok(Value::String(text)) => serde_json::from_str(&text).unwrap_or_default(),
        Ok(Value::Null) | Err(_) => Vec::new(),
        Ok(value) => vec![value],
    }
}

/// The messages, and what among them tools gave back.
fn messages(json: &str, depth: Depth) -> (Vec<Message>, Vec<(String, Outcome)>) {
    let mut results = Vec::new();
    let messages = list(json).into_iter().map(|message| {
        let role = text_at(&message, "role").unwrap_or("unknown").to_owned();
        let content = message.get("content").unwrap_or(&message);
        let found = results.len();
        if let Some(id) = text_at(&message, "tool_call_id") {
            results.push((id.to_owned(), Outcome { text: kept_text(content, depth), is_error: false }));
        }
        for block in content.as_array().into_iter().flatten() {
            if let (Some("tool_result"), Some(id)) = (text_at(block, "type"), text_at(block, "tool_use_id")) {
                let text = kept_text(block.get("content").unwrap_or(&Value::Null), depth);
                let is_error = block.get("is_error") == Some(&Value::Bool(true));
                results.push((id.to_owned(), Outcome { text, is_error }));
            }
        }
        let kept = match depth {
            Depth::Raw => Kept::of(&content.to_string(), depth),
            Depth::Folded | Depth::Full => kept_text(content, depth),
        };
        Message { role, content: kept, is_result: results.len() > found }
    });
    (messages.collect(), results)
}

fn calls(json: &str, depth: Depth) -> Vec<Call> {
    let calls = list(json).into_iter().map(|call| {
        let function = call.get("function").unwrap_or(&call);
        let arguments = match function.get("arguments").or(function.get("input")) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        };
        Call {
            id: text_at(&call, "id").map(str::to_owned),
            name: text_at(function, "name").unwrap_or("unknown").to_owned(),
            arguments: Kept::of(&arguments, depth),
            outcome: None,
        }
    });
    calls.collect()
}

fn text_at<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

fn kept_text(content: &Value, depth: Depth) -> Kept {
    let mut text = String::new();
    add_text(content, &mut text);
    Kept::of(&text, depth)
}

/// The text in a message's content: text, or blocks that hold some; of others what they are.
fn add_text(content: &Value, text: &mut String) {
    match content {
        Value::Null => {}
        Value::String(more) => add(text, more),
        Value::Array(blocks) => blocks.iter().for_each(|block| add_text(block, text)),
        Value::Object(block) => match block.get("text").or(block.get("content")).or(block.get("output")) {
            Some(inner) => add_text(inner, text),
            None => {
                let kind = block.get("type").and_then(Value::as_str).unwrap_or("object");
                add(text, &format!("[{kind}]"));
            }
        },
        other => add(text, &other.to_string()),
    }
}

fn add(text: &mut String, more: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(more);
}
