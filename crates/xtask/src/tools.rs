//! The tools that have man pages and completions.

use crate::page::Page;
use crate::pages;
use clap::Command;

/// A tool, and what is written for it.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) command: fn() -> Command,
    pub(crate) page: &'static Page,
}

/// All of them, in alphabetical order.
pub(crate) const TOOLS: &[Tool] = &[
    Tool { name: "sigil-alert", command: sigil_alert::command, page: &pages::sigil_alert::PAGE },
    Tool { name: "sigil-archive", command: sigil_archive::command, page: &pages::sigil_archive::PAGE },
    Tool { name: "sigil-report", command: sigil_report::command, page: &pages::sigil_report::PAGE },
    Tool { name: "sigil-tail", command: sigil_tail::command, page: &pages::sigil_tail::PAGE },
    Tool { name: "sigil-tokens", command: sigil_tokens::command, page: &pages::sigil_tokens::PAGE },
];
