//! A map that is mostly small: there are many sessions, and few of them have many components.

use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many entries are looked through one by one.
const FEW: usize = 16;

/// Up to some entries a list, above a hash map. Its order means nothing.
#[derive(Clone, Debug)]
pub(crate) enum SmallMap<K, V> {
    Few(Vec<(K, V)>),
    Many(HashMap<K, V, RandomState>),
}

impl<K, V> Default for SmallMap<K, V> {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl<K: Copy + Eq + Hash, V> SmallMap<K, V> {
    /// The value of `key`, which `make` makes if there is none yet.
    #[inline]
    pub(crate) fn get_or(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        if matches!(self, Self::Few(few) if few.len() == FEW && few.iter().all(|(known, _)| *known != key)) {
            *self = Self::Many(std::mem::take(self).into_vec().into_iter().collect());
        }
        match self {
            Self::Few(few) => {
                let index = few.iter().position(|(known, _)| *known == key).unwrap_or(few.len());
                if index == few.len() {
                    if few.len() == few.capacity() {
                        // A list that grows by itself begins with room for four.
                        few.reserve_exact(few.len().max(1));
                    }
                    few.push((key, make()));
                }
                &mut few[index].1
            }
            Self::Many(many) => many.entry(key).or_insert_with(make),
        }
    }

    /// All entries.
    pub(crate) fn into_vec(self) -> Vec<(K, V)> {
        match self {
            Self::Few(few) => few,
            Self::Many(many) => many.into_iter().collect(),
        }
    }
}

impl<K: Copy + Eq + Hash, V> FromIterator<(K, V)> for SmallMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let entries: Vec<_> = entries.into_iter().collect();
        if entries.len() <= FEW { Self::Few(entries) } else { Self::Many(entries.into_iter().collect()) }
    }
}

/// As a list in the order of its keys, so that what is written does not depend on how it came about.
impl<K: Copy + Ord + Serialize, V: Serialize> Serialize for SmallMap<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries: Vec<(&K, &V)> = match self {
            Self::Few(few) => few.iter().map(|(key, value)| (key, value)).collect(),
            Self::Many(many) => many.iter().collect(),
        };
        entries.sort_unstable_by_key(|(key, _)| *key);
        serializer.collect_seq(entries)
    }
}

impl<'de, K: Copy + Eq + Hash + Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for SmallMap<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_are_told_apart_by_nobody() {
        let mut map = SmallMap::default();
        for round in 0..3 {
            for key in 0..2 * FEW {
                *map.get_or(key, || 0) += key + round;
            }
        }
        let mut entries = map.into_vec();
        entries.sort_unstable();
        assert_eq!(entries, (0..2 * FEW).map(|key| (key, 3 * key + 3)).collect::<Vec<_>>());
    }
}
