#!/bin/sh
# What went wrong in the store, in which sessions and how often, the most frequent first (guide 7.4).
#
# usage: scripts/recipes/error_summary.sh [OPTION...]
#
#   OPTION   one of sigil-report's, such as -l DIR or --since 24h
set -eu
PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin${HOME:+:$HOME/.local/bin}

exec sigil-report -s '*' --by error,session --sort errors "$@"
