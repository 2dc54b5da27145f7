"""Alerts: how fast a log goes through a pipe, and how soon after its cause an alert is out.

A sample is one line appended to a file that `tail -f FILE | sigil-alert` follows, from before the write until the
alert that it causes has come out, what tail and this script take included.
"""

import os
import random
import select
import statistics
import subprocess
import tempfile
import time

from measuring import MIB, Command, bound, measure, table

SAMPLES = 50
LIMIT_MS = 50
PATIENCE_SECONDS = 10
LINE = (
    '{{"timestamp":"2026-01-11T10:15:{second:02}.123456Z","session_id":"{session}","event_type":"session_error",'
    '"component":"orchestrator","message":"Failed"}}\n'
)


class Pipe:
    """`tail -f FILE | sigil-alert`, with what comes out of it."""

    def __init__(self, program, path, home):
        self.name = "tail -f FILE | sigil-alert"
        self.failed = self.missing = ""
        self.delays_ms = []
        self.tail = subprocess.Popen(["tail", "-n", "+1", "-f", path], stdout=subprocess.PIPE)
        self.alert = subprocess.Popen([program], stdin=self.tail.stdout, stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL, env={**os.environ, "HOME": home})
        self.tail.stdout.close()

    def sample(self, log, number):
        """Appends a line, and waits for the alert."""
        session = f"sample-{number}"
        line = LINE.format(session=session, second=number % 60).encode()
        start = time.perf_counter_ns()
        os.write(log, line)
        came = b""
        while not (came.endswith(b"\n") and b"session_error" in came):
            ready, _, _ = select.select([self.alert.stdout], [], [], PATIENCE_SECONDS)
            piece = os.read(self.alert.stdout.fileno(), MIB) if ready else b""
            if not piece:
                self.failed = f"the alert of sample {number} did not come out"
                return
            came += piece
        if session.encode() not in came:
            self.failed = f"another alert than that of sample {number} came out"
        self.delays_ms.append((time.perf_counter_ns() - start) / 1e6)

    def end(self):
        for process in (self.tail, self.alert):
            process.kill()
            process.wait()
        self.alert.stdout.close()


def delays(program, directory):
    """Samples one at a time; the first one, which waits for the start, does not count."""
    dice = random.Random(1)
    with tempfile.TemporaryDirectory(dir=directory) as home:
        path = os.path.join(home, "execution.jsonl")
        log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        pipe = Pipe(program, path, home)
        try:
            for number in range(SAMPLES + 1):
                pipe.sample(log, number)
                if pipe.failed:
                    break
                # So that both wait again when the next one comes, and at any point of their clocks.
                time.sleep(dice.uniform(0.02, 0.2))
            pipe.delays_ms = pipe.delays_ms[1:]
        finally:
            pipe.end()
            os.close(log)
    return pipe


def alert(args):
    """One log through a pipe, and alerts as they are caused."""
    directory = os.path.dirname(args.log)
    program = os.path.join(args.bin, "sigil-alert")
    with tempfile.TemporaryDirectory(dir=directory) as home:
        ours = Command("cat FILE | sigil-alert >/dev/null", [program], feed="cat", total=False, discard=True,
                       env={"HOME": home})
        tokens = Command("cat FILE | sigil-tokens --summary", [os.path.join(args.bin, "sigil-tokens"), "--summary"],
                         feed="cat", total=False, env={"HOME": home})
        cat = Command("cat FILE | cat >/dev/null", ["cat"], feed="cat", total=False, discard=True)
        rows = [ours, tokens, cat]
        size = os.path.getsize(args.log)
        print(f"one log through a pipe: {size / MIB:,.0f} MiB. Ratio: to sigil-tokens.\n", flush=True)
        measure(rows, args.runs, args.log)
        table(rows, size, tokens.median())

    pipe = delays(program, directory)
    median = statistics.median(pipe.delays_ms) if pipe.delays_ms and not pipe.failed else None
    most = max(pipe.delays_ms) if median is not None else None
    if median is not None:
        print(f"\n{pipe.name}: an alert is out {median:.2f} ms after the line that causes it in the median, "
              f"{most:.2f} ms at most, of {len(pipe.delays_ms)}.")
    print("\nbounds")
    return [*rows, pipe], [
        bound("sigil-alert at least half as fast as sigil-tokens", ours.median(),
              tokens.median() and 2 * tokens.median(), "s"),
        bound("from line to alert, median", median, LIMIT_MS, "ms"),
        bound("from line to alert, at most", most, LIMIT_MS, "ms"),
    ]
