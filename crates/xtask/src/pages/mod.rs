//! The parts of the man pages that people write, one file for each tool.

mod modes;
mod shared;
pub(crate) mod sigil_archive;
pub(crate) mod sigil_report;
pub(crate) mod sigil_tail;
pub(crate) mod sigil_tokens;

#[cfg(test)]
mod tests;
