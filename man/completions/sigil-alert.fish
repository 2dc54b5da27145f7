# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_sigil_alert_global_optspecs
    string join \n watch-logs= pid= pgid= interval= budget= format= webhook= webhook-env= webhook-file= webhook-format= exec= exec-timeout= report= state= repeat= exit-code count-all strict s/session= l/log-path= from= since= until= timezone= input-timezone= color= json q/quiet v/verbose config= h/help V/version
end

function __fish_sigil_alert_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_sigil_alert_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_sigil_alert_using_subcommand
    set -l cmd (__fish_sigil_alert_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l watch-logs -d 'Look at these logs: growth, errors, and the log store\'s size; repeatable. Standard input is read only if - is given, too' -r
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l pid -d 'Look at memory, processor time and disk traffic of this process; repeatable' -r
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l pgid -d 'Look at those of this process group; repeatable' -r
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l interval -d 'Look again and again, so often; else once' -r
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l budget -d 'The budget of a session in tokens (256k and 1.5M are understood)' -r
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l format -d 'How alerts are written to standard output' -r -f -a "jsonl\t'A line of JSON each'
report\t'The source document\'s Alert Report'"
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l webhook -d 'Send alerts to this address; better --webhook-env, as others see what is typed' -r
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l webhook-env -d 'Send alerts to the address in this environment variable' -r
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l webhook-file -d 'Send alerts to the address in this file' -r -F
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l webhook-format -d 'What a webhook is sent [default: slack]' -r -f -a "slack\t'A message for Slack\'s incoming webhooks, and for what understands them'
json\t'`{"alerts":[…]}`, each as on standard output'
alertmanager\t'What Prometheus\' Alertmanager sends, version 4'"
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l exec -d 'Run this program for each alert, which it gets as JSON on its standard input; without a shell' -r
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l exec-timeout -d 'How long that may take [default: 10s]' -r
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l report -d 'Append alerts to this file as reports' -r -F
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l state -d 'Keep what is known between runs in this file: an alert is told once, and waits until it is delivered [default with --watch-logs: alert.json in ~/.sigil/state]' -r -F
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l repeat -d 'Tell again what still fires after this time; 0s for never [default: 4h]' -r
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -s s -l session -d 'A session of the store; with operands, only that session of them. Repeatable, * globs' -r
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -s l -l log-path -d 'The log store, read unless there are operands [default: $SIGIL_LOG_PATH, else ~/.sigil/logs]' -r -F
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l from -d 'Format of the lines: auto, sigil, claude, codex, higress or text. On its own, claude or codex reads that agent\'s directories' -r -f -a "auto\t''
sigil\t''
claude\t''
codex\t''
higress\t''
text\t''"
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l since -d 'Only events from then on: RFC 3339, a date, or an age such as 7d, 36h, 10m' -r
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l until -d 'Only events before then; a date includes its day' -r
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l timezone -d 'How times are shown and days are cut: an IANA name, utc or local [default: local]' -r
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l input-timezone -d 'How times without a zone are read [default: local]' -r
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l config -d 'Read the configuration from FILE [default: $SIGIL_CONFIG, then ~/.sigil/config.toml]' -r -F
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l exit-code -d 'Exit 1 if anything fired'
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l count-all -d 'Count what totals and steps state again, too: the plain sum of all tokens'
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l strict -d 'Exit 2 if a line is malformed'
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -l json -d 'Write JSON'
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -s q -l quiet -d 'Print no warnings'
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -s v -l verbose -d 'Say what is being done; SIGIL_DEBUG=true does the same'
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -s V -l version -d 'Print version'
complete -c sigil-alert -n "__fish_sigil_alert_needs_command" -a "rules" -d 'Show the rules in force'
complete -c sigil-alert -n "__fish_sigil_alert_using_subcommand rules" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sigil-alert -n "__fish_sigil_alert_using_subcommand rules" -l config -d 'Read the configuration from FILE [default: $SIGIL_CONFIG, then ~/.sigil/config.toml]' -r -F
complete -c sigil-alert -n "__fish_sigil_alert_using_subcommand rules" -l json -d 'Write JSON'
complete -c sigil-alert -n "__fish_sigil_alert_using_subcommand rules" -s q -l quiet -d 'Print no warnings'
complete -c sigil-alert -n "__fish_sigil_alert_using_subcommand rules" -s v -l verbose -d 'Say what is being done; SIGIL_DEBUG=true does the same'
complete -c sigil-alert -n "__fish_sigil_alert_using_subcommand rules" -s h -l help -d 'Print help'
