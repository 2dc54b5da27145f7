//! What several summaries know, put together.

use std::sync::Arc;

use sigil_event::SourceId;

use super::Summary;
use crate::ledger::answers::Answer;
use crate::session::Session;

impl Summary {
    /// Adds what another summary knows of other pieces of the same sources.
    pub fn merge(&mut self, mut other: Summary) {
        self.end_run();
        other.end_run();
        // The next piece read here begins stretches of its own.
        self.source = SourceId(u32::MAX);
        self.current = None;
        if self.is_empty() {
            *self = Self { source: self.source, current: None, ..other };
            return;
        }
        self.absorb(other);
    }

    pub(super) fn absorb(&mut self, other: Summary) {
        let names = self.names.adopt(&other.names);
        let is_unchanged = names.is_unchanged();
        self.quotes.merge(other.quotes, &names);
        self.coverage.merge(other.coverage);
        let mut numbers = Vec::with_capacity(other.sessions.len());
        for session in other.sessions {
            let number = match self.ids.get(&session.id) {
                Some(number) => *number,
                None => {
                    let number = u32::try_from(self.sessions.len()).unwrap_or(u32::MAX);
                    let id = Arc::clone(&session.id);
                    if is_unchanged {
                        // Nothing to add to and nothing to number anew.
                        self.ids.insert(id, number);
                        self.sessions.push(session);
                        numbers.push(number);
                        continue;
                    }
                    self.ids.insert(Arc::clone(&id), number);
                    self.sessions.push(Box::new(Session::new(id, session.is_wanted)));
                    number
                }
            };
            let mine = &mut self.sessions[number as usize];
            mine.merge(*session, &names, &self.coverage, self.detail.errors);
            numbers.push(number);
        }
        for (name, _) in other.error_names.into_iter() {
            self.take_error_name(&name);
        }
        for (id, tool) in other.tools {
            self.add_tool(id, names.of(tool));
        }
        for (key, answer) in other.answers {
            let answer = Answer {
                session: numbers[answer.session as usize],
                component: names.of(answer.component),
                cell: answer.cell.map(|cell| cell.renumbered(&names)),
                ..answer
            };
            self.take_answer(key, answer);
        }
    }

    pub(super) fn take_error_name(&mut self, name: &str) {
        let names = &mut self.names;
        self.error_names.get_or(name, || names.id(name));
    }

    /// Rule 1, for an answer of another summary, whose numbers are those of this one.
    pub(super) fn take_answer(&mut self, key: Box<str>, answer: Answer) {
        match self.answers.get_mut(&key) {
            Some(known) if answer.beats(known) => *known = answer,
            Some(_) => {}
            None => {
                self.answers.insert(key, answer);
            }
        }
    }
}
