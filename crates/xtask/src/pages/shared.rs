//! What the pages of several tools say in the same words.

/// An entry of a list: a term and what it means.
type Entry = (&'static str, &'static str);

pub(crate) const DONE: Entry = ("0", "Done.");
pub(crate) const TROUBLE: Entry = (
    "2",
    "A usage error, input that cannot be read, or other trouble; with --strict also when a line was malformed. \
     One line on standard error says what happened.",
);

pub(crate) const STORE: Entry =
    ("~/.sigil/logs/sessions/ID/execution.jsonl", "The log of session ID; rotated parts lie beside it.");
pub(crate) const CONFIG: Entry = ("~/.sigil/config.toml", "Settings. It need not be there.");
pub(crate) const CLAUDE: Entry = (
    "~/.claude/projects, ~/.config/claude/projects",
    "Claude Code transcripts, read with --from claude when no operand is given.",
);

pub(crate) const SIGIL_LOG_PATH: Entry = ("SIGIL_LOG_PATH", "The log store; --log-path overrides it.");
pub(crate) const SIGIL_CONFIG: Entry = ("SIGIL_CONFIG", "The configuration file; --config overrides it.");
pub(crate) const SIGIL_DEBUG: Entry = ("SIGIL_DEBUG", "When it is true, the same as --verbose.");
pub(crate) const CLAUDE_CONFIG_DIR: Entry =
    ("CLAUDE_CONFIG_DIR", "Where Claude Code keeps its files; its transcripts lie in projects/ below it.");
pub(crate) const COLOUR: Entry = (
    "NO_COLOR, CLICOLOR_FORCE",
    "No colour at all, and colour even when standard output is no terminal; --color overrides both.",
);
pub(crate) const TZ: Entry = ("TZ", "The time zone that --timezone local means.");
