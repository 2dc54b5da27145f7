//! What was said in an agent's own log, in the words that a gateway's log has for it ([`Conversation`]).
//!
//! Only made where somebody asks for it: text is put together, and calls of tools are written in the form in which
//! models get and give them.

use sigil_event::scan::{Scanner, Value};
use sigil_event::{Content, Conversation, Malformed, Text};

/// What one line says.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    question: String,
    answer: String,
    reasoning: String,
    /// Messages to the model, each as JSON.
    messages: Vec<String>,
    /// Calls of tools, each as JSON.
    tool_calls: Vec<String>,
    /// The two lists as one JSON text each.
    lists: [Option<String>; 2],
}

impl Said {
    /// What an answer's `content` says: text, thoughts and calls of tools.
    pub(super) fn answer(json: &str, content: Content) -> Self {
        let mut said = Self::default();
        said.each_block(json, |said, block| match block.kind() {
            "thinking" => said.add_reasoning(block.text()),
            "text" => said.add_answer(block.text()),
            "tool_use" => said.call(block.id, block.name, block.input.unwrap_or("{}")),
            _ => {}
        });
        said.done(content)
    }

    /// What somebody says to the model: `json` is a message's `content`. It is a question if a user asks.
    pub(super) fn message(role: &str, json: &str, is_question: bool, content: Content) -> Self {
        let mut said = Self::default();
        if is_question {
            said.each_block(json, |said, block| {
                if matches!(block.kind(), "text" | "input_text") {
                    add(&mut said.question, &block.text());
                }
            });
        }
        said.add_message(role, json);
        said.done(content)
    }

    /// What a tool gave back.
    pub(super) fn result(call: Option<Text<'_>>, json: &str, content: Content) -> Self {
        let call = call.map(|id| format!("\"tool_call_id\":{},", quoted(&id.decode()))).unwrap_or_default();
        let message = format!("{{\"role\":\"tool\",{call}\"content\":{json}}}");
        Self { messages: vec![message], ..Self::default() }.done(content)
    }

    /// A call of a tool; `arguments` are JSON, of text or of what they are.
    pub(super) fn one_call(
        id: Option<Text<'_>>,
        name: Option<Text<'_>>,
        arguments: &str,
        content: Content,
    ) -> Self {
        let mut said = Self::default();
        let mut scanner = Scanner::new(arguments);
        let text = match scanner.peek_token() {
            Some(b'"') => scanner.value().ok().and_then(Value::text).unwrap_or_default().decode(),
            _ => arguments.into(),
        };
        said.call(id, name, &text);
        said.done(content)
    }

    pub(super) fn question(text: &str) -> Self {
        Self { question: text.to_owned(), ..Self::default() }
    }

    pub(super) fn text_answer(text: &str) -> Self {
        Self { answer: text.to_owned(), ..Self::default() }
    }

    pub(super) fn thought(text: &str) -> Self {
        Self { reasoning: text.to_owned(), ..Self::default() }
    }

    /// The text in all blocks of a message's content, or of a summary of thoughts.
    pub(super) fn text_of(json: &str) -> String {
        let mut said = Self::default();
        said.each_block(json, |said, block| add(&mut said.answer, &block.text()));
        said.answer
    }

    /// The same in the form in which events have it.
    pub(super) fn conversation<'s>(&'s self, chain: Option<Text<'s>>) -> Conversation<'s> {
        let text = |text: &'s String| Some(Text::plain(text)).filter(|_| !text.is_empty());
        let [messages, tool_calls] = &self.lists;
        let words = Conversation {
            question: text(&self.question),
            answer: text(&self.answer),
            reasoning: text(&self.reasoning),
            messages: messages.as_deref(),
            tool_calls: tool_calls.as_deref(),
            chain: None,
        };
        Conversation { chain: chain.filter(|_| !words.is_empty()), ..words }
    }

    fn add_answer(&mut self, text: String) {
        add(&mut self.answer, &text);
    }

    fn add_reasoning(&mut self, text: String) {
        add(&mut self.reasoning, &text);
    }

    fn add_message(&mut self, role: &str, json: &str) {
        self.messages.push(format!("{{\"role\":{},\"content\":{json}}}", quoted(role)));
    }

    fn call(&mut self, id: Option<Text<'_>>, name: Option<Text<'_>>, arguments: &str) {
        let of = |text: Option<Text<'_>>| text.map_or("null".to_owned(), |text| quoted(&text.decode()));
        self.tool_calls.push(format!(
            "{{\"index\":{},\"id\":{},\"type\":\"function\",\"function\":{{\"name\":{},\"arguments\":{}}}}}",
            self.tool_calls.len(),
            of(id),
            of(name),
            quoted(arguments),
        ));
    }

    fn done(mut self, content: Content) -> Self {
        if content == Content::Full {
            let list = |parts: &[String]| (!parts.is_empty()).then(|| format!("[{}]", parts.join(",")));
            self.lists = [list(&self.messages), list(&self.tool_calls)];
        }
        self
    }

    /// Hands the blocks of a message's content to `take`; text alone is one block. What stands before a fault
    /// counts: the line was whole when it was scanned.
    fn each_block(&mut self, json: &str, mut take: impl FnMut(&mut Self, Block<'_>)) {
        let mut scanner = Scanner::new(json);
        if scanner.peek_token() == Some(b'"') {
            let text = scanner.value().ok().and_then(Value::text);
            take(self, Block { text, ..Block::default() });
            return;
        }
        let _ = scanner.array(|scanner| {
            if scanner.at_object() {
                take(self, Block::scan(scanner)?);
                return Ok(());
            }
            let text = scanner.value()?.text();
            take(self, Block { text, ..Block::default() });
            Ok(())
        });
    }
}

/// Text as a JSON string, in its quotes.
fn quoted(text: &str) -> String {
    // Writing text as JSON cannot fail.
    serde_json::to_string(text).unwrap_or_default()
}

/// Adds text as a paragraph of its own.
fn add(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(more);
}

/// A block of a message's content.
#[derive(Default)]
struct Block<'a> {
    kind: Option<Text<'a>>,
    text: Option<Text<'a>>,
    id: Option<Text<'a>>,
    name: Option<Text<'a>>,
    input: Option<&'a str>,
}

impl<'a> Block<'a> {
    fn scan(scanner: &mut Scanner<'a>) -> Result<Self, Malformed> {
        let mut block = Self::default();
        scanner.object(|key, scanner| {
            match &*key.decode() {
                "type" => block.kind = scanner.value()?.text(),
                "text" | "thinking" => block.text = scanner.value()?.text(),
                "id" => block.id = scanner.value()?.text(),
                "name" => block.name = scanner.value()?.text(),
                "input" => block.input = Some(raw(scanner)?),
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        Ok(block)
    }

    /// Text that stands alone is text.
    fn kind(&self) -> &'a str {
        self.kind.map_or(Some("text"), |kind| kind.as_plain()).unwrap_or("")
    }

    fn text(&self) -> String {
        self.text.map(|text| text.decode().into_owned()).unwrap_or_default()
    }
}

/// The JSON of the value that comes.
pub(super) fn raw<'a>(scanner: &mut Scanner<'a>) -> Result<&'a str, Malformed> {
    scanner.peek_token();
    let (text, from) = (scanner.rest(), scanner.position());
    scanner.skip()?;
    Ok(text.get(..scanner.position() - from).unwrap_or("null"))
}
