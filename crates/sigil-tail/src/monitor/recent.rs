//! The last events of one session, as much of them as a screen shows.

use std::collections::VecDeque;

use sigil_event::{EventRef, Text};

/// How many are kept (guide 3.1).
pub(crate) const KEPT: usize = 5;

/// How many bytes of a text are kept, about; more does not fit on a line.
const LONGEST: usize = 240;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RecentEvent {
    /// Microseconds since 1970, if the event has a time.
    pub(crate) at_us: Option<i64>,
    /// Empty if none is named.
    pub(crate) component: String,
    /// The message, or the type of an event that has none.
    pub(crate) text: String,
    /// What the total moved by.
    pub(crate) tokens: i64,
    pub(crate) is_error: bool,
}

impl RecentEvent {
    /// Takes an event over; what was here before gives its memory.
    pub(super) fn set(&mut self, event: &EventRef<'_>, tokens: i64) {
        self.at_us = event.at.map(|at| at.us);
        self.tokens = tokens;
        self.is_error = event.event_type.is_error();
        keep(&mut self.component, event.component);
        keep(&mut self.text, event.message);
        if self.text.is_empty() {
            keep(&mut self.text, event.type_name);
            self.text = self.text.replace('_', " ");
        }
    }
}

/// Whether an event tells a person nothing: agents' transcripts have lines about themselves, and write an answer
/// again with every piece of it.
pub(super) fn is_idle(event: &EventRef<'_>, tokens: i64) -> bool {
    let is_note = event.metadata.format.is_some() && event.type_name.is_some_and(|name| name.is("note"));
    let is_repeated = event.metadata.usage_id.is_some() && tokens == 0;
    event.message.is_none() && (is_note || is_repeated)
}

/// The last events, the oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recent(VecDeque<RecentEvent>);

impl Recent {
    /// Takes an event in, and puts the oldest out.
    pub(super) fn push(&mut self, event: &EventRef<'_>, tokens: i64) {
        let mut place = if self.0.len() < KEPT { None } else { self.0.pop_front() }.unwrap_or_default();
        place.set(event, tokens);
        self.0.push_back(place);
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &RecentEvent> {
        self.0.iter()
    }
}

/// Makes `place` the beginning of `text`.
fn keep(place: &mut String, text: Option<Text<'_>>) {
    place.clear();
    let Some(text) = text else { return };
    let decoded = text.decode();
    let text = decoded.trim_start();
    let ends = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= LONGEST);
    let end = if text.len() <= LONGEST { text.len() } else { ends.last().unwrap_or(0) };
    place.push_str(&text[..end]);
}
