#!/bin/sh
# Sees to the programs that take what sigil-report writes for monitoring, and prints the directory they are in:
# promtool, prometheus-pushgateway, and a Python that knows opentelemetry-proto.
#
# usage: scripts/prometheus.sh
#
#   SIGIL_PROGRAMS_DIR   where they are kept for the next time (sigil-tests in $XDG_CACHE_HOME or ~/.cache)
#
# The Debian packages are only unpacked there and not installed, so that no service is set up or started. What
# cannot be had is said on stderr, and exit status 1 is for when nothing can.
set -eu

cd "$(dirname "$0")/.."
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' scripts/prometheus.sh; }
case "${1-}" in
    '') ;;
    -h | --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
esac

opentelemetry=1.45.2

say() { printf 'scripts/prometheus.sh: %s\n' "$*" >&2; }

dir=${SIGIL_PROGRAMS_DIR:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/sigil-tests}/monitoring
mkdir -p "$dir/bin" || { say "$dir cannot be made"; exit 1; }

# Unpacks the program that a Debian package of that name has; one that is on the path will do.
program() {
    [ ! -x "$dir/bin/$1" ] || return 0
    if found=$(command -v "$1"); then
        ln -sf "$found" "$dir/bin/$1"
        return
    fi
    command -v apt-get >/dev/null || { say "$1 is missing, and there is no apt-get"; return 1; }
    work=$(mktemp -d "$dir/unpacking.XXXXXX")
    # apt's own user, if there is one, may write here.
    chmod 755 "$work"
    if (cd "$work" && { apt-get -qq download "$2" || { apt-get -qq update && apt-get -qq download "$2"; }; } &&
        dpkg-deb -x "$2"_*.deb tree) >"$dir/$1.log" 2>&1 && mv "$work/tree/usr/bin/$1" "$dir/bin/$1"; then
        rm -r "$work"
    else
        rm -r "$work"
        say "$1 of the package $2 cannot be had; see $dir/$1.log"
        return 1
    fi
}

python() {
    ! "$dir/python/bin/python3" -c 'import opentelemetry.proto.collector.metrics.v1.metrics_service_pb2' 2>/dev/null || return 0
    rm -rf "$dir/python"
    { python3 -m venv "$dir/python" &&
        "$dir/python/bin/pip" install --quiet --disable-pip-version-check "opentelemetry-proto==$opentelemetry"; } \
        >"$dir/python.log" 2>&1 || { say "opentelemetry-proto cannot be had; see $dir/python.log"; return 1; }
}

had=0
program promtool prometheus && had=1
program prometheus-pushgateway prometheus-pushgateway && had=1
python && had=1
[ "$had" -eq 1 ] || exit 1
printf '%s\n' "$dir"
