//! How much of what was said is kept, and in what state: `--content` and `--redact`.

use std::borrow::Cow;

use sigil_event::{Content, Conversation, EventRef, Metadata, Text};

use crate::error::Error;
use crate::redact;

/// What to keep of conversations, as typed.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Content")]
pub struct ContentArgs {
    /// Keep what was said, where logs hold it: none, text (question, answer, reasoning) or full (messages
    /// and tool calls, too) [default: none]
    #[arg(long, value_name = "WHAT", value_parser = Content::NAMES, hide_possible_values = true)]
    pub content: Option<String>,

    /// Replace keys, tokens, passwords, e-mail addresses and card numbers in it by marks
    #[arg(long)]
    pub redact: bool,
}

impl ContentArgs {
    /// What is meant.
    ///
    /// # Errors
    /// Secrets are to be taken out of nothing.
    pub fn resolve(&self) -> Result<Disclosure, Error> {
        let content = self.content.as_deref().and_then(Content::named).unwrap_or_default();
        if content == Content::None && self.redact {
            let text = "--redact takes secrets out of what --content keeps; add --content text or full";
            return Err(Error::Usage(text.to_owned()));
        }
        Ok(Disclosure { content, redact: self.redact })
    }
}

/// What leaves the decoder of what was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disclosure {
    /// How much.
    pub content: Content,
    /// Whether without secrets.
    pub redact: bool,
}

impl Disclosure {
    /// Whether an event comes out as it is.
    #[inline]
    pub(crate) fn is_idle(self, event: &EventRef<'_>) -> bool {
        event.metadata.conversation.is_none() && !self.redact
    }

    /// Hands on the event with what may be disclosed of it.
    ///
    /// Redacted are its message, its conversation, and the object that it was read from; what it is counted
    /// by stays: its session, component and model.
    #[cold]
    pub(crate) fn apply(self, event: EventRef<'_>, hand_on: impl FnOnce(&EventRef<'_>)) {
        let conversation = event.metadata.conversation.map(|words| words.kept(self.content));
        let conversation = conversation.filter(|words| !words.is_empty());
        if !self.redact {
            let metadata = Metadata { conversation: conversation.as_ref(), ..event.metadata };
            return hand_on(&EventRef { metadata, ..event });
        }
        let words = conversation.unwrap_or_default();
        let [message, question, answer, reasoning] =
            [event.message, words.question, words.answer, words.reasoning].map(redacted);
        let [messages, tool_calls] = [words.messages, words.tool_calls].map(|json| json.map(redact::json));
        let raw = redact::json(event.raw);
        let conversation = conversation.map(|_| Conversation {
            question: question.as_deref().map(Text::plain),
            answer: answer.as_deref().map(Text::plain),
            reasoning: reasoning.as_deref().map(Text::plain),
            messages: messages.as_deref(),
            tool_calls: tool_calls.as_deref(),
            ..words
        });
        let metadata = Metadata { conversation: conversation.as_ref(), ..event.metadata };
        hand_on(&EventRef { raw: &raw, message: message.as_deref().map(Text::plain), metadata, ..event });
    }
}

fn redacted(text: Option<Text<'_>>) -> Option<Cow<'_, str>> {
    Some(match text?.decode() {
        Cow::Borrowed(text) => redact::text(text),
        Cow::Owned(text) => Cow::Owned(redact::text(&text).into_owned()),
    })
}
