//! How every tool behaves: running, arguments, errors, colour, tables, human numbers.
//!
//! Nothing here knows what a log is. A tool's `main` is [`run_tool`] around its `run`.

pub mod args;
pub mod bar;
pub mod color;
pub mod failure;
pub mod io;
pub mod number;
mod output;
pub mod run;
pub mod signals;
pub mod status;
pub mod style;
pub mod surroundings;
pub mod table;
mod usage;
pub mod width;

pub use sigil_store::{escape, nearest};

pub use crate::args::{CountArgs, OutputArgs};
pub use crate::io::Io;
pub use crate::run::{Tool, run_tool};
pub use crate::status::Status;
pub use crate::style::{Palette, Tone};
