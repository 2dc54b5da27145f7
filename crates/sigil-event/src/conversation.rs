//! What was said, where a log keeps it: a gateway's question and answer, and all that was sent with them.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::text::Text;

/// The words of one request, borrowed from its line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Conversation<'a> {
    /// What the user asked last.
    pub question: Option<Text<'a>>,
    /// What the model answered.
    pub answer: Option<Text<'a>>,
    /// What it thought, where it says so.
    pub reasoning: Option<Text<'a>>,
    /// All that was sent, as JSON.
    pub messages: Option<&'a str>,
    /// The tools that it called, as JSON.
    pub tool_calls: Option<&'a str>,
    /// Which of several agents speaks, if it is not the main one.
    pub chain: Option<Text<'a>>,
}

/// How much of a conversation is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Content {
    /// Nothing: logs are counted, not copied.
    #[default]
    None,
    /// Question, answer and reasoning.
    Text,
    /// Messages and tool calls, too.
    Full,
}

impl Content {
    /// The words that name them, in their order.
    pub const NAMES: [&str; 3] = ["none", "text", "full"];

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "none" => Some(Self::None),
            "text" => Some(Self::Text),
            "full" => Some(Self::Full),
            _ => None,
        }
    }
}

impl Conversation<'_> {
    /// What `content` lets through.
    pub fn kept(self, content: Content) -> Self {
        match content {
            Content::None => Self::default(),
            Content::Text => Self { messages: None, tool_calls: None, ..self },
            Content::Full => self,
        }
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        Self { chain: None, ..*self } == Self::default()
    }

    /// Writes its fields into the object that holds them; `metadata`, as a rule.
    pub(crate) fn serialize_into<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let texts = [
            ("question", self.question),
            ("answer", self.answer),
            ("reasoning", self.reasoning),
            ("chain", self.chain),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                map.serialize_entry(key, &text.decode())?;
            }
        }
        for (key, json) in [("messages", self.messages), ("tool_calls", self.tool_calls)] {
            match json.map(serde_json::from_str::<&RawValue>) {
                Some(Ok(raw)) => map.serialize_entry(key, raw)?,
                // The scanner lets no text through that is no JSON; should it, the text is told as text.
                Some(Err(_)) => map.serialize_entry(key, json.unwrap_or_default())?,
                None => {}
            }
        }
        Ok(())
    }
}

impl Serialize for Conversation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.serialize_into(&mut map)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Conversation<'static> = Conversation {
        question: Some(Text::plain("why?")),
        answer: Some(Text::plain("\"so\"")),
        reasoning: None,
        messages: Some(r#"[{"role":"user"}]"#),
        tool_calls: Some("[]"),
        chain: None,
    };

    #[test]
    fn content_decides_what_is_kept() {
        let json = |content| serde_json::to_string(&WHOLE.kept(content)).unwrap();
        assert_eq!(json(Content::None), "{}");
        assert_eq!(json(Content::Text), r#"{"question":"why?","answer":"\"so\""}"#);
        assert_eq!(
            json(Content::Full),
            r#"{"question":"why?","answer":"\"so\"","messages":[{"role":"user"}],"tool_calls":[]}"#
        );
        assert!(WHOLE.kept(Content::None).is_empty() && !WHOLE.is_empty());
    }

    #[test]
    fn each_content_has_a_name() {
        for name in Content::NAMES {
            assert!(Content::named(name).is_some(), "{name}");
        }
        assert_eq!(Content::named("all"), None);
        assert!(Content::None < Content::Text && Content::Text < Content::Full);
    }
}
