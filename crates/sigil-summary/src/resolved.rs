//! What is left when everything has been decided: plain values, in a stable order.

mod course;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use foldhash::fast::RandomState;
use sigil_event::{Defect, SourceId, Timestamp};

use crate::bucket;
use crate::facts::{Counts, ErrorFact, Project, Status};
use crate::latency::Latency;
use crate::ledger::{Amounts, CellKey, CountAll};
use crate::names::NameId;
use crate::price::Prices;
use crate::session::Session;
use crate::summary::{OTHER, Settling, Summary};
use crate::tally::Tally;

pub use course::{Course, Evidence, Moment, Trace};

/// What the tokens of a session are told apart by.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The component, if an event names one.
    pub component: Option<Arc<str>>,
    /// The model, if models are told apart and an event names one.
    pub model: Option<Arc<str>>,
    /// The day (`2026-01-11`) or hour (`2026-01-11T10:00`), if those are told apart and the event has a time.
    pub bucket: Option<Arc<str>>,
    /// The type of event as written, if types are told apart and the event has one.
    pub event: Option<Arc<str>>,
    /// The tool that was called, if tools are told apart and the event is of one.
    pub tool: Option<Arc<str>>,
    /// Component and message of an error without what differs each time, if errors are told apart.
    pub error: Option<Arc<str>>,
    /// The source and the byte offset of the event, if every event is told apart.
    pub place: Option<(SourceId, u64)>,
}

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// Sources that hold anything.
    pub files: u64,
    /// Bytes of them, unpacked.
    pub bytes: u64,
    /// Lines of them.
    pub lines: u64,
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
    /// What happened under each cell, if that was asked for; in the order of what they are told apart by.
    pub tallies: Vec<(Cell, Tally)>,
    /// The project it belongs to, if projects are told apart and its log tells.
    pub project: Option<Arc<str>>,
    /// How it went, if that was asked for.
    pub course: Option<Box<Course>>,
    /// Whether it is a log of text.
    pub is_text: bool,
    /// Whether it is a session of Sigil's own and so has Sigil's budget.
    pub native: bool,
    /// What the last answer of the main chain left in the context.
    pub context: Option<Context>,
    /// The first errors, as many as were asked for.
    pub errors: Vec<ErrorFact>,
    /// How long each component's steps took, in the order of their names.
    pub latency: Vec<(Option<Arc<str>>, Latency)>,
    /// What its events are in, in their order.
    pub sources: Vec<SourceId>,
}

impl SessionSummary {
    /// A session of Sigil's own of which nothing is logged yet.
    pub fn waiting(id: &str) -> Self {
        Self {
            id: id.into(),
            cells: Vec::new(),
            counts: Counts::default(),
            first: None,
            last: None,
            status: Status::Waiting,
            stated_budget: None,
            tallies: Vec::new(),
            project: None,
            course: None,
            is_text: false,
            native: true,
            context: None,
            errors: Vec::new(),
            latency: Vec::new(),
            sources: Vec::new(),
        }
    }

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
    /// What was read.
    pub input: Input,
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
        let (input, defect_count) = (self.coverage.input(), self.coverage.defects());
        let unpriced_models = self.quotes.unknown(&self.names);
        Resolved { input, defect_count, defects, unpriced_models, ..Resolved::default() }
    }

    /// Decides everything and names it.
    pub fn resolve(mut self) -> Resolved {
        let read = self.read_so_far();
        let mut known_ids = Vec::new();
        if self.detail().selection.session.is_some() {
            known_ids.extend(self.sessions.iter().map(|session| session.id.to_string()));
            known_ids.sort_unstable();
        }
        let (unsettled, settling) = self.take_unsettled();
        let mut sessions = named_all(&self, unsettled, &settling);
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

/// How many sessions a thread decides in turn.
const SHARE: usize = 500;

/// All sessions, decided and named, in any order; all cores share them. Each is dropped as it is decided.
#[allow(clippy::vec_box)]
fn named_all(summary: &Summary, sessions: Vec<Box<Session>>, settling: &Settling) -> Vec<SessionSummary> {
    let cores = thread::available_parallelism().map_or(1, usize::from).min(sessions.len().div_ceil(SHARE));
    let named = Mutex::new(Vec::with_capacity(sessions.len()));
    let left = Mutex::new((0..).zip(sessions));
    let share = || {
        let mut names = Named::new(summary);
        loop {
            let next: Vec<(u32, _)> =
                left.lock().unwrap_or_else(PoisonError::into_inner).by_ref().take(SHARE).collect();
            if next.is_empty() {
                break;
            }
            let settled = next.into_iter().map(|(number, session)| settling.settle(number, session));
            let settled = settled.filter(|session| session.facts.counts.events > 0);
            let more: Vec<_> = settled.map(|session| names.session(session)).collect();
            named.lock().unwrap_or_else(PoisonError::into_inner).extend(more);
        }
    };
    thread::scope(|scope| {
        for _ in 1..cores {
            // Where no more threads can be had, those that there are do it.
            let _ = thread::Builder::new().spawn_scoped(scope, share);
        }
        share();
    });
    named.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Gives names back. Each exists once, however many sessions have it.
struct Named<'s> {
    summary: &'s Summary,
    names: HashMap<NameId, Arc<str>, RandomState>,
    buckets: HashMap<i64, Arc<str>, RandomState>,
}

impl<'s> Named<'s> {
    fn new(summary: &'s Summary) -> Self {
        Self { summary, names: HashMap::default(), buckets: HashMap::default() }
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

    fn cell(&mut self, key: CellKey) -> Cell {
        let error = match self.name(key.error) {
            Some(name) if !self.is_kept(&name) => Some(OTHER.into()),
            error => error,
        };
        Cell {
            component: self.name(key.component),
            model: self.name(key.model),
            bucket: key.bucket.and_then(|number| self.bucket(number)),
            event: self.name(key.event),
            tool: self.name(key.tool),
            error,
            place: key.place.map(|place| (place.source, place.offset)),
        }
    }

    /// Whether an error is one of those that are told apart after all.
    fn is_kept(&self, name: &str) -> bool {
        name == OTHER || self.summary.error_names.holds(name)
    }

    fn tallies(&mut self, session: &mut Session) -> Vec<(Cell, Tally)> {
        let tallies = std::mem::take(&mut session.tallies).into_vec();
        let failed = std::mem::take(&mut session.failed_calls).into_iter().flat_map(|(id, cells)| {
            // What called a tool tells its name; if nothing does, the failure has to do.
            let tool = self.summary.tools.get(&id).copied();
            let named = move |(key, tally): (CellKey, Tally)| {
                (CellKey { tool: tool.unwrap_or(key.tool), ..key }, tally)
            };
            cells.into_vec().into_iter().map(named)
        });
        let failed: Vec<_> = failed.collect();
        let named = tallies.into_iter().chain(failed).map(|(key, tally)| (self.cell(key), tally));
        joined(named, Tally::merge)
    }

    /// The project's name: that of the directory, else what its source's own says.
    fn project(&mut self, project: Project) -> Option<Arc<str>> {
        if !project.is_unnamed {
            return self.name(project.directory);
        }
        self.summary.detail().directories.get(project.place.source.0 as usize)?.clone()
    }

    fn session(&mut self, mut session: Session) -> SessionSummary {
        let cells = std::mem::take(&mut session.cells)
            .into_vec()
            .into_iter()
            .map(|(key, amounts)| (self.cell(key), amounts));
        let cells = joined(cells, Amounts::merge);
        let tallies = self.tallies(&mut session);
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
        let parts = facts.parts.into_vec();
        let course = facts.course.map(|course| Box::new(self.course(*course, &parts)));
        let timed = parts.into_iter().filter(|(_, part)| part.latency.count() > 0);
        let mut latency: Vec<_> = timed.map(|(id, part)| (self.name(id), part.latency)).collect();
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
            tallies,
            project: facts.project.and_then(|project| self.project(project)),
            course,
            is_text: facts.is_text,
            context: facts.context.map(|context| Context {
                tokens: context.tokens,
                stated_window: context.window,
                model: self.name(context.model),
            }),
            errors,
            latency,
            sources: session.sources,
        }
    }
}

/// In the order of cells, each of which stands there once.
fn joined<T>(cells: impl Iterator<Item = (Cell, T)>, merge: impl Fn(&mut T, &T)) -> Vec<(Cell, T)> {
    let mut cells: Vec<_> = cells.collect();
    cells.sort_by(|(a, _), (b, _)| a.cmp(b));
    cells.dedup_by(|(cell, more), (known, sum)| {
        let is_same = cell == known;
        if is_same {
            merge(sum, more);
        }
        is_same
    });
    cells
}
