#!/bin/sh
# Watches several sessions at once, each in a pane of its own.
#
# usage: scripts/watch.sh [-m MODE] [-l DIR] ID ID...
#
#   -m MODE    how each is shown: dashboard, stream, minimal or jsonl (dashboard)
#   -l DIR     the log store ($SIGIL_LOG_PATH, else ~/.sigil/logs)
#
# Inside tmux the panes are added to the window; else tmux starts with them, and ends with the last one.
# Without tmux one sigil-tail follows all of them.
set -eu

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0"; }
mode=
store=
while getopts hl:m: option; do
    case $option in
        h) usage; exit ;;
        l) store=$OPTARG ;;
        m) mode=$OPTARG ;;
        *) usage >&2; exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -ge 1 ] || { usage >&2; exit 2; }

tail=$(command -v sigil-tail) || { printf '%s\n' "scripts/watch.sh: sigil-tail is not on PATH" >&2; exit 1; }

if ! command -v tmux >/dev/null; then
    number=$#
    for id; do set -- "$@" -s "$id"; done
    shift "$number"
    exec "$tail" ${mode:+-m "$mode"} ${store:+-l "$store"} "$@"
fi

first=$1
shift
if [ -n "${TMUX-}" ]; then
    window=$(tmux display-message -p -t "${TMUX_PANE-}" '#{window_id}')
    tmux split-window -d -t "$window" -- "$tail" -m "${mode:-dashboard}" ${store:+-l "$store"} -s "$first"
else
    name=sigil-watch-$$
    tmux new-session -d -s "$name" -- "$tail" -m "${mode:-dashboard}" ${store:+-l "$store"} -s "$first"
    window=$name:
fi
for id; do
    tmux split-window -d -t "$window" -- "$tail" -m "${mode:-dashboard}" ${store:+-l "$store"} -s "$id"
    # Each time, or the last ones would find no room.
    tmux select-layout -t "$window" tiled >/dev/null
done
[ -n "${TMUX-}" ] || exec tmux attach-session -t "$window"
