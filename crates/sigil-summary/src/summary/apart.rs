//! What an event adds beside tokens: to how its session goes, and to rows that are told apart further.

use sigil_event::EventRef;

use super::Summary;
use crate::component::UNNAMED;
use crate::findings::Thresholds;
use crate::ledger::CellKey;
use crate::ledger::answers::Place;
use crate::mark::Mark;
use crate::names::NameId;
use crate::session::Session;
use crate::tally::Tally;
use crate::wording;

/// How many errors are told apart.
pub(super) const MOST_ERRORS: usize = 512;

/// What the errors beyond them are called.
pub const OTHER: &str = "(other)";

/// What rows are told apart by, beside components, models and time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Apart {
    /// Types of events.
    pub events: bool,
    /// Tools.
    pub tools: bool,
    /// Errors, by what they say.
    pub errors: bool,
    /// Projects, by session.
    pub projects: bool,
    /// Whether to count events, errors and calls under each row.
    pub tallies: bool,
}

impl Summary {
    /// Follows how a session goes.
    #[inline]
    pub(super) fn follow(&mut self, event: &EventRef<'_>, session: u32, mark: Mark, limits: &Thresholds) {
        let Session { facts, stretches, .. } = &mut *self.sessions[session as usize];
        let Some(stretch) = stretches.last_mut() else { return };
        let is_routing = event.component.is_some_and(|component| component.is("routing"));
        let course = facts.follow(event, mark, limits);
        stretch.trail.get_or_insert_default().follow(event.event_type, is_routing, mark, course);
    }

    /// The cell of an event whose rows are told apart further, and counts what happens there.
    #[cold]
    pub(super) fn tell_apart(
        &mut self,
        event: &EventRef<'_>,
        session: u32,
        place: Place,
        mut cell: CellKey,
        apart: Apart,
    ) -> CellKey {
        if apart.projects {
            let directory = event.metadata.project.map_or(NameId::NONE, |name| self.names.id(&name.decode()));
            self.sessions[session as usize].facts.add_project(event, directory, place);
        }
        if apart.events
            && let Some(name) = event.type_name
        {
            cell.event = self.names.id(&name.decode());
        }
        if apart.errors && event.event_type.is_error() {
            cell.error = self.error_name(event);
        }
        let is_of_tool = event.type_name.is_some_and(|name| name.decode().starts_with("tool_"));
        if apart.tools && is_of_tool {
            cell.tool = cell.component;
        }
        let session = &mut *self.sessions[session as usize];
        match event.metadata.tool_use_id {
            _ if !apart.tallies => {}
            Some(id) if apart.tools && is_of_tool && event.event_type.is_error() => {
                let cells = session.failed_calls.entry(id.decode().into()).or_default();
                cells.get_or(cell, Tally::default).merge(&Tally::of(event));
            }
            _ => session.tallies.get_or(cell, Tally::default).merge(&Tally::of(event)),
        }
        cell
    }

    /// What an error is called, with its component; one of too many is called as all of those are.
    fn error_name(&mut self, event: &EventRef<'_>) -> NameId {
        let message = event.message.map(|message| wording::of_error(&message.decode())).unwrap_or_default();
        let component = event.component.map(|component| component.decode());
        let name = match component {
            Some(component) if message.is_empty() => component.into_owned(),
            Some(component) => format!("{component}: {message}"),
            None if message.is_empty() => UNNAMED.to_owned(),
            None => message,
        };
        let names = &mut self.names;
        match self.error_names.get_or(&name, || names.id(&name)) {
            Some(id) => *id,
            None => names.id(OTHER),
        }
    }
}
