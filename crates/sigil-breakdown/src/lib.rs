//! What the tools that add tokens up have in common: rows by key and what tokens cost, how they stand to the
//! budget, and how inputs become a summary.
//!
//! What is computed is computed by [`sigil_summary`]; here is only what is typed, wired and shown.
#![forbid(unsafe_code)]

mod args;
pub mod cost;
pub mod estimate;
pub mod json;
pub mod reading;
pub mod standing;
mod table;

pub use args::{ByArgs, distinct, key_names};
pub use cost::CostArgs;
pub use json::RowObject;
pub use table::{Extra, left_out, table};
