//! What the keys of one object say about its format (`FORMATS.md`, recognition).

use sigil_event::scan::Value;

use super::Format;

/// Keys of one object that tell formats apart.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// `ai_log`, whatever it holds.
    ai_log: bool,
    /// `model`, and one of `input_token` and `output_token`: what gateways wrote before there was `ai_log`.
    model: bool,
    model_tokens: bool,
    /// `payload`, an object.
    payload: bool,
    /// A `type` that is a string.
    has_type: bool,
    /// A `type` that Claude Code writes.
    claude_type: bool,
    /// `sessionId`, `uuid` or a `message` object.
    claude_key: bool,
    /// `event_type`, `component` or a numeric `tokens`.
    sigil: bool,
    /// `id` and either `instructions` or `git`: the first line of the oldest Codex rollouts, which have no
    /// envelope.
    id: bool,
    instructions: bool,
}

impl Seen {
    /// Notes a key and its value.
    pub(super) fn note(&mut self, key: &str, value: &Value<'_>) {
        match key {
            "ai_log" => self.ai_log = true,
            "model" => self.model = true,
            "input_token" | "output_token" => self.model_tokens = true,
            "payload" => self.payload = is_object(value),
            "type" => {
                self.has_type = matches!(value, Value::String(_));
                self.claude_type = is_claude_type(value);
            }
            "sessionId" | "uuid" => self.claude_key = true,
            "message" => self.claude_key |= is_object(value),
            "event_type" | "component" => self.sigil |= value.text().is_some(),
            "tokens" => self.sigil |= matches!(value, Value::Number(_) | Value::String(_) | Value::Bool(_)),
            "id" => self.id = matches!(value, Value::String(_)),
            "instructions" | "git" => self.instructions = true,
            _ => {}
        }
    }

    /// Notes a key of a gateway's line that is read by its own scanner.
    pub(super) fn note_gateway(&mut self, key: &str) {
        self.note(key, &Value::Null);
    }

    /// Notes a `message` that is an object and is read by its own scanner.
    pub(super) fn note_message_object(&mut self) {
        self.claude_key = true;
    }

    /// Notes that what an event is made of was found, whatever the keys are called.
    pub(super) fn note_sigil(&mut self, is_sigil: bool) {
        self.sigil |= is_sigil;
    }

    /// Notes a `payload` that is an object and is read by its own scanner.
    pub(super) fn note_payload_object(&mut self) {
        self.payload = true;
    }

    /// The format, in the order that `FORMATS.md` gives; none for an object that could be anything.
    pub(super) fn format(self) -> Option<Format> {
        match self {
            Self { ai_log: true, .. } | Self { model: true, model_tokens: true, .. } => Some(Format::Higress),
            Self { payload: true, has_type: true, .. } => Some(Format::Codex),
            Self { claude_type: true, claude_key: true, .. } => Some(Format::Claude),
            Self { sigil: true, .. } => Some(Format::Sigil),
            Self { id: true, instructions: true, has_type: false, .. } => Some(Format::Codex),
            _ => None,
        }
    }

    /// Whether it is the first line of one of the oldest Codex rollouts.
    pub(super) fn is_bare_rollout(self) -> bool {
        self.id && self.instructions && !self.has_type
    }

    /// Whether a key, beside those of the event model, tells anything: a line that has one is never read by
    /// its shape alone.
    pub(super) fn is_foreign(key: &str) -> bool {
        matches!(key, "type" | "sessionId" | "uuid" | "payload" | "ai_log" | "input_token" | "output_token")
    }
}

fn is_object(value: &Value<'_>) -> bool {
    matches!(value, Value::Nested(json) if json.starts_with('{'))
}

/// Whether a `type` is one that Claude Code writes. Kinds without `sessionId`, `uuid` or `message`
/// decide nothing, so that new ones do no harm.
fn is_claude_type(value: &Value<'_>) -> bool {
    const TYPES: [&str; 10] = [
        "assistant",
        "user",
        "system",
        "summary",
        "progress",
        "queue-operation",
        "file-history-snapshot",
        "attachment",
        "last-prompt",
        "custom-title",
    ];
    matches!(value, Value::String(text) if TYPES.iter().any(|known| text.is(known)))
}
