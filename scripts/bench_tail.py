"""Following: how late what is written comes out, what that costs, and how fast a log is read through.

`sigil-tail` and `tail -F` follow the same 1,000 sessions. A sample is one line appended to a random one of
them, from before the write until the line has come out, this script's own part included.
"""

import os
import random
import resource
import select
import statistics
import subprocess
import tempfile
import time

from measuring import MIB, Command, bound, measure, table

SAMPLES = 2000
IDLE_SECONDS = 10
QUIET_SECONDS = 1.0  # so long nothing comes once everything has
PATIENCE_SECONDS = 120
EVENTS = 5_000_000
LINE = (
    '{{"timestamp":"2026-01-11T10:15:32.123456","session_id":"{session}","event_type":"step_complete",'
    '"component":"routing","message":"Intent classified","tokens":50,"metadata":{{"sample":{number}}}}}\n'
)


class Follower:
    """A program that follows, with what comes out of it."""

    def __init__(self, name, argv):
        self.name = name
        self.failed = self.missing = ""
        self.delays_us, self.idle_percent, self.rss = [], None, None
        try:
            self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        except OSError as error:
            self.process, self.missing = None, error.strerror

    def read(self, seconds):
        """The next bytes; none if none come in this time, or ever."""
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        return os.read(self.process.stdout.fileno(), 1 << 20) if ready else b""

    def read_until_quiet(self):
        """Reads what is there already, and waits for the first of it."""
        came = self.read(PATIENCE_SECONDS)
        while came:
            came = self.read(QUIET_SECONDS)

    def sample(self, path, session, number):
        line = LINE.format(session=session, number=number).encode()
        log = os.open(path, os.O_WRONLY | os.O_APPEND)
        start = time.perf_counter_ns()
        os.write(log, line)
        came = b""
        while not came.endswith(line):
            piece = self.read(10)
            if not piece:
                self.failed = f"sample {number} did not come out"
                break
            came += piece
        else:
            self.delays_us.append((time.perf_counter_ns() - start) / 1000)
        os.close(log)

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def idle(self):
        before = self.cpu_seconds()
        time.sleep(IDLE_SECONDS)
        self.idle_percent = (self.cpu_seconds() - before) / IDLE_SECONDS * 100

    def memory(self):
        """What it holds now and has held at most, in bytes."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            figures = dict(line.split(":", 1) for line in status)
        return tuple(int(figures[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def percentile(self, percent):
        if len(self.delays_us) < 2:
            return None
        return statistics.quantiles(self.delays_us, n=100)[percent - 1]


def delays(follower, sessions, dice):
    """Fills in how late lines come out and what waiting costs."""
    if follower.missing:
        return
    try:
        follower.read_until_quiet()
        for number in range(SAMPLES):
            session = dice.choice(sessions)
            # So that it waits again when the next one comes.
            time.sleep(dice.uniform(0.0005, 0.0025))
            follower.sample(session, os.path.basename(os.path.dirname(session)), number)
            if follower.failed:
                break
        if not follower.failed:
            follower.idle()
            follower.rss, _ = follower.memory()
    finally:
        follower.end()


def delay_table(followers):
    rows = [("following", "median ms", "p99 ms", "max ms", "idle CPU", "RSS MiB")]
    for follower in followers:
        if not follower.delays_us or follower.idle_percent is None:
            rows.append((follower.name, follower.missing or follower.failed))
            continue
        times = (statistics.median(follower.delays_us), follower.percentile(99), max(follower.delays_us))
        rows.append((
            follower.name, *(f"{us / 1000:.3f}" for us in times), f"{follower.idle_percent:.2f} %",
            f"{follower.rss / MIB:.1f}",
        ))
    width = max(len(row[0]) for row in rows)
    for row in rows:
        print((row[0].ljust(width) + "".join(" " + cell.rjust(9) for cell in row[1:])).rstrip())


def after_events(name, argv, log):
    """Follows an empty file to which EVENTS lines of `log` are added: what it holds then, and held at most."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(log)) as directory:
        path = os.path.join(directory, "execution.jsonl")
        with open(path, "wb"):
            pass
        follower = Follower(name, [*argv, path])
        if follower.missing:
            return follower, None
        written = came = 0
        try:
            with open(log, "rb") as source, open(path, "ab", buffering=0) as target:
                while written < EVENTS:
                    block = source.read(MIB)
                    if not block:
                        source.seek(0)
                        continue
                    block += source.readline()
                    target.write(block)
                    written += block.count(b"\n")
                    # Never far ahead of the reader, as a real writer.
                    while came < written - 200_000:
                        piece = follower.read(10)
                        if not piece:
                            follower.failed = f"only {came:,} lines came out"
                            return follower, None
                        came += piece.count(b"\n")
            while came < written and (piece := follower.read(10)):
                came += piece.count(b"\n")
            if came < written:
                follower.failed = f"{came:,} lines came out and not {written:,}"
            return follower, follower.memory()
        finally:
            follower.end()


def limit(command, other, factor):
    return other.median() and factor * other.median() if command.seconds else None


def tail(args):
    """1,000 sessions followed, 5,000,000 events followed, one log read through."""
    program = os.path.join(args.bin, "sigil-tail")
    logs = sorted(os.path.join(at, name) for at, _, names in os.walk(args.sessions) for name in names
                  if name == "execution.jsonl")
    # tail keeps every file open.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    ours_alone = Follower("sigil-tail --all -m jsonl", [program, "--all", "-l", args.sessions, "-m", "jsonl"])
    delays(ours_alone, logs, random.Random(1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    theirs = Follower("tail -F", ["tail", "-q", "-n", "0", "-F", *logs])
    if not theirs.missing:
        # With nothing to read there is nothing that tells when it has begun.
        time.sleep(2)
        with open(logs[0], "a", encoding="ascii") as log:
            log.write(LINE.format(session="first", number=-1))
    delays(theirs, logs, random.Random(1))
    print(f"following {len(logs):,} sessions: {SAMPLES:,} lines, one at a time, then {IDLE_SECONDS} s of nothing.\n")
    delay_table([ours_alone, theirs])

    held, memories = [], []
    for mode in ("jsonl", "stream"):
        follower, memory = after_events(f"sigil-tail -m {mode}", [program, "-m", mode], args.log)
        held.append(follower)
        memories.append(memory)
        figures = f"{memory[0] / MIB:.1f} MiB, at most {memory[1] / MIB:.1f}" if memory else "not measured"
        print(f"\n{follower.name} after {EVENTS:,} events: {figures}", end="")
    print("\n")

    cat = Command("cat FILE", ["cat", args.log], discard=True)
    through = Command("sigil-tail --once -m jsonl FILE", [program, "--once", "-m", "jsonl", args.log], discard=True)
    filtered = Command("sigil-tail --once --component memory FILE",
                       [program, "--once", "-m", "jsonl", "--component", "memory", args.log], discard=True)
    summary = Command("sigil-tokens --summary FILE",
                      [os.path.join(args.bin, "sigil-tokens"), "--summary", args.log], discard=True)
    stream = Command("sigil-tail --once -m stream FILE", [program, "--once", "-m", "stream", args.log], discard=True)
    rows = [through, cat, filtered, summary, stream]
    size = os.path.getsize(args.log)
    print(f"one log to /dev/null: {size / MIB:,.0f} MiB. Ratio: to sigil-tail --once -m jsonl FILE.\n")
    measure(rows, args.runs)
    table(rows, size, through.median())

    print("\nbounds")
    at_most = max((memory[1] / MIB for memory in memories), default=None) if all(memories) else None
    median = statistics.median(ours_alone.delays_us) / 1000 if ours_alone.delays_us else None
    late = ours_alone.percentile(99)
    # Whole megabytes a second as a time, so that less is better here, too.
    in_time = size / 300e6
    return [ours_alone, theirs, *held, *rows], [
        bound("delay from write to output, median", median, 1, "ms"),
        bound("delay from write to output, 99th percentile", late and late / 1000, 5, "ms"),
        bound("idle CPU", ours_alone.idle_percent, 0.5, "% of a core"),
        bound(f"memory after {EVENTS:,} events", at_most, 50, "MiB"),
        bound("sigil-tail --once -m jsonl within 3 times cat", through.median(), limit(through, cat, 3), "s"),
        bound("with a filter within 2 times sigil-tokens --summary", filtered.median(),
              limit(filtered, summary, 2), "s"),
        bound("sigil-tail --once -m stream at 300 MB/s", stream.median(), in_time, "s"),
    ]
