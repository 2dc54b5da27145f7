# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_sigil_archive_global_optspecs
    string join \n days= prune-days= error-log-days= copy from= force keep-last= keep-daily= keep-weekly= keep-monthly= max-size= s/session= l/log-path= n/dry-run j/jobs= wait= timezone= color= json q/quiet v/verbose config= h/help V/version
end

function __fish_sigil_archive_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_sigil_archive_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_sigil_archive_using_subcommand
    set -l cmd (__fish_sigil_archive_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l days -d 'Archive sessions that are at least so many days old [default: 7]' -r
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l prune-days -d 'Then delete archives that are older than so many days' -r
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l error-log-days -d 'Rotate error.log, and delete its rotations that are older than so many days' -r
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l from -d 'Archive the transcripts of another agent, claude or codex; only with --copy' -r -f -a "claude\t''
codex\t''"
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l keep-last -d 'When pruning, keep the N newest archives' -r
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l keep-daily -d 'When pruning, keep the newest archive of each of the last N days that have one' -r
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l keep-weekly -d 'When pruning, keep the newest archive of each of the last N weeks that have one' -r
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l keep-monthly -d 'When pruning, keep the newest archive of each of the last N months that have one' -r
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l max-size -d 'Delete the oldest archives while all of them are larger: 5GB; bare numbers are MB' -r
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -s s -l session -d 'Only this session. Repeatable, * globs' -r
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -s l -l log-path -d 'The log store [default: $SIGIL_LOG_PATH, else ~/.sigil/logs]' -r -F
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -s j -l jobs -d 'How many sessions to work on at a time [default: one for each core, at most 16]' -r
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l wait -d 'Wait so long for another run on the same store to end, such as 90s or 10m [default: 0s]' -r
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l timezone -d 'What days are cut by: an IANA name, utc or local [default: local]' -r
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l config -d 'Read the configuration from FILE [default: $SIGIL_CONFIG, then ~/.sigil/config.toml]' -r -F
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l copy -d 'Keep what is archived where it is, too: a copy is made of what is new or has changed'
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l force -d 'Archive sessions that are running, too; never one that a process holds open'
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -s n -l dry-run -d 'Say what would be done, and do nothing'
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -l json -d 'Write JSON'
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -s q -l quiet -d 'Print no warnings'
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -s v -l verbose -d 'Say what is being done; SIGIL_DEBUG=true does the same'
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -s V -l version -d 'Print version'
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -a "list" -d 'Show what is in the archive'
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -a "prune" -d 'Delete archives by age, number and size'
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -a "restore" -d 'Bring sessions back, never over what is there'
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -a "rotate" -d 'Set logs aside that have grown large, and begin new ones'
complete -c sigil-archive -n "__fish_sigil_archive_needs_command" -a "verify" -d 'Read archives through and check every member; exit 1 if any is bad'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand list" -s s -l session -d 'Only this session. Repeatable, * globs' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand list" -s l -l log-path -d 'The log store [default: $SIGIL_LOG_PATH, else ~/.sigil/logs]' -r -F
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand list" -s j -l jobs -d 'How many sessions to work on at a time [default: one for each core, at most 16]' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand list" -l wait -d 'Wait so long for another run on the same store to end, such as 90s or 10m [default: 0s]' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand list" -l timezone -d 'What days are cut by: an IANA name, utc or local [default: local]' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand list" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand list" -l config -d 'Read the configuration from FILE [default: $SIGIL_CONFIG, then ~/.sigil/config.toml]' -r -F
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand list" -s n -l dry-run -d 'Say what would be done, and do nothing'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand list" -l json -d 'Write JSON'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand list" -s q -l quiet -d 'Print no warnings'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand list" -s v -l verbose -d 'Say what is being done; SIGIL_DEBUG=true does the same'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand list" -s h -l help -d 'Print help'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -l days -l archive-days -d 'Delete archives that are older than so many days' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -l keep-last -d 'When pruning, keep the N newest archives' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -l keep-daily -d 'When pruning, keep the newest archive of each of the last N days that have one' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -l keep-weekly -d 'When pruning, keep the newest archive of each of the last N weeks that have one' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -l keep-monthly -d 'When pruning, keep the newest archive of each of the last N months that have one' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -l max-size -d 'Delete the oldest archives while all of them are larger: 5GB; bare numbers are MB' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -s s -l session -d 'Only this session. Repeatable, * globs' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -s l -l log-path -d 'The log store [default: $SIGIL_LOG_PATH, else ~/.sigil/logs]' -r -F
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -s j -l jobs -d 'How many sessions to work on at a time [default: one for each core, at most 16]' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -l wait -d 'Wait so long for another run on the same store to end, such as 90s or 10m [default: 0s]' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -l timezone -d 'What days are cut by: an IANA name, utc or local [default: local]' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -l config -d 'Read the configuration from FILE [default: $SIGIL_CONFIG, then ~/.sigil/config.toml]' -r -F
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -s n -l dry-run -d 'Say what would be done, and do nothing'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -l json -d 'Write JSON'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -s q -l quiet -d 'Print no warnings'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -s v -l verbose -d 'Say what is being done; SIGIL_DEBUG=true does the same'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand prune" -s h -l help -d 'Print help'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand restore" -l to -d 'Put them there [default: the store\'s sessions]' -r -F
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand restore" -s s -l session -d 'Only this session. Repeatable, * globs' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand restore" -s l -l log-path -d 'The log store [default: $SIGIL_LOG_PATH, else ~/.sigil/logs]' -r -F
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand restore" -s j -l jobs -d 'How many sessions to work on at a time [default: one for each core, at most 16]' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand restore" -l wait -d 'Wait so long for another run on the same store to end, such as 90s or 10m [default: 0s]' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand restore" -l timezone -d 'What days are cut by: an IANA name, utc or local [default: local]' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand restore" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand restore" -l config -d 'Read the configuration from FILE [default: $SIGIL_CONFIG, then ~/.sigil/config.toml]' -r -F
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand restore" -s n -l dry-run -d 'Say what would be done, and do nothing'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand restore" -l json -d 'Write JSON'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand restore" -s q -l quiet -d 'Print no warnings'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand restore" -s v -l verbose -d 'Say what is being done; SIGIL_DEBUG=true does the same'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand restore" -s h -l help -d 'Print help'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand rotate" -l max-size -d 'Rotate logs that are larger: 10MB; bare numbers are MB' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand rotate" -l keep -d 'Keep only the N newest rotated parts of a log; without it none is deleted' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand rotate" -s s -l session -d 'Only this session. Repeatable, * globs' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand rotate" -s l -l log-path -d 'The log store [default: $SIGIL_LOG_PATH, else ~/.sigil/logs]' -r -F
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand rotate" -s j -l jobs -d 'How many sessions to work on at a time [default: one for each core, at most 16]' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand rotate" -l wait -d 'Wait so long for another run on the same store to end, such as 90s or 10m [default: 0s]' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand rotate" -l timezone -d 'What days are cut by: an IANA name, utc or local [default: local]' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand rotate" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand rotate" -l config -d 'Read the configuration from FILE [default: $SIGIL_CONFIG, then ~/.sigil/config.toml]' -r -F
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand rotate" -l copytruncate -d 'Copy the log and truncate it, for writers that cannot open a new one. What is written in the instant between is lost'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand rotate" -s n -l dry-run -d 'Say what would be done, and do nothing'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand rotate" -l json -d 'Write JSON'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand rotate" -s q -l quiet -d 'Print no warnings'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand rotate" -s v -l verbose -d 'Say what is being done; SIGIL_DEBUG=true does the same'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand rotate" -s h -l help -d 'Print help'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand verify" -s s -l session -d 'Only this session. Repeatable, * globs' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand verify" -s l -l log-path -d 'The log store [default: $SIGIL_LOG_PATH, else ~/.sigil/logs]' -r -F
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand verify" -s j -l jobs -d 'How many sessions to work on at a time [default: one for each core, at most 16]' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand verify" -l wait -d 'Wait so long for another run on the same store to end, such as 90s or 10m [default: 0s]' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand verify" -l timezone -d 'What days are cut by: an IANA name, utc or local [default: local]' -r
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand verify" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand verify" -l config -d 'Read the configuration from FILE [default: $SIGIL_CONFIG, then ~/.sigil/config.toml]' -r -F
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand verify" -s n -l dry-run -d 'Say what would be done, and do nothing'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand verify" -l json -d 'Write JSON'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand verify" -s q -l quiet -d 'Print no warnings'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand verify" -s v -l verbose -d 'Say what is being done; SIGIL_DEBUG=true does the same'
complete -c sigil-archive -n "__fish_sigil_archive_using_subcommand verify" -s h -l help -d 'Print help'
