//! The ledger for whoever watches: what sessions have used so far, in bounded memory and kept across runs.
//!
//! The rules are those of this module's parent, for the events of one stream in their order. A [`crate::Running`] knows
//! every answer for ever and may decide a statement anew when a better snapshot comes behind it; a meter knows the last
//! answers, and what a statement has said stands.

use std::collections::{HashMap, VecDeque};

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};
use sigil_event::{EventRef, EventType, Text};
use twox_hash::XxHash3_128;

use super::CountAll;

/// How many answers are known at a time.
const ANSWERS: usize = 65_536;

/// How many components of a session are told apart. All others are counted as one.
const COMPONENTS: usize = 256;

/// The last answers, for rule 1.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(u64, u64)>", into = "Vec<(u64, u64)>")]
pub struct Answers {
    /// Tokens of the best snapshot, by a hash of the answer's id.
    tokens: HashMap<u64, u64, RandomState>,
    /// In the order in which they were first seen.
    order: VecDeque<u64>,
}

impl From<Vec<(u64, u64)>> for Answers {
    fn from(saved: Vec<(u64, u64)>) -> Self {
        let order = saved.iter().map(|(id, _)| *id).collect();
        Self { tokens: saved.into_iter().collect(), order }
    }
}

impl From<Answers> for Vec<(u64, u64)> {
    fn from(answers: Answers) -> Self {
        let tokens = |id: &u64| answers.tokens.get(id).copied().unwrap_or(0);
        answers.order.iter().map(|id| (*id, tokens(id))).collect()
    }
}

impl Answers {
    /// What a snapshot has more than the best one before it.
    fn gain(&mut self, event: &EventRef<'_>, tokens: u64) -> u64 {
        let of =
            |part: Option<Text<'_>>| part.map_or(0, |text| XxHash3_128::oneshot(text.decode().as_bytes()));
        // The same in every run, and of 65,536 hardly ever two alike.
        let id = (of(event.metadata.usage_id) ^ of(event.metadata.usage_part).rotate_left(1)) as u64;
        if let Some(known) = self.tokens.get_mut(&id) {
            let gain = tokens.saturating_sub(*known);
            *known = tokens.max(*known);
            return gain;
        }
        if self.order.len() >= ANSWERS
            && let Some(oldest) = self.order.pop_front()
        {
            self.tokens.remove(&oldest);
        }
        self.order.push_back(id);
        self.tokens.insert(id, tokens);
        tokens
    }
}

/// What one session has used.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Meter {
    total: u64,
    /// Since its last `session_start` (rule 2).
    since_start: u64,
    components: Vec<Component>,
    /// What stands for all components beyond those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    others: Option<Box<Component>>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Component {
    name: Box<str>,
    total: u64,
    /// Its consumption since its last boundary (rule 3).
    window: u64,
}

impl Meter {
    /// Tokens so far.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Adds an event of the session. Tells what its component has used so far if it has used more now.
    pub fn add(&mut self, event: &EventRef<'_>, answers: &mut Answers, count_all: CountAll) -> Option<u64> {
        let tokens = event.stated_tokens().unwrap_or(0);
        if tokens == 0 && !is_boundary(event.event_type) {
            return None;
        }
        let place = self.component(event);
        let others = &mut self.others;
        let component =
            self.components.get_mut(place).unwrap_or_else(|| others.get_or_insert_default().as_mut());
        let is_answer = event.metadata.usage_id.is_some();
        let states = !is_answer && count_all == CountAll::No;
        let added = match event.event_type {
            _ if is_answer => answers.gain(event, tokens),
            EventType::StepComplete | EventType::StepError if states => {
                excess(tokens, std::mem::take(&mut component.window))
            }
            EventType::SessionComplete | EventType::SessionError if states => {
                excess(tokens, self.since_start)
            }
            _ => tokens,
        };
        match event.event_type {
            EventType::TokenConsumption => component.window = component.window.saturating_add(added),
            EventType::StepStart if !is_answer => component.window = 0,
            EventType::SessionStart if !is_answer => self.since_start = 0,
            _ => {}
        }
        component.total = component.total.saturating_add(added);
        let used = component.total;
        self.since_start = self.since_start.saturating_add(added);
        self.total = self.total.saturating_add(added);
        (added > 0).then_some(used)
    }

    /// Where the event's component stands among those of the session; beyond them if there are too many.
    fn component(&mut self, event: &EventRef<'_>) -> usize {
        let is_its = |name: &str| event.component.map_or(name.is_empty(), |text| text.is(name));
        let found = self.components.iter().position(|component| is_its(&component.name));
        let Some(place) = found else {
            if self.components.len() < COMPONENTS {
                let name = event.component.map(|text| text.decode()).unwrap_or_default().into();
                self.components.push(Component { name, total: 0, window: 0 });
                return self.components.len() - 1;
            }
            return COMPONENTS;
        };
        place
    }
}

/// Whether an event without tokens changes what is counted later.
fn is_boundary(event: EventType) -> bool {
    matches!(
        event,
        EventType::SessionStart | EventType::StepStart | EventType::StepComplete | EventType::StepError
    )
}

/// What a statement adds to what others have `counted` (rules 2 and 3).
fn excess(tokens: u64, counted: u64) -> u64 {
    if tokens >= counted { tokens - counted } else { tokens }
}
