//! Rounds: what was said up to an answer, the answer, and what that cost after the ledger.
//!
//! A gateway's request is a round of its own. In an agent's log a round is an answer, however many lines it was
//! written in, with all that was said before it and after the answer before it; each of several agents that talk at
//! once has its own thread. What is told twice, in copies of a log or to those who look on, is shown once.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use sigil_event::{SourceId, Timestamp};
use sigil_summary::{Amounts, CountAll, Resolved, SessionSummary, Spent};

use super::heard::{Entry, Part};
use super::kept::Kept;
use super::words::{Call, Message, Outcome, Words};

/// A question and its answer, or what of them there is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Round {
    pub(crate) at: Option<Timestamp>,
    pub(crate) component: Option<Arc<str>>,
    pub(crate) model: Option<Arc<str>>,
    /// Which of several agents speaks, if it is not the main one.
    pub(crate) chain: Option<String>,
    pub(crate) latency_us: Option<u64>,
    pub(crate) messages: Vec<Message>,
    pub(crate) question: Vec<Kept>,
    pub(crate) answer: Vec<Kept>,
    pub(crate) reasoning: Vec<Kept>,
    pub(crate) calls: Vec<Call>,
    /// What happened, where nobody says it; or what went wrong.
    pub(crate) events: Vec<Kept>,
    pub(crate) is_error: bool,
    /// What the round comes to, counted once.
    pub(crate) spent: Spent,
    /// The part of its tokens that is an estimate.
    pub(crate) estimated: u64,
    /// Its tokens count in another session, whose log holds the same answer.
    pub(crate) counts_elsewhere: bool,
    /// Whether something was said, and not only counted.
    pub(crate) is_said: bool,
}

impl Round {
    fn of(entry: &Entry) -> Self {
        Self { at: entry.at, chain: entry.words.chain.clone(), ..Self::default() }
    }

    /// Adds what an event says; what is known already is not said again.
    fn hear(&mut self, entry: Entry) {
        let Words { question, answer, reasoning, messages, calls, .. } = entry.words;
        let is_said = question.is_some() || answer.is_some() || reasoning.is_some() || !calls.is_empty();
        self.is_said |= is_said || !messages.is_empty();
        for (known, new) in
            [(&mut self.question, question), (&mut self.answer, answer), (&mut self.reasoning, reasoning)]
        {
            new.into_iter().for_each(|new| add_text(known, new));
        }
        messages.into_iter().for_each(|new| add_new(&mut self.messages, new));
        for call in calls {
            if call.id.is_none() || self.calls.iter().all(|known| known.id != call.id) {
                self.calls.push(call);
            }
        }
        entry.message.into_iter().for_each(|new| add_new(&mut self.events, new));
        self.is_error |= entry.is_error;
        self.component = entry.component.or(self.component.take());
        self.model = entry.model.or(self.model.take());
        self.latency_us = entry.latency_us.or(self.latency_us);
    }

    /// Takes over what was said before the answer that makes a round of it.
    fn follow(&mut self, before: Self) {
        self.is_said |= before.is_said;
        self.messages = before.messages;
        self.question = before.question;
        self.answer = before.answer;
        self.reasoning = before.reasoning;
        self.calls = before.calls;
        self.events = before.events;
        self.is_error = before.is_error;
    }

    fn is_worth_telling(&self) -> bool {
        self.is_said || !self.events.is_empty() || self.is_error || self.has_amounts()
    }

    fn has_amounts(&self) -> bool {
        self.spent != Spent::default()
    }
}

fn add_new<T: PartialEq>(known: &mut Vec<T>, new: T) {
    if !known.contains(&new) {
        known.push(new);
    }
}

/// Adds text; one that goes on where a known one stopped, as it was streamed, takes its place.
fn add_text(known: &mut Vec<Kept>, new: Kept) {
    if new.text.is_empty() || known.iter().any(|known| known.text.starts_with(&new.text)) {
        return;
    }
    match known.iter_mut().find(|known| new.text.starts_with(&known.text)) {
        Some(beginning) => *beginning = new,
        None => known.push(new),
    }
}

/// The rounds of each session, in the order of `resolved`.
pub(super) fn of(
    entries: Vec<Entry>,
    resolved: &Resolved,
    logs: &[u32],
    count_all: CountAll,
) -> Vec<Vec<Round>> {
    let mut by_session: HashMap<Arc<str>, Vec<Entry>> = HashMap::new();
    for entry in entries {
        by_session.entry(Arc::clone(&entry.session)).or_default().push(entry);
    }
    let sessions = resolved.sessions.iter().map(|session| {
        let entries = by_session.remove(&session.id).unwrap_or_default();
        of_session(session, in_order(entries, logs), count_all)
    });
    sessions.collect()
}

/// Entries in the order of logs, by their first times, and of their parts and lines.
fn in_order(mut entries: Vec<Entry>, logs: &[u32]) -> Vec<Entry> {
    let log = |source: SourceId| logs.get(source.0 as usize).copied().unwrap_or(source.0);
    let mut first: HashMap<u32, Option<Timestamp>> = HashMap::new();
    for entry in &entries {
        let first = first.entry(log(entry.place.0)).or_default();
        *first = [*first, entry.at].into_iter().flatten().min();
    }
    // Events of one place stay in their order.
    entries.sort_by_key(|entry| {
        let log = log(entry.place.0);
        let first = first.get(&log).copied().flatten();
        (first.is_none(), first, log, entry.place)
    });
    entries
}

fn of_session(session: &SessionSummary, entries: Vec<Entry>, count_all: CountAll) -> Vec<Round> {
    let mut amounts: HashMap<(SourceId, u64), Amounts> = HashMap::new();
    for (cell, part) in &session.cells {
        if let Some(place) = cell.place {
            amounts.entry(place).or_default().merge(part);
        }
    }
    let mut heard = Listening::default();
    for entry in entries {
        let spent = amounts.remove(&entry.place);
        heard.hear(entry, spent, count_all);
    }
    let mut rounds = heard.finish();
    // Nothing that counts is left out of the sum: what nobody said is told by what it is.
    let mut rest: Vec<_> = amounts.into_iter().filter(|(_, part)| part.tokens(count_all) > 0).collect();
    rest.sort_unstable_by_key(|(place, _)| *place);
    rounds.extend(rest.into_iter().map(|(_, part)| {
        let (spent, estimated) = (part.spent(count_all), part.estimated.tokens);
        Round { spent, estimated, ..Round::default() }
    }));
    // One without a time comes behind the one before it.
    let mut last = None;
    let mut timed: Vec<_> = rounds
        .into_iter()
        .map(|round| {
            last = round.at.or(last);
            (last, round)
        })
        .collect();
    timed.sort_by_key(|(at, _)| *at);
    timed.into_iter().map(|(_, round)| round).collect()
}

/// One session as it is heard.
#[derive(Default)]
struct Listening {
    rounds: Vec<Round>,
    /// Which round an answer belongs to, and whether some of its tokens count here.
    answers: HashMap<String, usize>,
    /// What was said before the next answer, by chain: a log that is resumed in another file goes on there.
    before: HashMap<Option<String>, Round>,
    outcomes: HashMap<String, Outcome>,
    /// What was said when, in short: what says the same at the same time is a copy of it.
    turns: HashSet<u64>,
}

impl Listening {
    fn hear(&mut self, mut entry: Entry, amounts: Option<Amounts>, count_all: CountAll) {
        let thread = entry.words.chain.clone();
        for (id, outcome) in std::mem::take(&mut entry.words.results) {
            self.outcomes.entry(id).or_insert(outcome);
        }
        let number = match &entry.part {
            Part::Turn if self.is_copy(&entry) => return,
            Part::Turn => {
                let round = self.before.entry(thread).or_insert_with(|| Round::of(&entry));
                return round.hear(entry);
            }
            Part::Answer(key) => match self.answers.get(key) {
                Some(number) => *number,
                None => {
                    let mut round = Round::of(&entry);
                    if let Some(before) = self.before.remove(&thread) {
                        round.follow(before);
                    }
                    self.answers.insert(key.clone(), self.rounds.len());
                    self.rounds.push(Round { counts_elsewhere: true, ..round });
                    self.rounds.len() - 1
                }
            },
            Part::End if amounts.is_none_or(|amounts| amounts.tokens(count_all) == 0) => return,
            Part::End | Part::Round => {
                self.rounds.push(Round::of(&entry));
                self.rounds.len() - 1
            }
        };
        let round = &mut self.rounds[number];
        round.hear(entry);
        if let Some(amounts) = amounts {
            round.counts_elsewhere = false;
            round.spent.merge(&amounts.spent(count_all));
            round.estimated += amounts.estimated.tokens;
        }
    }

    /// Whether the same was said at the same time.
    fn is_copy(&mut self, entry: &Entry) -> bool {
        let Some(at) = entry.at else { return false };
        let mut hash = DefaultHasher::new();
        let Words { question, answer, reasoning, messages, calls, chain, results: _ } = &entry.words;
        (at.us, chain, question, answer, reasoning, messages, &entry.message).hash(&mut hash);
        calls.iter().for_each(|call| (&call.id, &call.name, &call.arguments).hash(&mut hash));
        !self.turns.insert(hash.finish())
    }

    fn finish(self) -> Vec<Round> {
        let Self { mut rounds, mut before, mut outcomes, .. } = self;
        // What waits for an answer that never came.
        let mut keys: Vec<_> = before.keys().cloned().collect();
        keys.sort_unstable();
        for key in keys {
            let waiting = before.remove(&key).unwrap_or_default();
            let is_known = |round: &Round| {
                round.chain == waiting.chain
                    && waiting.messages.iter().all(|message| round.messages.contains(message))
                    && waiting.question.iter().all(|text| round.question.contains(text))
            };
            let brings_only_results = waiting.messages.iter().all(|message| message.is_result)
                && waiting.question.is_empty()
                && waiting.answer.is_empty()
                && waiting.calls.is_empty()
                && waiting.events.is_empty();
            if !brings_only_results && !rounds.iter().any(is_known) {
                rounds.push(waiting);
            }
        }
        rounds.retain(Round::is_worth_telling);
        for call in rounds.iter_mut().flat_map(|round| &mut round.calls) {
            call.outcome = call.id.as_ref().and_then(|id| outcomes.remove(id));
        }
        rounds
    }
}
