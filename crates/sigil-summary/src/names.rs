//! Names of components and models, each kept once and called by number.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

/// The number of a name within one summary. [`NameId::NONE`] stands for no name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct NameId(u32);

impl NameId {
    pub(crate) const NONE: Self = Self(0);
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

    /// The numbers that `other`'s names have here, in the order of `other`'s numbers.
    pub(crate) fn adopt(&mut self, other: &Names) -> Renumbering {
        Renumbering(other.texts.iter().map(|text| self.id(text)).collect())
    }
}

/// From the numbers of one summary to those of another.
pub(crate) struct Renumbering(Vec<NameId>);

impl Renumbering {
    pub(crate) fn of(&self, id: NameId) -> NameId {
        let index = id.0.checked_sub(1).map(|index| index as usize);
        index.and_then(|index| self.0.get(index)).copied().unwrap_or(NameId::NONE)
    }
}
