#!/bin/sh
# Archives old sessions, and deletes nothing of the archive. Prints nothing when there is nothing to do.
#
# usage: scripts/recipes/cleanup_sessions.sh [-n] [DAYS [OPTION...]]
#
#   -n       only say what would be done
#   DAYS     how long nothing must have been written to a session, 7 unless it is given
#   OPTION   one of sigil-archive's, such as -l DIR
set -eu
PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin${HOME:+:$HOME/.local/bin}

dry=
if [ "${1-}" = -n ]; then
    dry=-n
    shift
fi
days=${1:-7}
[ $# -eq 0 ] || shift
exec sigil-archive ${dry:+"$dry"} --days="$days" "$@"
