//! Rules 2 and 3 over one contiguous piece of a log, for one session.

use serde::{Deserialize, Serialize};
use sigil_event::SourceId;

use super::answers::{Counted, Place};
use super::{Cells, Statement};
use crate::course::Course;
use crate::facts::Status;
use crate::names::{NameId, Renumbering};
use crate::small_map::SmallMap;
use crate::trail::Trail;

/// What bytes `start..end` of a source say about one session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Stretch {
    #[serde(with = "crate::source_number")]
    pub(crate) source: SourceId,
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// Time of the session's first event here that has one.
    pub(crate) first_us: Option<i64>,
    /// The last word on how the session fares.
    pub(crate) status: Option<Status>,
    /// The budget that the last `session_start` states.
    pub(crate) budget: Option<u64>,
    /// Statements that this stretch alone cannot decide, and the session starts between them.
    pending: Vec<Pending>,
    /// What has come since the last of them.
    since: Gap,
    /// What the session has used since its last `session_start`, if this stretch alone can tell.
    used: Option<u64>,
    /// Each component's consumption since its last boundary.
    windows: SmallMap<NameId, Window>,
    /// Nothing comes before this stretch.
    origin: bool,
    /// What hangs on the order of events beside tokens, if that is asked for.
    pub(crate) trail: Option<Box<Trail>>,
}

/// What stands between two pending items.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Gap {
    /// Tokens that add whatever came before.
    sum: u64,
    /// Whether there are also answers, which rule 1 may still give or take.
    answers: bool,
}

/// What a later decision must look at again.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pending {
    before: Gap,
    at: Place,
    what: What,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    /// `session_start`: what the session has used begins anew with these tokens.
    Start(u64),
    /// `session_complete` or `session_error`: rule 2.
    End(Statement),
    /// `step_complete` or `step_error`: rule 3, over this window.
    Step { statement: Statement, component: NameId, window: Window },
}

/// Where a window begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum From {
    /// Before the stretch: an earlier one knows.
    #[default]
    Earlier,
    /// Where the session begins.
    Beginning,
    /// Behind a boundary of the component.
    Boundary(Place),
}

/// A component's `token_consumption` since its last boundary.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Window {
    from: From,
    /// Tokens that count whatever rule 1 decides.
    sum: u64,
    /// Whether there are also answers, which rule 1 may still give or take.
    answers: bool,
}

/// How far the pending items of a stretch have been decided.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settled {
    items: usize,
    answers: usize,
    /// What the session has used since its last start.
    used: u64,
    /// Where the last decided item stands.
    last: Option<Place>,
}

impl Settled {
    /// Whether more has been decided than in `earlier`.
    pub(crate) fn has_gone_beyond(&self, earlier: &Self) -> bool {
        self.last != earlier.last
    }

    /// Whether something at `place` has been taken into account already.
    pub(crate) fn is_behind(&self, place: Place) -> bool {
        self.last.is_some_and(|last| place < last)
    }

    /// A session start takes the place of one right before it. All that it changes is what it sets anew.
    fn step_back_if_replaced(&mut self, pending: &[Pending]) {
        let last = self.items.checked_sub(1).and_then(|index| pending.get(index));
        if self.items > 0 && last.map(|last| last.at) != self.last {
            self.items -= 1;
        }
    }
}

/// The part of a statement's tokens that only says again what `counted` others have said.
fn restated(tokens: u64, counted: u64) -> u64 {
    if tokens >= counted { counted } else { 0 }
}

impl Stretch {
    pub(crate) fn new(source: SourceId, start: u64) -> Self {
        Self {
            source,
            start,
            end: start,
            first_us: None,
            status: None,
            budget: None,
            pending: Vec::new(),
            since: Gap::default(),
            used: None,
            windows: SmallMap::default(),
            origin: false,
            trail: None,
        }
    }

    /// A stretch that nothing comes before: all it needs to decide is in it.
    pub(crate) fn origin(source: SourceId, start: u64) -> Self {
        Self { used: Some(0), origin: true, ..Self::new(source, start) }
    }

    /// Whether nothing hangs on other stretches or on rule 1.
    pub(crate) fn is_decided(&self) -> bool {
        self.pending.iter().all(|pending| matches!(pending.what, What::Start(_)))
    }

    fn window(&mut self, component: NameId) -> &mut Window {
        let from = if self.origin { From::Beginning } else { From::Earlier };
        self.windows.get_or(component, || Window { from, ..Window::default() })
    }

    /// Rule 4.
    #[inline]
    pub(crate) fn add(&mut self, tokens: u64) {
        self.since.sum = self.since.sum.saturating_add(tokens);
        self.used = self.used.map(|used| used.saturating_add(tokens));
    }

    /// `token_consumption` of a component.
    #[inline]
    pub(crate) fn consume(&mut self, component: NameId, tokens: u64) {
        self.add(tokens);
        let window = self.window(component);
        window.sum = window.sum.saturating_add(tokens);
    }

    /// An answer stands here, which rule 1 counts here or elsewhere.
    pub(crate) fn answer(&mut self, component: NameId, consumption: bool) {
        self.since.answers = true;
        self.used = None;
        if consumption {
            self.window(component).answers = true;
        }
    }

    /// `session_start` with its own tokens.
    pub(crate) fn session_start(&mut self, at: Place, tokens: u64) {
        self.used = Some(tokens);
        // A start right behind another leaves nothing of it.
        if let Some(Pending { what: What::Start(_), .. }) = self.pending.last() {
            self.pending.pop();
        }
        self.push(at, What::Start(tokens));
    }

    /// `step_start`.
    pub(crate) fn step_start(&mut self, at: Place, component: NameId) {
        *self.window(component) = Window { from: From::Boundary(at), ..Window::default() };
    }

    /// `step_complete` or `step_error`: rule 3. Returns what counts of `tokens`, which is all if that is
    /// not decided yet.
    #[inline]
    pub(crate) fn step_end(
        &mut self,
        at: Place,
        component: NameId,
        statement: Statement,
        cells: &mut Cells,
    ) -> u64 {
        let next = Window { from: From::Boundary(at), ..Window::default() };
        let window = std::mem::replace(self.window(component), next);
        self.step(at, component, window, statement, cells)
    }

    #[inline]
    fn step(
        &mut self,
        at: Place,
        component: NameId,
        window: Window,
        statement: Statement,
        cells: &mut Cells,
    ) -> u64 {
        if window.from != From::Earlier && !window.answers {
            self.state(&statement, window.sum, cells)
        } else {
            self.used = None;
            let tokens = statement.tokens;
            self.push(at, What::Step { statement, component, window });
            tokens
        }
    }

    /// `session_complete` or `session_error`: rule 2. Returns as [`Stretch::step_end`] does.
    pub(crate) fn session_end(&mut self, at: Place, statement: Statement, cells: &mut Cells) -> u64 {
        match self.used {
            Some(used) => self.state(&statement, used, cells),
            None => {
                let tokens = statement.tokens;
                self.push(at, What::End(statement));
                tokens
            }
        }
    }

    /// A statement, where other events have `counted` so many tokens.
    #[inline]
    fn state(&mut self, statement: &Statement, counted: u64, cells: &mut Cells) -> u64 {
        let restated = restated(statement.tokens, counted);
        statement.take_back(cells, restated);
        self.add(statement.tokens - restated);
        statement.tokens - restated
    }

    fn push(&mut self, at: Place, what: What) {
        let before = std::mem::take(&mut self.since);
        if self.pending.is_empty() {
            // Most sessions have one or two, and there may be very many sessions.
            self.pending.reserve_exact(1);
        }
        self.pending.push(Pending { before, at, what });
    }

    /// Joins what follows on: nothing of the session stands between this stretch and `next`.
    pub(crate) fn append(&mut self, next: Stretch, cells: &mut Cells, course: Option<&mut Course>) {
        match (&mut self.trail, next.trail) {
            (Some(trail), Some(next)) => {
                if let Some(course) = course {
                    trail.append(*next, course);
                }
            }
            (trail @ None, next) => *trail = next,
            (Some(_), None) => {}
        }
        for Pending { before, at, what } in next.pending {
            self.pass(before);
            match what {
                What::Start(tokens) => self.session_start(at, tokens),
                What::End(statement) => {
                    self.session_end(at, statement, cells);
                }
                What::Step { statement, component, window } => {
                    let behind = Window { from: From::Boundary(at), ..Window::default() };
                    let earlier = std::mem::replace(self.window(component), behind);
                    self.step(at, component, join(earlier, window), statement, cells);
                }
            }
        }
        self.pass(next.since);
        for (component, window) in next.windows.into_vec() {
            let earlier = self.window(component);
            *earlier = join(*earlier, window);
        }
        self.end = next.end;
        self.first_us = self.first_us.or(next.first_us);
        self.status = next.status.or(self.status);
        self.budget = next.budget.or(self.budget);
    }

    fn pass(&mut self, gap: Gap) {
        self.add(gap.sum);
        if gap.answers {
            self.since.answers = true;
            self.used = None;
        }
    }

    /// Decides what is left, now that rule 1 has: `answers` are those of the session that count, in
    /// order, and `rank` is the order of sources. Only for a stretch that nothing comes before.
    ///
    /// Goes on where `settled` ends, and hands each restatement to `restate`.
    pub(crate) fn settle(
        &self,
        settled: &mut Settled,
        answers: &[Counted],
        rank: impl Fn(SourceId) -> usize,
        mut restate: impl FnMut(&Statement, u64),
    ) {
        let order = |place: Place| (rank(place.source), place.offset);
        settled.step_back_if_replaced(&self.pending);
        for Pending { before, at, what } in self.pending.get(settled.items..).unwrap_or(&[]) {
            settled.items += 1;
            settled.last = Some(*at);
            settled.used = settled.used.saturating_add(before.sum);
            while let Some(answer) = answers.get(settled.answers).filter(|a| order(a.place) < order(*at)) {
                settled.used = settled.used.saturating_add(answer.tokens);
                settled.answers += 1;
            }
            let (statement, counted) = match what {
                What::Start(tokens) => {
                    settled.used = *tokens;
                    continue;
                }
                What::End(statement) => (statement, settled.used),
                What::Step { statement, component, window } => {
                    let is_inside = |answer: &&Counted| match window.from {
                        From::Boundary(from) => order(answer.place) > order(from),
                        From::Beginning | From::Earlier => true,
                    };
                    let inside = answers[..settled.answers].iter().rev().take_while(is_inside);
                    let consumed = inside.filter(|answer| answer.consumer == Some(*component));
                    (statement, consumed.fold(window.sum, |sum, answer| sum.saturating_add(answer.tokens)))
                }
            };
            let restated = restated(statement.tokens, counted);
            restate(statement, restated);
            settled.used = settled.used.saturating_add(statement.tokens - restated);
        }
    }

    /// Gives names the numbers they have in another summary.
    pub(crate) fn renumber(&mut self, names: &Renumbering) {
        if let Some(trail) = &mut self.trail {
            trail.renumber(names);
        }
        let renumber = |statement: &mut Statement| {
            statement.cell = statement.cell.map(|cell| cell.renumbered(names));
        };
        for pending in &mut self.pending {
            match &mut pending.what {
                What::Start(_) => {}
                What::End(statement) => renumber(statement),
                What::Step { statement, component, .. } => {
                    renumber(statement);
                    *component = names.of(*component);
                }
            }
        }
        self.windows = std::mem::take(&mut self.windows)
            .into_vec()
            .into_iter()
            .map(|(component, window)| (names.of(component), window))
            .collect();
    }
}

fn join(earlier: Window, later: Window) -> Window {
    if later.from != From::Earlier {
        return later;
    }
    Window {
        from: earlier.from,
        sum: earlier.sum.saturating_add(later.sum),
        answers: earlier.answers || later.answers,
    }
}
