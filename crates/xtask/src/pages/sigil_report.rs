//! The page of `sigil-report`.

use super::shared;
use crate::page::{Example, Page};

pub(crate) const PAGE: Page = Page {
    sections: &[],
    examples: &[
        Example { caption: "What happened in one log:", command: "sigil-report session.jsonl" },
        Example { caption: "One session of the log store:", command: "sigil-report -s lead-1" },
        Example {
            caption: "A row for each session whose name begins with lead, and their totals:",
            command: "sigil-report -s 'lead-*'",
        },
        Example {
            caption: "All Claude Code transcripts of the last week:",
            command: "sigil-report --from claude --since 7d",
        },
        Example {
            caption: "The report as one JSON object:",
            command: "sigil-report --json session.jsonl | python3 -m json.tool",
        },
    ],
    exit_status: &[shared::DONE, shared::TROUBLE],
    files: &[shared::STORE, shared::CONFIG, shared::CLAUDE],
    environment: &[
        shared::SIGIL_LOG_PATH,
        shared::SIGIL_CONFIG,
        shared::SIGIL_DEBUG,
        shared::CLAUDE_CONFIG_DIR,
        shared::COLOUR,
        shared::TZ,
    ],
    see_also: &["sigil-tokens(1)", "jq(1)"],
};
