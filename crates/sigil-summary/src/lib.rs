//! What events add up to. Pure and mergeable: no clock, no input or output, and the same on however many cores.
//!
//! A [`Summary`] takes events piece by piece, in any order of pieces, and merges with others made from
//! other pieces. What counts is decided by the [`ledger`], and only when [`Summary::resolve`] is asked.
#![forbid(unsafe_code)]

mod bucket;
pub mod budget;
pub mod component;
mod course;
mod coverage;
mod facts;
mod few;
pub mod findings;
pub mod latency;
pub mod ledger;
mod mark;
mod names;
pub mod price;
mod resolved;
pub mod rows;
mod running;
mod selection;
mod session;
mod small_map;
mod source_number;
mod sparse;
mod summary;
mod tally;
mod trace;
mod trail;
mod wording;

pub use bucket::{Bucket, Grain};
pub use component::Component;
pub use facts::{Counts, ErrorFact, Status};
pub use ledger::{Amounts, Cost, CountAll, Estimated, Spent};
pub use price::StatedCosts;
pub use resolved::{
    Cell, Context, Course, DefectAt, Evidence, Input, Moment, Resolved, SessionSummary, Trace,
};
pub use rows::{Groups, Key, Row, Rows, Shown, Sort, Sums};
pub use running::Running;
pub use selection::Selection;
pub use source_number::Renumbered;
pub use summary::{Apart, Detail, Misplaced, OTHER, Piece, Reader, SHAPE, Summary};
pub use tally::Tally;
