"""Archiving: a store of 10,000 small sessions, and one session of 1 GiB.

Every run has a store of its own, copied from a template and synced beforehand, which is not timed. What a run leaves
is kept until the end: ext4 without a journal is slow at making files for minutes after others were deleted, which
no run should have to pay for another. The peers are the guide's shell loop (7.3) and what one would do by hand: tar and
pigz, tar -d, and then rm -rf. Neither syncs what it has written before it removes what it has read; sigil-archive does.
"""

import atexit
import glob
import os
import shutil
import subprocess
import sys

from measuring import MIB, Command, bound, measure, peak_mib, run, table

# The guide's script, but for the deletion of archives that are older than 30 days: there are none.
GUIDE = """
LOG_DIR="$HOME/.sigil/logs"
SESSIONS_DIR="$LOG_DIR/sessions"
ARCHIVE_DIR="$LOG_DIR/archive"

# Archive sessions older than 7 days
find "$SESSIONS_DIR" -maxdepth 1 -type d -mtime +7 | while read dir; do
    session=$(basename "$dir")
    date_dir=$(date +%Y-%m-%d)
    mkdir -p "$ARCHIVE_DIR/$date_dir"
    tar -czf "$ARCHIVE_DIR/$date_dir/$session.tar.gz" -C "$SESSIONS_DIR" "$session"
    rm -rf "$dir"
    echo "Archived: $session"
done
"""
PACK = 'set -eo pipefail; cd "$HOME/.sigil/logs"; tar -cf - sessions | pigz > all.tar.gz'
COMPARE = "pigz -dc all.tar.gz | tar -df -"
REMOVE = "rm -rf sessions"


class Fresh:
    """A home with a store that is as it was before each run."""

    def __init__(self, template, home):
        self.template, self.home = template, home
        self.logs = os.path.join(home, ".sigil", "logs")
        self.sessions = os.path.join(self.logs, "sessions")
        self.packed = {}  # what the last run of a command came to, in bytes
        self.count = len(os.listdir(os.path.join(template, "sessions")))
        self.past = 0  # how many runs have left something
        self.clear()
        atexit.register(self.clear)

    def clear(self):
        for path in [self.home, *glob.glob(f"{glob.escape(self.home)}-[0-9]*")]:
            shutil.rmtree(path, ignore_errors=True)

    def make(self):
        if os.path.exists(self.home):
            self.past += 1
            os.rename(self.home, f"{self.home}-{self.past}")
        os.makedirs(os.path.dirname(self.logs))
        subprocess.run(["cp", "-a", self.template, self.logs], check=True)
        # The guide's loop would take an old directory of sessions for a session.
        os.utime(self.sessions)
        os.sync()

    def command(self, name, argv, after, missing=""):
        return Command(name, argv, total=False, discard=True, env={"HOME": self.home}, before=self.make,
                       after=after, missing=missing)

    def each_is_archived(self):
        """What is wrong with the store after a run that archives each session by itself."""
        directory = os.path.join(self.logs, "archive")
        left = len(os.listdir(self.sessions))
        archives = [name for _, _, names in os.walk(directory) for name in names]
        self.packed["each by itself"] = size_of(directory)
        if left or len(archives) != self.count or not all(name.endswith(".tar.gz") for name in archives):
            return f"{left} of {self.count} sessions are left, and the archive holds {len(archives)} files"
        return ""

    def all_are_packed(self):
        packed = os.path.join(self.logs, "all.tar.gz")
        self.packed["tar | pigz"] = os.path.getsize(packed) if os.path.isfile(packed) else 0
        return "" if self.packed["tar | pigz"] else "there is no archive"

    def say_sizes(self):
        sizes = [f"{name} {size / MIB:,.1f} MiB" for name, size in sorted(self.packed.items())]
        print(f"  packed: {', '.join(sizes)}")


def no_pigz():
    return "" if shutil.which("pigz") else "pigz is not installed; apt-get install pigz"


def ours(args, fresh):
    tool = os.path.join(args.bin, "sigil-archive")
    return fresh.command("sigil-archive --days 7", [tool, "--days", "7", "-q"], fresh.each_is_archived)


def by_hand(fresh, name, *steps):
    return fresh.command(name, ["bash", "-c", "; ".join(steps)], fresh.all_are_packed, no_pigz())


def size_of(directory):
    paths = (os.path.join(at, name) for at, _, names in os.walk(directory) for name in names)
    return sum(os.path.getsize(path) for path in paths)


def archive(args):
    """Many small sessions, then a large one."""
    small, small_bounds = many_sessions(args)
    print()
    large, large_bounds = one_session(args)
    print("\nbounds")
    memory = peak_mib([small[0], large[0]])
    met = [bound(*each) for each in [*small_bounds, *large_bounds]]
    return [*small, *large], [*met, bound("peak memory of sigil-archive", memory, 64, "MiB")]


def many_sessions(args):
    fresh = Fresh(args.old_store, os.path.join(os.path.dirname(args.old_store), "archive-many"))
    tool = ours(args, fresh)
    hand = by_hand(fresh, "tar | pigz, tar -d, rm -rf", PACK, COMPARE, REMOVE)
    loop = fresh.command(f"the guide's loop, {args.loop_runs} run(s)", ["bash", "-c", GUIDE], fresh.each_is_archived)
    size = size_of(args.old_store)
    print(f"archiving {fresh.count:,} sessions: {size / MIB:,.0f} MiB. Ratio: to sigil-archive.\n")
    sys.stdout.flush()
    measure([tool, hand], args.runs)
    measure_loop(loop, args.loop_runs)
    table([tool, hand, loop], size, tool.median())
    fresh.say_sizes()
    tenth = loop.median() and loop.median() / 10
    return [tool, hand, loop], [
        ("sessions archived at least 10 times as fast as by the guide's loop", tool.median(), tenth, "s"),
        ("sessions archived faster than by tar | pigz, tar -d, rm -rf", tool.median(), hand.median(), "s"),
    ]


def measure_loop(loop, runs):
    """It takes minutes: it is not run to warm up."""
    for _ in range(runs):
        try:
            seconds, peak, _ = run(loop)
        except (OSError, RuntimeError) as error:
            loop.failed = str(error)
            return
        loop.failed = loop.after()
        loop.seconds.append(seconds)
        loop.peaks.append(peak)


def one_session(args):
    fresh = Fresh(args.big_session, os.path.join(os.path.dirname(args.big_session), "archive-one"))
    tool = ours(args, fresh)
    pack = by_hand(fresh, "tar | pigz", PACK)
    hand = by_hand(fresh, "tar | pigz, tar -d, rm -rf", PACK, COMPARE, REMOVE)
    size = size_of(args.big_session)
    print(f"archiving one session: {size / MIB:,.0f} MiB. Ratio: to sigil-archive, which packs, verifies, removes.\n")
    sys.stdout.flush()
    measure([tool, pack, hand], args.runs)
    table([tool, pack, hand], size, tool.median())
    fresh.say_sizes()
    # Packing alone cannot be told from outside; all of the work in less time says it too.
    return [tool, pack, hand], [
        ("one large session packed, verified and removed no slower than packed by tar | pigz", tool.median(),
         pack.median(), "s"),
        ("one large session packed and verified no slower than by tar | pigz, tar -d, rm -rf", tool.median(),
         hand.median(), "s"),
    ]
