//! How much a summary tells apart.

use std::sync::Arc;

use super::Apart;
use crate::bucket::Bucket;
use crate::findings::Thresholds;
use crate::price::{Prices, StatedCosts};
use crate::selection::Selection;

/// How much a summary tells apart. Less is faster and smaller; sums are the same.
#[derive(Clone, Debug, Default)]
pub struct Detail {
    /// Which events count in the result.
    pub selection: Selection,
    /// Whether models are told apart.
    pub models: bool,
    /// Whether days or hours are told apart.
    pub bucket: Option<Bucket>,
    /// What else rows are told apart by.
    pub apart: Apart,
    /// Whether to keep how long steps took.
    pub latency: bool,
    /// Whether to follow how sessions go, and what is much then.
    pub course: Option<Thresholds>,
    /// Whether every event that counts is told apart: where each session's log is as good as kept.
    pub places: bool,
    /// How many errors to keep of each session: the first ones.
    pub errors: usize,
    /// The prices that costs are computed from; without any no cost is known.
    pub prices: Option<Arc<Prices>>,
    /// Whether costs that the log states are believed.
    pub stated_costs: StatedCosts,
    /// By source: the number of the log it is a part of. Parts of one log follow each other in the order
    /// of their sources, whatever their times; a source that is not listed is a log of its own.
    pub logs: Vec<u32>,
    /// By source: the project that its directory is of, if projects are told apart and it is of one.
    pub directories: Vec<Option<Arc<str>>>,
}
