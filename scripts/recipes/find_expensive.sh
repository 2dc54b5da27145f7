#!/bin/sh
# The sessions of the store that have used many tokens, the largest first (guide 7.4).
#
# usage: scripts/recipes/find_expensive.sh [TOKENS [OPTION...]]
#
#   TOKENS   how many are many: 10000, or what is given, such as 250k
#   OPTION   one of sigil-report's, such as -l DIR or --since 7d
set -eu
PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin${HOME:+:$HOME/.local/bin}

least=${1:-10000}
[ $# -eq 0 ] || shift
exec sigil-report -s '*' --by session --sort tokens --min-tokens "$least" "$@"
