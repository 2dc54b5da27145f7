#!/bin/sh
# The tokens of every session of the store, the largest first (guide 7.4).
#
# usage: scripts/recipes/token_report.sh [OPTION...]
#
#   OPTION   one of sigil-report's, such as -l DIR, --since 7d or --limit 10
set -eu
PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin${HOME:+:$HOME/.local/bin}

# -s names the store, so that cron's empty standard input is not read.
exec sigil-report -s '*' --by session --sort tokens "$@"
