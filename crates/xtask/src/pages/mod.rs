//! The parts of the man pages that people write, one file for each tool.

mod alerting;
mod modes;
mod shared;
pub(crate) mod sigil_alert;
pub(crate) mod sigil_archive;
pub(crate) mod sigil_report;
pub(crate) mod sigil_tail;
pub(crate) mod sigil_tokens;

#[cfg(test)]
mod tests;
