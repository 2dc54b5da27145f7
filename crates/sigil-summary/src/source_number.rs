//! Numbers of sources as they are written, and as they are read back by a run that numbers them otherwise.
//!
//! A [`SourceId`] has no way of its own to be written: whatever holds one says `with = "crate::source_number"`,
//! and so none can be read back without being given the number that it has now.

use std::cell::RefCell;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sigil_event::SourceId;

/// Which numbers sources have now, by the numbers that they were written with.
#[derive(Clone, Debug)]
pub enum Renumbered {
    /// There was only one.
    One(SourceId),
    /// By their old numbers.
    Each(Vec<SourceId>),
}

thread_local! {
    /// What is being read on this thread: serde's derived code takes no argument that could tell.
    static NOW: RefCell<Option<Renumbered>> = const { RefCell::new(None) };
}

impl Renumbered {
    /// Reads back something in which sources had other numbers.
    pub fn reading<T>(self, read: impl FnOnce() -> T) -> T {
        NOW.set(Some(self));
        let value = read();
        NOW.set(None);
        value
    }

    fn of(&self, old: u32) -> Option<SourceId> {
        match self {
            Self::One(source) => Some(*source),
            Self::Each(sources) => sources.get(old as usize).copied(),
        }
    }
}

pub(crate) fn serialize<S: Serializer>(source: &SourceId, serializer: S) -> Result<S::Ok, S::Error> {
    source.0.serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SourceId, D::Error> {
    let old = u32::deserialize(deserializer)?;
    let now = NOW.with_borrow(|now| now.as_ref()?.of(old));
    now.ok_or_else(|| D::Error::custom(format_args!("source {old} is not listed")))
}
