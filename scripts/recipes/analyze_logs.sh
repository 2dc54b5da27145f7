#!/bin/sh
# What logs of any kind hold: events, errors with their stack traces, and lines that cannot be read.
#
# usage: scripts/recipes/analyze_logs.sh LOG... [OPTION...]
#
#   LOG      a file, compressed or not, a directory, an archive, or a quoted glob such as '/var/log/app/*.log*'
#   OPTION   one of sigil-report's, such as --since 24h or --from text
set -eu
PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin${HOME:+:$HOME/.local/bin}

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0"; }
[ $# -ge 1 ] || { usage >&2; exit 2; }
exec sigil-report --all-errors "$@"
