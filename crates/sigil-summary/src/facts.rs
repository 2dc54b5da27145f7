//! What is known of one session beside its tokens. Merging does not care about order.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use sigil_event::{EventRef, EventType, SourceId, Timestamp};

use crate::course::Course;
use crate::latency::Latency;
use crate::ledger::answers::Place;
use crate::mark::{Mark, earliest, greatest};
use crate::names::{NameId, Renumbering};
use crate::small_map::SmallMap;
use crate::summary::Detail;

/// How a session fares (guide 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing yet.
    Waiting,
    /// Begun and not ended.
    Running,
    /// Ended well.
    Complete,
    /// Ended with an error.
    Error,
}

impl Status {
    /// What an event of that type says of the session.
    pub fn said_by(event_type: EventType) -> Option<Self> {
        match event_type {
            EventType::SessionStart => Some(Self::Running),
            EventType::SessionComplete => Some(Self::Complete),
            EventType::SessionError => Some(Self::Error),
            _ => None,
        }
    }

    /// The guide's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Running => "RUNNING",
            Self::Complete => "COMPLETE",
            Self::Error => "ERROR",
        }
    }
}

/// An event that tells of an error. They stand in the order of their times, those without one last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorFact {
    /// When.
    pub at: Option<Timestamp>,
    /// Which source it stands in.
    #[serde(with = "crate::source_number")]
    pub source: SourceId,
    /// Its first byte there.
    pub offset: u64,
    /// The component, empty if none is named.
    pub component: String,
    /// The message, empty if there is none.
    pub message: String,
    /// The call of a tool that failed, where only the call tells the tool's name.
    pub(crate) tool_use_id: Option<String>,
}

impl Ord for ErrorFact {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |fact: &Self| (fact.at.is_none(), fact.at, fact.source, fact.offset);
        let texts = |fact: &Self| (fact.component.clone(), fact.message.clone(), fact.tool_use_id.clone());
        key(self).cmp(&key(other)).then_with(|| texts(self).cmp(&texts(other)))
    }
}

impl PartialOrd for ErrorFact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How many events of which kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All events.
    pub events: u64,
    /// `step_complete`.
    pub steps_completed: u64,
    /// `step_error`.
    pub steps_failed: u64,
    /// Every type with `error` in its name (guide 8.3).
    pub errors: u64,
    /// `retry_attempt`.
    pub retries: u64,
}

impl Counts {
    fn add(&mut self, event_type: EventType) {
        self.events += 1;
        self.errors += u64::from(event_type.is_error());
        match event_type {
            EventType::StepComplete => self.steps_completed += 1,
            EventType::StepError => self.steps_failed += 1,
            EventType::RetryAttempt => self.retries += 1,
            _ => {}
        }
    }

    /// Adds `other`.
    pub fn merge(&mut self, other: &Self) {
        self.events += other.events;
        self.steps_completed += other.steps_completed;
        self.steps_failed += other.steps_failed;
        self.errors += other.errors;
        self.retries += other.retries;
    }
}

/// What the last answer of the main chain left in the model's context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Context {
    at: Option<Timestamp>,
    pub(crate) tokens: u64,
    place: Place,
    pub(crate) model: NameId,
    /// What the log says that the context can hold.
    pub(crate) window: Option<u64>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub(crate) counts: Counts,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    /// An event of Sigil's own: its session has Sigil's budget.
    pub(crate) native: bool,
    /// An event of a log of text.
    pub(crate) is_text: bool,
    pub(crate) context: Option<Context>,
    pub(crate) errors: Vec<ErrorFact>,
    pub(crate) parts: SmallMap<NameId, Box<Part>>,
    /// The directory that was worked in first, if projects are told apart.
    pub(crate) project: Option<Project>,
    /// How the session went, if that is asked for.
    pub(crate) course: Option<Box<Course>>,
}

/// What one component did.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Part {
    /// How long its steps took.
    pub(crate) latency: Latency,
    /// Its first step; only if the session's course is asked for, as the next.
    pub(crate) first: Option<Mark>,
    /// Its longest step.
    pub(crate) longest: Option<Mark>,
}

/// Which project a session belongs to: the least of what its events say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Project {
    /// No directory is named: the source's own may tell.
    pub(crate) is_unnamed: bool,
    at: Option<Timestamp>,
    pub(crate) place: Place,
    pub(crate) directory: NameId,
}

/// The answers of an agent's main chain have this component (`FORMATS.md`, As events).
const MAIN_CHAIN: &str = "assistant";

impl Facts {
    #[inline]
    pub(crate) fn add(
        &mut self,
        event: &EventRef<'_>,
        component: NameId,
        model: NameId,
        place: Place,
        detail: &Detail,
    ) {
        self.counts.add(event.event_type);
        if let Some(at) = event.at {
            self.first = Some(self.first.map_or(at, |first| first.min(at)));
            self.last = Some(self.last.map_or(at, |last| last.max(at)));
        }
        self.is_text |= event.metadata.format.is_some_and(|format| format.is("text"));
        self.native |=
            event.metadata.format.is_none() && (event.type_name.is_some() || event.tokens.is_some());
        if let Some(usage) = event.metadata.usage
            && usage.context() > 0
            && event.component.is_some_and(|component| component.is(MAIN_CHAIN))
        {
            let window = event.metadata.context_window;
            let context = Context { at: event.at, tokens: usage.context(), place, model, window };
            self.context = self.context.max(Some(context));
        }
        let us = event.metadata.latency_us.filter(|_| detail.latency);
        let is_followed = detail.course.is_some();
        let is_step = is_followed
            && matches!(
                event.event_type,
                EventType::StepStart | EventType::StepComplete | EventType::StepError
            );
        if us.is_none() && !is_step {
            return;
        }
        let part = self.parts.get_or(component, Box::default);
        let mark = Mark { at: event.at, place, component, value: 0 };
        if let Some(us) = us {
            part.latency.add(us);
            if is_followed && part.longest.is_none_or(|longest| us >= longest.value) {
                part.longest = greatest(part.longest, Some(Mark { value: us, ..mark }));
            }
        }
        if is_step && part.first.is_none_or(|first| first.at.is_none() || event.at <= first.at) {
            part.first = earliest(part.first, Some(mark));
        }
    }

    /// Notes the project that an event tells of.
    pub(crate) fn add_project(&mut self, event: &EventRef<'_>, directory: NameId, place: Place) {
        let is_unnamed = directory == NameId::NONE;
        if is_unnamed && !event.metadata.format.is_some_and(|format| format.is("claude")) {
            return;
        }
        let project = Project { is_unnamed, at: event.at, place, directory };
        self.project = self.project.into_iter().chain([project]).min();
    }

    /// Remembers an error, if it is among the first `most`.
    pub(crate) fn add_error(&mut self, event: &EventRef<'_>, place: Place, most: usize) {
        let text = |text: Option<sigil_event::Text<'_>>| text.map(|text| text.decode().into_owned());
        self.errors.push(ErrorFact {
            at: event.at,
            source: place.source,
            offset: place.offset,
            component: text(event.component).unwrap_or_default(),
            message: text(event.message).unwrap_or_default(),
            tool_use_id: text(event.metadata.tool_use_id),
        });
        self.trim_errors(most);
    }

    /// Sorts and cuts, but not at every error.
    fn trim_errors(&mut self, most: usize) {
        if self.errors.len() >= most.saturating_mul(2).max(16) {
            self.errors.sort_unstable();
            self.errors.truncate(most);
        }
    }

    pub(crate) fn merge(&mut self, other: Facts, names: &Renumbering, most_errors: usize) {
        self.counts.merge(&other.counts);
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = self.last.max(other.last);
        self.native |= other.native;
        self.is_text |= other.is_text;
        let context = other.context.map(|context| Context { model: names.of(context.model), ..context });
        self.context = self.context.max(context);
        self.errors.extend(other.errors);
        self.trim_errors(most_errors);
        for (component, other) in other.parts.into_vec() {
            let of = |mark: Option<Mark>| mark.map(|mark| mark.renumbered(names));
            let part = self.parts.get_or(names.of(component), Box::default);
            part.latency.merge(&other.latency);
            part.first = earliest(part.first, of(other.first));
            part.longest = greatest(part.longest, of(other.longest));
        }
        let project =
            other.project.map(|project| Project { directory: names.of(project.directory), ..project });
        self.project = self.project.into_iter().chain(project).min();
        match (&mut self.course, other.course) {
            (Some(course), Some(other)) => course.merge(*other, names),
            (Some(_), None) => {}
            (course @ None, other) => {
                *course = other.map(|other| {
                    let mut course = Box::<Course>::default();
                    course.merge(*other, names);
                    course
                });
            }
        }
    }
}
