#!/bin/sh
# Keeps the store small (guide 6.3, 7.3): sessions are archived after 7 days, archives deleted after 30, and what has
# been rotated out of error.log after 90. Prints nothing when there is nothing to do.
#
# usage: scripts/recipes/cleanup.sh [OPTION...]
#
#   OPTION   one of sigil-archive's, such as -n, which only says what would be done, or -l DIR
set -eu
PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin${HOME:+:$HOME/.local/bin}

exec sigil-archive --days 7 --prune-days 30 --error-log-days 90 "$@"
