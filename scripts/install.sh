#!/bin/sh
# Builds in release and installs the tools, their man pages and their shell completions.
#
# usage: scripts/install.sh [PREFIX]
#
#   PREFIX     where to install (/usr/local, or ~/.local when that cannot be written)
#
#   DESTDIR    put in front of every path, for making packages
set -eu

called_from=$PWD
cd "$(dirname "$0")/.."
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' scripts/install.sh; }
case "${1-}" in
    -h | --help) usage; exit ;;
    -*) usage >&2; exit 2 ;;
esac
[ $# -le 1 ] || { usage >&2; exit 2; }

# Relative paths are the caller's.
absolute() { case $1 in /*) printf '%s' "$1" ;; *) printf '%s/%s' "$called_from" "$1" ;; esac; }

destdir=
[ -z "${DESTDIR:-}" ] || destdir=$(absolute "${DESTDIR%/}")
if [ -n "${1-}" ]; then
    prefix=$(absolute "$1")
elif [ -n "$destdir" ] || [ -w /usr/local/bin ]; then
    prefix=/usr/local
else
    prefix=$HOME/.local
fi

# put MODE FILE DIRECTORY [NAME]
put() {
    target=$destdir$3/${4:-${2##*/}}
    install -d "$destdir$3"
    install -m "$1" "$2" "$target"
    printf '%s\n' "$target"
}

# A man page for every tool, and nothing but tools: the drift check sees to it.
tools=
for page in man/*.1; do
    tool=${page##*/}
    tools="$tools ${tool%.1}"
done

set --
for tool in $tools; do
    set -- "$@" -p "$tool"
done
cargo build --release --locked "$@"
release=${CARGO_TARGET_DIR:-target}/release

for tool in $tools; do
    put 755 "$release/$tool" "$prefix/bin"
    put 644 "man/$tool.1" "$prefix/share/man/man1"
    put 644 "man/completions/$tool.bash" "$prefix/share/bash-completion/completions" "$tool"
    put 644 "man/completions/_$tool" "$prefix/share/zsh/site-functions"
    put 644 "man/completions/$tool.fish" "$prefix/share/fish/vendor_completions.d"
done

case "$destdir:$PATH:" in
    /*:* | *":$prefix/bin:"*) ;;
    *) printf '%s is not on PATH; add it to run the tools by name\n' "$prefix/bin" >&2 ;;
esac
