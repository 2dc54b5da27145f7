//! What an event in an agent's log is.
//!
//! The Sigil line (guide 4.2) is the one shape that every tool reads and every decoder yields. This
//! crate holds that shape, borrowed from a line ([`EventRef`]) and owned ([`Event`]), and the scanner
//! that takes a line apart. It does no input or output and knows no clock: where lines come from is
//! `sigil-input`'s subject, what they add up to `sigil-summary`'s.
#![forbid(unsafe_code)]

mod borrowed;
mod conversation;
mod defect;
mod estimate;
mod kind;
mod level;
mod owned;
mod quantity;
pub mod scan;
mod shape;
mod sink;
pub mod text;
pub mod time;
mod usage;

pub use borrowed::{EventRef, Metadata, Parsed};
pub use conversation::{Content, Conversation};
pub use defect::{Defect, Malformed};
pub use estimate::{Estimate, estimate, tokens_of_words, words};
pub use kind::EventType;
pub use level::Level;
pub use owned::Event;
pub use quantity::{MAX_TOKENS, Quantity, dollars, milliseconds};
pub use shape::Shapes;
pub use sink::{Sink, SourceId};
pub use text::Text;
pub use time::{Timestamp, Written};
pub use usage::Usage;
