//! What is left when everything has been decided: plain values, in a stable order.

use std::collections::BTreeMap;

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
    pub component: Option<String>,
    /// The model, if models are told apart and an event names one.
    pub model: Option<String>,
    /// The day (`2026-01-11`) or hour (`2026-01-11T10:00`), if those are told apart and the event has a time.
    pub bucket: Option<String>,
}

/// What an answer left in its model's context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Tokens in it.
    pub tokens: u64,
    /// The model, if the answer names it.
    pub model: Option<String>,
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
    pub id: String,
    /// Tokens, told apart.
    pub cells: BTreeMap<Cell, Amounts>,
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
    /// How long each component's steps took.
    pub latency: BTreeMap<Option<String>, Latency>,
}

impl SessionSummary {
    /// All its tokens and what goes with them.
    pub fn total(&self) -> Amounts {
        let mut total = Amounts::default();
        self.cells.values().for_each(|amounts| total.merge(amounts));
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
    /// Decides everything and names it.
    pub fn resolve(mut self) -> Resolved {
        self.settle();
        let defects = self.coverage.places();
        let defects = defects.map(|(source, line, defect)| DefectAt { source, line, defect }).collect();
        let (lines, defect_count) = (self.coverage.lines(), self.coverage.defects());
        let mut known_ids = Vec::new();
        if self.detail().selection.session.is_some() {
            known_ids.extend(self.sessions.iter().map(|session| session.id.to_string()));
            known_ids.sort_unstable();
        }
        let wanted = std::mem::take(&mut self.sessions);
        let wanted = wanted.into_iter().filter(|session| session.facts.counts.events > 0);
        let mut sessions: Vec<_> = wanted.map(|session| self.named(session)).collect();
        sessions
            .sort_by(|a, b| (a.first.is_none(), a.first, &a.id).cmp(&(b.first.is_none(), b.first, &b.id)));
        let unpriced_models = self.quotes.unknown(&self.names);
        Resolved { sessions, known_ids, lines, defect_count, defects, unpriced_models }
    }

    fn named(&self, session: Session) -> SessionSummary {
        let name = |id: NameId| self.names.text(id).map(str::to_owned);
        let grain = self.detail().bucket.as_ref().map(bucket::Bucket::grain);
        let cells = session.cells.into_iter().map(|(key, amounts)| {
            let bucket = grain.zip(key.bucket).map(|(grain, number)| bucket::label(grain, number));
            (Cell { component: name(key.component), model: name(key.model), bucket }, amounts)
        });
        let cells = cells.collect();
        let whole = session.stretches.first();
        let facts = session.facts;
        let mut errors = facts.errors;
        errors.sort_unstable();
        errors.truncate(self.detail().errors);
        for error in &mut errors {
            let tool = error.tool_use_id.as_deref().and_then(|id| self.tools.get(id));
            error.component =
                tool.and_then(|tool| name(*tool)).unwrap_or_else(|| std::mem::take(&mut error.component));
        }
        SessionSummary {
            id: session.id.into(),
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
                model: name(context.model),
            }),
            errors,
            latency: facts.latency.into_iter().map(|(id, latency)| (name(id), latency)).collect(),
        }
    }
}
