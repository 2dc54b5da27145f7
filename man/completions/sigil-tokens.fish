complete -c sigil-tokens -l by -d 'A table by component, session, model, day, week, month, hour, event or project; a list such as day,model nests' -r -f -a "component\t''
session\t''
model\t''
day\t''
week\t''
month\t''
hour\t''
event\t''
project\t''"
complete -c sigil-tokens -l budget -d 'The budget of a session in tokens (256k and 1.5M are understood); with --check the limit' -r
complete -c sigil-tokens -l warn-at -d 'With --check, warn from this share of the limit on, in percent [default: 80]' -r
complete -c sigil-tokens -l critical-at -d 'With --check, critical from this share of the limit on, in percent [default: 90]' -r
complete -c sigil-tokens -s s -l session -d 'A session of the store; with operands, only that session of them. Repeatable, * globs' -r
complete -c sigil-tokens -s l -l log-path -d 'The log store, read unless there are operands [default: $SIGIL_LOG_PATH, else ~/.sigil/logs]' -r -F
complete -c sigil-tokens -l from -d 'Format of the lines: auto, sigil, claude, codex, higress or text. On its own, claude or codex reads that agent\'s directories' -r -f -a "auto\t''
sigil\t''
claude\t''
codex\t''
higress\t''
text\t''"
complete -c sigil-tokens -l since -d 'Only events from then on: RFC 3339, a date, or an age such as 7d, 36h, 10m' -r
complete -c sigil-tokens -l until -d 'Only events before then; a date includes its day' -r
complete -c sigil-tokens -l timezone -d 'How times are shown and days are cut: an IANA name, utc or local [default: local]' -r
complete -c sigil-tokens -l input-timezone -d 'How times without a zone are read [default: local]' -r
complete -c sigil-tokens -l content -d 'Keep what was said, where logs hold it: none, text (question, answer, reasoning) or full (messages and tool calls, too) [default: none]' -r -f -a "none\t''
text\t''
full\t''"
complete -c sigil-tokens -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sigil-tokens -l config -d 'Read the configuration from FILE [default: $SIGIL_CONFIG, then ~/.sigil/config.toml]' -r -F
complete -c sigil-tokens -l summary -d 'Only the summary, no running lines'
complete -c sigil-tokens -l check -d 'Only an exit status: 0 fine, 1 warning or cannot tell, 2 critical'
complete -c sigil-tokens -l count-all -d 'Count what totals and steps state again, too: the plain sum of all tokens'
complete -c sigil-tokens -l strict -d 'Exit 2 if a line is malformed'
complete -c sigil-tokens -l estimate -d 'Estimate the tokens of text that carries no counts, as words × 1.3: lines of text, and requests and messages of sessions that nothing else counts. What is estimated is marked'
complete -c sigil-tokens -l recompute-cost -d 'Compute every cost from tokens and prices, also where the log states one'
complete -c sigil-tokens -l redact -d 'Replace keys, tokens, passwords, e-mail addresses and card numbers in it by marks'
complete -c sigil-tokens -l json -d 'Write JSON'
complete -c sigil-tokens -s q -l quiet -d 'Print no warnings'
complete -c sigil-tokens -s v -l verbose -d 'Say what is being done; SIGIL_DEBUG=true does the same'
complete -c sigil-tokens -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sigil-tokens -s V -l version -d 'Print version'
