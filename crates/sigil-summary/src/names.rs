//! Names of components and models, each kept once and called by number.

use std::cell::RefCell;
use std::collections::HashMap;

use foldhash::fast::RandomState;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// The number of a name within one summary. [`NameId::NONE`] stands for no name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub(crate) struct NameId(u32);

impl NameId {
    pub(crate) const NONE: Self = Self(0);
}

thread_local! {
    /// The numbers that names have now, by those they were written with, while something is read back on this
    /// thread that is to become a part of a summary; else they are the same.
    static NOW: RefCell<Option<Renumbering>> = const { RefCell::new(None) };
}

impl<'de> Deserialize<'de> for NameId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let old = Self(u32::deserialize(deserializer)?);
        NOW.with_borrow(|now| match now {
            Some(now) if old != Self::NONE && now.of(old) == Self::NONE => {
                Err(D::Error::custom("no such name"))
            }
            Some(now) => Ok(now.of(old)),
            None => Ok(old),
        })
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    ids: HashMap<Box<str>, NameId, RandomState>,
    texts: Vec<Box<str>>,
}

impl Names {
    #[inline]
    pub(crate) fn id(&mut self, name: &str) -> NameId {
        match self.ids.get(name) {
            Some(id) => *id,
            None => self.add(name),
        }
    }

    #[cold]
    fn add(&mut self, name: &str) -> NameId {
        self.texts.push(name.into());
        let id = NameId(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.ids.insert(name.into(), id);
        id
    }

    pub(crate) fn text(&self, id: NameId) -> Option<&str> {
        let index = id.0.checked_sub(1)?;
        self.texts.get(index as usize).map(|text| &**text)
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The names in the order of their numbers.
    pub(crate) fn into_texts(self) -> Vec<Box<str>> {
        self.texts
    }

    /// The same names, numbered in their order.
    pub(crate) fn in_order(&self) -> Self {
        let mut texts: Vec<&str> = self.texts.iter().map(|text| &**text).collect();
        texts.sort_unstable();
        let mut ordered = Self::default();
        texts.into_iter().for_each(|text| {
            ordered.id(text);
        });
        ordered
    }

    /// The numbers of all names, for what has them already.
    pub(crate) fn unchanged(&self) -> Renumbering {
        Renumbering((1..).map(NameId).take(self.texts.len()).collect())
    }

    /// The numbers that names have here.
    pub(crate) fn adopt_texts(&mut self, texts: &[Box<str>]) -> Renumbering {
        Renumbering(texts.iter().map(|text| self.id(text)).collect())
    }

    /// The numbers that `other`'s names have here, in the order of `other`'s numbers.
    pub(crate) fn adopt(&mut self, other: &Names) -> Renumbering {
        Renumbering(other.texts.iter().map(|text| self.id(text)).collect())
    }
}

/// From the numbers of one summary to those of another.
#[derive(Debug)]
pub(crate) struct Renumbering(Vec<NameId>);

impl Renumbering {
    /// From now on what is read back on this thread has these numbers.
    pub(crate) fn begin(self) {
        NOW.set(Some(self));
    }

    /// From now on what is read back on this thread has the numbers that it was written with.
    pub(crate) fn end() {
        NOW.set(None);
    }

    /// Whether all names have the numbers that they had.
    pub(crate) fn is_unchanged(&self) -> bool {
        self.0.iter().zip(1..).all(|(now, old)| now.0 == old)
    }

    pub(crate) fn of(&self, id: NameId) -> NameId {
        let index = id.0.checked_sub(1).map(|index| index as usize);
        index.and_then(|index| self.0.get(index)).copied().unwrap_or(NameId::NONE)
    }
}
