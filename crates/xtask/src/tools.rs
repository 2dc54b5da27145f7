//! The tools that have man pages and completions.

use crate::page::Page;
use clap::Command;

/// A tool, and what is written for it.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) command: fn() -> Command,
    pub(crate) page: &'static Page,
}

/// All of them, in alphabetical order.
pub(crate) const TOOLS: &[Tool] = &[];
