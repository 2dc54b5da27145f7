complete -c sigil-report -l by -d 'A table by session, component, model, day, week, month, hour, event, error, project or tool; a list such as project,day nests' -r -f -a "session\t''
component\t''
model\t''
day\t''
week\t''
month\t''
hour\t''
event\t''
error\t''
project\t''
tool\t''"
complete -c sigil-report -l sort -d 'What sessions or rows are sorted by: tokens, cost, events, errors, sessions, duration, latency, name, started (or time) or last' -r -f -a "tokens\t''
cost\t''
events\t''
errors\t''
sessions\t''
duration\t''
latency\t''
name\t''
started\t''
time\t''
last\t''"
complete -c sigil-report -l limit -d 'Show no more than that many sessions or rows; totals stay those of all' -r
complete -c sigil-report -l min-tokens -d 'Show only sessions or rows that come to that many tokens (10k is understood); totals stay those of all' -r
complete -c sigil-report -l status -d 'Only sessions that are waiting, running, stale, complete or error; a list such as stale,error is fine' -r -f -a "waiting\t''
running\t''
stale\t''
complete\t''
error\t''
failed\t''"
complete -c sigil-report -l format -d 'How the report is written [default: text]' -r -f -a "text\t''
json\t''
jsonl\t''
csv\t''
markdown\t''
html\t''
prometheus\t''
otlp\t''"
complete -c sigil-report -l stale-after -d 'Show a running session as stale when its last event is that old' -r
complete -c sigil-report -l budget -d 'The budget of a session in tokens (256k and 1.5M are understood)' -r
complete -c sigil-report -s s -l session -d 'A session of the store; with operands, only that session of them. Repeatable, * globs' -r
complete -c sigil-report -s l -l log-path -d 'The log store, read unless there are operands [default: $SIGIL_LOG_PATH, else ~/.sigil/logs]' -r -F
complete -c sigil-report -l from -d 'Format of the lines: auto, sigil, claude, codex, higress or text. On its own, claude or codex reads that agent\'s directories' -r -f -a "auto\t''
sigil\t''
claude\t''
codex\t''
higress\t''
text\t''"
complete -c sigil-report -l since -d 'Only events from then on: RFC 3339, a date, or an age such as 7d, 36h, 10m' -r
complete -c sigil-report -l until -d 'Only events before then; a date includes its day' -r
complete -c sigil-report -l timezone -d 'How times are shown and days are cut: an IANA name, utc or local [default: local]' -r
complete -c sigil-report -l input-timezone -d 'How times without a zone are read [default: local]' -r
complete -c sigil-report -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sigil-report -l config -d 'Read the configuration from FILE [default: $SIGIL_CONFIG, then ~/.sigil/config.toml]' -r -F
complete -c sigil-report -l reverse -d 'The other way round'
complete -c sigil-report -l all-errors -d 'Show every error, not only the first 5'
complete -c sigil-report -l validate -d 'Only the lines that are wrong, each as FILE:LINE: why, and no report'
complete -c sigil-report -l write-summaries -d 'No report: tokens.json and metrics.json beside each execution.jsonl, where they are not up to date'
complete -c sigil-report -l conversation -d 'What was said in each session, round by round, with what each round cost, and no report'
complete -c sigil-report -l full -d 'With --conversation: all of long texts, not only their beginning'
complete -c sigil-report -l redact -d 'With --conversation: replace keys, tokens, passwords, e-mail addresses and card numbers by marks'
complete -c sigil-report -l exit-code -d 'With --validate: exit 1 if a line is wrong'
complete -c sigil-report -l partial -d 'Write what was gathered, as lines of JSON that --merge puts together, instead of a report'
complete -c sigil-report -l merge -d 'Report on what --partial has written: the operands, - for standard input, are such files and no logs'
complete -c sigil-report -l no-cache -d 'Read every log anew, and keep nothing for the next run'
complete -c sigil-report -l count-all -d 'Count what totals and steps state again, too: the plain sum of all tokens'
complete -c sigil-report -l strict -d 'Exit 2 if a line is malformed'
complete -c sigil-report -l estimate -d 'Estimate the tokens of text that carries no counts, as words × 1.3: lines of text, and requests and messages of sessions that nothing else counts. What is estimated is marked'
complete -c sigil-report -l recompute-cost -d 'Compute every cost from tokens and prices, also where the log states one'
complete -c sigil-report -l json -d 'Write JSON'
complete -c sigil-report -s q -l quiet -d 'Print no warnings'
complete -c sigil-report -s v -l verbose -d 'Say what is being done; SIGIL_DEBUG=true does the same'
complete -c sigil-report -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sigil-report -s V -l version -d 'Print version'
