//! What the page of `sigil-report` says of what it does beside reports.

use super::shared::{Entry, Section};

pub(super) const NEGATIVE: Entry = ("1", "With --exit-code: a line is wrong.");

pub(super) const WRITTEN: Entry = (
    "~/.sigil/logs/sessions/ID/tokens.json, metrics.json",
    "The summaries of session ID, written with --write-summaries and never read.",
);

pub(super) const VALIDATION: Section = (
    "VALIDATION",
    &[
        "--validate prints every line that is wrong, as FILE:LINE: why, and nothing else: malformed ones, which are \
         skipped everywhere, and those whose tokens are no count. They come in the order of the inputs and their \
         lines, members of an archive in the order in which they stand there, while the inputs are read, of which it \
         keeps nothing. Files of a directory in which nothing is recognised are left out, as they are from reports. \
         As JSON it is one object: malformed{lines[{file, line, why}], count}. -v says how many lines there were.",
        "With --exit-code the status is 1 if a line is wrong, also when the reader of the output leaves early. A wrong \
         line has no time and no session, so --since, --until and, with operands, -s are refused.",
    ],
);

pub(super) const SUMMARIES: Section = (
    "SUMMARIES",
    &[
        "--write-summaries writes tokens.json and metrics.json beside each execution.jsonl of the store or of the \
         operands. Each log is read on its own, with all its rotated parts, and tells of one session: the one that \
         its directory is named after, else the only one in it. A log without events has no summary, nor has one \
         that cannot be read to its end.",
        "tokens.json has session_id, timestamp (of the last event), status, total_budget, total_used, \
         total_remaining, utilization_percentage, warning_level, restated_tokens, estimated_tokens, cost_usd, \
         unpriced_tokens, context_tokens, usage and components{NAME: {allocated, used, utilization, operations}}; \
         metrics.json has session_id, timestamp, status, duration_seconds, events, steps_completed, steps_failed, \
         retries, errors, components{NAME: {latency_ms, operations, errors}}, slowest_component, \
         fastest_component and average_latency_ms. latency_ms is the mean. The figures of a session that still runs \
         are those so far; its status says RUNNING.",
        "Nobody ever sees half a file. Files have the mode of the log, and its owner where that is allowed; what is \
         up to date is left alone; a symbolic link is not followed but told. What cannot be written is told, and \
         all others are. -v says how many files were written; with --json that is one object: summaries{sessions, \
         written, unchanged, failed}.",
    ],
);
