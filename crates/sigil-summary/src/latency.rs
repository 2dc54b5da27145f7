//! How long steps took: a histogram that merges.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// Buckets per doubling: 128 of equal width, so that a value read back is off by 0.4 % at most.
const SHIFT: u32 = 7;

/// Durations in microseconds. Count, total, smallest and largest are exact; percentiles are those of a
/// log-linear histogram (as in HdrHistogram), at most 0.4 % off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency {
    count: u64,
    total_us: u128,
    min_us: u64,
    max_us: u64,
    /// Number of a bucket and how many durations are in it, in the order of their numbers.
    #[serde(deserialize_with = "ascending")]
    buckets: Vec<(u32, u64)>,
}

impl Latency {
    /// Adds one duration.
    pub fn add(&mut self, us: u64) {
        self.min_us = if self.count == 0 { us } else { self.min_us.min(us) };
        self.max_us = self.max_us.max(us);
        self.count += 1;
        self.total_us += u128::from(us);
        self.add_to_bucket(bucket(us), 1);
    }

    /// There are some thousand buckets at the very most, and mostly a handful.
    fn add_to_bucket(&mut self, bucket: u32, count: u64) {
        match self.buckets.binary_search_by_key(&bucket, |(number, _)| *number) {
            Ok(index) => self.buckets[index].1 += count,
            Err(index) => {
                if self.buckets.len() == self.buckets.capacity() {
                    self.buckets.reserve_exact(self.buckets.len().max(1));
                }
                self.buckets.insert(index, (bucket, count));
            }
        }
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        self.min_us = if self.count == 0 { other.min_us } else { self.min_us.min(other.min_us) };
        self.max_us = self.max_us.max(other.max_us);
        self.count += other.count;
        self.total_us += other.total_us;
        for (bucket, count) in &other.buckets {
            self.add_to_bucket(*bucket, *count);
        }
    }

    /// How many durations.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their sum in microseconds.
    pub fn total_us(&self) -> u64 {
        u64::try_from(self.total_us).unwrap_or(u64::MAX)
    }

    /// The longest.
    pub fn max_us(&self) -> u64 {
        self.max_us
    }

    /// The mean, rounded; 0 of none.
    pub fn mean_us(&self) -> u64 {
        let count = u128::from(self.count.max(1));
        u64::try_from((self.total_us + count / 2) / count).unwrap_or(u64::MAX)
    }

    /// How many durations are at most `us`, and those of the same bucket: they may be 0.8 % longer.
    pub fn up_to(&self, us: u64) -> u64 {
        let last = bucket(us);
        self.buckets.iter().take_while(|(bucket, _)| *bucket <= last).map(|(_, count)| count).sum()
    }

    /// The duration that `percent` of all do not exceed (nearest rank); 0 of none.
    pub fn percentile_us(&self, percent: u32) -> u64 {
        let rank = (u128::from(self.count) * u128::from(percent.min(100))).div_ceil(100).max(1);
        let mut seen = 0u128;
        for (bucket, count) in &self.buckets {
            seen += u128::from(*count);
            if seen >= rank {
                return middle(*bucket).clamp(self.min_us, self.max_us);
            }
        }
        self.max_us
    }
}

/// Values below 2^(SHIFT+1) have a bucket each; above, each doubling has 2^SHIFT.
fn bucket(us: u64) -> u32 {
    let exponent = (u64::BITS - us.leading_zeros()).saturating_sub(SHIFT + 1);
    (exponent << SHIFT) + u32::try_from(us >> exponent).unwrap_or(u32::MAX)
}

/// Buckets as they are read back: those that durations have, in their order.
fn ascending<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(u32, u64)>, D::Error> {
    let buckets = Vec::<(u32, u64)>::deserialize(deserializer)?;
    let is_ascending = buckets.windows(2).all(|pair| pair[0].0 < pair[1].0);
    if is_ascending && buckets.last().is_none_or(|(last, _)| *last <= bucket(u64::MAX)) {
        Ok(buckets)
    } else {
        Err(D::Error::custom("durations that are none"))
    }
}

/// The middle of a bucket.
fn middle(bucket: u32) -> u64 {
    let exponent = (bucket >> SHIFT).saturating_sub(1);
    let low = u64::from(bucket - (exponent << SHIFT)) << exponent;
    low + (1u64 << exponent) / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn percentiles_are_within_the_stated_error(mut values in proptest::collection::vec(0u64..1 << 53, 1..200), percent in 1u32..=100) {
            let mut latency = Latency::default();
            values.iter().for_each(|us| latency.add(*us));
            values.sort_unstable();
            let exact = values[(values.len() * percent as usize).div_ceil(100) - 1];
            let read = latency.percentile_us(percent);
            prop_assert!(read.abs_diff(exact) as f64 <= exact as f64 * 0.004, "{read} for {exact}");
            prop_assert_eq!(latency.max_us(), *values.last().unwrap());
            let up_to = |us| values.iter().filter(|value| **value <= us).count() as u64;
            prop_assert!((up_to(exact)..=up_to(exact + exact / 128)).contains(&latency.up_to(exact)));
            prop_assert_eq!(latency.up_to(latency.max_us()), latency.count());
        }

        #[test]
        fn merging_is_adding(a in proptest::collection::vec(0u64..1 << 40, 0..50), b in proptest::collection::vec(0u64..1 << 40, 0..50)) {
            let of = |values: &[u64]| {
                let mut latency = Latency::default();
                values.iter().for_each(|us| latency.add(*us));
                latency
            };
            let mut merged = of(&a);
            merged.merge(&of(&b));
            prop_assert_eq!(merged, of(&[a, b].concat()));
        }
    }
}
