#!/bin/sh
# Sees to the one version of ccusage that tests/PARITY.md is about, and prints where it is.
#
# usage: scripts/ccusage.sh
#
#   CCUSAGE_DIR   where it is kept for the next time (sigil-tests in $XDG_CACHE_HOME or ~/.cache)
#
# It is installed by npm when it is not there yet. Exit status 1 and one line that says why when it
# cannot be had.
set -eu

cd "$(dirname "$0")/.."
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' scripts/ccusage.sh; }
case "${1-}" in
    '') ;;
    -h | --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
esac

version=20.0.24

die() { printf 'scripts/ccusage.sh: %s\n' "$*" >&2; exit 1; }

dir=${CCUSAGE_DIR:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/sigil-tests}/ccusage-$version

# The program itself, not the script of its package that starts it by way of node.
program() {
    for found in "$dir"/node_modules/@ccusage/*/bin/ccusage; do
        # The script of the package would make it executable at its first start.
        [ ! -f "$found" ] || chmod +x "$found"
        if [ -x "$found" ] && [ "$("$found" --version 2>/dev/null)" = "ccusage $version" ]; then
            printf '%s\n' "$found"
            return
        fi
    done
    return 1
}

program && exit
command -v npm >/dev/null || die "npm is missing, which installs ccusage"
mkdir -p "$dir" || die "$dir cannot be made"
npm install --prefix "$dir" --no-save --no-audit --no-fund "ccusage@$version" >"$dir/install.log" 2>&1 ||
    die "ccusage $version could not be installed; see $dir/install.log"
program || die "ccusage $version has no program for this machine"
