#!/bin/sh
# Runs everything that is checked before a change is taken: `cargo xtask check`, after seeing to its tools.
#
# usage: scripts/test.sh
#
# Needs the Rust toolchain, a C compiler and Python 3. cargo-deny is installed with cargo when it is
# missing, which takes a few minutes once, and ccusage with npm if there is npm. The last line is
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

exec cargo xtask check
