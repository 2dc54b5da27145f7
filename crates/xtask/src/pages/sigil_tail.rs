//! The page of `sigil-tail`.

use super::shared;
use crate::page::{Example, Page};

pub(crate) const PAGE: Page = Page {
    sections: &[
        (
            "MODES",
            &[
                "jsonl, the default unless standard output is a terminal: an event on each line. A line of a Sigil log is \
                 handed on byte for byte; what another format holds comes out as an event. --json means the same.",
                "stream: a header, a line for each event with its time, component, message, tokens and the total so far, and a \
                 closing line with the status. When a session ends, a block says EXECUTION COMPLETE and what it has used.",
                "minimal: one line with tokens, budget and level, rewritten in place; where that cannot be done, a line for \
                 each change.",
                "dashboard, the default on a terminal: the whole screen. Of one session its status, the tokens of each \
                 component against their budgets, the budget with its level and, at the rate of late, when it will be \
                 used up, latency by component, retries and errors, cost, and the last events; of several a list to move \
                 through. The key ? shows the others; q ends it.",
                "The last three count tokens as sigil-tokens(1) does, all of them from the beginning of the log: a monitor \
                 that is started late shows the same totals as one that was started first. One that is started before its \
                 session says that it waits.",
            ],
        ),
        (
            "WHAT IS FOLLOWED",
            &[
                "Operands are files, directories with what lies below them, and globs, which this tool expands itself if they are \
                 quoted, again and again: logs that appear later belong to them. -s takes a session of the store, --all every \
                 one. What does not exist is waited for, unless --once is given: then it is an error. A directory that \
                 disappears is waited for, too.",
                "A session that has been archived is read from its archive if it is named by its id; then more of it is waited for, \
                 until it is resumed. A glob means sessions that are there and those that are to come; with --once it \
                 means archived ones, too, if there are no others. With --state no archive is read, since what is in it has \
                 been handed on by runs before.",
                "A log is followed by its name together with its rotated parts: NAME.1, NAME-20260111 and other names that \
                 logrotate(8) makes, compressed with gzip or zstd or not. They are one log, read oldest first. Standard input \
                 and named pipes are read as they come, and compressed files and archives to their end.",
                "The last line of a log that grows is waited for until its newline comes. With --once and without --state it \
                 counts as it stands, if it is a whole one.",
                "The system tells of changes; where it does not, as on network mounts, files are looked at every \
                 --refresh-rate seconds.",
            ],
        ),
        (
            "ROTATION",
            &[
                "A file is recognised by what it holds: by its first bytes, up to 4 KiB, and by those before the place up to which it \
                 has been read. Neither name nor inode decides. So a renamed file, a copy, a compressed one, and \
                 a new file with an old inode are seen for what they are, and what has been read of one of them has been read.",
                "After a rename the old file stays open, since its writer may hold it for a while: what is still added to it comes \
                 before each line of the new one, until it has been deleted and quiet for 10 seconds, or quiet for 10 minutes, or 32 newer \
                 files follow it.",
                "After a truncation the log is read from its beginning. What had not been read by then is read from the copy \
                 that was made before, as copytruncate of logrotate(8) does. What a writer adds between copy and \
                 truncation is nowhere afterwards; no follower can bring it back, though one that was quick enough has handed it on.",
            ],
        ),
        (
            "STATE",
            &[
                "With --state FILE a run starts where the one before stopped, as if there had been only one. FILE is written after \
                 the output has been flushed, and replaced as a whole. It only ever tells of whole lines.",
                "What it guarantees: every event that is on disk when it is read comes out at least once, in whatever way the runs \
                 end, and exactly once if they end by themselves or by SIGINT, SIGTERM or SIGHUP. After SIGKILL or a loss of power what was written out since the state \
                 was last written comes again, in the same order.",
                "What it does not: what has been handed to a pipe counts as handed on. If the reader dies, what was in the \
                 pipe is lost, unless the reader keeps a state of its own. A file that is deleted before it has been read is \
                 gone; rotate so that parts outlive the longest pause between two runs.",
                "One run at a time has FILE, by a lock on FILE.lock that ends with the process; another says that it is in use and exits with 2. A FILE that is \
                 damaged is set aside as FILE.damaged with a warning, and everything is read from the beginning; one that was \
                 never a state, such as a log or a device, is left alone, and that is an error. An empty FILE knows nothing yet.",
                "If FILE cannot be written while logs are followed, as on a full disk (E009_DISK_FULL), that is a warning, and it is tried \
                 again. With --once and at the end it is an error, and the exit status 2; the output that was given stands, and \
                 comes again in the next run.",
            ],
        ),
        (
            "FILTERS",
            &[
                "--component and --event-type take names, in which * and ? stand for anything, and may be given again: any of them \
                 passes. Behind a ! a name does not pass, whatever else does. --errors-only passes events that tell of an error, \
                 --min-tokens those with at least as many tokens, --since and --until those of a time. All that are given must hold.",
                "What does not pass is not shown, but counted: totals are those of the whole session. -n N begins N events before the end, \
                 of those that pass.",
            ],
        ),
        (
            "UNTIL COMPLETE",
            &[
                "With --until-complete the tool ends when every session that is followed has ended, by session_complete or \
                 session_error, and there was one; a session that is named and has not begun is waited for. The exit status \
                 is 1 if one ended in error. Transcripts of other agents do not say that they have ended.",
            ],
        ),
        shared::ESTIMATES,
        shared::COSTS,
        shared::INPUTS,
        shared::CONFIGURATION,
    ],
    examples: &[
        Example {
            caption: "A session as it runs; on a terminal this is the dashboard, in a pipe its events:",
            command: "sigil-tail -s lead-1",
        },
        Example { caption: "A line for each event:", command: "sigil-tail -s lead-1 -m stream" },
        Example {
            caption: "Two sessions, in one line:",
            command: "sigil-tail -s lead-1 -s lead-2 -m minimal",
        },
        Example {
            caption: "Whatever goes wrong in any session of the store, the ones to come included:",
            command: "sigil-tail --all --errors-only -m stream",
        },
        Example {
            caption: "Through every rotation of a log, to another program:",
            command: "sigil-tail execution.jsonl | sigil-tokens --json",
        },
        Example {
            caption: "From cron: what has come since the last run, of the log and its rotated parts:",
            command: "sigil-tail --once --state gateway.state 'access.log*' >> events.jsonl",
        },
        Example {
            caption: "In a script: wait for a session to end, and go on if it went well:",
            command: "sigil-tail -s lead-1 --until-complete -m minimal && echo done",
        },
        Example {
            caption: "A session on another machine, where this tool is installed:",
            command: "ssh host sigil-tail -s lead-1 -m stream",
        },
        Example {
            caption: "The same where it is not:",
            command: "ssh host tail -F .sigil/logs/sessions/lead-1/execution.jsonl | sigil-tail -m stream",
        },
        Example {
            caption: "The tokens of each step but those of routing, by another program:",
            command: "sigil-tail --once --component '!routing' --min-tokens 1 session.jsonl | python3 -c 'import json, sys; \
                      [print(json.loads(line)[\"tokens\"]) for line in sys.stdin]'",
        },
    ],
    exit_status: &[
        (
            "0",
            "Done: with --once all has been read; standard input ended; the reader of the output left; it was asked to \
             stop by SIGINT, SIGTERM or SIGHUP. A second such signal ends it at once, unless the dashboard has to give the terminal back first.",
        ),
        ("1", "With --until-complete: a session ended in error."),
        (
            "2",
            "A usage error, input that cannot be read or, with --once, is not there, a state file that is in use or, \
             with --once or at the end, cannot be written, or other trouble; with --strict also when a line was malformed. One line on standard \
             error says what happened.",
        ),
    ],
    files: &[
        shared::STORE,
        shared::ARCHIVE,
        shared::CONFIG,
        (
            "FILE, FILE.lock, FILE.damaged",
            "The state that --state names, the lock that keeps it for one run, and a state that could not be read.",
        ),
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
        ("TERM", "What the terminal can do. On one that is dumb the dashboard is plain lines."),
        shared::TZ,
    ],
    see_also: &["sigil-alert(1)", "sigil-tokens(1)", "sigil-report(1)", "tail(1)", "logrotate(8)"],
};
