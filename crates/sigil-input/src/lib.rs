//! Where events come from: operand → source → lines → decoder → events.
//!
//! This crate alone opens logs. [`args`] holds the arguments that all tools share for naming inputs,
//! [`operand`] finds the sources they mean, [`read`] reads sources in pieces over all cores or as they
//! come, [`follow`] reads what grows, [`mod@format`] turns lines into events for a [`sigil_event::Sink`], and [`redact`] takes secrets out of them.
#![forbid(unsafe_code)]

mod archive;
pub mod args;
pub mod checkpoint;
mod complaint;
mod compressed;
pub mod content;
mod cores;
mod error;
pub mod estimate;
pub mod follow;
pub mod format;
mod inputs;
mod line;
pub mod moment;
mod opened;
pub mod operand;
mod positioned;
pub mod read;
pub mod redact;
pub mod source;
mod written;
pub mod zone;

pub use archive::{Entries, Entry, EntryKind};
pub use args::{Followed, InputArgs};
pub use complaint::{Malformed, MalformedLines};
pub use compressed::plain;
pub use content::{ContentArgs, Disclosure};
pub use error::Error;
pub use estimate::{EstimateArgs, Estimates};
pub use format::{Decoder, Format, FormatChoice, LineSink, Tally};
pub use inputs::Inputs;
pub use source::Source;
pub use written::Written;
