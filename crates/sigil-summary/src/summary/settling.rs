//! The last step before a result.

use std::collections::HashMap;
use std::sync::Arc;

use sigil_event::SourceId;

use super::{Detail, Summary};
use crate::ledger::answers::Answer;
use crate::session::Session;

/// What decides sessions.
pub(crate) struct Settling {
    /// In the order of their sessions.
    answers: Vec<Answer>,
    detail: Arc<Detail>,
}

impl Settling {
    /// Decides the session of that number.
    pub(crate) fn settle(&self, number: u32, mut session: Box<Session>) -> Session {
        let first = self.answers.partition_point(|answer| answer.session < number);
        let behind = self.answers.partition_point(|answer| answer.session <= number);
        let logs = &self.detail.logs;
        let log = |source: SourceId| logs.get(source.0 as usize).copied().unwrap_or(source.0);
        session.settle(&self.answers[first..behind], log);
        *session
    }
}

impl Summary {
    /// The last step before a result: takes the sessions out, one by one, each decided.
    pub(crate) fn take_settled(&mut self) -> impl Iterator<Item = Session> + use<> {
        let (sessions, settling) = self.take_unsettled();
        (0..).zip(sessions).map(move |(number, session)| settling.settle(number, session))
    }

    /// The sessions, and what decides them.
    #[allow(clippy::vec_box)]
    pub(crate) fn take_unsettled(&mut self) -> (Vec<Box<Session>>, Settling) {
        self.end_run();
        self.ids = HashMap::default();
        let mut answers: Vec<_> = std::mem::take(&mut self.answers).into_values().collect();
        answers.sort_unstable_by_key(|answer| answer.session);
        (std::mem::take(&mut self.sessions), Settling { answers, detail: Arc::clone(&self.detail) })
    }
}
