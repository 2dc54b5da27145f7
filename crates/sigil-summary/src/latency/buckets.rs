//! How many durations are in each bucket of a histogram.
//!
//! A session has mostly a handful of buckets, and there may be very many sessions: those are a list. Where a
//! log is long, looking through a list for every event is what would take time: those are pages, a page for
//! each doubling.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{SHIFT, bucket};

/// How many buckets are a list. It hangs on nothing else, so that equal histograms are equal values.
const FEW: usize = 32;

/// Buckets on a page.
const PAGE: usize = 1 << SHIFT;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Buckets {
    /// Number of a bucket and how many durations are in it, in the order of their numbers.
    Few(Vec<(u32, u64)>),
    /// As many pages as there must be; those without durations are left out.
    Many(Vec<Option<Box<[u64; PAGE]>>>),
}

impl Default for Buckets {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Buckets {
    /// Adds `count` durations, which are some.
    #[inline]
    pub(super) fn add(&mut self, bucket: u32, count: u64) {
        match self {
            Self::Few(few) => match few.binary_search_by_key(&bucket, |(number, _)| *number) {
                Ok(index) => few[index].1 += count,
                Err(index) if few.len() < FEW => {
                    if few.len() == few.capacity() {
                        few.reserve_exact(few.len().max(1));
                    }
                    few.insert(index, (bucket, count));
                }
                Err(_) => {
                    let mut many = Self::Many(Vec::new());
                    few.iter().for_each(|(bucket, count)| many.add(*bucket, *count));
                    many.add(bucket, count);
                    *self = many;
                }
            },
            Self::Many(pages) => {
                let page = bucket as usize / PAGE;
                if page >= pages.len() {
                    pages.resize(page + 1, None);
                }
                pages[page].get_or_insert_with(|| Box::new([0; PAGE]))[bucket as usize % PAGE] += count;
            }
        }
    }

    /// Those that hold durations, with how many, in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u64)> {
        let (few, many) = match self {
            Self::Few(few) => (&few[..], &[][..]),
            Self::Many(pages) => (&[][..], &pages[..]),
        };
        let pages = many.iter().zip(0u32..).filter_map(|(page, number)| Some((page.as_ref()?, number)));
        let counts = pages.flat_map(|(page, number)| (number * PAGE as u32..).zip(page.iter().copied()));
        few.iter().copied().chain(counts.filter(|(_, count)| *count > 0))
    }
}

/// As a list.
impl Serialize for Buckets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().collect::<Vec<_>>())
    }
}

/// Those that durations have, in their order.
impl<'de> Deserialize<'de> for Buckets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::<(u32, u64)>::deserialize(deserializer)?;
        let is_ascending = list.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let is_known = list.last().is_none_or(|(last, _)| *last <= bucket(u64::MAX));
        if !is_ascending || !is_known || list.iter().any(|(_, count)| *count == 0) {
            return Err(D::Error::custom("durations that are none"));
        }
        if list.len() <= FEW {
            return Ok(Self::Few(list));
        }
        let mut many = Self::Many(Vec::new());
        list.into_iter().for_each(|(bucket, count)| many.add(bucket, count));
        Ok(many)
    }
}
