#!/bin/sh
# Watches what a process, or a process group, takes of memory, processor time and disk traffic, until it has ended, and
# prints a report when something is too much and when it is well again. Thresholds are those of the rules process_memory,
# process_cpu and process_io, which the configuration can change.
#
# usage: scripts/recipes/monitor_resources.sh PID|-PGID [SECONDS [OPTION...]]
#
#   PID       the process; -PGID, as for kill(1), all of that group together
#   SECONDS   how often to look (600)
#   OPTION    one of sigil-alert's, such as --webhook-env SLACK_WEBHOOK_URL
set -eu
PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin${HOME:+:$HOME/.local/bin}

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0"; }
[ $# -ge 1 ] || { usage >&2; exit 2; }
case $1 in
    -[0-9]*) flag=--pgid ;;
    [0-9]*) flag=--pid ;;
    *) usage >&2; exit 2 ;;
esac
number=${1#-}
shift
seconds=${1:-600}
[ $# -eq 0 ] || shift

# What was seen before is of no use for another process of that number.
state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
sigil-alert "$flag" "$number" --interval "${seconds}s" --state "$state/state.json" --format report "$@"
