//! What hangs on the order of a session's events: the gaps between them, and what came right before what.
//!
//! A trail is what one stretch of a log knows of it. Where the answer lies before its beginning it keeps the
//! question, which is answered when an earlier stretch is joined.

use serde::{Deserialize, Serialize};
use sigil_event::EventType;

use crate::course::Course;
use crate::mark::Mark;
use crate::names::Renumbering;

/// The last step of a session.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    /// Before the stretch: an earlier one knows.
    #[default]
    Earlier,
    /// There was none since the session began or ended.
    None,
    /// It was this one's.
    Of { is_routing: bool },
}

/// Whether the budget is used up and nothing has failed since.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Budget {
    /// An earlier stretch knows.
    #[default]
    Earlier,
    /// It is not.
    Kept,
    /// It is.
    Exceeded,
}

/// What one stretch knows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Trail {
    /// The first event that has a time, and the last.
    first: Option<Mark>,
    last: Option<Mark>,
    step: Step,
    /// A `session_error` before any step.
    early_end: Option<Mark>,
    budget: Budget,
    /// The first error, if nothing before it in the stretch tells of the budget.
    early_error: Option<Mark>,
}

impl Trail {
    /// Follows one event more.
    #[inline]
    pub(crate) fn follow(&mut self, event: EventType, is_routing: bool, mark: Mark, course: &mut Course) {
        if mark.at.is_some() {
            match self.last {
                Some(last) => course.add_gap(last, mark),
                None => self.first = Some(mark),
            }
            self.last = Some(mark);
        }
        match event {
            EventType::StepStart | EventType::StepComplete | EventType::TokenConsumption => {
                self.step = Step::Of { is_routing };
            }
            EventType::StepError => {
                self.step = Step::Of { is_routing };
                self.fail(mark, course);
            }
            EventType::SessionError => {
                self.end(mark, course);
                self.fail(mark, course);
            }
            EventType::SessionStart => {
                self.step = Step::None;
                self.budget = Budget::Kept;
            }
            EventType::SessionComplete => self.step = Step::None,
            EventType::BudgetExceeded => self.budget = Budget::Exceeded,
            _ => {}
        }
    }

    fn end(&mut self, mark: Mark, course: &mut Course) {
        match self.step {
            Step::Of { is_routing: true } => course.misrouted.add(mark),
            Step::Earlier => self.early_end = Some(mark),
            Step::Of { is_routing: false } | Step::None => {}
        }
        self.step = Step::None;
    }

    fn fail(&mut self, mark: Mark, course: &mut Course) {
        match self.budget {
            Budget::Exceeded => course.overrun.add(mark),
            Budget::Earlier => self.early_error = Some(mark),
            Budget::Kept => {}
        }
        self.budget = Budget::Kept;
    }

    /// Joins what follows on.
    pub(crate) fn append(&mut self, next: Self, course: &mut Course) {
        if let (Some(last), Some(first)) = (self.last, next.first) {
            course.add_gap(last, first);
        }
        self.first = self.first.or(next.first);
        self.last = next.last.or(self.last);
        if let Some(mark) = next.early_end {
            self.end(mark, course);
        }
        if !matches!(next.step, Step::Earlier) {
            self.step = next.step;
        }
        if let Some(mark) = next.early_error {
            self.fail(mark, course);
        }
        if !matches!(next.budget, Budget::Earlier) {
            self.budget = next.budget;
        }
    }

    pub(crate) fn renumber(&mut self, names: &Renumbering) {
        for mark in [&mut self.first, &mut self.last, &mut self.early_end, &mut self.early_error] {
            *mark = mark.map(|mark| mark.renumbered(names));
        }
    }
}
