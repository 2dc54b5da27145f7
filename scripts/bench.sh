#!/bin/sh
# Measures the tools and programs that do the same work, side by side on one log, and prints a table.
#
# usage: scripts/bench.sh [--strict]
#
#   --strict      exit 1 when a bound at the end of the table is missed or could not be measured
#
#   BENCH_MIB     size of the log in MiB (1024)
#   BENCH_RUNS    measured runs of each command, after one that warms up and checks the total (5)
#   BENCH_DIR     where log and peers are kept for the next time (sigil-bench in $TMPDIR or /tmp)
#
# DuckDB and Polars come from PyPI into a venv in BENCH_DIR, jaq by `cargo install` unless it is on
# PATH. A peer that cannot be had is named in the table. The exit status is 0 whatever the
# bounds say, and 1 when a command failed or printed another total.
set -eu

called_from=$PWD
cd "$(dirname "$0")/.."
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' scripts/bench.sh; }
case "${1-}" in
    '' | --strict) ;;
    -h | --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
esac

mib=${BENCH_MIB:-1024}
dir=${BENCH_DIR:-${TMPDIR:-/tmp}/sigil-bench}
case $dir in /*) ;; *) dir=$called_from/$dir ;; esac
log=$dir/log-$mib.jsonl
notes=$dir/install.log
mkdir -p "$dir"

say() { printf '%s\n' "$*"; }

# Says what failed and where its words are; the table will name the peer as missing.
missing() { say "$1 could not be installed; see $notes"; }

say "building in release"
cargo build --release --locked --quiet -p sigil-tokens -p sigil-report
bin=${CARGO_TARGET_DIR:-target}/release

if [ ! -f "$log" ]; then
    say "making a log of $mib MiB"
    python3 scripts/gen_logs.py big "$mib" "$log.part"
    mv "$log.part" "$log"
fi

python=$dir/peers/bin/python3
if ! "$python" -c 'import duckdb, polars' 2>/dev/null; then
    say "installing DuckDB and Polars"
    { python3 -m venv "$dir/peers" && "$python" -m pip install --quiet duckdb polars; } >"$notes" 2>&1 ||
        missing "DuckDB or Polars"
fi

jaq=$(command -v jaq || :)
if [ -z "$jaq" ]; then
    jaq=$dir/tools/bin/jaq
    if [ ! -x "$jaq" ]; then
        say "installing jaq"
        cargo install --quiet --locked --root "$dir/tools" jaq >>"$notes" 2>&1 || missing jaq
    fi
fi

exec python3 scripts/bench.py --log "$log" --bin "$bin" --python "$python" --jaq "$jaq" \
    --runs "${BENCH_RUNS:-5}" "$@"
