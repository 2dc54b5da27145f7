//! What is left when everything has been decided: plain values, in a stable order.

use std::collections::HashMap;
use std::sync::Arc;

use sigil_event::{Defect, SourceId, Timestamp};

use crate::bucket;
use crate::facts::{Counts, ErrorFact, Status};
use crate::latency::Latency;
use crate::ledger::{Amounts, CountAll};
use crate::names::NameId;
use crate::price::Prices;
use crate::session::Session;
use crate::summary::Summary;

/// What the tokens of a session are told apart by.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The component, if an event names one.
    pub component: Option<Arc<str>>,
    /// The model, if models are told apart and an event names one.
    pub model: Option<Arc<str>>,
    /// The day (`2026-01-11`) or hour (`2026-01-11T10:00`), if those are told apart and the event has a time.
    pub bucket: Option<Arc<str>>,
    /// The source and the byte offset of the event, if every event is told apart.
    pub place: Option<(SourceId, u64)>,
}

/// What an answer left in its model's context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Tokens in it.
    pub tokens: u64,
    /// The model, if the answer names it.
    pub model: Option<Arc<str>>,
    /// How many tokens it can hold, if the log says so.
    pub stated_window: Option<u64>,
}

impl Context {
    /// How many tokens it can hold: what the configuration says, else the log, else what is published of
    /// the model.
    pub fn window(&self, prices: &Prices) -> Option<u64> {
        let model = self.model.as_deref();
        let own = model.and_then(|model| prices.configured_window(model));
        own.or(self.stated_window).or_else(|| prices.context_window(model?, self.tokens))
    }
}

/// One session, decided.
#[derive(Clone, Debug)]
pub struct SessionSummary {
    /// Its id.
    pub id: Arc<str>,
    /// Tokens, told apart; in the order of what they are told apart by.
    pub cells: Vec<(Cell, Amounts)>,
    /// How many events of which kind.
    pub counts: Counts,
    /// Time of its first event.
    pub first: Option<Timestamp>,
    /// Time of its last event.
    pub last: Option<Timestamp>,
    /// How it fares; whether a running one is stale is for whoever knows the time.
    pub status: Status,
    /// The budget its start states.
    pub stated_budget: Option<u64>,
    /// Whether it is a session of Sigil's own and so has Sigil's budget.
    pub native: bool,
    /// What the last answer of the main chain left in the context.
    pub context: Option<Context>,
    /// The first errors, as many as were asked for.
    pub errors: Vec<ErrorFact>,
    /// How long each component's steps took, in the order of their names.
    pub latency: Vec<(Option<Arc<str>>, Latency)>,
}

impl SessionSummary {
    /// All its tokens and what goes with them.
    pub fn total(&self) -> Amounts {
        let mut total = Amounts::default();
        self.cells.iter().for_each(|(_, amounts)| total.merge(amounts));
        total
    }

    /// The tokens that count.
    pub fn tokens(&self, count_all: CountAll) -> u64 {
        self.total().tokens(count_all)
    }

    /// Time from its first event to its last in microseconds, if any event has a time.
    pub fn duration_us(&self) -> Option<u64> {
        Some(self.last?.us.abs_diff(self.first?.us))
    }
}

/// A wrong line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefectAt {
    /// The source.
    pub source: SourceId,
    /// The line, from 1.
    pub line: u64,
    /// What is wrong.
    pub defect: Defect,
}

/// A summary, decided.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// In the order of their first event, then of their ids; those without a time last.
    pub sessions: Vec<SessionSummary>,
    /// If only some sessions were asked for: the ids of all there are, wanted or not, in their order.
    pub known_ids: Vec<String>,
    /// Lines read.
    pub lines: u64,
    /// How many of them are wrong.
    pub defect_count: u64,
    /// The first of those in each source, by source and line.
    pub defects: Vec<DefectAt>,
    /// If costs are computed: the models that have tokens and no known price, by name.
    pub unpriced_models: Vec<String>,
}

impl Summary {
    /// What was read, of which nothing is decided yet: there are no sessions in it.
    pub fn read_so_far(&self) -> Resolved {
        let defects = self.coverage.places();
        let defects = defects.map(|(source, line, defect)| DefectAt { source, line, defect }).collect();
        let (lines, defect_count) = (self.coverage.lines(), self.coverage.defects());
        let unpriced_models = self.quotes.unknown(&self.names);
        Resolved { lines, defect_count, defects, unpriced_models, ..Resolved::default() }
    }

    /// Decides everything and names it.
    pub fn resolve(mut self) -> Resolved {
        let read = self.read_so_far();
        let mut known_ids = Vec::new();
        if self.detail().selection.session.is_some() {
            known_ids.extend(self.sessions.iter().map(|session| session.id.to_string()));
            known_ids.sort_unstable();
        }
        let settled = self.take_settled();
        let mut named = Named::new(&self);
        let mut sessions: Vec<_> = settled
            .filter(|session| session.facts.counts.events > 0)
            .map(|session| named.session(session))
            .collect();
        sessions
            .sort_by(|a, b| (a.first.is_none(), a.first, &a.id).cmp(&(b.first.is_none(), b.first, &b.id)));
        Resolved { sessions, known_ids, ..read }
    }
}

impl Summary {
    /// Some sessions as they would be resolved now, by their numbers; for a stream. Those of which no event is
    /// asked for are left out.
    pub(crate) fn decide(&self, numbers: &[u32]) -> impl Iterator<Item = (u32, SessionSummary)> {
        let settled = self.part(numbers).take_settled();
        let mut named = Named::new(self);
        numbers
            .iter()
            .copied()
            .zip(settled)
            .filter(|(_, session)| session.facts.counts.events > 0)
            .map(move |(number, session)| (number, named.session(session)))
    }
}

/// Gives names back. Each exists once, however many sessions have it.
struct Named<'s> {
    summary: &'s Summary,
    names: HashMap<NameId, Arc<str>>,
    buckets: HashMap<i64, Arc<str>>,
}

impl<'s> Named<'s> {
    fn new(summary: &'s Summary) -> Self {
        Self { summary, names: HashMap::new(), buckets: HashMap::new() }
    }

    fn name(&mut self, id: NameId) -> Option<Arc<str>> {
        let text = self.summary.names.text(id)?;
        Some(Arc::clone(self.names.entry(id).or_insert_with(|| text.into())))
    }

    fn bucket(&mut self, number: i64) -> Option<Arc<str>> {
        let grain = self.summary.detail().bucket.as_ref()?.grain();
        let label = self.buckets.entry(number).or_insert_with(|| bucket::label(grain, number).into());
        Some(Arc::clone(label))
    }

    fn session(&mut self, session: Session) -> SessionSummary {
        let cells = session.cells.into_vec().into_iter().map(|(key, amounts)| {
            let (component, model) = (self.name(key.component), self.name(key.model));
            let bucket = key.bucket.and_then(|number| self.bucket(number));
            let place = key.place.map(|place| (place.source, place.offset));
            (Cell { component, model, bucket, place }, amounts)
        });
        let mut cells: Vec<_> = cells.collect();
        cells.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let whole = session.stretches.first();
        let facts = session.facts;
        let mut errors = facts.errors;
        errors.sort_unstable();
        errors.truncate(self.summary.detail().errors);
        for error in &mut errors {
            let tool = error.tool_use_id.as_deref().and_then(|id| self.summary.tools.get(id));
            if let Some(name) = tool.and_then(|tool| self.summary.names.text(*tool)) {
                error.component = name.to_owned();
            }
        }
        let mut latency: Vec<_> =
            facts.latency.into_vec().into_iter().map(|(id, latency)| (self.name(id), latency)).collect();
        latency.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        SessionSummary {
            id: session.id,
            cells,
            counts: facts.counts,
            first: facts.first,
            last: facts.last,
            status: whole.and_then(|whole| whole.status).unwrap_or(Status::Running),
            stated_budget: whole.and_then(|whole| whole.budget),
            native: facts.native,
            context: facts.context.map(|context| Context {
                tokens: context.tokens,
                stated_window: context.window,
                model: self.name(context.model),
            }),
            errors,
            latency,
        }
    }
}
