#!/usr/bin/env python3
"""What is measured, section by section: the commands, their peers and the bounds.

scripts/bench.sh prepares everything and calls this; measuring.py runs and counts.
"""

import argparse
import atexit
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from bench_alert import alert
from bench_archive import archive
from bench_tail import tail
from measuring import MIB, Command, bound, measure, peak_mib, run, slowest_ms, table

STARTS = 50  # runs of each command that only starts

DUCKDB = """
import duckdb, sys, time
db = duckdb.connect(config={"threads": int(sys.argv[2])})
start = time.perf_counter()
query = "SELECT sum(tokens) FROM read_ndjson(?, columns={tokens: 'BIGINT'})"
print(db.execute(query, [sys.argv[1]]).fetchone()[0])
print("seconds", time.perf_counter() - start)
"""
POLARS = """
import polars, sys
print(polars.scan_ndjson(sys.argv[1], schema={"tokens": polars.Int64}).sum().collect().item())
"""
RECIPE = "import sys, json; print(sum(json.loads(l).get('tokens', 0) for l in sys.stdin))"
JAQ = "reduce inputs as $event (0; . + ($event.tokens // 0))"


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def peer(name, module, python, argv):
    """A peer that is a Python module."""
    try:
        found = subprocess.run(
            [python, "-c", f"import {module}; print({module}.__version__)"], capture_output=True, text=True
        )
    except OSError as error:
        return Command(name, argv, missing=error.strerror)
    if found.returncode != 0:
        return Command(name, argv, missing=found.stderr.strip().splitlines()[-1])
    return Command(f"{name} {found.stdout.strip()}", argv)


def jaq_peer(jaq, log):
    argv = [jaq, "-n", JAQ, log]
    try:
        version = subprocess.run([jaq, "--version"], capture_output=True, text=True).stdout.strip()
    except OSError as error:
        return Command("jaq", argv, missing=error.strerror)
    return Command(version or "jaq", argv)


def half(seconds):
    return seconds and seconds / 2


def one_log(args):
    """One log: the sum of its tokens."""
    log, threads = args.log, cores()
    os.environ.update(POLARS_MAX_THREADS=str(threads))
    tokens, report = os.path.join(args.bin, "sigil-tokens"), os.path.join(args.bin, "sigil-report")

    summary = Command("sigil-tokens --summary FILE", [tokens, "--summary", log])
    piped = Command("cat FILE | sigil-tokens --summary", [tokens, "--summary"], feed="cat")
    running = Command("cat FILE | sigil-tokens >/dev/null", [tokens], feed="cat", discard=True)
    reported = Command("sigil-report --no-cache FILE", [report, "--no-cache", log])
    recipe = Command("the guide's Python recipe", [sys.executable, "-c", RECIPE], feed="stdin")
    duckdb = peer("DuckDB", "duckdb", args.python, [args.python, "-c", DUCKDB, log, str(threads)])
    polars = peer("Polars", "polars", args.python, [args.python, "-c", POLARS, log])
    jaq = jaq_peer(args.jaq, log)
    lines = Command("wc -l", ["wc", "-l", log], total=False)
    rows = [summary, piped, running, reported, duckdb, polars, jaq, recipe, lines]
    starts = [Command(f"{name} --version", [os.path.join(args.bin, name), "--version"], total=False)
              for name in ("sigil-tokens", "sigil-report")]
    nothing = Command("true", ["true"], total=False)

    size = os.path.getsize(log)
    total = int(run(recipe, log)[2])
    print(f"one log: {size / MIB:,.0f} MiB, {total:,} tokens; DuckDB and Polars use {threads} threads.")
    print("Ratio: to sigil-tokens --summary FILE. DuckDB's time is the query's alone, without starting Python;")
    print("all others are whole processes.\n")
    sys.stdout.flush()
    measure(rows, args.runs, log, total)
    measure([*starts, nothing], STARTS, log)

    table(rows, size, summary.median())
    print()
    table([*starts, nothing], None, None)
    print("\nbounds")
    return [*rows, *starts, nothing], [
        bound("sigil-tokens --summary no slower than DuckDB", summary.median(), duckdb.median(), "s"),
        bound("peak memory of sigil-tokens", peak_mib([summary, piped, running]), 64, "MiB"),
        bound("from a pipe at least half the speed of the file", piped.median(),
              summary.median() and 2 * summary.median(), "s"),
        bound("sigil-report, all its sections, at most 1.5 times sigil-tokens --summary", reported.median(),
              summary.median() and 1.5 * summary.median(), "s"),
        bound("start-up of the slowest tool", slowest_ms(starts), 5, "ms"),
    ]


def below(directory, name_ends):
    """How many files below a directory have names that end so, and what they hold together."""
    paths = (os.path.join(at, name) for at, _, names in os.walk(directory) for name in names)
    sizes = [os.path.getsize(path) for path in paths if path.endswith(name_ends)]
    return len(sizes), sum(sizes)


def transcripts(args):
    """Many transcripts of Claude Code: tokens by day."""
    ours = Command("sigil-report --no-cache --by day DIR",
                   [os.path.join(args.bin, "sigil-report"), "--no-cache", "--by", "day", args.transcripts])
    theirs = Command("ccusage claude daily --offline --json",
                     [args.ccusage, "claude", "daily", "--offline", "--json"],
                     env={"CLAUDE_CONFIG_DIR": args.transcripts, "HOME": args.transcripts})
    files, size = below(args.transcripts, ".jsonl") if args.transcripts else (0, 0)
    if not files:
        ours.missing = "there are no transcripts to make copies of"
    if not args.ccusage:
        theirs.missing = "scripts/ccusage.sh could not install it"
    theirs.missing = theirs.missing or ours.missing
    total = None
    if not ours.missing:
        # What both must print: the first figure under TOKENS in the last row.
        total = int(run(ours)[2].splitlines()[-1].split()[1].replace(",", ""))
    print(f"transcripts: {size / MIB:,.0f} MiB in {files:,} files, {total or 0:,} tokens. Ratio: to sigil-report.\n")
    sys.stdout.flush()
    measure([ours, theirs], args.runs, total=total)
    table([ours, theirs], size, ours.median())
    print("\nbounds")
    return [ours, theirs], [
        bound("sigil-report --by day at least twice as fast as ccusage", ours.median(), half(theirs.median()), "s"),
        bound("peak memory no more than that of ccusage", peak_mib([ours]), peak_mib([theirs]), "MiB"),
    ]


def store(args):
    """A store of many small sessions."""
    ours = Command("sigil-tokens -l STORE --summary",
                   [os.path.join(args.bin, "sigil-tokens"), "-l", args.store, "--summary"])
    cat = Command("find STORE … | xargs cat | wc -l",
                  ["sh", "-c", 'find "$0" -name execution.jsonl | xargs cat | wc -l', args.store], total=False)
    files, size = below(args.store, "execution.jsonl")
    print(f"a store: {files:,} sessions, {size / MIB:,.0f} MiB. Ratio: to sigil-tokens.\n")
    sys.stdout.flush()
    measure([ours, cat], args.runs)
    table([ours, cat], size, ours.median())
    print()
    reports, bounds = unchanged(args)
    print("\nbounds")
    return [ours, cat, *reports], [
        bound("reading a store no slower than cat", ours.median(), cat.median(), "s"),
        *(bound(f"{report.name} after 10 sessions changed", slowest_ms([report]), 100, "ms") for report in bounds),
    ]


def unchanged(args):
    """Reports on a store of which most is known from the run before: all of them, and those with a bound."""
    home = tempfile.mkdtemp(prefix="home-", dir=os.path.dirname(args.store))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    logs = sorted(str(path) for path in pathlib.Path(args.store).glob("sessions/*/execution.jsonl"))
    some = logs[::max(1, len(logs) // 10)][:10]

    def change():
        for log in some:
            os.utime(log)

    report = [os.path.join(args.bin, "sigil-report"), "-l", args.store]
    known = [Command(" ".join(["sigil-report -l STORE", *flags]), [*report, *flags], total=False, discard=True,
                     env={"HOME": home}, before=change) for flags in ([], ["--by", "day"], ["--json"])]
    anew = Command("sigil-report --no-cache -l STORE", [*report, "--no-cache"], total=False, discard=True)
    # What changed just now is not kept.
    time.sleep(2.1)
    sys.stdout.flush()
    measure([*known, anew], args.runs)
    table([*known, anew], below(args.store, "execution.jsonl")[1], anew.median())
    return [*known, anew], known


SECTIONS = {"log": one_log, "transcripts": transcripts, "store": store, "tail": tail, "archive": archive,
            "alert": alert}


def main():
    options = argparse.ArgumentParser(description="Called by scripts/bench.sh.")
    for name in ("--log", "--bin", "--python", "--jaq", "--transcripts", "--ccusage", "--store",
                 "--sessions", "--old-store", "--big-session"):
        options.add_argument(name, required=True)
    options.add_argument("--loop-runs", type=int, default=1)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--strict", action="store_true")
    options.add_argument("sections", nargs="*")
    args = options.parse_args()
    if args.runs < 1:
        options.error("--runs must be at least 1")

    print(f"{cores()} cores. Median of {args.runs} runs in turn, warm; MiB/s of what is read.")
    failed, met = False, True
    for name in args.sections or SECTIONS:
        print()
        commands, bounds = SECTIONS[name](args)
        for command in commands:
            if command.missing:
                print(f"  {command.name} was not measured: {command.missing}")
            if command.failed:
                print(f"  {command.name} failed: {command.failed}")
        failed = failed or any(command.failed for command in commands)
        met = met and all(bounds)
    if failed or (args.strict and not met):
        sys.exit(1)


if __name__ == "__main__":
    main()
