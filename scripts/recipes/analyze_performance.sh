#!/bin/sh
# Where the time goes: the components of each session, the slowest first.
#
# usage: scripts/recipes/analyze_performance.sh [OPTION...]
#
#   OPTION   one of sigil-report's, such as -l DIR, --since 24h or --limit 50
set -eu
PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin${HOME:+:$HOME/.local/bin}

exec sigil-report -s '*' --by component,session --sort latency --limit 20 "$@"
