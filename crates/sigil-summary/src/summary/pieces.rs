//! A summary in pieces that can be written, and be read back to be merged.
//!
//! Nothing is decided before it is written. What is written does not depend on the order in which things were
//! met, and holds nothing that the pieces of another file would be needed to read.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sigil_event::SourceId;

use super::{MOST_ERRORS, Summary};
use crate::coverage::Coverage;
use crate::few::Few;
use crate::ledger::answers::Answer;
use crate::names::{NameId, Renumbering};
use crate::price::Rates;
use crate::session::Session;

/// The shape of what is written. It changes with every field that is added, taken away or means something else:
/// what was written in another shape is not read.
pub const SHAPE: u32 = 2;

/// A part of a summary, to be written and read back by serde in any format, also in one that knows no names of
/// fields. Sources are read back by [`Renumbered::reading`](crate::Renumbered::reading).
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Piece(Kind);

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Names of components and models, in the order of their numbers; before all that calls them by number.
    Names(Vec<Box<str>>),
    /// What models cost, as far as it was looked up.
    Quotes(BTreeMap<NameId, Option<Rates>>),
    /// What was read.
    Read(Coverage),
    /// Sessions are numbered in the order in which they come.
    Session(Box<Session>),
    /// An answer that counts so far, by its id; behind all sessions.
    Answer(Box<str>, Answer),
    /// The errors that are told apart.
    Errors(Few<NameId, MOST_ERRORS>),
    /// The tools that were called, by the ids of their calls.
    Tools(BTreeMap<Box<str>, NameId>),
}

/// A piece that does not go with those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misplaced;

impl Summary {
    /// All of it, in pieces.
    pub fn into_pieces(self) -> impl Iterator<Item = Piece> {
        let mut whole = self.in_order();
        whole.end_run();
        let Self { names, quotes, coverage, sessions, answers, tools, error_names, .. } = whole;
        let mut answers: Vec<_> = answers.into_iter().collect();
        answers.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let tools: BTreeMap<_, _> = tools.into_iter().collect();
        let first = [
            Kind::Names(names.into_texts()),
            Kind::Quotes(quotes.into_rates().collect()),
            Kind::Read(coverage),
            Kind::Errors(error_names),
            Kind::Tools(tools),
        ];
        let sessions = sessions.into_iter().map(Kind::Session);
        let answers = answers.into_iter().map(|(id, answer)| Kind::Answer(id, answer));
        first.into_iter().chain(sessions).chain(answers).map(Piece)
    }

    /// The same with names and sessions numbered in their order.
    fn in_order(mut self) -> Self {
        let mut ordered = Self::new(Arc::clone(&self.detail));
        ordered.names = self.names.in_order();
        self.end_run();
        self.sort_sessions();
        ordered.absorb(self);
        ordered
    }

    fn sort_sessions(&mut self) {
        let mut order: Vec<u32> = (0..).take(self.sessions.len()).collect();
        order.sort_unstable_by(|a, b| self.sessions[*a as usize].id.cmp(&self.sessions[*b as usize].id));
        let mut now = vec![0; order.len()];
        for (new, old) in (0..).zip(&order) {
            now[*old as usize] = new;
        }
        for answer in self.answers.values_mut() {
            answer.session = now[answer.session as usize];
        }
        self.sessions.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    }

    /// Takes back a piece that [`Summary::into_pieces`] gave, all of them in their order, into a summary of nothing.
    ///
    /// # Errors
    /// The piece cannot stand where it does.
    pub fn take_back(&mut self, Piece(kind): Piece) -> Result<(), Misplaced> {
        match kind {
            Kind::Names(texts) if self.names.is_empty() => texts.iter().for_each(|text| {
                self.names.id(text);
            }),
            Kind::Names(_) => return Err(Misplaced),
            Kind::Quotes(rates) => rates.into_iter().for_each(|(model, rates)| self.quotes.add(model, rates)),
            Kind::Read(coverage) => self.coverage.merge(coverage),
            Kind::Session(session) => {
                let number = u32::try_from(self.sessions.len()).map_err(|_| Misplaced)?;
                if self.ids.insert(Arc::clone(&session.id), number).is_some() {
                    return Err(Misplaced);
                }
                self.sessions.push(session);
            }
            Kind::Answer(_, answer) if answer.session as usize >= self.sessions.len() => {
                return Err(Misplaced);
            }
            Kind::Answer(id, answer) => {
                self.answers.insert(id, answer);
            }
            Kind::Errors(names) => self.error_names = names,
            Kind::Tools(tools) => self.tools.extend(tools),
        }
        Ok(())
    }
}

/// Reads pieces into a summary that may hold something already, which is quicker than to merge with what they make.
#[derive(Debug)]
pub struct Reader<'s> {
    summary: &'s mut Summary,
    /// The numbers that the sessions that were read have in the summary.
    numbers: Vec<u32>,
}

impl<'s> Reader<'s> {
    /// Reads, by `read`, the pieces of one summary into another: it hands each to [`Reader::take`].
    pub fn read<T>(summary: &'s mut Summary, read: impl FnOnce(&mut Self) -> T) -> T {
        summary.end_run();
        summary.source = SourceId(u32::MAX);
        summary.current = None;
        let mut reader = Self { summary, numbers: Vec::new() };
        let value = read(&mut reader);
        Renumbering::end();
        value
    }

    /// Takes a piece, in the order in which they were given.
    ///
    /// # Errors
    /// The piece cannot stand where it does.
    pub fn take(&mut self, Piece(kind): Piece) -> Result<(), Misplaced> {
        let summary = &mut *self.summary;
        match kind {
            Kind::Names(texts) => summary.names.adopt_texts(&texts).begin(),
            Kind::Quotes(rates) => {
                rates.into_iter().for_each(|(model, rates)| summary.quotes.add(model, rates));
            }
            Kind::Read(coverage) => summary.coverage.merge(coverage),
            Kind::Session(session) => self.numbers.push(summary.take_session(session)?),
            Kind::Answer(id, answer) => {
                let session = *self.numbers.get(answer.session as usize).ok_or(Misplaced)?;
                summary.take_answer(id, Answer { session, ..answer });
            }
            Kind::Errors(names) => names.into_iter().for_each(|(name, _)| summary.take_error_name(&name)),
            Kind::Tools(tools) => tools.into_iter().for_each(|(id, tool)| summary.add_tool(id, tool)),
        }
        Ok(())
    }
}

impl Summary {
    fn take_session(&mut self, session: Box<Session>) -> Result<u32, Misplaced> {
        if let Some(number) = self.ids.get(&session.id) {
            let names = self.names.unchanged();
            let mine = &mut self.sessions[*number as usize];
            mine.merge(*session, &names, &self.coverage, self.detail.errors);
            return Ok(*number);
        }
        let number = u32::try_from(self.sessions.len()).map_err(|_| Misplaced)?;
        self.ids.insert(Arc::clone(&session.id), number);
        self.sessions.push(session);
        Ok(number)
    }
}
