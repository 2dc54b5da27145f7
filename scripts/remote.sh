#!/bin/sh
# Watches a session that runs on another machine, by way of ssh.
#
# usage: scripts/remote.sh HOST ID [OPTION...]
#
#   ID        as its directory in the store is called
#   OPTION    what sigil-tail is to be told, such as -m stream or --errors-only
#
# Where sigil-tail is installed on HOST it runs there, with a terminal if there is one here; what comes over
# the line is what it shows. Else `tail -F` there is read by sigil-tail here. The store there is ~/.sigil/logs.
set -eu

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0"; }
case "${1-}" in
    -h | --help) usage; exit ;;
    -*) usage >&2; exit 2 ;;
esac
[ $# -ge 2 ] || { usage >&2; exit 2; }
host=$1
id=$2
shift 2

# The shell at the other end takes its words apart once more.
quoted() { printf "'%s' " "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }
options=
for option; do options="$options$(quoted "$option")"; done

# `command -v` alone fails with 127 in one shell and with 1 in another.
found=0
ssh "$host" 'command -v sigil-tail >/dev/null || exit 127' || found=$?
case $found in
    0)
        terminal=
        [ ! -t 1 ] || terminal=-t
        exec ssh $terminal "$host" "exec sigil-tail -s $(quoted "$id") $options"
        ;;
    127) ;;
    # With 255 ssh says that it has not come there; it has said why.
    *) exit "$found" ;;
esac
log=.sigil/logs/sessions/$id/execution.jsonl
# What is quoted here is meant for the shell there.
# shellcheck disable=SC2029
ssh "$host" "exec tail -n +1 -F $(quoted "$log")" | sigil-tail "$@"
