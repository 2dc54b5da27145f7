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
                 component consumed during the step. Everything else adds. On events that name their answer by \
                 a usage_id the first rule decides alone. What the others leave out is shown as restated tokens; --count-all adds every figure as it stands."],
        ),
        (
            "RUNNING LINES",
            &[
                "From standard input there is a line for each event that has tokens, as it arrives: its component, what \
                 it adds, and the total so far. An event that names no component has no line, though it moves the \
                 total. A tar archive on standard input has no running lines, only the summary. With --json each such event has an object, with or without a component: timestamp, \
                 session_id, component, tokens, total, budget, percent, level; no summary follows them.",
                "Where what an event adds is an estimate, its line says so, notes: 13 (Total: 13, estimated), and its object has \
                 estimated, which is true. An estimate that does not count has neither.",
            ],
        ),
        (
            "WHAT WAS SAID",
            &[
                "A gateway's log (Higress, ai_log) may hold the words of each request, and those of Claude Code and Codex \
                 hold what was said to the agent and by it. They are counted and not shown, unless --content asks for them; then the objects of running --json lines have them under metadata: \
                 with text the question, answer and reasoning, with full the messages and tool_calls, too.",
                "--redact puts [redacted:key], [redacted:email] and [redacted:card] in the place of API keys, tokens, \
                 passwords, private keys, e-mail addresses and card numbers. It goes by what they look like and by the \
                 names before them: it finds what is written as such things usually are, and no more.",
            ],
        ),
        (
            "BUDGETS AND LEVELS",
            &[
                "A session has 256,000 tokens unless its session_start states another budget, the configuration sets \
                 one, or --budget does, the strongest last. Transcripts of other agents have a budget only if the \
                 configuration or --budget sets one.",
                "The level shown is NORMAL under 50 percent of the budget, ELEVATED from 50, CRITICAL from 80 and \
                 EXCEEDED from 95.",
            ],
        ),
        (
            "CHECKS",
            &[
                "--check holds a Sigil session against its budget, and the session of another agent, by what its last \
                 answer left in the context, against its model's context window. --budget replaces either limit. Of \
                 several sessions the worst decides. Its words go to standard error; standard output stays empty \
                 unless --json is given. The window is the one that the configuration sets, else what the log says, else \
                 what is published. Of a Claude model that is 200,000 unless its name ends in [1m] or the session has \
                 held more.",
                "With --estimate a session of which tokens are estimated is held against its budget, too, which is then \
                 one that --budget or the configuration sets, unless it is one of Sigil's. What is said of it says that it is an \
                 estimate.",
                "It has limits of its own, 80 percent for a warning and 90 for critical unless --warn-at and \
                 --critical-at or the configuration say otherwise. They are not the levels of the display: at 85 \
                 percent the display shows CRITICAL and the check exits with 1, a warning.",
            ],
        ),
        (
            "JSON",
            &[
                "With --json a summary is one object: session_id (null for several), sessions, timestamp, \
                 total_budget, total_used, total_remaining, utilization_percentage, warning_level, restated_tokens, estimated_tokens, \
                 cost_usd, unpriced_tokens, context_tokens, usage{input, output, reasoning, cache_read, cache_write, cache_write_1h}, \
                 components{NAME: {allocated, used, utilization, operations}}. With --by it has rows, too: the keys, \
                 tokens, restated_tokens, estimated_tokens, operations, usage, cost_usd, unpriced_tokens.",
                "With --check it is status (fine, warning or critical), session_id, sessions, source (budget or \
                 context), used, estimated_tokens, limit, percent, warn_at, critical_at.",
                "estimated_tokens are those of the tokens that are an estimate, 0 without --estimate. What is not known is null. cost_usd is what is known of the cost, and unpriced_tokens how many tokens it \
                 leaves out.",
            ],
        ),
        shared::ESTIMATES,
        shared::COSTS,
        shared::INPUTS,
        shared::CONFIGURATION,
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
        Example {
            caption: "What was asked and answered through a gateway, without secrets:",
            command: "tail -f access.log | sigil-tokens --json --content text --redact",
        },
        Example {
            caption: "What a log of text may come to, roughly:",
            command: "sigil-tokens --estimate --summary notes.log",
        },
        Example { caption: "The summary of one file:", command: "sigil-tokens session.jsonl" },
        Example {
            caption: "In a script: stop when a session has used too much of its budget:",
            command: "sigil-tokens -s lead-1 --check || exit",
        },
        Example {
            caption: "What each model has cost, in tokens and in dollars, over all Claude Code transcripts:",
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
    files: &[shared::STORE, shared::ARCHIVE, shared::CONFIG, shared::CLAUDE, shared::CODEX],
    environment: &[
        shared::SIGIL_LOG_PATH,
        shared::SIGIL_CONFIG,
        shared::SIGIL_DEBUG,
        shared::CLAUDE_CONFIG_DIR,
        shared::CODEX_HOME,
        shared::COLOUR,
        shared::TMPDIR,
        shared::TZ,
    ],
    see_also: &["sigil-tail(1)", "sigil-report(1)", "tail(1)", "jq(1)"],
};
