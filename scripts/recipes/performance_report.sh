#!/bin/sh
# How long the components of all sessions took, what was slow and what failed, as a whole report.
#
# usage: scripts/recipes/performance_report.sh [OPTION...]
#
#   OPTION   one of sigil-report's, such as -l DIR, --since 24h or --format html
set -eu
PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin${HOME:+:$HOME/.local/bin}

exec sigil-report -s '*' --sort duration --limit 20 "$@"
