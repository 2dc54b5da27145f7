//! What a rollout's earlier lines say about the next one.

use sigil_event::{EventRef, Metadata, Text, Timestamp, Usage};

use super::{Count, Info, event};

/// The components of answers (`FORMATS.md`, As events).
const ASSISTANT: Text<'static> = Text::plain("assistant");

/// How many counts may wait for their model.
const MOST_WAITING: usize = 1 << 16;

/// A thread while its rollout is being read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Thread {
    /// The session: the id in the first `session_meta`.
    session: Option<String>,
    /// The time of that line, as written.
    begun: Option<String>,
    /// Whose counts the cumulative totals are: the id in the last `session_meta` of the replayed chain.
    root: Option<String>,
    /// Whose replay may follow: the parent that the last `session_meta` names, until something is counted.
    parent: Option<String>,
    model: Option<String>,
    /// The cumulative totals of the count before.
    totals: Option<Count>,
    /// How often the totals have fallen: the same totals may come again then.
    resets: u64,
    /// Whether its lines stand without envelopes.
    is_bare: bool,
    /// Counts from before the first `turn_context`, which take its model.
    waiting: Vec<Counted>,
}

/// An answer's tokens.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    usage: Usage,
    tokens: u64,
    usage_id: Option<String>,
    context_window: Option<u64>,
    at: Option<Timestamp>,
    timestamp: Option<String>,
    offset: u64,
}

impl Counted {
    /// The same, of a line with that time at that place.
    pub(super) fn at(self, at: Option<Timestamp>, timestamp: Option<Text<'_>>, offset: u64) -> Self {
        Self { at, timestamp: timestamp.map(|text| text.decode().into_owned()), offset, ..self }
    }
}

impl Thread {
    /// A `session_meta` begins a session, or tells whose lines are replayed now.
    ///
    /// In one stream several rollouts may follow each other: one that is not the parent's, right behind its
    /// child's, begins anew. A thread that states itself again at another time goes on; at the same time it
    /// is its rollout that comes once more.
    pub(super) fn session_meta(
        &mut self,
        id: Option<Text<'_>>,
        parent: Option<Text<'_>>,
        timestamp: Option<Text<'_>>,
        emit: &mut dyn FnMut(EventRef<'_>, u64),
    ) {
        let Some(id) = id.map(|id| id.decode().into_owned()) else { return };
        if self.parent.as_ref() != Some(&id) {
            let begun = timestamp.map(|text| text.decode().into_owned());
            if self.session.as_ref() == Some(&id) && self.begun != begun {
                return;
            }
            self.flush(emit);
            *self = Self { session: Some(id.clone()), begun, ..Self::default() };
        }
        self.root = Some(id);
        self.parent = parent.map(|id| id.decode().into_owned());
    }

    /// The first line of the oldest rollouts, whose lines stand without envelopes.
    pub(super) fn bare_session_meta(
        &mut self,
        id: Option<Text<'_>>,
        emit: &mut dyn FnMut(EventRef<'_>, u64),
    ) {
        self.session_meta(id, None, None, emit);
        self.is_bare |= id.is_some();
    }

    /// Whether lines of it stand without envelopes.
    pub(crate) fn is_bare(&self) -> bool {
        self.is_bare
    }

    /// A `turn_context` names the model, also of what has waited for it.
    pub(super) fn turn_context(&mut self, model: Option<Text<'_>>, emit: &mut dyn FnMut(EventRef<'_>, u64)) {
        if let Some(model) = model {
            if self.model.as_deref().is_none_or(|known| !model.is(known)) {
                self.model = Some(model.decode().into_owned());
            }
            self.flush(emit);
        }
    }

    /// What a `token_count` adds; nothing if it repeats the one before.
    pub(super) fn count(&mut self, info: Info) -> Option<Counted> {
        self.parent = None;
        let before = self.totals;
        if let Some(total) = info.total {
            if before == Some(total) {
                return None;
            }
            self.resets += u64::from(before.is_some_and(|before| total.since(before).is_none()));
            self.totals = Some(total);
        }
        let grown = info.total.and_then(|total| total.since(before.unwrap_or_default()).or(Some(total)));
        let last = info.last.or(grown)?;
        let usage_id = self.root.as_ref().zip(info.total).map(|(root, total)| {
            let Count { input, cached, output, reasoning } = total;
            format!("{root}:{}:{input}:{cached}:{output}:{reasoning}", self.resets)
        });
        let tokens = last.input.saturating_add(last.output);
        let context_window = info.context_window;
        let usage = last.usage();
        Some(Counted { usage, tokens, usage_id, context_window, at: None, timestamp: None, offset: 0 })
    }

    /// Hands a count on, or lets it wait until its model is known.
    pub(super) fn emit(&mut self, count: Counted, emit: &mut dyn FnMut(EventRef<'_>, u64)) {
        if self.model.is_none() && self.waiting.len() < MOST_WAITING {
            self.waiting.push(count);
        } else {
            emit(self.answer(&count), count.offset);
        }
    }

    /// Hands on what waits, whether its model is known or not.
    pub(crate) fn flush(&mut self, emit: &mut dyn FnMut(EventRef<'_>, u64)) {
        for count in std::mem::take(&mut self.waiting) {
            emit(self.answer(&count), count.offset);
        }
    }

    fn answer<'e>(&'e self, count: &'e Counted) -> EventRef<'e> {
        let event = self.event("token_consumption");
        EventRef {
            timestamp: count.timestamp.as_deref().map(Text::plain),
            at: count.at,
            component: Some(ASSISTANT),
            tokens: Some(count.tokens),
            metadata: Metadata {
                model: self.model.as_deref().map(Text::plain),
                usage: Some(count.usage),
                usage_id: count.usage_id.as_deref().map(Text::plain),
                context_window: count.context_window,
                ..event.metadata
            },
            ..event
        }
    }

    /// An event of the session.
    pub(super) fn event(&self, type_name: &'static str) -> EventRef<'_> {
        event(self.session.as_deref(), type_name)
    }
}
