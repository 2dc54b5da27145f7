//! The page of `sigil-alert`.

use super::alerting;
use super::shared;
use crate::page::{Example, Page};

pub(crate) const PAGE: Page = Page {
    sections: &[
        (
            "WHAT IS WATCHED",
            &[
                "Events: from standard input, where tail -f or sigil-tail may write for as long as it likes; from FILE \
                 and DIR operands; or with -s, -l and --from of the sessions of a store. They are read once, from \
                 beginning to end, and an alert is out before the next line is waited for. Without an operand the log \
                 store is read if standard input is a terminal.",
                "Logs, with --watch-logs, and processes, with --pid and --pgid: these are looked at by the clock. \
                 Standard input is then read only if - is given, too, so that it may run from cron. With --watch-logs \
                 the size of the log store and its disk are looked at as well. Without --interval it looks once and \
                 ends; what a log has done since the last look is known from the state. With --interval 10m it looks \
                 every ten minutes until a signal comes, until all processes have ended if only processes are watched, \
                 or until the events end that it reads beside. The rules process_cpu and process_io \
                 need two looks: where there was none before, it looks a second time after a second.",
                "--watch-logs takes globs, which it expands itself, each time anew; quote them. Rotated parts (LOG.1, \
                 LOG-20260111, LOG.2.gz) are no logs of their own but belong to LOG: what was written to a part after \
                 the last look counts as growth of LOG. The first look at a log says nothing, as there is nothing to \
                 compare it with.",
            ],
        ),
        (
            "TIME",
            &[
                "Events are judged by the times that they carry, not by when they are read: a day of events gives the \
                 same alerts at any speed, in one piece or, with --state, in several. An event without a time, or one \
                 that lies more than five minutes in the future, is taken to be of the latest time so far. One that \
                 comes late counts where it belongs and does not turn the time of its session back. Windows, for, keep \
                 and --repeat run in this time, so that an alert is over, or repeated, when an event comes that shows \
                 it.",
                "Only silence is seen by the clock, too: a session whose last event was read within an hour of its \
                 time is told of as soon as it has been silent for too long. Any other one is told of when a later \
                 event is read, with the time at which it had been silent for too long.",
                "Files, the store and processes are judged by the clock.",
            ],
        ),
        (
            "THE LIFE OF AN ALERT",
            &[
                "A rule is about a subject: a session, a component of a session, a file, the store, a process or the \
                 input as a whole. Each rule and subject has one alert, with one fingerprint in every run. It is \
                 inactive until the figure exceeds a threshold, or reaches it; the list below says which. Then it is \
                 pending for as long as the rule's for says, which for most rules is not at all, and inactive again if \
                 the figure falls meanwhile. Then it fires, and is told once.",
                "While it fires it is told again when --repeat has passed since it was told last (4h; 0s is never), \
                 and at once when it becomes worse: a budget that is at 50% is a Warning, at 80% an Error and at 95% \
                 Critical. A jump beyond several of them tells the worst only. It does not become milder until it is \
                 over.",
                "It is resolved, and that is told once, when the figure has been well for as long as the rule's keep \
                 says, or when its subject has ended: a session that is complete, a file or a process that is gone. \
                 That a session has failed (session_error, failed_after_routing, over_budget) holds until a session of \
                 that name starts anew. What a rule fired that has been switched off or removed is forgotten without a \
                 word.",
            ],
        ),
        alerting::RULES,
        alerting::CONFIGURATION,
        (
            "OUTPUT",
            &[
                "Standard output has a line of JSON for each alert, with these keys: timestamp (of the event or the \
                 look that caused it, RFC 3339 in --timezone), alert_type (Growth, Error, Performance, Budget or \
                 Session), severity (Warning, Error or Critical), status (firing or resolved), affected_component (the \
                 component, else the file, the process or the store, else the session), session_id (null where there \
                 is none), rule, message, current_value (at most two decimals) and threshold, both in unit, unit (%, \
                 s, B, B/s, B/min, tokens, errors, retries, or empty), recommended_action, fingerprint (16 hexadecimal \
                 digits) and starts_at (when it began to fire). Of a resolved alert threshold is the lowest one, and \
                 current_value is 0 if its subject has ended.",
                "--format report writes the same as an Alert Report of a line for each of these that people need, and \
                 an empty line behind it. sigil-alert rules prints the rules in force, with --json a line for each: \
                 rule, enabled, measure, what, unit, warning, error, critical, window_s, last, at_least, for_s, \
                 keep_s, session, component, file, action.",
                "If standard output is closed the work goes on, and all others are told.",
            ],
        ),
        (
            "SINKS",
            &[
                "Beside standard output alerts go to any of: a webhook for each of --webhook, --webhook-env and \
                 --webhook-file, a program (--exec) and a file (--report). What is set in [alert] counts unless a flag \
                 says otherwise; a webhook that is typed takes the place of those in the file.",
                "--webhook-format slack posts a message with an attachment for each of up to five alerts: colour, \
                 title, text, fields, and a fallback text. More that come together are one message, a digest: how many \
                 of which severity and rule, and the ten worst. All of it stays within Slack's limits. json posts \
                 {\"alerts\": [...]} with up to 500 alerts as on standard output. alertmanager posts what Prometheus' \
                 Alertmanager sends, version 4: status, receiver, commonLabels, commonAnnotations and alerts, each \
                 with labels (alertname, alert_type, component, severity, session_id), annotations (summary, \
                 description, current_value, threshold), startsAt, endsAt and fingerprint. What comes within a tenth \
                 of a second goes in one request.",
                "--exec runs a program once for each alert, with the JSON on its standard input. The words of CMD are \
                 split as a shell does it, but there is no shell: write sh -c '...' for one. Its standard output goes \
                 nowhere. It has to end with 0 within --exec-timeout, else it is killed with all that it has started.",
                "--report FILE appends Alert Reports; the file is made with mode 0600 and locked meanwhile.",
                "Certificates of https are checked against Mozilla's list, which is built in. HTTPS_PROXY, HTTP_PROXY, \
                 ALL_PROXY and NO_PROXY are honoured; redirections are not followed.",
            ],
        ),
        (
            "DELIVERY",
            &[
                "Each sink has a queue, and no sink waits for another. An alert leaves the queue when the sink has \
                 taken it: it may arrive twice, and never not at all as long as there is a state. Alerts of one \
                 fingerprint arrive in order.",
                "A request may take 10 s, of which 5 s to connect. What fails is tried again after a random part of a \
                 pause that begins with 1 s, doubles with every failure, and is 5 minutes at most. An answer 429 or \
                 503 with Retry-After, in seconds or as a date, is obeyed, from 1 s to an hour. What a server refuses \
                 as such (400, 413, 422), or a program for the fourth time, is tried in smaller parts and then set \
                 aside, so that it holds up nothing else. A line on standard error says what is wrong, once for as \
                 long as it stays the same.",
                "At the end sinks are waited for, for 10 s at most, after a signal 3 s. What has not been taken then \
                 waits in the state, is counted on standard error, and makes the exit status 2; the next run with the \
                 same state and the same sink sends it. Without a state it is lost but for standard output. What waits \
                 for a sink that is not given stays until it is.",
            ],
        ),
        (
            "STATE",
            &[
                "--state FILE keeps what is known between runs: sessions, logs and processes as they were seen last, \
                 which alerts are pending or fire, and what waits to be delivered. With --watch-logs, --pid or --pgid \
                 it is ~/.sigil/state/alert.json unless said otherwise; events alone have none unless one is given. \
                 The file has mode 0600 and is replaced as a whole when something is told or taken, every 30 s, and at \
                 the end. A lock beside it (FILE.lock) belongs to the run: another one waits for 10 s, then names it \
                 and ends with 2. Give jobs that may run at the same time a state each.",
                "The state does not know how far a log has been read. Give it each event once: sigil-tail --once \
                 --state A LOG | sigil-alert --state B does that from cron. A file that is given as an operand again \
                 is read again, and its tokens and errors count again.",
                "A state that a newer version wrote, or that is none, is an error and left as it is. Sessions that \
                 nobody has heard of for a week, in the time of events, are forgotten, as are files that have been \
                 gone for a week.",
            ],
        ),
        (
            "SECRETS",
            &["Whoever knows the address of a webhook can write to it. Give it in an environment variable \
                 (--webhook-env) or in a file (--webhook-file, its first line): what is typed after --webhook is seen \
                 by everyone who lists processes. The address is never shown: messages name the host alone, what a \
                 server repeats of the address is cut out, the state holds a hash, and programs that --exec starts do \
                 not have the variable of --webhook-env. A user and a password in the address \
                 (https://user:password@host/) are sent as basic authentication. In the configuration there is no key \
                 for the address itself."],
        ),
        (
            "LIMITS",
            &[
                "Memory does not grow with the length of a log. 20,000 sessions are known at a time; beyond that a \
                 tenth is forgotten, ended ones first, then those that have been silent for longest, and what they \
                 fired is told as over. Ids of sessions are cut at 512 bytes, with a hash that tells them apart, and \
                 of one session, log or process at most 1,000 alerts are pending or fire. Of answers that are told several times (snapshots of a streaming answer) the last 65,536 are \
                 known: one that is told again after that counts twice. Of a session's components 256 are told apart \
                 for budgets, and of its errors the last 1,024. 10,000 logs are watched; what is beyond is an error.",
                "What is not noticed: a session that never says session_start is neither stuck nor long, as many logs \
                 have no beginning and no end. A rule with for that no event comes for stays pending. The window of \
                 error_rate moves in twelve steps. What was written to a log and rotated and compressed before the \
                 next look is not counted, nor are errors in a last line that has no end yet. Of a process, what it \
                 did in a life between two looks; and I/O of processes of other users, which only root may read. Line \
                 errors are what the tools take for errors: of text its level, of events their type.",
            ],
        ),
        shared::CONFIGURATION,
    ],
    examples: &[
        Example {
            caption: "Beside an agent, as it works:",
            command: "tail -f execution.jsonl | sigil-alert",
        },
        Example {
            caption: "All sessions of the store, into a channel; the address is in the environment:",
            command: "sigil-tail --all -m jsonl | sigil-alert --webhook-env SLACK_WEBHOOK_URL",
        },
        Example {
            caption: "From cron, every ten minutes: how logs grow and what fails in them, with a file of reports:",
            command: "sigil-alert --watch-logs '*.log' --report alerts.md",
        },
        Example {
            caption: "What would have been said of a session, for people:",
            command: "sigil-alert -s lead-1 --format report",
        },
        Example {
            caption: "In a script: go on only if nothing fired:",
            command: "sigil-alert execution.jsonl --exit-code && echo 'nothing fired'",
        },
        Example {
            caption: "What has come to a log since the last run, each event once:",
            command: "sigil-tail --once --state tail.state access.log | sigil-alert --state alert.state",
        },
        Example {
            caption: "Memory, processor time and I/O of this shell, now; every alert into the system's log:",
            command: "sigil-alert --pid $$ --exec 'logger -t sigil-alert'",
        },
        Example { caption: "Which rules are in force:", command: "sigil-alert rules" },
        Example {
            caption: "Thresholds for another program:",
            command: "sigil-alert rules --json | jq -r 'select(.enabled) | [.rule, .warning, .error, .critical] | @tsv'",
        },
    ],
    exit_status: &[
        ("0", "Done, whether anything fired or not."),
        (
            "1",
            "With --exit-code: something fired in this run. An alert that goes on from an earlier one and is not \
             repeated does not count.",
        ),
        (
            "2",
            "A usage error; input, a log or a process that cannot be read; a state that cannot be used; an alert that \
             has not reached its sink yet; with --strict also a malformed line. A line on standard error gives the \
             reason; all else was done.",
        ),
    ],
    files: &[
        shared::STORE,
        (
            "~/.sigil/state/alert.json",
            "The state of --watch-logs, --pid and --pgid; alert.json.lock is locked by the run that uses it.",
        ),
        shared::CONFIG,
        ("/proc/PID/stat, /proc/PID/io", "What is known of processes."),
    ],
    environment: &[
        shared::SIGIL_LOG_PATH,
        shared::SIGIL_CONFIG,
        shared::SIGIL_DEBUG,
        (
            "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY",
            "Through which proxy webhooks are reached, and which hosts without one. This machine needs none.",
        ),
        shared::CLAUDE_CONFIG_DIR,
        shared::CODEX_HOME,
        shared::COLOUR,
        shared::TZ,
    ],
    see_also: &[
        "sigil-tail(1)",
        "sigil-tokens(1)",
        "sigil-report(1)",
        "sigil-archive(1)",
        "proc(5)",
        "crontab(5)",
    ],
};
