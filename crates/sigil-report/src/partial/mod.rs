//! What one run has gathered, for another to report on: written before anything is decided, as lines of JSON.
//!
//! A partial begins with what it was made under, names its sources in their order, says what could not be read, and
//! then has the pieces of a [`Summary`](sigil_summary::Summary). Its last line tells whether all of it is there.

mod document;
mod made;
mod read;
mod write;

pub(crate) use made::Made;
pub(crate) use read::merge;
pub(crate) use write::write;
