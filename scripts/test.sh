#!/bin/sh
# Runs everything that is checked before a change is taken: `cargo xtask check`, after seeing to its tools.
#
# usage: scripts/test.sh
#
# Needs the Rust toolchain, a C compiler and Python 3. cargo-deny is installed with cargo when it is
# missing, which takes a few minutes once, and ccusage with npm if there is npm. bsdtar, busybox, chromium, logrotate, shellcheck and
# tmux, which tests run beside the tools, are installed with apt-get where that can be done; promtool and a Pushgateway are only
# unpacked, and opentelemetry-proto goes where they are (scripts/prometheus.sh). The last line is
# `N passed, N failed`; the exit status is 0 only when every step passed and at least one test ran.
set -eu

cd "$(dirname "$0")/.."
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' scripts/test.sh; }
case "${1-}" in
    '') ;;
    -h | --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
esac

say() { printf '%s\n' "$*"; }
die() { say "scripts/test.sh: $*" >&2; exit 1; }

command -v cargo >/dev/null || die "cargo is missing: install the Rust toolchain"
command -v cc >/dev/null || die "cc is missing: install a C compiler"
command -v python3 >/dev/null || die "python3 is missing: install Python 3"

# Minimal toolchains come without these two.
for component in rustfmt clippy; do
    case $component in rustfmt) subcommand=fmt ;; *) subcommand=$component ;; esac
    if ! cargo "$subcommand" --version >/dev/null 2>&1; then
        say "installing $component"
        rustup component add "$component" || die "$component is missing and cannot be added"
    fi
done

if ! cargo deny --version >/dev/null 2>&1; then
    say "installing cargo-deny"
    cargo install --quiet --locked cargo-deny || die "cargo-deny is missing and cannot be installed"
fi

# Its figures stand beside ours in a test, which says NOT RUN when it is missing.
if [ -z "${CCUSAGE-}" ]; then
    CCUSAGE=$(scripts/ccusage.sh) || say "ccusage cannot be had; the test of parity will not run"
    export CCUSAGE
fi

# So do the tests of what is written for monitoring.
if [ -z "${SIGIL_MONITORING-}" ]; then
    SIGIL_MONITORING=$(scripts/prometheus.sh) || say "programs for monitoring cannot be had; their tests will not run"
    export SIGIL_MONITORING
fi

# And the tests that need these. logrotate is for root's path.
missing=
for program in bsdtar busybox chromium logrotate shellcheck tmux; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null && continue
    case $program in bsdtar) package=libarchive-tools ;; *) package=$program ;; esac
    missing="$missing $package"
done
if [ -n "$missing" ]; then
    say "installing$missing"
    # One package a word.
    # shellcheck disable=SC2086
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null ||
        ! { apt-get install -qq -y $missing || { apt-get update -qq && apt-get install -qq -y $missing; }; } >/dev/null 2>&1; then
        say "cannot install$missing; the tests that need them will not run"
    fi
fi

# What is started in the background begins with these signals switched off, and hands that on; tests send them.
if env --default-signal=HUP,INT,QUIT true 2>/dev/null; then
    exec env --default-signal=HUP,INT,QUIT cargo xtask check
fi
exec cargo xtask check
