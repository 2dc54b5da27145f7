#!/usr/bin/env python3
"""Make many Claude Code transcripts of a few: copies whose ids differ, so that no answer is taken for another.

usage: gen_transcripts.py MIB SAMPLES DIR

Copies of every .jsonl file below SAMPLES are written to DIR/projects/copy-N/… until there are MIB mebibytes. Ids of
sessions, lines, requests and messages end differently in every copy. Lines with usage that not every
program reads (without a time, or with a space behind the colon) are left out, so that all come to the same.
"""

import json
import sys
from pathlib import Path

ID_KEYS = ("sessionId", "uuid", "requestId")


def ids(line):
    """The ids in a line, those of a sub-agent's line within it, too."""
    if not isinstance(line, dict):
        return set()
    found = {line.get(key) for key in ID_KEYS}
    if isinstance(line.get("message"), dict):
        found.add(line["message"].get("id"))
    if isinstance(line.get("data"), dict):
        found |= ids(line["data"].get("message"))
    return {one for one in found if isinstance(one, str) and one}


def pieces(line):
    """The line cut behind each of its ids, or nothing if it is one that not every program reads."""
    try:
        parsed = json.loads(line)
    except ValueError:
        return [line]
    if b'"usage"' in line and (b'"usage":{' not in line or "timestamp" not in parsed):
        return None
    cut = [line]
    for one in ids(parsed):
        quoted = json.dumps(one).encode()
        cut = [part for piece in cut for part in split_behind(piece, quoted)]
    return cut


def split_behind(piece, quoted):
    """Cuts before the closing quote of every occurrence."""
    parts = piece.split(quoted)
    opened, closing = quoted[:-1], quoted[-1:]
    return [
        (closing if number > 0 else b"") + part + (opened if number < len(parts) - 1 else b"")
        for number, part in enumerate(parts)
    ]


def load(samples):
    """Every file, as its path and its lines in pieces."""
    files = []
    for path in sorted(samples.rglob("*.jsonl")):
        cut = (pieces(line) for line in path.read_bytes().splitlines(keepends=True))
        files.append((path.relative_to(samples), [line for line in cut if line is not None]))
    return files


def main(arguments):
    if len(arguments) != 3 or not arguments[0].isdecimal():
        sys.exit(__doc__.strip())
    wanted, files, target = int(arguments[0]) << 20, load(Path(arguments[1])), Path(arguments[2])
    if not files:
        sys.exit(f"gen_transcripts.py: no transcripts below {arguments[1]}")
    written, number = 0, 0
    while written < wanted:
        suffix = b"-%04d" % number
        for name, lines in files:
            path = target / "projects" / f"copy-{number:04d}" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            written += path.write_bytes(b"".join(suffix.join(line) for line in lines))
        number += 1


if __name__ == "__main__":
    main(sys.argv[1:])
