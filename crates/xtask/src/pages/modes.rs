//! What the page of `sigil-report` says of what it does beside reports.

use super::shared::{Entry, Section};

pub(super) const NEGATIVE: Entry = ("1", "With --exit-code: a line is wrong.");

pub(super) const WRITTEN: Entry = (
    "~/.sigil/logs/sessions/ID/tokens.json, metrics.json",
    "The summaries of session ID, written with --write-summaries and never read.",
);

pub(super) const CONVERSATION: Section = (
    "CONVERSATION",
    &[
        "--conversation shows what was said in each session, round by round: time, tokens, cost, model and latency, \
         messages, question, reasoning, answer, and calls of tools with what came of them. Sessions come one after \
         the other, in the order of their first event. A round is a request to a gateway, or an answer of an agent \
         with all that was said since the answer before it, however many lines that took; what a sub-agent says is \
         marked as its own. What copies of a log tell twice is shown once.",
        "Tokens and cost are those that count, as everywhere: the rounds of a session come to what the report says of \
         it. An answer that stands in the logs of several sessions counts in one; elsewhere its round says so. \
         in is all that was sent, cached or not, of which cached was read from a cache.",
        "Higress gateways, Claude Code and Codex keep what is said (the oldest Codex rollouts, which count nothing, \
         are left out); Sigil's own logs do only where their metadata has question, answer, reasoning, messages or \
         tool_calls, as running lines with --content have. Of logs that keep no words the rounds are the events \
         that count or end a step.",
        "Of a long text the beginning is shown, and how much is left out; of messages the last three. --full shows all \
         of them; for programs they are whole in any case. --redact puts marks in the place of keys, tokens, \
         passwords, e-mail addresses and card numbers, wherever they are said.",
        "As JSON it is one object: sessions and malformed. Each of sessions has session_id, status, created_at, \
         updated_at, model (the last), messages_count, total_tokens, total_input_tokens, total_output_tokens, \
         total_reasoning_tokens, total_cached_tokens, usage, cost_usd, unpriced_tokens and rounds. Each of rounds has \
         round, timestamp, tokens, input_tokens, output_tokens, reasoning_tokens, cached_tokens, usage, \
         estimated_tokens, cost_usd, unpriced_tokens, counts_elsewhere, latency_ms, model, component, chain (of a \
         sub-agent), has_tool_calls, response_type (normal or error), event, messages[{role, content}], question, \
         answer, reasoning, tool_calls[{index, id, type, function{name, arguments}, result{content, is_error}}], \
         input_token_details{cached_tokens} and output_token_details{reasoning_tokens}. jsonl is a line for each \
         round, with its session_id.",
        "In memory is what is to be shown of the sessions that are asked for, and of others what any report keeps.",
    ],
);

pub(super) const VALIDATION: Section = (
    "VALIDATION",
    &[
        "--validate prints every line that is wrong, as FILE:LINE: why, and nothing else: malformed ones, which are \
         skipped everywhere, and those whose tokens are no count. They come in the order of the inputs and their \
         lines, members of an archive in the order in which they stand there, while the inputs are read, of which it \
         keeps nothing. Files of a directory in which nothing is recognised are left out, as they are from reports. \
         As JSON it is one object, malformed{lines[{file, line, why}], count}, as jsonl a line for each. -v says how many lines there were.",
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
