//! Where events come from: operand → source → lines → decoder → events.
//!
//! This crate alone opens logs. [`args`] holds the arguments that all tools share for naming inputs,
//! [`operand`] finds the sources they mean, [`read`] reads sources in pieces over all cores or as they
//! come, and [`mod@format`] turns lines into events for a [`sigil_event::Sink`].
#![forbid(unsafe_code)]

mod archive;
pub mod args;
mod complaint;
mod compressed;
mod error;
pub mod format;
mod line;
pub mod moment;
mod opened;
pub mod operand;
mod positioned;
pub mod read;
pub mod source;
pub mod zone;

pub use args::{InputArgs, Inputs};
pub use complaint::Malformed;
pub use error::Error;
pub use format::{Decoder, Format, FormatChoice, Tally};
pub use source::Source;
