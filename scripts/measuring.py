"""Runs commands in turn on the same input; tables and bounds of what was measured.

Every round runs each command once, so that what disturbs the machine disturbs all of them; the median of
the rounds is what counts. Time is from starting a process to its end. Peak memory is the kernel's figure for
the process (ru_maxrss), which is never less than what this script itself holds: see the row of `true`.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

MIB = 1 << 20
MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024  # the unit of ru_maxrss


@dataclass
class Command:
    """A command line: how it is shown, what runs, and what is known of it so far."""

    name: str
    argv: list
    feed: str = "argument"  # how the log comes in: "argument", "stdin", or "cat" for a pipe from cat
    discard: bool = False  # stdout goes to /dev/null
    total: bool = True  # prints the total
    env: dict = field(default_factory=dict)  # beside the environment of this script
    before: object = None  # called before each run, and not timed
    after: object = None  # called after each run, and not timed: says what is wrong with what the run left
    missing: str = ""  # why it cannot run
    failed: str = ""
    seconds: list = field(default_factory=list)
    peaks: list = field(default_factory=list)

    def median(self):
        return statistics.median(self.seconds) if self.seconds else None

    def peak(self):
        return max(self.peaks) if self.peaks else None


def run(command, log=os.devnull):
    """Runs `command` once: seconds, peak in bytes, and what it printed."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, open(log, "rb") as source:
        stdin, cat = subprocess.DEVNULL, None
        if command.before:
            command.before()
        start = time.perf_counter()
        if command.feed == "stdin":
            stdin = source
        elif command.feed == "cat":
            cat = subprocess.Popen(["cat", log], stdout=subprocess.PIPE)
            stdin = cat.stdout
        child = subprocess.Popen(
            command.argv, stdin=stdin, stdout=subprocess.DEVNULL if command.discard else out, stderr=err,
            env={**os.environ, **command.env},
        )
        if cat:
            cat.stdout.close()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if cat:
            cat.wait()
        out.seek(0)
        err.seek(0)
        if child.returncode != 0:
            words = err.read().decode(errors="replace").strip().splitlines() or ["no message"]
            raise RuntimeError(f"exit {child.returncode}: {words[-1]}")
        return seconds, usage.ru_maxrss * MAXRSS_BYTES, out.read().decode(errors="replace")


def numbers(text):
    """The whole numbers in `text`, thousands separators left out."""
    return {int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", text)}


def measure(commands, rounds, log=os.devnull, total=None):
    """Runs every command in every round; the first round warms up and checks what is printed."""
    for number in range(rounds + 1):
        for command in commands:
            if command.missing or command.failed:
                continue
            try:
                seconds, peak, printed = run(command, log)
            except (OSError, RuntimeError) as error:
                command.failed = str(error)
                continue
            command.failed = command.after() if command.after else ""
            if command.failed:
                continue
            if total is not None and command.total and not command.discard and total not in numbers(printed):
                command.failed = f"does not print the total {total:,}"
            elif number > 0:
                # A query that names its own seconds is taken at its word: its program's start is not its work.
                own = re.search(r"^seconds ([\d.]+)$", printed, re.MULTILINE)
                command.seconds.append(float(own[1]) if own else seconds)
                command.peaks.append(peak)


def table(rows, size, base):
    head = ("command", "median s", "min", "max", "MiB/s", "peak MiB", "ratio")
    cells = [head]
    for command in rows:
        if not command.seconds:
            why = f"missing: {command.missing}" if command.missing else f"failed: {command.failed}"
            cells.append((command.name, why))
            continue
        middle = command.median()
        cells.append((
            command.name + (f" (failed: {command.failed})" if command.failed else ""),
            f"{middle:.4f}", f"{min(command.seconds):.4f}", f"{max(command.seconds):.4f}",
            f"{size / MIB / middle:,.0f}" if size else "", f"{command.peak() / MIB:.1f}",
            f"{middle / base:.2f}" if base else "",
        ))
    width = max(len(row[0]) for row in cells)
    for row in cells:
        print((row[0].ljust(width) + "".join(" " + cell.rjust(9) for cell in row[1:])).rstrip())


def bound(text, measured, limit, unit):
    """Prints whether `measured` stays within `limit`; a value that is not there is not met."""
    if measured is None or limit is None:
        print(f"  {text}: not measured")
        return False
    met = measured <= limit
    verdict = "met" if met else f"missed by {measured - limit:.4g} {unit} ({(measured / limit - 1) * 100:.0f} %)"
    print(f"  {text}: {measured:.4g} {unit}, limit {limit:.4g} {unit}: {verdict}")
    return met


def peak_mib(commands):
    return max((c.peak() / MIB for c in commands if c.peak()), default=None)


def slowest_ms(commands):
    return None if any(not c.seconds for c in commands) else max(c.median() for c in commands) * 1000
