//! What bounds the number of series, and what a histogram makes of durations.

use super::labels::{MOST, OTHER, bounded};
use super::*;

fn component(name: impl Into<String>) -> Vec<Label> {
    vec![("component", name.into())]
}

#[test]
fn the_largest_names_stay_and_sums_too() {
    let items = (0..1_000u64).map(|n| (component(format!("c{n}")), n));
    let of = bounded(items, |n| *n, |sum, n| *sum += n);
    assert_eq!(of.len(), MOST);
    assert_eq!(of[0], (component("c999"), 999));
    assert_eq!(of[MOST - 1], (component(OTHER), (0..=900).sum()));
    assert_eq!(of.iter().map(|(_, n)| n).sum::<u64>(), (0..1_000).sum::<u64>());
}

#[test]
fn names_that_look_alike_are_one_series() {
    let long = |end: &str| component("x".repeat(200) + end);
    let of = bounded([(long("a"), 1), (long("b"), 2), (component("\0"), 4)], |n| *n, |sum, n| *sum += n);
    assert_eq!(of, [(component("\\x00"), 4), (long("…"), 3)]);
}

#[test]
fn durations_go_into_the_buckets_of_the_conventions() {
    let mut latency = Latency::default();
    [5_000, 10_000, 1_000_000, 700_000_000].into_iter().for_each(|us| latency.add(us));
    let of = Histogram::of(&latency);
    assert_eq!((of.count(), of.sum), (4, 701.015));
    assert_eq!(of.counts, [2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
}
