//! What rows can be told apart by.

use chrono::Datelike;
use chrono_tz::Tz;

use crate::bucket::{Bucket, Grain};
use crate::resolved::{Cell, SessionSummary};
use crate::summary::{Apart, Detail};

/// What rows are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// The session.
    Session,
    /// The part of an agent that used the tokens.
    Component,
    /// The model that answered.
    Model,
    /// The calendar day of a zone.
    Day,
    /// The week of a zone, from Monday on (ISO 8601).
    Week,
    /// The calendar month of a zone.
    Month,
    /// The hour on a zone's clocks.
    Hour,
    /// The type of event, as written.
    Event,
    /// What went wrong, without what differs each time.
    Error,
    /// The project that an agent worked on.
    Project,
    /// The tool that was called.
    Tool,
}

impl Key {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Session,
        Self::Component,
        Self::Model,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Hour,
        Self::Event,
        Self::Error,
        Self::Project,
        Self::Tool,
    ];

    /// Those that tell tokens apart: errors and calls of tools bring none, as a rule.
    pub const OF_TOKENS: [Self; 9] = [
        Self::Component,
        Self::Session,
        Self::Model,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Hour,
        Self::Event,
        Self::Project,
    ];

    /// What it is called in arguments and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Component => "component",
            Self::Model => "model",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Hour => "hour",
            Self::Event => "event",
            Self::Error => "error",
            Self::Project => "project",
            Self::Tool => "tool",
        }
    }

    /// The key of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// How fine time must be cut for it, if it cuts time.
    pub fn grain(self) -> Option<Grain> {
        match self {
            Self::Day | Self::Week | Self::Month => Some(Grain::Day),
            Self::Hour => Some(Grain::Hour),
            _ => None,
        }
    }

    /// Whether most events are of none of its groups and make no row.
    pub fn leaves_out(self) -> bool {
        matches!(self, Self::Error | Self::Tool)
    }

    /// The group that a cell of a session belongs to; none if it tells none.
    pub(super) fn group<'a>(self, session: &'a SessionSummary, cell: &'a Cell) -> Option<Group<'a>> {
        let name = match self {
            Self::Session => Some(&*session.id),
            Self::Project => session.project.as_deref(),
            Self::Component => cell.component.as_deref(),
            Self::Model => cell.model.as_deref(),
            Self::Event => cell.event.as_deref(),
            Self::Error => cell.error.as_deref(),
            Self::Tool => cell.tool.as_deref(),
            Self::Hour => cell.bucket.as_deref(),
            // Where hours are told apart too, a bucket begins with its day, and a day with its month.
            Self::Day | Self::Week => cell.bucket.as_deref().and_then(|bucket| bucket.get(..10)),
            Self::Month => cell.bucket.as_deref().and_then(|bucket| bucket.get(..7)),
        };
        name.map(if self == Self::Week { Group::WeekOf } else { Group::Name })
    }
}

/// A group, before it is named.
pub(super) enum Group<'a> {
    Name(&'a str),
    /// The week of that day.
    WeekOf(&'a str),
}

impl Group<'_> {
    pub(super) fn name(self) -> String {
        match self {
            Self::Name(name) => name.to_owned(),
            Self::WeekOf(day) => match day.parse::<chrono::NaiveDate>() {
                Ok(date) => format!("{}-W{:02}", date.iso_week().year(), date.iso_week().week()),
                Err(_) => day.to_owned(),
            },
        }
    }
}

impl Detail {
    /// The same, and what rows by `keys` need told apart; days and hours are those of `zone`.
    pub fn with_rows_by(self, keys: &[Key], zone: Tz) -> Self {
        // An hour tells its day.
        let grain = keys.iter().filter_map(|key| key.grain()).max();
        let has = |key| keys.contains(&key);
        Self {
            models: self.models || has(Key::Model),
            bucket: grain.map(|grain| Bucket::new(grain, zone)).or(self.bucket),
            apart: Apart {
                events: self.apart.events || has(Key::Event),
                tools: self.apart.tools || has(Key::Tool),
                errors: self.apart.errors || has(Key::Error),
                projects: self.apart.projects || has(Key::Project),
                ..self.apart
            },
            ..self
        }
    }

    /// The same, and what stands under such rows is counted: events, errors, calls, times, and the models of
    /// each stretch of time.
    pub fn with_tallies(self, keys: &[Key]) -> Self {
        let is_by_time = keys.iter().any(|key| key.grain().is_some());
        Self { models: self.models || is_by_time, apart: Apart { tallies: true, ..self.apart }, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_by_its_name() {
        for key in Key::ALL {
            assert_eq!(Key::from_name(key.name()), Some(key));
        }
        assert_eq!(Key::from_name("Day"), None);
    }

    #[test]
    fn only_what_rows_need_is_told_apart() {
        let of = |keys: &[Key]| {
            let detail = Detail::default().with_rows_by(keys, Tz::UTC);
            (detail.models, detail.bucket.map(|bucket| bucket.grain()), detail.apart)
        };
        let none = Apart::default();
        assert_eq!(of(&[Key::Session, Key::Component]), (false, None, none));
        assert_eq!(of(&[Key::Day, Key::Model]), (true, Some(Grain::Day), none));
        assert_eq!(of(&[Key::Month, Key::Hour, Key::Day]), (false, Some(Grain::Hour), none));
        let tools = Apart { tools: true, projects: true, ..none };
        assert_eq!(of(&[Key::Week, Key::Tool, Key::Project]), (false, Some(Grain::Day), tools));
    }

    #[test]
    fn a_week_begins_on_monday_and_belongs_to_the_year_of_its_thursday() {
        for (day, week) in [
            ("2026-01-11", "2026-W02"),
            ("2026-01-12", "2026-W03"),
            ("2027-01-03", "2026-W53"),
            ("2025-12-29", "2026-W01"),
            ("0000-01-01", "-1-W52"),
        ] {
            assert_eq!(Group::WeekOf(day).name(), week);
        }
    }
}
