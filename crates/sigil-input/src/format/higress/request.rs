//! One request to a model: the fields of `ai_log`, wherever they stand.

use sigil_event::scan::{Scanner, Value};
use sigil_event::{
    Conversation, Estimate, MAX_TOKENS, Malformed, Quantity, Text, Usage, milliseconds, tokens_of_words,
};

use crate::estimate::{words_in_json, words_of};

/// What is said of one request. Every field may be missing.
#[derive(Clone, Default)]
pub(super) struct Request<'a> {
    pub(super) session_id: Option<Text<'a>>,
    pub(super) model: Option<Text<'a>>,
    pub(super) api: Option<Text<'a>>,
    pub(super) response_type: Option<Text<'a>>,
    pub(super) service_us: Option<u64>,
    pub(super) counts: Counts,
    input_details: Option<Details<'a>>,
    output_details: Option<Details<'a>>,
    pub(super) conversation: Conversation<'a>,
}

/// The counts as stated.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) input: Quantity,
    pub(super) output: Quantity,
    pub(super) total: Quantity,
    pub(super) reasoning: Quantity,
    pub(super) cached: Quantity,
}

/// The counts by kind, as a model's provider gives them: an object, or its JSON in a string.
#[derive(Clone, Copy)]
enum Details<'a> {
    Json(Text<'a>),
    Object(&'a str),
}

/// What a request has used.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cost {
    pub(super) tokens: Option<u64>,
    pub(super) usage: Option<Usage>,
    /// What of this was reckoned from the text.
    pub(super) estimate: Option<Estimate>,
    /// A count is negative, absurd or no number; it is taken for 0.
    pub(super) unusable: bool,
}

/// Envoy and the plugin write `-` for what is missing.
pub(super) fn is_missing(text: &Text<'_>) -> bool {
    text.is("-") || text.is("")
}

/// The text of a value, if it says anything.
pub(super) fn said<'a>(value: Value<'a>) -> Option<Text<'a>> {
    value.text().filter(|text| !is_missing(text))
}

fn count(value: Value<'_>) -> Quantity {
    match value {
        Value::String(text) if is_missing(&text) => Quantity::Absent,
        other => Quantity::of(other),
    }
}

impl<'a> Request<'a> {
    /// Scans an object that holds nothing else.
    pub(super) fn scan(scanner: &mut Scanner<'a>) -> Result<Self, Malformed> {
        let mut request = Self::default();
        scanner.object(
            |key, scanner| {
                if request.field(&key.decode(), scanner)? { Ok(()) } else { scanner.skip() }
            },
        )?;
        Ok(request)
    }

    /// Reads the value of `key`, if the key is one that matters here.
    pub(super) fn field(&mut self, key: &str, scanner: &mut Scanner<'a>) -> Result<bool, Malformed> {
        let counts = &mut self.counts;
        match key {
            "session_id" => self.session_id = said(scanner.value()?),
            "model" => self.model = said(scanner.value()?).filter(|name| !name.is("unknown")),
            "api" => self.api = said(scanner.value()?),
            "response_type" => self.response_type = said(scanner.value()?),
            "llm_service_duration" => self.service_us = milliseconds(scanner.value()?),
            "input_token" => counts.input = count(scanner.value()?),
            "output_token" => counts.output = count(scanner.value()?),
            "total_token" => counts.total = count(scanner.value()?),
            "reasoning_tokens" => counts.reasoning = count(scanner.value()?),
            "cached_tokens" => counts.cached = count(scanner.value()?),
            "input_token_details" => self.input_details = Details::of(scanner.value()?),
            "output_token_details" => self.output_details = Details::of(scanner.value()?),
            "question" => self.conversation.question = words(scanner.value()?),
            "answer" => self.conversation.answer = words(scanner.value()?),
            "reasoning" => self.conversation.reasoning = words(scanner.value()?),
            "messages" => self.conversation.messages = json(scanner)?,
            "tool_calls" => self.conversation.tool_calls = json(scanner)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The request, what it does not say taken from `other`: some attributes may stand beside `ai_log`.
    pub(super) fn or(self, other: &Self) -> Self {
        let (mine, theirs) = (self.counts, other.counts);
        let quantity = |mine, theirs| if mine == Quantity::Absent { theirs } else { mine };
        Self {
            session_id: self.session_id.or(other.session_id),
            model: self.model.or(other.model),
            api: self.api.or(other.api),
            response_type: self.response_type.or(other.response_type),
            service_us: self.service_us.or(other.service_us),
            counts: Counts {
                input: quantity(mine.input, theirs.input),
                output: quantity(mine.output, theirs.output),
                total: quantity(mine.total, theirs.total),
                reasoning: quantity(mine.reasoning, theirs.reasoning),
                cached: quantity(mine.cached, theirs.cached),
            },
            input_details: self.input_details.or(other.input_details),
            output_details: self.output_details.or(other.output_details),
            conversation: Conversation {
                question: self.conversation.question.or(other.conversation.question),
                answer: self.conversation.answer.or(other.conversation.answer),
                reasoning: self.conversation.reasoning.or(other.conversation.reasoning),
                messages: self.conversation.messages.or(other.conversation.messages),
                tool_calls: self.conversation.tool_calls.or(other.conversation.tool_calls),
                chain: None,
            },
        }
    }

    /// What the request has used, estimated by what was said if the log does not count it.
    ///
    /// What a model did not answer because the request failed has used nothing.
    pub(super) fn cost_or_estimate(&self, has_failed: bool) -> Cost {
        let cost = self.cost();
        let words = &self.conversation;
        let is_answered = words.answer.is_some() || words.reasoning.is_some();
        if cost.tokens.is_some() || words.is_empty() || (has_failed && !is_answered) {
            return cost;
        }
        Cost { tokens: Some(tokens_of_words(self.words())), estimate: Some(Estimate::Tokens), ..cost }
    }

    /// How many words were said. All that was sent stands for the question where there is none.
    fn words(&self) -> u64 {
        let Conversation { question, answer, reasoning, messages, tool_calls, chain: _ } = self.conversation;
        let said = [question, answer, reasoning].into_iter().flatten().map(words_of).sum::<u64>();
        let sent = [messages, tool_calls].into_iter().flatten().filter(|_| question.is_none());
        said + sent.map(words_in_json).sum::<u64>()
    }

    /// What the request has used (`FORMATS.md`).
    ///
    /// Cached tokens are inside the input. Reasoning is inside the output, unless it is larger: then it was
    /// kept apart. The tokens are then input, output and reasoning together, while `usage` keeps the stated
    /// output, so that outputs add up to what the log says; `usage.reasoning` above `usage.output` tells.
    pub(super) fn cost(&self) -> Cost {
        let stated = self.counts;
        let detail = |flat: Quantity, details: Option<Details<'_>>, key| match flat {
            Quantity::Absent => details.map_or(flat, |details| details.count(key)),
            _ => flat,
        };
        let cached = detail(stated.cached, self.input_details, "cached_tokens");
        let reasoning = detail(stated.reasoning, self.output_details, "reasoning_tokens");
        let all = [stated.input, stated.output, stated.total, reasoning, cached];
        let unusable = all.contains(&Quantity::Unusable);
        if stated.input == Quantity::Absent && stated.output == Quantity::Absent {
            // An aborted stream has no counts. A total is trusted only where it stands alone.
            let tokens = (stated.total != Quantity::Absent).then(|| stated.total.or_zero());
            return Cost { tokens, unusable, ..Cost::default() };
        }
        let (input, output) = (stated.input.or_zero(), stated.output.or_zero());
        let cache_read = cached.or_zero().min(input);
        let estimate = match (reasoning, self.conversation.reasoning) {
            // Four characters to a token.
            (Quantity::Absent, Some(text)) => (text.decode().chars().count() as u64 / 4).min(output),
            _ => 0,
        };
        let stated_reasoning = reasoning.or_zero();
        let usage = Usage {
            input: input - cache_read,
            output,
            reasoning: stated_reasoning + estimate,
            cache_read,
            ..Usage::default()
        };
        let tokens = input + output + usage.separate_reasoning();
        // Each part may be believed, and all of them together not.
        if tokens > MAX_TOKENS {
            let usage = Some(Usage::default());
            return Cost { tokens: Some(0), usage, estimate: None, unusable: true };
        }
        let estimate = (estimate > 0).then_some(Estimate::Reasoning);
        Cost { tokens: Some(tokens), usage: Some(usage), estimate, unusable }
    }
}

impl<'a> Details<'a> {
    fn of(value: Value<'a>) -> Option<Self> {
        match value {
            Value::String(text) if !is_missing(&text) => Some(Self::Json(text)),
            Value::Nested(json) => Some(Self::Object(json)),
            _ => None,
        }
    }

    /// The count of that name; absent, too, if these are no details.
    fn count(self, name: &str) -> Quantity {
        let read = |json: &str| {
            let mut found = Quantity::Absent;
            let read = Scanner::new(json).object(|key, scanner| {
                let value = scanner.value()?;
                if key.is(name) {
                    found = count(value);
                }
                Ok(())
            });
            read.map_or(Quantity::Absent, |()| found)
        };
        match self {
            Self::Json(text) => read(&text.decode()),
            Self::Object(json) => read(json),
        }
    }
}

/// What was said: text, or, where somebody said it in parts, their JSON.
fn words<'a>(value: Value<'a>) -> Option<Text<'a>> {
    let text = if let Value::Nested(json) = value { Some(Text::plain(json)) } else { value.text() };
    text.filter(|text| !text.is(""))
}

/// The JSON of the value that comes, unless it is `null`.
fn json<'a>(scanner: &mut Scanner<'a>) -> Result<Option<&'a str>, Malformed> {
    scanner.peek_token();
    let (text, from) = (scanner.rest(), scanner.position());
    let value = scanner.value()?;
    Ok(text.get(..scanner.position() - from).filter(|_| value != Value::Null))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn cost(json: &str) -> Cost {
        Request::scan(&mut Scanner::new(json)).unwrap().cost()
    }

    fn usage(input: u64, cache_read: u64, output: u64, reasoning: u64) -> Option<Usage> {
        Some(Usage { input, output, reasoning, cache_read, ..Usage::default() })
    }

    #[test]
    fn counts_add_up_as_the_format_says() {
        let cases = [
            // Integers and strings.
            (r#"{"input_token":20,"output_token":10}"#, Some(30), usage(20, 0, 10, 0)),
            (r#"{"input_token":"20","output_token":"10"}"#, Some(30), usage(20, 0, 10, 0)),
            // Cached is inside the input, also when it claims more.
            (r#"{"input_token":20,"output_token":10,"cached_tokens":15}"#, Some(30), usage(5, 15, 10, 0)),
            (r#"{"input_token":20,"output_token":10,"cached_tokens":50}"#, Some(30), usage(0, 20, 10, 0)),
            // Reasoning is inside the output, or was kept apart.
            (r#"{"input_token":20,"output_token":10,"reasoning_tokens":10}"#, Some(30), usage(20, 0, 10, 10)),
            (r#"{"input_token":20,"output_token":10,"reasoning_tokens":11}"#, Some(41), usage(20, 0, 10, 11)),
            // Details count where the flat fields are absent.
            (
                r#"{"input_token":20,"output_token":10,"input_token_details":"{\"cached_tokens\":5}","output_token_details":"{\"reasoning_tokens\":\"4\"}"}"#,
                Some(30),
                usage(15, 5, 10, 4),
            ),
            (
                r#"{"input_token":20,"output_token":10,"input_token_details":{"cached_tokens":5}}"#,
                Some(30),
                usage(15, 5, 10, 0),
            ),
            (
                r#"{"input_token":20,"output_token":10,"cached_tokens":0,"input_token_details":"{\"cached_tokens\":5}"}"#,
                Some(30),
                usage(20, 0, 10, 0),
            ),
            (
                r#"{"input_token":20,"output_token":10,"input_token_details":"{\"cached_tok"}"#,
                Some(30),
                usage(20, 0, 10, 0),
            ),
            // A total counts only where it stands alone.
            (r#"{"input_token":20,"output_token":10,"total_token":500}"#, Some(30), usage(20, 0, 10, 0)),
            (r#"{"total_token":"500"}"#, Some(500), None),
            // One side alone.
            (r#"{"input_token":20}"#, Some(20), usage(20, 0, 0, 0)),
            (r#"{"output_token":10}"#, Some(10), usage(0, 0, 10, 0)),
            // Nothing, in every way to write it.
            (r#"{"question":"why?"}"#, None, None),
            (r#"{"input_token":"-","output_token":null,"total_token":""}"#, None, None),
        ];
        for (json, tokens, usage) in cases {
            assert_eq!(cost(json), Cost { tokens, usage, ..Cost::default() }, "{json}");
        }
    }

    #[test]
    fn unusable_counts_are_0_and_told() {
        for (json, tokens) in [
            (r#"{"input_token":-3,"output_token":10}"#, Some(10)),
            (r#"{"input_token":20,"output_token":1e99}"#, Some(20)),
            (r#"{"input_token":20,"output_token":"x"}"#, Some(20)),
            (r#"{"input_token":20,"output_token":10,"cached_tokens":-1}"#, Some(30)),
            (
                r#"{"input_token":20,"output_token":10,"output_token_details":"{\"reasoning_tokens\":-4}"}"#,
                Some(30),
            ),
            (r#"{"total_token":-1}"#, Some(0)),
        ] {
            let cost = cost(json);
            assert_eq!((cost.tokens, cost.unusable), (tokens, true), "{json}");
        }
    }

    #[test]
    fn reasoning_without_a_count_is_a_quarter_of_its_characters() {
        let estimate = |json: &str| {
            let cost = cost(json);
            (cost.tokens, cost.usage.unwrap().reasoning, cost.estimate.is_some())
        };
        let text = r#"{"input_token":2,"output_token":10,"reasoning":"一二三四一二三四一二三四X"}"#;
        assert_eq!(estimate(text), (Some(12), 3, true));
        let capped = r#"{"input_token":2,"output_token":2,"reasoning":"一二三四一二三四一二三四X"}"#;
        assert_eq!(estimate(capped), (Some(4), 2, true));
        let stated =
            r#"{"input_token":2,"output_token":10,"reasoning_tokens":0,"reasoning":"a long thought"}"#;
        assert_eq!(estimate(stated), (Some(12), 0, false));
        let none = r#"{"input_token":2,"output_token":10,"reasoning":""}"#;
        assert_eq!(estimate(none), (Some(12), 0, false));
    }

    #[test]
    fn what_stands_beside_fills_in_what_is_missing() {
        let scan = |json| Request::scan(&mut Scanner::new(json)).unwrap();
        let inner = scan(r#"{"model":"a","input_token":3,"question":"why?"}"#);
        let outer = scan(r#"{"model":"b","input_token":9,"output_token":4,"answer":"so"}"#);
        let both = inner.or(&outer);
        assert_eq!(both.cost().tokens, Some(7));
        assert!(both.model.is_some_and(|name| name.is("a")));
        assert!(both.conversation.question.is_some() && both.conversation.answer.is_some());
    }
}
