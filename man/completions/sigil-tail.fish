complete -c sigil-tail -s m -l mode -d 'How events are shown [default: dashboard on a terminal, else jsonl]' -r -f -a "dashboard\t'The whole screen: budgets, latency, recent events'
stream\t'A line for each event'
minimal\t'One line, rewritten in place'
jsonl\t'Events as JSON lines'"
complete -c sigil-tail -l refresh-rate -d 'How often the display changes, and how often is looked where the system does not tell of changes, in seconds' -r
complete -c sigil-tail -s n -l lines -d 'Begin N events before the end' -r
complete -c sigil-tail -l state -d 'Start where the run before stopped, as FILE tells, and keep it' -r -F
complete -c sigil-tail -l component -d 'Only events of this component. Repeatable, * globs, ! before it negates' -r
complete -c sigil-tail -l event-type -d 'Only events of this type. Repeatable, * globs, ! before it negates' -r
complete -c sigil-tail -l min-tokens -d 'Only events with at least N tokens' -r
complete -c sigil-tail -l budget -d 'The budget of a session in tokens (256k and 1.5M are understood)' -r
complete -c sigil-tail -l stale-after -d 'Show a running session as stale when its last event is that old' -r
complete -c sigil-tail -s s -l session -d 'A session of the store; with operands, only that session of them. Repeatable, * globs' -r
complete -c sigil-tail -s l -l log-path -d 'The log store, read unless there are operands [default: $SIGIL_LOG_PATH, else ~/.sigil/logs]' -r -F
complete -c sigil-tail -l from -d 'Format of the lines: auto, sigil, claude, codex, higress or text. On its own, claude or codex reads that agent\'s directories' -r -f -a "auto\t''
sigil\t''
claude\t''
codex\t''
higress\t''
text\t''"
complete -c sigil-tail -l since -d 'Only events from then on: RFC 3339, a date, or an age such as 7d, 36h, 10m' -r
complete -c sigil-tail -l until -d 'Only events before then; a date includes its day' -r
complete -c sigil-tail -l timezone -d 'How times are shown and days are cut: an IANA name, utc or local [default: local]' -r
complete -c sigil-tail -l input-timezone -d 'How times without a zone are read [default: local]' -r
complete -c sigil-tail -l content -d 'Keep what was said, where logs hold it: none, text (question, answer, reasoning) or full (messages and tool calls, too) [default: none]' -r -f -a "none\t''
text\t''
full\t''"
complete -c sigil-tail -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sigil-tail -l config -d 'Read the configuration from FILE [default: $SIGIL_CONFIG, then ~/.sigil/config.toml]' -r -F
complete -c sigil-tail -s f -s F -l follow -d 'Follow by name, which is what happens anyway'
complete -c sigil-tail -l once -d 'Stop at the end of what is there'
complete -c sigil-tail -l all -d 'Every session of the store, new ones as they appear'
complete -c sigil-tail -l until-complete -d 'Stop when every session that is followed has ended; exit 1 if one ended in error'
complete -c sigil-tail -l errors-only -d 'Only events that tell of an error'
complete -c sigil-tail -l count-all -d 'Count what totals and steps state again, too: the plain sum of all tokens'
complete -c sigil-tail -l strict -d 'Exit 2 if a line is malformed'
complete -c sigil-tail -l estimate -d 'Estimate the tokens of text that carries no counts, as words × 1.3: lines of text, and requests and messages of sessions that nothing else counts. What is estimated is marked'
complete -c sigil-tail -l recompute-cost -d 'Compute every cost from tokens and prices, also where the log states one'
complete -c sigil-tail -l redact -d 'Replace keys, tokens, passwords, e-mail addresses and card numbers in it by marks'
complete -c sigil-tail -l json -d 'Write JSON'
complete -c sigil-tail -s q -l quiet -d 'Print no warnings'
complete -c sigil-tail -s v -l verbose -d 'Say what is being done; SIGIL_DEBUG=true does the same'
complete -c sigil-tail -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sigil-tail -s V -l version -d 'Print version'
