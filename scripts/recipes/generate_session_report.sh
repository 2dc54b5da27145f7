#!/bin/sh
# The report on a session as a page for a browser, in one file that needs no network.
#
# usage: scripts/recipes/generate_session_report.sh ID [FILE [OPTION...]]
#
#   ID       the session, as in the store
#   FILE     where the page goes, ID.html unless it is given; it is replaced when the page is whole
#   OPTION   one of sigil-report's, such as -l DIR
set -eu
PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin${HOME:+:$HOME/.local/bin}

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0"; }
[ $# -ge 1 ] || { usage >&2; exit 2; }
id=$1
file=${2:-$(printf '%s' "$id" | tr / _).html}
shift
[ $# -eq 0 ] || shift

case $file in /*) ;; *) file=./$file ;; esac
page=$(mktemp "$file.XXXXXX")
trap 'rm -f "$page"' EXIT
sigil-report -s "$id" --format html "$@" > "$page"
mv -f "$page" "$file"
