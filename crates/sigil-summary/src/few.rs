//! No more than some of very many names, the same ones whatever order they come in.
//!
//! Kept are those whose hashes are smallest: a name that is among them in everything is among them in every
//! part that holds it, so parts can be counted apart and merged, and what is counted of it is exact. Beyond the
//! bound that is a sample that nobody chose; up to it nothing is lost.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What is kept by name, if there are not too many.
#[derive(Clone, Debug)]
pub(crate) struct Few<V, const MOST: usize> {
    kept: BTreeMap<(u64, Box<str>), V>,
}

impl<V, const MOST: usize> Default for Few<V, MOST> {
    fn default() -> Self {
        Self { kept: BTreeMap::new() }
    }
}

impl<V, const MOST: usize> Few<V, MOST> {
    /// The value of `name`, which `make` makes if it is new; none if it is one too many.
    pub(crate) fn get_or(&mut self, name: &str, make: impl FnOnce() -> V) -> Option<&mut V> {
        let key = (hash(name), Box::from(name));
        if self.kept.len() >= MOST && !self.kept.contains_key(&key) {
            if self.kept.last_key_value().is_some_and(|(last, _)| *last < key) {
                return None;
            }
            self.kept.pop_last();
        }
        Some(self.kept.entry(key).or_insert_with(make))
    }

    /// Whether `name` is among them.
    pub(crate) fn holds(&self, name: &str) -> bool {
        self.kept.contains_key(&(hash(name), Box::from(name)))
    }

    /// All of them.
    pub(crate) fn into_iter(self) -> impl Iterator<Item = (Box<str>, V)> {
        self.kept.into_iter().map(|((_, name), value)| (name, value))
    }
}

/// As a list of names and values.
impl<V: Serialize, const MOST: usize> Serialize for Few<V, MOST> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.kept.iter().map(|((_, name), value)| (name, value)))
    }
}

impl<'de, V: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Few<V, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let named = Vec::<(Box<str>, V)>::deserialize(deserializer)?.into_iter();
        Ok(Self { kept: named.map(|(name, value)| ((hash(&name), name), value)).collect() })
    }
}

/// The same on every machine and in every version: FNV-1a, and a last step that spreads short names.
fn hash(name: &str) -> u64 {
    let fnv = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    (fnv ^ (fnv >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_order_and_the_parts_the_same_are_kept_and_counted() {
        let names: Vec<_> = (0..50).flat_map(|n| std::iter::repeat_n(format!("name {n}"), n)).collect();
        let count = |names: &mut dyn Iterator<Item = &String>| {
            let mut few = Few::<u64, 8>::default();
            names.for_each(|name| {
                if let Some(count) = few.get_or(name, || 0) {
                    *count += 1;
                }
            });
            few
        };
        let of = |few: &Few<u64, 8>| few.clone().into_iter().collect::<Vec<_>>();
        let whole = count(&mut names.iter());
        assert_eq!(whole.kept.len(), 8);
        assert!(of(&whole).iter().all(|(name, count)| **name == *format!("name {count}")));
        assert_eq!(of(&count(&mut names.iter().rev())), of(&whole));
        let mut merged = count(&mut names.iter().skip(1).step_by(2));
        for (name, more) in count(&mut names.iter().step_by(2)).into_iter() {
            if let Some(count) = merged.get_or(&name, || 0) {
                *count += more;
            }
        }
        assert_eq!(of(&merged), of(&whole));
    }
}
