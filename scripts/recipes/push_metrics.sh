#!/bin/sh
# Pushes the metrics of a session to a Pushgateway, in the place of those pushed before (guide 8.4).
#
# usage: scripts/recipes/push_metrics.sh ID [HOST:PORT [OPTION...]]
#
#   ID          the session, as in the store
#   HOST:PORT   the Pushgateway, localhost:9091 unless it is given
#   OPTION      one of sigil-report's, such as -l DIR
set -eu
PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin${HOME:+:$HOME/.local/bin}

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0"; }
[ $# -ge 1 ] || { usage >&2; exit 2; }
id=$1
gateway=${2:-localhost:9091}
shift
[ $# -eq 0 ] || shift

# What cannot be reported is not pushed. Every byte of the id is written as %XX, whatever it is.
metrics=$(sigil-report -s "$id" --format prometheus "$@")
instance=$(printf '%s' "$id" | od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g')
printf '%s\n' "$metrics" |
    curl --fail --silent --show-error --globoff --max-time 30 --request PUT --data-binary @- \
        "http://$gateway/metrics/job/sigil/instance/$instance"
