//! What the pages of several tools say in the same words.

/// An entry of a list: a term and what it means.
pub(super) type Entry = (&'static str, &'static str);

pub(crate) const DONE: Entry = ("0", "Done.");
pub(crate) const TROUBLE: Entry = (
    "2",
    "A usage error, input that cannot be read, or other trouble; with --strict also when a line was malformed. \
     One line on standard error says what happened.",
);

pub(crate) const STORE: Entry =
    ("~/.sigil/logs/sessions/ID/execution.jsonl", "The log of session ID; rotated parts lie beside it.");
pub(crate) const ARCHIVE: Entry = (
    "~/.sigil/logs/archive/DATE/ID.tar.gz",
    "The archive of session ID, read where it is named, and for -s ID.",
);
pub(crate) const CACHE: Entry =
    ("~/.sigil/state/report", "What was gathered of logs that have not changed since. May be deleted.");
pub(crate) const CONFIG: Entry = ("~/.sigil/config.toml", "Settings. It need not be there.");
pub(crate) const CLAUDE: Entry = (
    "~/.claude/projects, ~/.config/claude/projects",
    "Claude Code transcripts, read with --from claude when no operand is given.",
);

pub(crate) const CODEX: Entry = (
    "~/.codex/sessions, ~/.codex/archived_sessions",
    "Codex rollouts, read with --from codex when no operand is given.",
);

/// A section: its title and its paragraphs.
pub(super) type Section = (&'static str, &'static [&'static str]);

pub(crate) const INPUTS: Section = (
    "INPUTS",
    &[
        "Each line is recognised by its keys, whatever stands around it, so that formats may mix in one stream: ai_log, or \
         input_token and output_token at the top, is a Higress gateway's; payload with type is Codex's; type with \
         sessionId, uuid or message is Claude Code's; event_type, component or a number of tokens is Sigil's. Lines that \
         are no objects are a log of text as long as a stream has shown no object: each is an event with the first time \
         in it, an error, a warning or neither by its level, and lines that go on, such as those of a stack trace, belong \
         to the one above. A line that tail(1) writes, ==> FILE <==, begins another stream. --from takes all lines for one \
         format. A directory gives the files in which something is recognised, and text only from *.log; -v names what \
         was left out.",
        "A Codex rollout is read in order: a count that repeats the totals before it adds nothing, a fork's replay of its \
         parent is the parent's, and a count before the first turn_context has that turn's model. Of a gateway's request \
         cached tokens are a part of the input, and reasoning a part of the output unless it is larger; requests \
         without a session are those of session (none).",
        "A file may be compressed with gzip or zstd, whatever it is called, as may standard input. What follows \
         compressed data is taken as zcat(1) takes it: more of it is read on, zeros are ignored, and anything else is \
         an error. What can be read of a damaged file counts; then an error names the file, and the exit status is 2.",
        "A file may be an archive that tar(1) made, compressed or not, such as archive/2026-01-11/lead-1.tar.gz. Its \
         logs are read where they are, and called ARCHIVE:MEMBER. A directory in it that holds an execution.jsonl is \
         that session: this log and its rotated parts, oldest first whatever their order in the archive, and \
         nothing else. Elsewhere members count that are called *.jsonl, *.ndjson or *.log, rotated and compressed \
         ones too, if a line of them is recognised. Links are passed over. Of members with one name the last counts, \
         and archives that follow each other in one file are one.",
        "Standard input may be such an archive, too; it is read to its end before its logs are, and kept in \
         memory or, above 16 MiB, in a temporary file without a name. Nothing is unpacked to disk.",
        "A directory is a session, a log store, or a tree of logs. Archives in it are passed over, unless it holds \
         nothing that is named like a log: a directory such as archive or archive/2026-01-11 means the archives in it.",
        "What -s means is looked for among the sessions of the store. Where none is meant, it is looked for in the \
         store's archive, archive/DATE/ID.tar.gz: all archives of one id, ID~2.tar.gz and the next of the same day too, are \
         that session. -s '*' is all sessions, and nothing of the archive.",
    ],
);

pub(crate) const CONFIGURATION: Section = (
    "CONFIGURATION",
    &[
        "The configuration file is TOML. The usual one need not be there; one that --config or SIGIL_CONFIG names must. Flags are stronger than it, environment variables stand between. An unknown \
         key or a wrong value is an error that names file, line and key. These keys are known:",
        "log_path: the log store, a path; timezone and input_timezone: as the flags of these names; color: auto, \
         always or never.",
        "In the table [budget], session: the budget of every session in tokens, a number or a text such as \"256k\". In \
         [budget.components], the name of a component: its budget. Without them a session has 256,000, routing 10,000, \
         memory 30,000, planning 20,000, reasoning 150,000, contracts 10,000 and validation 10,000; what the \
         session_start event states is stronger than these defaults and weaker than the file.",
        "In the table [check], warn_at and critical_at: percentages for sigil-tokens --check.",
        "In the table [findings], from where on sigil-report finds something: reasoning_tokens (15000), memory_latency_ms \
         (5000), retries (2), name_length (64); and what is still well: steady_latency_ms (3000), low_usage_percent (10).",
        "In the tables [alert] and [alert.rules.NAME], what sigil-alert watches for and whom it tells; see \
         sigil-alert(1).",
        "In a table [prices.\"NAME\"] for each model, input, output, cache_read, cache_write and cache_write_1h: what \
         its tokens cost in USD per million; and context_window: how many tokens it can hold. They beat what is \
         published, and what is left out is as published, but a price of one's own is the same for prompts of any \
         length. A model that is not published needs input and output; tokens read from a cache or written to one then \
         cost as input does, and cache_write_1h as cache_write does, unless given.",
    ],
);

pub(crate) const ESTIMATES: Section = (
    "ESTIMATES",
    &[
        "Some logs hold words and no counts. With --estimate they come to words × 1.3, rounded once for a log of text and \
         else for each event: a rule of thumb, which a model's own count may miss by far. Words stand between white space. A \
         Chinese or Japanese character, and a letter of Thai, Lao, Burmese or Khmer, is a word of its own, as these \
         scripts write no spaces; Korean is counted by its spaces.",
        "Estimated are a line of text with the lines that belong to it, as it stands, with its time; a request of a \
         gateway that has neither input, output nor total tokens, by its question, answer and reasoning, where there is no \
         question by its messages and tool calls, and not at all if it failed without an answer; and the messages of \
         Codex rollouts that count nothing, also of the oldest, whose lines have no envelope.",
        "Never estimated are the messages of Sigil events, which are a log's words and no model's; Claude Code transcripts; \
         what Codex tools were given and gave back; and what stands beside counts: once a Sigil, Claude or Codex event of \
         a session states tokens, estimates of that session no longer count, wherever they stand. A total that runs along \
         with a stream falls by them then. A gateway counts requests one by one, so that one that is counted keeps no \
         other from being estimated.",
        "Estimates are marked everywhere, have no part in what is stated again, do not divide into input and output, and \
         have no price. With reasoning that a gateway does not count they have nothing to do: that is reckoned with or \
         without the flag, as a part of tokens that are counted.",
    ],
);

pub(crate) const COSTS: Section = (
    "COSTS",
    &[
        "An answer costs what its tokens cost: input, output, tokens read from a cache, written to one, and written \
         to one for an hour. Where a model has a higher price for long prompts, an answer to such a prompt costs that \
         as a whole. A cost that the log states itself (costUSD, metadata.cost_usd) is believed, unless \
         --recompute-cost is given. Of tokens that are not counted because they are stated again, the cost is not \
         counted either.",
        "Prices are those that LiteLLM has published, as they were when this version was made; the configuration can \
         set others. A model is found by its name as it stands, else without its provider and its date, else in any \
         case: anthropic/claude-sonnet-4-5-20250929 is claude-sonnet-4-5. A name without a provider has the price of \
         whoever made the model. A model without a known price has no cost, which is not 0, and one warning names it; \
         a sum is what is known of it, and tells how many tokens it leaves out.",
        "What a subscription costs is another matter: these are the prices of the providers' interfaces.",
    ],
);

pub(crate) const SIGIL_LOG_PATH: Entry = ("SIGIL_LOG_PATH", "The log store; --log-path overrides it.");
pub(crate) const SIGIL_CONFIG: Entry = ("SIGIL_CONFIG", "The configuration file; --config overrides it.");
pub(crate) const SIGIL_DEBUG: Entry = ("SIGIL_DEBUG", "When it is true, the same as --verbose.");
pub(crate) const CLAUDE_CONFIG_DIR: Entry =
    ("CLAUDE_CONFIG_DIR", "Where Claude Code keeps its files; its transcripts lie in projects/ below it.");
pub(crate) const CODEX_HOME: Entry = ("CODEX_HOME", "Where Codex keeps its files, ~/.codex without it.");
pub(crate) const COLOUR: Entry = (
    "NO_COLOR, CLICOLOR_FORCE",
    "No colour at all, and colour even when standard output is no terminal; --color overrides both.",
);
pub(crate) const TMPDIR: Entry =
    ("TMPDIR", "Where a large archive from standard input is kept while it is read; /tmp without it.");
pub(crate) const TZ: Entry = ("TZ", "The time zone that --timezone local means.");
