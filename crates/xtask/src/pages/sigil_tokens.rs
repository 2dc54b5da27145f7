//! The page of `sigil-tokens`.

use super::shared;
use crate::page::{Example, Page};

pub(crate) const PAGE: Page = Page {
    sections: &[
        (
            "WHAT COUNTS",
            &["Tokens are counted once. Several snapshots of one answer count as the largest of them. A \
                 session_complete or session_error that states at least what its session has used states the total, \
                 and adds only what is missing from it; a step_complete or step_error does the same for what its \
                 component consumed during the step. Everything else adds. What these rules leave out is shown as \
                 restated tokens; --count-all adds every figure as it stands."],
        ),
        (
            "LEVELS AND CHECKS",
            &[
                "The level shown is NORMAL under 50 percent of the budget, ELEVATED from 50, CRITICAL from 80 and \
                 EXCEEDED from 95.",
                "--check has limits of its own, 80 percent for a warning and 90 for critical unless --warn-at and \
                 --critical-at say otherwise: at 85 percent the display shows CRITICAL and the check exits with 1, a \
                 warning.",
            ],
        ),
    ],
    examples: &[
        Example {
            caption: "Totals that run along with a log, then the summary when the pipe ends:",
            command: "tail -f execution.jsonl | sigil-tokens",
        },
        Example {
            caption: "The same for a log on another machine:",
            command: "ssh host tail -f .sigil/logs/sessions/lead-1/execution.jsonl | sigil-tokens",
        },
        Example { caption: "The summary of one file:", command: "sigil-tokens session.jsonl" },
        Example {
            caption: "In a script: stop when a session has used too much of its budget:",
            command: "sigil-tokens -s lead-1 --check || exit",
        },
        Example {
            caption: "What each model has cost in tokens, over all Claude Code transcripts:",
            command: "sigil-tokens --by model --from claude",
        },
        Example {
            caption: "The total as a number, for another program:",
            command: "sigil-tokens --json session.jsonl | python3 -c 'import json, sys; \
                      print(json.load(sys.stdin)[\"total_used\"])'",
        },
    ],
    exit_status: &[
        ("0", "Done; with --check, usage is under both limits."),
        (
            "1",
            "With --check only: usage has reached --warn-at, or it cannot be told, for which standard error gives the \
             reason.",
        ),
        (
            "2",
            "With --check, usage has reached --critical-at, and nothing else. Without it: a usage error, input that \
             cannot be read, or other trouble, and with --strict also a malformed line.",
        ),
    ],
    files: &[shared::STORE, shared::CONFIG, shared::CLAUDE],
    environment: &[
        shared::SIGIL_LOG_PATH,
        shared::SIGIL_CONFIG,
        shared::SIGIL_DEBUG,
        shared::CLAUDE_CONFIG_DIR,
        shared::COLOUR,
        shared::TZ,
    ],
    see_also: &["sigil-report(1)", "tail(1)", "jq(1)"],
};
