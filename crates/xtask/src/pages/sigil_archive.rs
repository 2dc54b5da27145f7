//! The page of `sigil-archive`.

use super::shared;
use crate::page::{Example, Page};

pub(crate) const PAGE: Page = Page {
    sections: &[
        (
            "WHICH SESSIONS",
            &[
                "A session is archived when it is at least --days old. It is as old as its newest file or its last event, whichever is \
                 newer; events in the future do not count, and neither does the time of its directory. One without files \
                 stays.",
                "A session that is running and was written to within ten minutes stays, which matters with --days 0, and a \
                 warning says so; --force archives it. One that another process holds open, or works in, always stays. That is \
                 known of processes that this user may look into (proc(5)): run it as the user who writes the logs, or as root. A thread \
                 that has left the open files of its process (unshare(2), CLONE_FILES) is not seen.",
                "A session that is a link to a directory elsewhere stays. Links in a session are kept as links and never followed. \
                 A named pipe, a socket or a device in it is an error, and so is something that is mounted in it, and it stays. \
                 So does one that holds a directory of another user in which nothing may be removed.",
            ],
        ),
        (
            "SAFETY",
            &[
                "An archive is written under a hidden name, brought to the disk, opened again and compared with the session byte for \
                 byte, and only then gets its name. The session is renamed, so that no writer finds it any more, and looked at \
                 once more: if it has changed or a process has it open, its archive is withdrawn, it gets its name back, and a \
                 warning says so. Else it is removed. Whenever the program is killed, every event is in the session or in the \
                 archive.",
                "The next run that archives brings into order what a killed one left, before anything else: a session \
                 that was not removed yet gets its name back, the archive that was made of it is withdrawn if the session holds \
                 all of it, or has only gone on since, and what becomes of it is decided anew. It is such a session if its log \
                 with all rotated parts begins with what the archive has of it and no other file is missing. If the archive \
                 holds something else, both stay, and a warning says so. Of a session that was being removed the rest is \
                 removed if an archive holds all of it. --copy and --days do not matter for that, and --dry-run says what would be done. What is only \
                 called like something that a run leaves (.aside-ID, .gone-ID and .new-ID in sessions/, .unfinished in the \
                 directory of a day) is left as it is, and no link there is followed.",
                "No file is ever written over. An archive of the same name on the same day is called ID~2.tar.gz, and so on. If \
                 any day's archive holds just what is in a session already, only the session goes.",
                "One run at a time archives, prunes, rotates or restores in a store; another one waits as long as --wait says, and then names the process that holds \
                 it. What holds it is a lock on .sigil-archive.lock, which ends with the process.",
                "What is kept of each file: its bytes, name, permissions, the time of its last change and the numbers of its owner. Hard links become files of their \
                 own, holes become zeros, and extended attributes are not kept.",
            ],
        ),
        (
            "THE ARCHIVE",
            &[
                "archive/DATE/ID.tar.gz, where DATE is the day of archiving as --timezone cuts days. tar -xzf opens it, gzip -t \
                 checks it, and the other tools read it in place: sigil-report archive/2026-01-10/ID.tar.gz, or -s ID as \
                 long as sessions/ has no session of this id. Several archives of one id are read one behind the other: a session \
                 that was restored, went on and was archived again has its beginning in both.",
                "The gzip data is in blocks of 512 KiB, which several cores compress. The checksum of each file (XXH3, 128 bits) \
                 stands as a comment in the extended header of the member behind it, and that of all names, sizes and times in \
                 the comment of the gzip header; other programs pass over both.",
                "verify reads archives through: gzip's own checksums, the members, and their checksums where there are such. \
                 Archives that other programs made have gzip's alone.",
                "restore puts a session back under sessions/, or with --to what an archive holds into any directory. \
                 Nothing there is written over; with --to, what is there and holds the same is no obstacle. The archive stays. A sparse file that tar(1) has packed with -S is left to tar. What is \
                 as old as it was when it was archived goes back into the archive with the next run.",
            ],
        ),
        (
            "WHAT IS DELETED",
            &[
                "Without --prune-days, --max-size, --error-log-days or a command that deletes, nothing is deleted. prune --days N, and \
                 --prune-days N after archiving, delete archives whose DATE is more than N days ago. --keep-last, --keep-daily, \
                 --keep-weekly and --keep-monthly keep the newest archives, and the newest one of each of the last N days, \
                 weeks (from Monday) and months that have one, whatever their age; prune with nothing but such rules deletes all \
                 others. --max-size then deletes the oldest archives until all together are no larger, but none that a rule keeps.",
                "Files in archive/ that are no archives stay, and keep their directory.",
            ],
        ),
        (
            "ROTATION",
            &[
                "rotate sets logs aside that are larger than --max-size: execution.jsonl of every session and error.log, or the \
                 FILEs that are named. The log becomes LOG.1, LOG.1 becomes LOG.2 and so on, and a new log is made with the \
                 same permissions; LOG.2 and older are compressed, unless a process holds them open. --keep N deletes \
                 older ones; without it none is deleted. The other tools read all parts as one log, and sigil-tail loses none of \
                 it while it follows.",
                "A writer that keeps its log open goes on writing to LOG.1 until it opens the log anew. For one that never does, \
                 --copytruncate copies the log and empties it; what is written in the instant between the last look and the \
                 emptying is lost, as with logrotate(8).",
                "--error-log-days N, with archiving, renames error.log to error.log-YYYYMMDD once a day if it is not empty, compresses \
                 older ones, and deletes those that are more than N days old.",
            ],
        ),
        (
            "TRANSCRIPTS OF OTHER AGENTS",
            &[
                "--from claude --copy copies Claude Code's transcripts, which it deletes after some weeks, and --from codex \
                 --copy the rollouts of Codex: each with the directory that is called like it, if there is one, to \
                 archive/DATE/NAME.tar.gz. Without a DIR their own directories are meant. Nothing is ever removed there. A \
                 transcript that has the names, sizes and times that an archive was made of is not copied again; one that \
                 has changed is, in full.",
                "--copy without --from does the same with the store's sessions.",
            ],
        ),
        (
            "JSON",
            &[
                "With --json there is a line for each thing that was done or not: action (recover, archive, copy, remove, prune, rotate, \
                 compress, delete, restore, verify), status (done, planned, left, spared, failed), session_id, path, archive, \
                 files, bytes, archive_bytes, reason. recover is a session that a killed run was archiving, or a day that cannot be looked at; \
                 remove is one that was archived before; left is worth a warning, \
                 spared is not, and has a line only with -v. list writes session_id, date, archive, archive_bytes, written.",
            ],
        ),
        shared::CONFIGURATION,
    ],
    examples: &[
        Example {
            caption: "From cron, every night; it says nothing if there was nothing to do:",
            command: "sigil-archive --days 7 --prune-days 30 --error-log-days 90",
        },
        Example { caption: "What that would do:", command: "sigil-archive -n --days 7 --prune-days 30" },
        Example { caption: "What is in the archive:", command: "sigil-archive list" },
        Example {
            caption: "Whether all of it can still be read:",
            command: "sigil-archive verify || echo 'the archive is damaged' >&2",
        },
        Example {
            caption: "A session to look at elsewhere:",
            command: "sigil-archive restore lead-1 --to restored",
        },
        Example {
            caption: "Keep Claude Code's transcripts before it deletes them:",
            command: "sigil-archive --from claude --copy --days 20",
        },
        Example {
            caption: "Logs of more than 10 MB set aside, and three older parts of each kept:",
            command: "sigil-archive rotate --max-size 10MB --keep 3",
        },
        Example {
            caption: "An archive of at most 5 GB, in which the newest of each of twelve months stays:",
            command: "sigil-archive prune --max-size 5GB --keep-monthly 12 --days 30",
        },
        Example {
            caption: "Which sessions were archived, for another program:",
            command: "sigil-archive --json | jq -r 'select(.status == \"done\") | .session_id'",
        },
    ],
    exit_status: &[
        ("0", "Done; what was left as it is, with a warning, is no trouble."),
        ("1", "With verify only: an archive is damaged or cannot be read."),
        (
            "2",
            "A usage error, another run at work, or something that could not be done, for which a line on standard error gives \
             the reason; all else was done.",
        ),
    ],
    files: &[
        shared::STORE,
        ("~/.sigil/logs/archive/DATE/ID.tar.gz", "The archive of session ID, made on that day."),
        ("~/.sigil/logs/error.log", "Errors of no session; rotated with --error-log-days and by rotate."),
        ("~/.sigil/logs/.sigil-archive.lock", "Locked while a run works on the store. It stays."),
        shared::CONFIG,
    ],
    environment: &[
        shared::SIGIL_LOG_PATH,
        shared::SIGIL_CONFIG,
        shared::SIGIL_DEBUG,
        shared::CLAUDE_CONFIG_DIR,
        shared::CODEX_HOME,
        shared::COLOUR,
        shared::TZ,
    ],
    see_also: &["sigil-alert(1)", "sigil-report(1)", "sigil-tail(1)", "tar(1)", "logrotate(8)", "crontab(5)"],
};
