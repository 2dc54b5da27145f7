#!/bin/sh
# Measures the tools and programs that do the same work, side by side on the same input, and prints tables.
#
# usage: scripts/bench.sh [--strict] [SECTION...]
#
#   --strict      exit 1 when a bound at the end of a table is missed or could not be measured
#   log           one log, beside DuckDB, Polars, jaq and the guide's recipe
#   transcripts   Claude Code transcripts by day, beside ccusage
#   store         a store of 10,000 small sessions, beside find, cat and wc; and again when little of it has changed
#   archive       archiving 10,000 small sessions and one large one, beside the guide's loop, tar and pigz
#   alert         one log through a pipe, beside sigil-tokens, and how soon an alert is out
#   tail          following 1,000 sessions and 5,000,000 events, reading one log through; beside tail and cat
#
#   BENCH_MIB     size of the log, and of the transcripts, in MiB (1024)
#   BENCH_LOOP    measured runs of the guide's loop over 10,000 sessions, which takes minutes (1)
#   BENCH_RUNS    measured runs of each command, after one that warms up and checks the total (5)
#   BENCH_DIR     where inputs and peers are kept for the next time (sigil-bench in $TMPDIR or /tmp)
#   BENCH_CLAUDE  transcripts to make copies of (../shared/data/claude)
#
# DuckDB and Polars come from PyPI into a venv in BENCH_DIR, jaq by `cargo install` unless it is on
# PATH, ccusage by npm. A peer that cannot be had is named in the table. The exit status is 0 whatever the
# bounds say, and 1 when a command failed or printed another total.
set -eu

called_from=$PWD
cd "$(dirname "$0")/.."
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' scripts/bench.sh; }
sections=
for argument; do
    case $argument in
        --strict) ;;
        log | transcripts | store | tail | archive | alert) sections="$sections $argument" ;;
        -h | --help) usage; exit ;;
        *) usage >&2; exit 2 ;;
    esac
done
wanted() { case " ${sections:-log transcripts store tail archive alert} " in *" $1 "*) ;; *) return 1 ;; esac; }

mib=${BENCH_MIB:-1024}
dir=${BENCH_DIR:-${TMPDIR:-/tmp}/sigil-bench}
case $dir in /*) ;; *) dir=$called_from/$dir ;; esac
log=$dir/log-$mib.jsonl
transcripts=$dir/transcripts-$mib
store=$dir/store-10000
sessions=$dir/sessions-1000
old_store=$dir/old-store-10000
big_session=$dir/big-session-$mib
samples=${BENCH_CLAUDE:-../shared/data/claude}
notes=$dir/install.log
mkdir -p "$dir"

say() { printf '%s\n' "$*"; }

# Says what failed and where its words are; the table will name the peer as missing.
missing() { say "$1 could not be installed; see $notes"; }

say "building in release"
cargo build --release --locked --quiet -p sigil-tokens -p sigil-report -p sigil-tail \
    -p sigil-archive -p sigil-alert
bin=${CARGO_TARGET_DIR:-target}/release

if { wanted log || wanted tail || wanted archive || wanted alert; } && [ ! -f "$log" ]; then
    say "making a log of $mib MiB"
    python3 scripts/gen_logs.py big "$mib" "$log.part"
    mv "$log.part" "$log"
fi

if wanted transcripts && [ ! -d "$transcripts" ] && [ -d "$samples" ]; then
    say "making $mib MiB of transcripts"
    rm -rf "$transcripts.part"
    python3 scripts/gen_transcripts.py "$mib" "$samples" "$transcripts.part"
    mv "$transcripts.part" "$transcripts"
fi

if wanted store && [ ! -d "$store" ]; then
    say "making a store of 10,000 sessions"
    rm -rf "$store.part"
    python3 scripts/gen_logs.py store 10000 "$store.part"
    mv "$store.part" "$store"
fi

# Both as if nobody had written to them for ten days.
if wanted archive && [ ! -d "$old_store" ]; then
    say "making a store of 10,000 old sessions"
    rm -rf "$old_store.part"
    python3 scripts/gen_logs.py old 10000 "$old_store.part"
    mv "$old_store.part" "$old_store"
fi

if wanted archive && [ ! -d "$big_session" ]; then
    rm -rf "$big_session.part"
    mkdir -p "$big_session.part/sessions/big"
    cp "$log" "$big_session.part/sessions/big/execution.jsonl"
    touch -d '10 days ago' "$big_session.part/sessions/big/execution.jsonl" "$big_session.part/sessions/big"
    mv "$big_session.part" "$big_session"
fi

if wanted archive && ! command -v pigz >/dev/null; then
    say "installing pigz"
    apt-get install -y pigz >>"$notes" 2>&1 || missing pigz
fi

# Anew each time, since the samples add to it.
if wanted tail; then
    rm -rf "$sessions"
    python3 scripts/gen_logs.py store 1000 "$sessions"
fi

python=$dir/peers/bin/python3
if wanted log && ! "$python" -c 'import duckdb, polars' 2>/dev/null; then
    say "installing DuckDB and Polars"
    { python3 -m venv "$dir/peers" && "$python" -m pip install --quiet duckdb polars; } >"$notes" 2>&1 ||
        missing "DuckDB or Polars"
fi

jaq=$(command -v jaq || :)
if [ -z "$jaq" ]; then
    jaq=$dir/tools/bin/jaq
    if wanted log && [ ! -x "$jaq" ]; then
        say "installing jaq"
        cargo install --quiet --locked --root "$dir/tools" jaq >>"$notes" 2>&1 || missing jaq
    fi
fi

ccusage=
if wanted transcripts; then
    ccusage=$(CCUSAGE_DIR="$dir" scripts/ccusage.sh 2>>"$notes") || missing ccusage
fi

exec python3 -B scripts/bench.py --log "$log" --bin "$bin" --python "$python" --jaq "$jaq" \
    --transcripts "$transcripts" --ccusage "$ccusage" --store "$store" --sessions "$sessions" \
    --old-store "$old_store" --big-session "$big_session" --loop-runs "${BENCH_LOOP:-1}" --runs "${BENCH_RUNS:-5}" "$@"
