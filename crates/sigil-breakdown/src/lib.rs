//! `--by`: the flag, the table and the JSON of tokens told apart, the same in every tool; and what they cost.
//!
//! What the rows are is computed by [`sigil_summary::rows`]; here is only what is typed and what is shown.
#![forbid(unsafe_code)]

mod args;
pub mod cost;
pub mod estimate;
mod json;
mod table;

pub use args::ByArgs;
pub use cost::CostArgs;
pub use json::RowObject;
pub use table::{Extra, table};
