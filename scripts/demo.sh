#!/bin/sh
# Shows the main job: totals that run along with a log while it is written, the events as a person reads them,
# then the report on it.
#
# usage: scripts/demo.sh
#
#   DEMO_PAUSE    seconds between two lines of the log (0.5)
#
# Builds in release. Everything it makes lies in a temporary directory, which is gone afterwards.
set -eu

cd "$(dirname "$0")/.."
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' scripts/demo.sh; }
case "${1-}" in
    '') ;;
    -h | --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
esac

pause=${DEMO_PAUSE:-0.5}
root=$PWD
tail=
reader=

finish() {
    for process in $tail $reader; do
        kill "$process" 2>/dev/null || :
    done
    rm -rf "$dir"
}

# Each argument on a line.
say() { printf '%s\n' "$@"; }

# The next event of the session, as an orchestrator would append it.
event() {
    printf '{"timestamp":"2026-01-11T%s","session_id":"lead-analysis-001","event_type":"%s","component":"%s","message":"%s","tokens":%s,"metadata":%s}\n' \
        "$1" "$2" "$3" "$4" "$5" "$6" >>"$log"
    sleep "$pause"
}

say "Building in release ..."
cargo build --release --locked --quiet -p sigil-tail -p sigil-tokens -p sigil-report
case "${CARGO_TARGET_DIR:-target}" in
    /*) PATH=$CARGO_TARGET_DIR/release:$PATH ;;
    *) PATH=$root/${CARGO_TARGET_DIR:-target}/release:$PATH ;;
esac

dir=$(mktemp -d)
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
log=$dir/execution.jsonl
: >"$log"
mkfifo "$dir/pipe"

say "" "An agent writes execution.jsonl, a line at a time; the totals run along." ""
say '$ tail -f execution.jsonl | sigil-tokens'
# A named pipe instead of a plain one, so that both ends can be ended and waited for by their ids.
tail -f "$log" >"$dir/pipe" &
tail=$!
sigil-tokens <"$dir/pipe" &
reader=$!

event 10:15:30.923456 session_start orchestrator "Starting pipeline for: Analyze Acme Corp" 0 '{"budget":256000}'
event 10:15:32.123456 step_complete routing "Intent classified as lead_analysis" 50 '{"latency_ms":1200}'
event 10:15:33.456789 step_complete memory "Retrieved 5 relevant memories" 150 '{"latency_ms":1500}'
event 10:15:34.012344 step_complete planning "Plan created with 3 steps" 0 '{"latency_ms":100}'
event 10:15:36.234567 step_complete reasoning "Analysis complete" 450 '{"latency_ms":2100}'
event 10:15:37.567900 step_complete validation "Output validated" 0 '{"latency_ms":80}'
event 10:15:38.789012 session_complete orchestrator "Pipeline completed successfully" 650 '{"total_latency_ms":4980}'

# tail looks at the file once a second where the system cannot tell it of changes.
sleep 1.5
kill "$tail" 2>/dev/null || :
wait "$tail" 2>/dev/null || :
tail=
wait "$reader"
reader=

say "" "Its events, for a person; with -f instead of --once they would come as they are written." ""
say '$ sigil-tail --once -m stream execution.jsonl'
(cd "$dir" && sigil-tail --once -m stream execution.jsonl)

say "" "The session is over. What happened in it:" ""
say '$ sigil-report execution.jsonl'
(cd "$dir" && sigil-report execution.jsonl)
