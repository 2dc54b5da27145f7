//! What the page of `sigil-alert` says of rules: the built-in ones, and what the configuration may say of them.

use super::shared::Section;

/// A paragraph for each built-in rule: name, levels, terms, measure. A test compares them with `sigil-alert rules`.
pub(super) const RULES: Section = (
    "RULES",
    &[
        "These rules are built in. Behind the name of each stand its thresholds by severity, what else it goes by, and \
         its measure in parentheses, which a rule of one's own may go by, too.",
        "log_growth: Warning 50%; of 4,096 (growth). How much a watched file has grown since the last look, if it had \
         at least 4 KiB then. It has to exceed the threshold.",
        "log_errors: Error 10%; of 20 (line_errors). Errors among the lines that a watched file has got since the last \
         look, of at least 20 lines; exceeded.",
        "error_log_speed: Warning 100 KiB/min; of 65,536 (growth_speed). How fast a watched file has grown since the \
         last look, if by 64 KiB or more; reached. Only files whose name holds err: file is \"*err*\".",
        "error_rate: Error 10%; 10m 00s, of 20 (error_rate). Errors among a session's events of the last ten minutes, \
         of at least 20 events; exceeded; keep is ten minutes. In a time of fewer events it is well. Tool calls of \
         an agent that failed are answers to it, and no errors here.",
        "error_burst: Error 5 errors; 1m 00s (errors). Errors of a session in the last minute; reached; keep is 15 \
         minutes.",
        "response_time: Warning 2.0s; last 20, of 5 (response_time). The mean of the last 20 steps of a session, of at \
         least five; exceeded; keep is a minute.",
        "session_budget: Warning 50%, Error 80%, Critical 95% (session_budget). Tokens that a session has used, of its \
         budget, counted as sigil-tokens counts them; reached. Sessions of other agents have a budget only if --budget \
         or the configuration sets one.",
        "component_budget: Warning 50%, Error 80%, Critical 95% (component_budget). The same for a component of a \
         Sigil session.",
        "memory_latency: Warning 5.0s (latency). How long one step of a component took; exceeded. component is \
         \"memory\".",
        "reasoning_tokens: Warning 15,000 tokens (operation_tokens). Tokens of one step or one consumption; reached. \
         component is \"reasoning\".",
        "retries: Warning 3 retries (retries). Retries of a session without a step between them that went well; \
         reached.",
        "failed_after_routing: Error (failed_after_routing). A session ends in an error right behind a step of routing \
         (guide 4.5). The figure is 1 then, as with the next two.",
        "over_budget: Error (over_budget). Something fails behind budget_exceeded (guide 4.5).",
        "session_error: Error (session_error). A session ends in any other error.",
        "stuck_session: Warning 10m 00s (silence). How long a running session has said nothing; reached.",
        "long_session: Warning 4h 00m (session_age). How long a session has been running; reached.",
        "malformed_lines: Warning 1%; last 1,000, of 3 (malformed). Malformed lines among the last 1,000 of the input, \
         of at least three malformed ones; exceeded.",
        "store_size: Warning 5 GiB (store_size). What the log store takes on the disk; reached.",
        "disk_use: Warning 90%, Critical 97% (disk_use). How full the file system is that the log store lies on, as \
         df(1) has it; reached.",
        "process_memory: Warning 2 GiB (memory). Resident memory of a process, or of a group together; reached.",
        "process_cpu: Warning 90% (cpu). Processor time of a process, or of a group, since the last look; 100 is one \
         core; reached; for is five minutes.",
        "process_io: Warning 100 MiB/s (io). What a process, or a group, has read from and written to disks since the \
         last look; reached; for is five minutes.",
    ],
);

pub(super) const CONFIGURATION: Section = (
    "SETTINGS",
    &[
        "In the table [alert] of the configuration file stand defaults for flags: repeat; interval (where there is \
         something to look at by the clock); state; webhook_env, webhook_file and webhook_format; exec and \
         exec_timeout; report. Times are numbers of seconds or texts such as \"10m\"; ~/ is expanded, and relative \
         paths are below the file's directory.",
        "A table [alert.rules.NAME] changes the rule of that name, or adds one, which needs measure, and threshold or \
         one of warning, error and critical. What it does not say it has as the built-in rule has it, and a new one as \
         the first built-in rule with its measure, but for thresholds, component, file and action. These keys are \
         known:",
        "enabled: false switches the rule off. measure: one of the measures above; a built-in rule keeps its own.",
        "warning, error, critical: from which figure on it has that severity. The worse one may not be lower than the \
         milder one. threshold and severity instead set a single level, in the place of all: threshold alone keeps the \
         mildest severity, severity alone the lowest threshold. Figures are in the unit of the measure, or texts with \
         one: \"80%\", \"10m\", \"5GB\", \"15k\".",
        "window: how far back it looks (error_rate, errors). last: at how many of the last it looks (response_time, \
         malformed). at_least: of how many at least (error_rate, response_time, malformed, growth and growth_speed in \
         bytes, line_errors in lines).",
        "for: how long the figure has to be so before the alert fires. keep: how long it has to be well before the \
         alert is resolved.",
        "session, component, file: globs for the session's id, the component (component_budget, latency and \
         operation_tokens only), and the file's name without its directories. Without them the rule is about all.",
        "action: what to do about it, for recommended_action; SESSION in it becomes the session's id.",
        "For example, [alert.rules.slow_tools] with measure = \"latency\", component = \"tool*\", warning = \"30s\" \
         and critical = \"2m\".",
    ],
);
