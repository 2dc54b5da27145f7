//! The page of `sigil-report`.

use super::{modes, shared};
use crate::page::{Example, Page};

pub(crate) const PAGE: Page = Page {
    sections: &[
        (
            "REPORT",
            &[
                "One session: its status, events, tokens against its budget, cost, duration and period, steps and retries; \
                 then tables of tokens by component and by model and of latency by component, how fast it went, what \
                 was found, its errors, stack traces, and the lines that could not be read. What a log does not tell is left out. Durations run from the first \
                 event to the last.",
                "Several sessions: a row each, in the order of their first event, and what they come to together, in \
                 the same tables. On a terminal that is too narrow, long ids lose their middle, and then the columns \
                 EVENTS, DURATION, LAST EVENT and COST go, in this order. Elsewhere everything is there.",
                "A session is WAITING before its first event, COMPLETE after session_complete, ERROR after \
                 session_error, else RUNNING, and RUNNING (stale) when its last event is --stale-after old, counted \
                 back from --until if that is in the past. Transcripts of other agents do not say that they have \
                 ended.",
                "Tokens are counted as by sigil-tokens(1), and the budget of a session is the same: 256,000 tokens \
                 unless its start states another, the configuration sets one, or --budget does, the strongest last. \
                 Sessions of other agents have a budget only if the configuration or --budget sets one; where some \
                 sessions have one and others do not, the total has none.",
                "SLOWEST is the component whose steps take longest in the mean. Percentiles are at most 0.4 percent off. TIME \
                 is the part of the sessions' time that a component's steps took; steps that run at once may take more than \
                 all of it.",
            ],
        ),
        (
            "PERFORMANCE",
            &[
                "Throughput is what came in a minute of the sessions' time. A gap is the time from one event of a session to \
                 the next in its log, where both have a time and it does not run backwards; the longest is told with the \
                 component of the event before it.",
                "Of several sessions there is a row for each component whose earlier sessions, by their first events, have \
                 three steps or more with a latency: the mean of its latest session, that of all EARLIER ones, of how many \
                 STEPS, and the CHANGE from those.",
                "Stack traces in the messages of errors are told by their kinds, the most frequent first: the type of the \
                 exception and the three frames nearest to it, without line numbers. Of each session 64 kinds are told \
                 apart. A report on logs of text also says how many files and bytes they are.",
            ],
        ),
        (
            "FINDINGS",
            &[
                "What a session's log shows that is worth knowing, the worst first: what was seen, what it means and what to \
                 do; with --json also the first events that show it. Of several sessions findings are summed, with the \
                 first sessions as examples.",
                "ERROR: session_error right after a step of routing; a step_error or session_error after budget_exceeded, \
                 with nothing else that failed between. WARNING: operations of reasoning with 15,000 tokens or more; two \
                 retry_attempt or more; steps of memory longer than 5 seconds.",
                "ADVICE, on ids of Sigil's own sessions that nobody but a person can have chosen: those that tell nothing \
                 (test1, session, asdf), that are 64 characters or longer, or under which session_start came more than once.",
                "OK, of Sigil's own sessions: components that first appear in the order of the pipeline; a level of NORMAL \
                 and no component above 10% of its budget; all steps under 3 seconds.",
                "The table [findings] of the configuration sets these figures, see below.",
            ],
        ),
        (
            "BREAKDOWN",
            &[
                "--by tells apart by session, component, model, day, week, month, hour, event, error, project or tool, or \
                 by several of them, as in project,day: a row for each group, the groups of the first key outermost, and \
                 what everything comes to underneath. Stretches of time stand in their order, errors and tools by their \
                 events, all else by tokens, the largest first. Days, weeks from Monday on (2026-W03), months and hours \
                 are those of --timezone: where its clocks change, a day has 23 or 25 hours, and the hour that comes \
                 twice is one. What no event names is (none).",
                "An event is the type of event as the log writes it. An error is its component and message, numbers, ids \
                 and paths in it replaced by N and PATH; of very many different ones 512 are told apart, the others are \
                 (other). A project is the directory that an agent worked in first, or where its log does not say, the \
                 directory that the log lies in. A tool is what an agent called; MEAN is how long that took, where it is \
                 told. Events that are no errors, or of no tool, are in the total only.",
                "SHARE is a row's part of all tokens; SESSIONS, EVENTS and ERRORS are how many of them have a part in it; \
                 rows by time name the MODELS that answered; OPERATIONS are steps that ended, or events with tokens where the \
                 log knows no steps. Input, output, reasoning and cache have columns where a log tells them, and ESTIMATED where there is some. On a \
                 terminal that is too narrow, long names are cut, and then MODELS, OPERATIONS, MEAN, EVENTS, SESSIONS and \
                 SHARE go, in this order.",
                "sigil-tokens --by makes rows of tokens, also from a pipe.",
            ],
        ),
        (
            "ORDER AND CHOICE",
            &[
                "--sort orders sessions, or the rows of --by, by tokens, cost, events, errors, sessions, duration, latency \
                 (the mean of all steps), all largest first; by name; by started (also called time), the earliest first; \
                 or by last, the latest event first. Groups within groups are sorted each by what all of them comes to. \
                 What is not known comes last. --reverse turns any order round.",
                "--limit N shows the first N, --min-tokens N only what comes to so many tokens. Totals, tables and findings \
                 stay those of everything, and it is said how many were not shown. --status makes the report one on \
                 the sessions in those states: waiting, running, stale, complete, error (or failed).",
            ],
        ),
        (
            "FORMATS",
            &[
                "text, the default, is for terminals and pipes. json is one object, as below; --json is the same.",
                "jsonl is a line for each session, or with --by for each row, with the objects that json has in its lists. \
                 csv has the same rows under a header, as RFC 4180 says: fields that hold commas, quotes or line ends are \
                 quoted, lines end with CR LF. Numbers are as in JSON, what is not known is empty, usage is in columns of its \
                 own, and lists (models, components, error_events) are left out; new columns come at the end. Values are not \
                 changed: spreadsheets may take one that begins with =, +, - or @ for a formula, so import logs that \
                 strangers can write into as text. Only on a terminal are control characters written out.",
                "markdown has the tables that GitHub shows; what a log holds is escaped and is no markup.",
                "html is one file that loads nothing and runs nothing: it can be sent, opened from a disk, read on a \
                 phone and in the dark, and printed. It draws tokens and cost over time (by hours, days, months or years, as many \
                 as there is room for), and tokens, cost and latency by component and model. Of a table with more than 1,000 rows it has the first 1,000, and says so.",
                "prometheus is the text format that Prometheus and its Pushgateway read, without times. sigil_tokens_total and \
                 sigil_events_total are those of all sessions together and have no labels; what is told apart has \
                 names of its own, as sigil_component_tokens_total{component}, sigil_model_cost_usd_total{model} and the \
                 histogram sigil_step_latency_seconds{component}, whose durations may be 0.8 percent above their bucket. With --by \
                 sigil_tokens_total and its like have the keys as labels, and their sums are the totals. However much a log \
                 names, each metric has at most 100 sets of names: the largest keep theirs, all others are (other); a name is cut \
                 at 200 characters.",
                "otlp is the body of a request to /v1/metrics of an OpenTelemetry collector, in JSON: the same metrics, as \
                 they stood at the last event, cumulative since the first. gen_ai.client.token.usage follows the conventions for \
                 generative AI; of its answers only number and sum are known, so it has one bucket.",
            ],
        ),
        (
            "JSON",
            &[
                "With --json there is always one object: sessions, totals, input, malformed; with --by rows, totals, malformed.",
                "Each of sessions has session_id, status, stale, first, last, duration_seconds, events, \
                 steps_completed, steps_failed, retries, errors, total_budget, total_used, total_remaining, \
                 utilization_percentage, warning_level, restated_tokens, estimated_tokens, cost_usd, unpriced_tokens, usage{input, \
                 output, reasoning, cache_read, cache_write, cache_write_1h}, models{NAME: {tokens, estimated_tokens, usage, cost_usd, \
                 unpriced_tokens}}, components{NAME: {allocated, used, utilization, operations, latency_ms}}, slowest_component, fastest_component, \
                 average_latency_ms, context_tokens and error_events[{timestamp, component, message}], of which there \
                 are at most 5 unless --all-errors is given. latency_ms is null or {count, total, mean, p50, p95, p99, max}; time_share is the percentage of the session's time \
                 and longest_step the event that took longest.",
                "Each of sessions, and totals, also has performance{gaps{count, mean_ms, p95_ms, longest_ms, longest{session_id, \
                 after}}, events_per_minute, tokens_per_minute, trends[{component, session_id, mean_ms, earlier_mean_ms, \
                 earlier_steps, change_percent}], stack_traces, traces[{name, count, first}]} and findings[{finding, severity, \
                 title, seen, meaning, action, count, sessions, examples, evidence}]. finding is failed_after_routing, \
                 over_budget, heavy_reasoning, retries, slow_memory, reused_id, generic_name, meaningless_name, long_name, \
                 sequential, low_usage or steady_latency; severity is error, warning, advice or healthy. Events (longest_step, \
                 after, first, evidence) are {timestamp, component, file, offset}, with tokens or latency_ms where that is \
                 what they show; offset is the event's first byte in the file, unpacked.",
                "totals has the number of sessions, states{waiting, running, stale, complete, error}, how many sessions or \
                 rows were left_out by --limit or --min-tokens, and the same figures for all sessions together; its \
                 duration_seconds is the sum. input{files, bytes, lines} is what was read and held anything. malformed has count, and in lines the first of \
                 them in each file: {file, line, why}.",
                "Each of rows has a field for each key, and sessions, events, errors, calls (of tools), first, last, \
                 mean_latency_ms, tokens, restated_tokens, estimated_tokens, operations, usage, cost_usd and \
                 unpriced_tokens; rows by time also models, those that answered, unless they are told apart. \
                 Beside rows, totals is without models, components and latency, which --by does not collect.",
                "estimated_tokens are those of the tokens that are an estimate, 0 without --estimate. What is not known is null. cost_usd is what is known of the cost, and unpriced_tokens how many tokens it \
                 leaves out. Times are as the log has them, \
                 percentages have two decimals, durations are exact to the microsecond. The same input gives the \
                 same bytes, but for stale.",
            ],
        ),
        (
            "PARTIALS",
            &[
                "--partial writes what was gathered of its inputs instead of a report, and --merge reports on what \
                 several such runs have written, on other machines, too, as if one had read everything: however \
                 the inputs were shared out and in whatever order the partials are named, the same bytes come out. A \
                 partial is lines of JSON, much smaller than the logs, and serves every view and format.",
                "What a run gathers depends on --since, --until, -s, --timezone, --estimate, --recompute-cost and the \
                 prices in force. Partials that were made under others than each other or than the merging run are \
                 refused, with what differs; ages such as 7d mean another moment in each run. A merging run that asks for \
                 --all-errors needs partials that were made with it. A file that is in two partials is \
                 refused, whatever it is called there: it is known by its machine, device and inode, so that files of one name \
                 may come from several machines. To name a log is to name its rotated parts, which then belong into the same \
                 partial; standard input is another one in each run. Partials may be compressed, and several may stand \
                 one behind the other, as cat leaves them. A partial that is damaged, cut \
                 off or of another version is refused by its line. Where times have no zone, all parts of a \
                 rotated log belong into one partial: in the hour that comes twice each autumn, what came before tells \
                 which it is.",
            ],
        ),
        (
            "CACHE",
            &[
                "What was gathered of each log file is kept in ~/.sigil/state/report, so that the next report of the \
                 same view reads only what has changed since: a file is known again by its device, inode, size and \
                 times. Of a whole store (--log-path, -s '*', or no operand at a terminal) with 256 sessions or more, what \
                 they come to together is kept too, and where nothing has changed they are not even opened; that holds for \
                 the report as text, Markdown, HTML and metrics, and for --by but error and tool, without --status, \
                 --since and --until. What changed less than two seconds before is not kept, nor are standard input, pipes and members of \
                 archives, nor plain text, whose dates may lack the year; and nothing is with an age such as --since 7d, \
                 nor of single files where all of them together are smaller than 1 MiB. What is kept for another view, \
                 --since, --timezone, price or version of the program is kept apart, for the last eight of these of either kind. The cache may be deleted at any \
                 time, and may be damaged: then the logs are read. --no-cache neither reads nor writes it.",
            ],
        ),
        modes::CONVERSATION,
        modes::VALIDATION,
        modes::SUMMARIES,
        shared::ESTIMATES,
        shared::COSTS,
        shared::INPUTS,
        shared::CONFIGURATION,
    ],
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
            caption: "How many tokens each day and model took, by the clocks of Berlin:",
            command: "sigil-report --from claude --by day,model --timezone Europe/Berlin",
        },
        Example {
            caption: "A row for each session that has been archived:",
            command: "sigil-report '.sigil/logs/archive/*/*.tar.gz'",
        },
        Example { caption: "What failed, all of it:", command: "sigil-report -s lead-1 --all-errors" },
        Example {
            caption: "A page for a browser, and a table for an issue:",
            command: "sigil-report -s lead-1 --format html > report.html && sigil-report --by model --format markdown session.jsonl",
        },
        Example {
            caption: "A table of all sessions for a spreadsheet, and a line of JSON for each:",
            command: "sigil-report --format csv -l ~/.sigil/logs > sessions.csv && sigil-report --format jsonl -l ~/.sigil/logs",
        },
        Example {
            caption: "Figures of a session to a Pushgateway, and to a collector:",
            command: "sigil-report -s lead-1 --format prometheus | curl --data-binary @- http://localhost:9091/metrics/job/sigil/instance/lead-1 && sigil-report -s lead-1 --format otlp | curl -H 'Content-Type: application/json' --data-binary @- http://localhost:4318/v1/metrics",
        },
        Example {
            caption: "A partial, and the report on it and others like it:",
            command: "sigil-report --partial session.jsonl > a.partial && sigil-report --merge a.partial",
        },
        Example {
            caption: "The report as one JSON object:",
            command: "sigil-report --json session.jsonl | python3 -m json.tool",
        },
        Example {
            caption: "What was said in a gateway's sessions, without secrets:",
            command: "sigil-report --conversation --redact access.log",
        },
        Example {
            caption: "All that Claude Code said in a week, as a page for a browser:",
            command: "sigil-report --conversation --full --from claude --since 7d --format html > talk.html",
        },
        Example {
            caption: "Whether every line of the store can be read, and which cannot:",
            command: "sigil-report --validate --exit-code -l ~/.sigil/logs",
        },
        Example {
            caption: "tokens.json and metrics.json beside each log, from cron:",
            command: "sigil-report --write-summaries -l ~/.sigil/logs",
        },
    ],
    exit_status: &[shared::DONE, modes::NEGATIVE, shared::TROUBLE],
    files: &[
        shared::STORE,
        modes::WRITTEN,
        shared::ARCHIVE,
        shared::CONFIG,
        shared::CACHE,
        shared::CLAUDE,
        shared::CODEX,
    ],
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
    see_also: &["sigil-tail(1)", "sigil-tokens(1)", "jq(1)"],
};
