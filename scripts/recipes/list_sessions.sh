#!/bin/sh
# The sessions of the store that have not ended, the one that was heard of last first.
#
# usage: scripts/recipes/list_sessions.sh [STATUS [OPTION...]]
#
#   STATUS   those of another status, such as error, or complete,error
#   OPTION   one of sigil-report's, such as -l DIR
set -eu
PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin${HOME:+:$HOME/.local/bin}

status=${1:-waiting,running,stale}
[ $# -eq 0 ] || shift
exec sigil-report -s '*' --status "$status" --sort last "$@"
