//! What was said in the wanted sessions, while their logs are read.
//!
//! Kept are the events that say something, count something or tell of an error, with as much of their texts as is
//! to be shown; of other sessions nothing but what the summary keeps.

use std::collections::HashSet;
use std::sync::Arc;

use sigil_event::{Defect, EventRef, EventType, Sink, SourceId, Timestamp};
use sigil_summary::component::UNNAMED;
use sigil_summary::{Detail, Summary};

use super::kept::{Depth, Kept};
use super::words::Words;

/// A summary, and what was said.
pub(super) struct Heard {
    pub(super) summary: Summary,
    pub(super) entries: Vec<Entry>,
    detail: Arc<Detail>,
    depth: Depth,
    source: SourceId,
    names: HashSet<Arc<str>>,
}

/// What one event says.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Its source, and its first byte there.
    pub(super) place: (SourceId, u64),
    pub(super) at: Option<Timestamp>,
    pub(super) session: Arc<str>,
    pub(super) part: Part,
    pub(super) component: Option<Arc<str>>,
    pub(super) model: Option<Arc<str>>,
    pub(super) latency_us: Option<u64>,
    /// What happened, where nobody says it.
    pub(super) message: Option<Kept>,
    pub(super) is_error: bool,
    pub(super) words: Words,
}

/// What an event is to its conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// An answer, or a part of one, by what it is called; with it a round ends.
    Answer(String),
    /// A round of its own.
    Round,
    /// The end of a session: a round only if tokens come with it.
    End,
    /// Something said before the next answer.
    Turn,
}

impl Heard {
    pub(super) fn new(detail: &Arc<Detail>, depth: Depth) -> Self {
        Self {
            summary: Summary::new(Arc::clone(detail)),
            entries: Vec::new(),
            detail: Arc::clone(detail),
            depth,
            source: SourceId(0),
            names: HashSet::new(),
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.summary.merge(other.summary);
        self.entries.extend(other.entries);
    }

    fn hear(&mut self, event: &EventRef<'_>, offset: u64) {
        let metadata = &event.metadata;
        let words = match metadata.conversation {
            Some(said) => Words::of(said, self.depth),
            None if event.raw.is_empty() => Words::default(),
            None => Words::of_line(event.raw, self.depth),
        };
        let Some(part) = part(event, !words.is_empty(), (self.source, offset)) else { return };
        let session = event.session_id.map_or(UNNAMED.into(), |id| id.decode());
        let session = self.name(&session);
        let component = event.component.map(|name| self.name(&name.decode()));
        let model = metadata.model.map(|name| self.name(&name.decode()));
        self.entries.push(Entry {
            place: (self.source, offset),
            at: event.at,
            session,
            part,
            component,
            model,
            latency_us: metadata.latency_us,
            message: event.message.map(|text| Kept::of(&text.decode(), self.depth)),
            is_error: event.event_type.is_error(),
            words,
        });
    }

    /// A name that many events have.
    fn name(&mut self, text: &str) -> Arc<str> {
        match self.names.get(text) {
            Some(name) => Arc::clone(name),
            None => {
                let name: Arc<str> = text.into();
                self.names.insert(Arc::clone(&name));
                name
            }
        }
    }
}

/// What an event is to its conversation; none if it is nothing.
fn part(event: &EventRef<'_>, says: bool, (source, offset): (SourceId, u64)) -> Option<Part> {
    let metadata = &event.metadata;
    let format = metadata.format.map(|format| format.decode());
    let is_agents = matches!(format.as_deref(), Some("claude" | "codex"));
    let is_answer = metadata.usage_id.is_some()
        || is_agents && (event.event_type == EventType::TokenConsumption || metadata.usage.is_some());
    if is_answer {
        let ids = [metadata.usage_id, metadata.usage_part].into_iter().flatten();
        let key: Vec<_> = ids.map(|id| id.decode()).collect();
        return Some(Part::Answer(match key.as_slice() {
            [] => format!("\0{}:{offset}", source.0),
            key => key.join(":"),
        }));
    }
    if is_agents {
        // What a tool says of its failure comes with what it gives back.
        let is_tool_s = metadata.tool_use_id.is_some() && !says;
        return (says || event.event_type.is_error() && !is_tool_s).then_some(Part::Turn);
    }
    let counts = event.tokens.is_some_and(|tokens| tokens > 0) || metadata.cost_pico_usd.is_some();
    match event.event_type {
        EventType::SessionComplete | EventType::SessionStart if !says => counts.then_some(Part::End),
        EventType::StepComplete | EventType::StepError | EventType::SessionError | EventType::OtherError
            if metadata.format.is_none() || says || counts || event.event_type.is_error() =>
        {
            // An error in a log of text is no part of a conversation.
            let is_text = format.as_deref() == Some("text");
            (!is_text || counts).then_some(Part::Round)
        }
        _ => (says || counts).then_some(Part::Round),
    }
}

impl Sink for Heard {
    fn begin(&mut self, source: SourceId, start: u64) {
        self.source = source;
        self.summary.begin(source, start);
    }

    fn event(&mut self, event: &EventRef<'_>, offset: u64) {
        if self.detail.selection.holds(event) {
            self.hear(event, offset);
        }
        self.summary.event(event, offset);
    }

    fn defect(&mut self, line: u64, defect: Defect) {
        self.summary.defect(line, defect);
    }

    fn end(&mut self, end: u64, lines: u64) {
        self.summary.end(end, lines);
    }
}
