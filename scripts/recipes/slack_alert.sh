#!/bin/sh
# Watches a session and tells Slack what goes wrong in it, until it has ended (guide 8.4).
#
# usage: SLACK_WEBHOOK_URL=https://... scripts/recipes/slack_alert.sh ID [OPTION...]
#
#   ID       the session, as in the store; one that has not begun is waited for
#   OPTION   one of sigil-alert's, such as --format report, --budget 100k or --config FILE
#
# What is told stands on standard output, too. The exit status is 2 if Slack has not taken all of it.
set -eu
PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin${HOME:+:$HOME/.local/bin}

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0"; }
[ $# -ge 1 ] || { usage >&2; exit 2; }
[ -n "${SLACK_WEBHOOK_URL:-}" ] || { printf '%s\n' "slack_alert.sh: SLACK_WEBHOOK_URL is not set" >&2; exit 2; }
id=$1
shift

# The address stays in the environment: arguments can be seen by others.
sigil-tail -s "$id" -m jsonl --until-complete |
    sigil-alert --webhook-env SLACK_WEBHOOK_URL --webhook-format slack "$@"
