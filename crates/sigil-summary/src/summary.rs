//! Everything that is known of what has been read so far.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use sigil_event::{Defect, EventRef, EventType, Sink, SourceId};

use crate::bucket::Bucket;
use crate::component::UNNAMED;
use crate::coverage::Coverage;
use crate::facts::Status;
use crate::few::Few;
use crate::ledger::answers::{Answer, Counted, Place};
use crate::ledger::stretch::Stretch;
use crate::ledger::{Amounts, CellKey, Cost, Spent, Statement};
use crate::mark::Mark;
use crate::names::{NameId, Names};
use crate::price::quote::Quotes;
use crate::session::Session;

mod apart;
mod detail;
mod merge;
mod part;
mod pieces;
mod settling;

use apart::MOST_ERRORS;
pub use apart::{Apart, OTHER};
pub use detail::Detail;
pub use pieces::{Misplaced, Piece, Reader, SHAPE};
pub(crate) use settling::Settling;

/// What one event has changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Added {
    pub(crate) session: u32,
    /// Whether the event is one that counts in the result.
    pub(crate) is_selected: bool,
    /// Tokens that count now.
    pub(crate) gained: u64,
    /// Tokens of an earlier snapshot of the same answer, which count no more.
    pub(crate) lost: u64,
    /// Tokens that are an estimate, and count as long as nothing of the session states any.
    pub(crate) estimated: u64,
    /// The answer that counts now.
    pub(crate) answer: Option<Counted>,
    /// Session and place of the earlier snapshot.
    pub(crate) replaced: Option<(u32, Place)>,
}

/// What events add up to, piece by piece.
///
/// Feed it as a [`Sink`]; merge those made from other pieces of the same list of sources; then
/// [`resolve`](Summary::resolve). Pieces must not overlap.
#[derive(Clone, Debug)]
pub struct Summary {
    detail: Arc<Detail>,
    bucket: Option<Bucket>,
    pub(crate) names: Names,
    pub(crate) quotes: Quotes,
    ids: HashMap<Arc<str>, u32, RandomState>,
    /// Boxed, so that a list of very many grows without being copied, and each can be dropped as it is decided.
    #[allow(clippy::vec_box)]
    pub(crate) sessions: Vec<Box<Session>>,
    pub(crate) answers: HashMap<Box<str>, Answer, RandomState>,
    pub(crate) coverage: Coverage,
    /// The tools that were called, by the calls' ids; only if errors are kept.
    pub(crate) tools: HashMap<Box<str>, NameId, RandomState>,
    /// The errors that are told apart, if they are: no more than some.
    pub(crate) error_names: Few<NameId, MOST_ERRORS>,
    /// The piece that is being read: its source, and where the unbroken run of pieces began.
    source: SourceId,
    run_start: u64,
    run_end: u64,
    /// The session of the event before: most events have the same.
    current: Option<u32>,
    /// Sessions seen in the run, whose last stretch ends where the run does.
    touched: Vec<u32>,
    /// Nothing comes before the first piece.
    from_the_beginning: bool,
    answer_key: String,
}

impl Summary {
    /// A summary of nothing.
    pub fn new(detail: Arc<Detail>) -> Self {
        Self {
            bucket: detail.bucket.clone(),
            detail,
            names: Names::default(),
            quotes: Quotes::default(),
            ids: HashMap::default(),
            sessions: Vec::new(),
            answers: HashMap::default(),
            coverage: Coverage::default(),
            tools: HashMap::default(),
            error_names: Few::default(),
            source: SourceId(u32::MAX),
            run_start: 0,
            run_end: 0,
            current: None,
            touched: Vec::new(),
            from_the_beginning: false,
            answer_key: String::new(),
        }
    }

    /// A summary of one source that is read in order from where it begins, so that nothing is ever
    /// decided differently later but what rule 1 moves.
    pub fn of_stream(detail: Arc<Detail>) -> Self {
        Self { from_the_beginning: true, ..Self::new(detail) }
    }

    /// What it tells apart.
    pub fn detail(&self) -> &Detail {
        &self.detail
    }

    fn session(&mut self, event: &EventRef<'_>) -> u32 {
        let decoded = event.session_id.map(|id| id.decode());
        let id = decoded.as_deref().unwrap_or(UNNAMED);
        if let Some(current) = self.current
            && *self.sessions[current as usize].id == *id
        {
            return current;
        }
        let number = match self.ids.get(id) {
            Some(number) => *number,
            None => {
                let number = u32::try_from(self.sessions.len()).unwrap_or(u32::MAX);
                let shared: Arc<str> = id.into();
                let session = Session::new(Arc::clone(&shared), self.detail.selection.holds_session(id));
                self.sessions.push(Box::new(session));
                self.ids.insert(shared, number);
                number
            }
        };
        self.current = Some(number);
        number
    }

    /// The stretch that the current run gives a session.
    fn stretch(&mut self, session: u32) -> &mut Stretch {
        let stretches = &mut self.sessions[session as usize].stretches;
        let belongs =
            stretches.last().is_some_and(|last| last.source == self.source && last.start == self.run_start);
        if !belongs {
            if stretches.is_empty() {
                stretches.reserve_exact(1);
            }
            stretches.push(if self.from_the_beginning {
                Stretch::origin(self.source, self.run_start)
            } else {
                Stretch::new(self.source, self.run_start)
            });
            self.touched.push(session);
        }
        let last = stretches.len() - 1;
        &mut stretches[last]
    }

    /// Ends the run: its stretches reach to where it has been read, and take their place among the others.
    fn end_run(&mut self) {
        for session in self.touched.drain(..) {
            let stretches = &mut self.sessions[session as usize].stretches;
            if let Some(last) = stretches.last_mut() {
                last.end = self.run_end;
            }
            stretches.sort_by_key(|stretch| (stretch.source, stretch.start));
        }
    }

    /// Adds one event.
    pub(crate) fn add(&mut self, event: &EventRef<'_>, offset: u64) -> Added {
        let place = Place { source: self.source, offset };
        let session = self.session(event);
        let component = event.component.map_or(NameId::NONE, |name| self.names.id(&name.decode()));
        let model = match event.metadata.model {
            Some(name) => self.names.id(&name.decode()),
            None => NameId::NONE,
        };
        // Not a clone of the Arc: threads would fight over its count at every event.
        let Detail { selection, models, errors, apart, course, .. } = &*self.detail;
        let (models, errors, apart, course) = (*models, *errors, *apart, *course);
        let selected = selection.holds_time(event.at) && self.sessions[session as usize].is_wanted;
        if selected {
            let facts = &mut self.sessions[session as usize].facts;
            facts.add(event, component, model, place, &self.detail);
            if event.event_type.is_error() && errors > 0 {
                facts.add_error(event, place, errors);
            }
        }
        let is_known = selection.is_past(event.at);
        if let Some(id) = event.metadata.tool_use_id
            && (errors > 0 || apart.tools)
            && !event.event_type.is_error()
        {
            self.add_tool(id.decode().into(), component);
        }
        let stretch = self.stretch(session);
        if stretch.first_us.is_none() {
            stretch.first_us = event.at.map(|at| at.us);
        }
        // What comes after the time that is asked for is not known then.
        if let Some(status) = Status::said_by(event.event_type)
            && is_known
        {
            stretch.status = Some(status);
            if status == Status::Running {
                stretch.budget = event.metadata.budget.or(stretch.budget);
            }
        }
        if selected && let Some(limits) = course {
            self.follow(event, session, Mark { at: event.at, place, component, value: 0 }, &limits);
        }
        let cell = selected.then(|| CellKey {
            component,
            model: if models { model } else { NameId::NONE },
            bucket: self.bucket.as_mut().and_then(|bucket| event.at.map(|at| bucket.of(at))),
            place: self.detail.places.then_some(place),
            ..CellKey::default()
        });
        let cell = match cell {
            Some(cell) if apart != Apart::default() => {
                Some(self.tell_apart(event, session, place, cell, apart))
            }
            cell => cell,
        };
        // What does not count is not priced: its model need not be known.
        let cost = match cell {
            Some(_) => {
                let Detail { prices, stated_costs, .. } = &*self.detail;
                self.quotes.cost(event, model, &self.names, prices.as_deref(), *stated_costs)
            }
            None => Cost::default(),
        };
        let usage = event.metadata.usage.unwrap_or_default();
        let spent = Spent { tokens: event.stated_tokens().unwrap_or(0), usage, cost };
        self.sessions[session as usize].states_tokens |= spent.tokens > 0 && !is_of_single_requests(event);
        if event.metadata.usage_id.is_some() {
            self.add_answer(event, &spent, session, component, place, cell)
        } else {
            let counted = self.add_plain(event, &spent, session, component, place, cell);
            let gained = if cell.is_some() { counted } else { 0 };
            let estimated = cell.map_or(0, |cell| self.add_estimate(event, session, cell));
            let (lost, answer, replaced) = (0, None, None);
            Added { session, is_selected: selected, gained, lost, estimated, answer, replaced }
        }
    }

    /// Adds what is estimated of an event, and says how much that is.
    fn add_estimate(&mut self, event: &EventRef<'_>, session: u32, cell: CellKey) -> u64 {
        let Some(tokens) = event.estimated_tokens() else { return 0 };
        let session = &mut self.sessions[session as usize];
        session.has_estimates = true;
        session.cells.get_or(cell, Amounts::default).estimated.add(tokens);
        tokens
    }

    /// Notes which tool a call was for. Should two calls have one id, the first name of the alphabet is
    /// kept, whichever comes first.
    fn add_tool(&mut self, id: Box<str>, tool: NameId) {
        let names = &self.names;
        self.tools
            .entry(id)
            .and_modify(|known| {
                *known = *[*known, tool].iter().min_by_key(|id| names.text(**id)).unwrap_or(known)
            })
            .or_insert(tool);
    }

    /// Rules 2 to 4. Returns what counts of the event's tokens; of those that nothing decides yet, all.
    fn add_plain(
        &mut self,
        event: &EventRef<'_>,
        spent: &Spent,
        session: u32,
        component: NameId,
        at: Place,
        cell: Option<CellKey>,
    ) -> u64 {
        let tokens = spent.tokens;
        let Session { cells, stretches, .. } = &mut *self.sessions[session as usize];
        let Some(stretch) = stretches.last_mut() else { return 0 };
        let step_ends = matches!(event.event_type, EventType::StepComplete | EventType::StepError);
        if let Some(cell) = cell
            && (event.stated_tokens().is_some() || step_ends || spent.cost != Cost::default())
        {
            let amounts = cells.get_or(cell, Amounts::default);
            amounts.logged.merge(spent);
            amounts.events += u64::from(event.stated_tokens().is_some());
            amounts.steps += u64::from(step_ends);
        }
        match event.event_type {
            EventType::StepComplete | EventType::StepError => {
                return stretch.step_end(at, component, Statement::new(spent, cell), cells);
            }
            EventType::SessionComplete | EventType::SessionError => {
                return stretch.session_end(at, Statement::new(spent, cell), cells);
            }
            EventType::SessionStart => stretch.session_start(at, tokens),
            EventType::TokenConsumption => stretch.consume(component, tokens),
            EventType::StepStart => {
                stretch.step_start(at, component);
                stretch.add(tokens);
            }
            _ => stretch.add(tokens),
        }
        tokens
    }

    /// Rule 1.
    fn add_answer(
        &mut self,
        event: &EventRef<'_>,
        spent: &Spent,
        session: u32,
        component: NameId,
        place: Place,
        cell: Option<CellKey>,
    ) -> Added {
        let consumption = event.event_type == EventType::TokenConsumption;
        if let Some(stretch) = self.sessions[session as usize].stretches.last_mut() {
            stretch.answer(component, consumption);
        }
        let answer = Answer {
            session,
            spent: *spent,
            at_us: event.at.map(|at| at.us),
            place,
            component,
            is_consumption: consumption,
            cell,
        };
        self.answer_key.clear();
        for (n, part) in
            [event.metadata.usage_id, event.metadata.usage_part].into_iter().flatten().enumerate()
        {
            if n > 0 {
                self.answer_key.push(':');
            }
            self.answer_key.push_str(&part.decode());
        }
        let is_selected = cell.is_some();
        let mut added =
            Added { session, is_selected, gained: 0, lost: 0, estimated: 0, answer: None, replaced: None };
        match self.answers.get_mut(self.answer_key.as_str()) {
            Some(known) if answer.beats(known) => {
                added.gained = answer.tokens_in_result();
                added.lost = known.tokens_in_result();
                added.answer = Some(answer.to_counted());
                added.replaced = Some((known.session, known.place));
                *known = answer;
            }
            Some(_) => {}
            None => {
                added.gained = answer.tokens_in_result();
                added.answer = Some(answer.to_counted());
                self.answers.insert(self.answer_key.as_str().into(), answer);
            }
        }
        added
    }

    /// What is known of a session; for a stream, where one stretch holds it all.
    pub(crate) fn stretch_of(&self, session: u32) -> Option<&Stretch> {
        self.sessions[session as usize].stretches.last()
    }

    /// The budget that a session's start states, and whether it is one of Sigil's own; for a stream.
    pub(crate) fn session_terms(&self, session: u32) -> (Option<u64>, bool) {
        let stated = self.stretch_of(session).and_then(|whole| whole.budget);
        (stated, self.sessions[session as usize].facts.native)
    }

    /// The number of the session with that id.
    pub(crate) fn number_of(&self, id: &str) -> Option<u32> {
        self.ids.get(id).copied()
    }

    /// Whether something of a session states tokens.
    pub(crate) fn states_tokens(&self, session: u32) -> bool {
        self.sessions[session as usize].states_tokens
    }

    /// The ids of all sessions.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.sessions.iter().map(|session| &*session.id)
    }

    /// Whether nothing in one log tells anything of another: no answers, which copies of a log may say again, and
    /// no calls of tools.
    pub fn is_of_separate_logs(&self) -> bool {
        self.answers.is_empty() && self.tools.is_empty()
    }

    /// Whether nothing has been read yet.
    fn is_empty(&self) -> bool {
        self.sessions.is_empty() && self.coverage.is_empty()
    }
}

/// Whether an event is of a log that counts requests one by one: what it states of one tells nothing of
/// another's text.
fn is_of_single_requests(event: &EventRef<'_>) -> bool {
    event.metadata.format.is_some_and(|format| format.is("higress"))
}

impl Sink for Summary {
    fn begin(&mut self, source: SourceId, start: u64) {
        if self.source != source || self.run_end != start {
            self.end_run();
            self.source = source;
            self.run_start = start;
        }
        self.run_end = start;
        self.coverage.begin(source, start);
    }

    #[inline]
    fn event(&mut self, event: &EventRef<'_>, offset: u64) {
        self.add(event, offset);
    }

    fn defect(&mut self, line: u64, defect: Defect) {
        self.coverage.defect(line, defect);
    }

    fn end(&mut self, end: u64, lines: u64) {
        self.run_end = end;
        self.coverage.end(end, lines);
    }
}
