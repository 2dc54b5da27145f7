#!/usr/bin/env python3
"""What logs come to, computed from their lines by the rules as they are written, with nothing of these tools.

usage: independent.py make SEED DIRECTORY      Sigil logs, the same for the same seed
       independent.py sigil|claude|codex|higress|text FILE…  their figures as one JSON object, by the clocks of UTC

Not fast, not clever: every event is kept, and each figure is computed from all of them.
"""

import json
import math
import os
import random
import re
import sys
from collections import defaultdict
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def microseconds(text):
    """A time of the log in microseconds since 1970; without a zone it is UTC."""
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    return (at - EPOCH) // timedelta(microseconds=1)


def objects(path):
    """The objects of a file, with the number of their line; two may stand on one."""
    decoder = json.JSONDecoder()
    with open(path, encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines):
            rest = line.strip().lstrip("\ufeff")
            while rest.startswith("{"):
                try:
                    value, end = decoder.raw_decode(rest)
                except ValueError:
                    break
                yield number, value
                rest = rest[end:].lstrip()


class Event:
    """What is counted. `order` is the file's place among the files, then the line's."""

    def __init__(self, order, session, at, **more):
        self.order, self.session, self.at = order, session, at
        self.kind = more.get("kind", "")
        self.component, self.model = more.get("component"), more.get("model")
        self.tokens, self.usage_id = more.get("tokens"), more.get("usage_id")
        self.latency_us = more.get("latency_us")
        self.counted = 0


def count(events):
    """DESIGN.md, What counts, once: sets what counts of each event."""
    best = {}
    for event in events:
        if event.usage_id is None:
            continue
        known = best.get(event.usage_id)
        rank = (-(event.tokens or 0), event.at is None, event.at or 0, event.order)
        if known is None or rank < known[0]:
            best[event.usage_id] = (rank, event)
    winners = {id(event) for _, event in best.values()}
    sessions = defaultdict(list)
    for event in events:
        sessions[event.session].append(event)
    for of in sessions.values():
        # Files in the order of the session's first time in them, then of their names.
        first = {}
        for event in of:
            if event.at is not None:
                first.setdefault(event.order[0], event.at)
        of.sort(key=lambda e: (e.order[0] not in first, first.get(e.order[0], 0), e.order))
        used, windows = 0, defaultdict(int)
        for event in of:
            stated = event.tokens or 0
            if event.usage_id is not None:
                added = stated if id(event) in winners else 0
                if event.kind == "token_consumption":
                    windows[event.component] += added
            elif event.kind in ("step_complete", "step_error"):
                restated = windows.pop(event.component, 0)
                added = stated - restated if stated >= restated else stated
            elif event.kind in ("session_complete", "session_error"):
                added = stated - used if stated >= used else stated
            else:
                added = stated
                if event.kind == "token_consumption":
                    windows[event.component] += stated
                elif event.kind == "step_start":
                    windows.pop(event.component, None)
                elif event.kind == "session_start":
                    used = 0
            event.counted = added
            used += added
    return sessions


def percentile(values, percent):
    """Nearest rank."""
    return sorted(values)[max(1, math.ceil(len(values) * percent / 100)) - 1]


def spread(values):
    """How durations in microseconds are spread."""
    if not values:
        return None
    return {
        "count": len(values),
        "total": sum(values),
        "max": max(values),
        **{f"p{percent}": percentile(values, percent) for percent in (50, 95, 99)},
    }


def summary(events):
    """The figures of events of one session in their order, or of all."""
    times = [event.at for event in events if event.at is not None]
    return {
        "events": len(events),
        "tokens": sum(event.counted for event in events),
        "errors": sum("error" in event.kind for event in events),
        "retries": sum(event.kind == "retry_attempt" for event in events),
        "duration_us": max(times) - min(times) if times else None,
    }


def gaps(events):
    timed = [event.at for event in events if event.at is not None]
    return [b - a for a, b in zip(timed, timed[1:]) if b >= a]


def latencies(events):
    of = defaultdict(list)
    for event in events:
        if event.latency_us is not None:
            of[event.component or "(none)"].append(event.latency_us)
    return {component: spread(values) for component, values in of.items()}


def bucket(at, pattern):
    if at is None:
        return "(none)"
    date = EPOCH + timedelta(microseconds=at)
    if pattern == "week":
        year, week, _ = date.isocalendar()
        return f"{year}-W{week:02}"
    return date.strftime(pattern)


KEYS = {
    "component": lambda event: event.component or "(none)",
    "model": lambda event: event.model or "(none)",
    "session": lambda event: event.session,
    "event": lambda event: event.kind or "(none)",
    "day": lambda event: bucket(event.at, "%Y-%m-%d"),
    "week": lambda event: bucket(event.at, "week"),
    "month": lambda event: bucket(event.at, "%Y-%m"),
    "hour": lambda event: bucket(event.at, "%Y-%m-%dT%H:00"),
}


def figures(events):
    sessions = count(events)
    rows = {key: defaultdict(lambda: [0, 0, 0]) for key in KEYS}
    for event in events:
        for key, name in KEYS.items():
            row = rows[key][name(event)]
            row[0] += event.counted
            row[1] += 1
            row[2] += "error" in event.kind
    of_each = {
        name: {**summary(of), "gaps": spread(gaps(of)), "latencies": latencies(of)} for name, of in sessions.items()
    }
    all_gaps = [gap for of in sessions.values() for gap in gaps(of)]
    totals = {**summary(events), "gaps": spread(all_gaps), "latencies": latencies(events)}
    durations = [of["duration_us"] for of in of_each.values() if of["duration_us"] is not None]
    totals["duration_us"] = sum(durations) if durations else None
    return {"sessions": of_each, "totals": totals, "rows": rows}


def tokens_of(value):
    """A count, or 0 if it cannot be one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2**53 else 0


def sigil(paths):
    for file, path in enumerate(paths):
        for line, value in objects(path):
            metadata = value.get("metadata") or {}
            latency = metadata.get("latency_ms")
            yield Event(
                (file, line),
                value["session_id"],
                microseconds(value.get("timestamp")),
                kind=value.get("event_type", ""),
                component=value.get("component"),
                model=metadata.get("model"),
                tokens=tokens_of(value["tokens"]) if "tokens" in value else None,
                usage_id=metadata.get("usage_id"),
                latency_us=None if latency is None else round(latency * 1000),
            )


def claude(paths):
    """Answers only: each line that has usage, of the main chain, of a side chain or of a progress line."""
    for file, path in enumerate(paths):
        for line, value in objects(path):
            session, at = value.get("sessionId"), value.get("timestamp")
            component, outer = "assistant", value
            data = value.get("data")
            if value.get("type") == "progress" and isinstance(data, dict) and data.get("type") == "agent_progress":
                value = data.get("message")
                component = "subagent"
                if not isinstance(value, dict):
                    continue
                at = value.get("timestamp") or at
            message = value.get("message")
            if value.get("type") != "assistant" or not isinstance(message, dict):
                continue
            usage = message.get("usage")
            if not isinstance(usage, dict):
                continue
            written = tokens_of(usage.get("cache_creation_input_tokens"))
            parts = usage.get("cache_creation")
            if isinstance(parts, dict) and any(
                f"ephemeral_{kept}_input_tokens" in parts for kept in ("5m", "1h")
            ):
                written = sum(tokens_of(parts.get(f"ephemeral_{kept}_input_tokens")) for kept in ("5m", "1h"))
            counts = ("input_tokens", "output_tokens", "cache_read_input_tokens")
            key = message.get("id")
            yield Event(
                (file, line),
                session or os.path.splitext(os.path.basename(path))[0],
                microseconds(at),
                kind="step_error" if value.get("isApiErrorMessage") is True else "token_consumption",
                component="subagent" if outer.get("isSidechain") is True else component,
                model=message.get("model"),
                tokens=written + sum(tokens_of(usage.get(name)) for name in counts),
                usage_id=None if key is None else (key, value.get("requestId")),
            )


def codex(paths):
    """Counts only, each with the model of its turn."""
    for file, path in enumerate(paths):
        session, root, model, before, waiting = None, None, None, None, []
        for line, value in objects(path):
            payload = value.get("payload")
            if not isinstance(payload, dict):
                continue
            if value.get("type") == "session_meta":
                session, root = session or payload.get("id"), payload.get("id")
            elif value.get("type") == "turn_context":
                model = payload.get("model", model)
                for event in waiting:
                    event.model = event.model or model
                waiting = []
            elif payload.get("type") == "token_count" and isinstance(payload.get("info"), dict):
                total, last = payload["info"].get("total_token_usage"), payload["info"].get("last_token_usage")
                if total == before:
                    continue
                before = total
                event = Event(
                    (file, line),
                    session,
                    microseconds(value.get("timestamp")),
                    kind="token_consumption",
                    component="assistant",
                    model=model,
                    tokens=tokens_of(last["input_tokens"]) + tokens_of(last["output_tokens"]),
                    usage_id=(root, json.dumps(total, sort_keys=True)),
                )
                waiting.append(event)
                yield event


def request(line):
    """What the gateway's plugin noted of a request, wherever it stands on the line; none if it noted nothing."""
    quoted = re.search(r'"ai_log":\s*"((?:[^"\\]|\\.)*)"', line)
    text = json.loads(f'"{quoted.group(1)}"') if quoted else line.partition("ai_log:")[2]
    try:
        noted, _ = json.JSONDecoder().raw_decode(text.strip())
    except ValueError:
        return None
    return noted if isinstance(noted, dict) else None


def higress(paths):
    """Access logs of the gateway. Figures may be texts; reasoning is within the output unless it is more."""
    events = []
    for place, path in enumerate(paths):
        with open(path, encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines):
                noted = request(line)
                if noted is None:
                    continue
                figure = lambda name: int(noted.get(name) or 0)
                output, reasoning = figure("output_token"), figure("reasoning_tokens")
                tokens = figure("input_token") + output + (reasoning if reasoning > output else 0)
                session = noted.get("session_id") or "(none)"
                time = re.search(r'"(?:timestamp|start_time)":\s*"([^"]*)"', line)
                at = microseconds(time.group(1)) if time else None
                events.append(Event((place, number), session, at, kind="step_complete", component=noted.get("model"),
                                    model=noted.get("model"), tokens=tokens))
    return events


# Where the level of a line stands, and what it is called when something failed.
LEVELS = {
    "Android": r"\S+ \S+ +\d+ +\d+ [EF] ",
    "Apache": r"\[[^\]]*\] \[error\]",
    "BGL": r"(?:\S+ ){8}(?:FATAL|ERROR|SEVERE|FAILURE) ",
    "HDFS": r"\d+ \d+ \d+ (?:ERROR|FATAL) ",
    "Hadoop": r"\S+ \S+ (?:ERROR|FATAL) ",
    "OpenStack": r"\S+ \S+ \S+ \d+ (?:ERROR|CRITICAL) ",
    "Spark": r"\S+ \S+ (?:ERROR|FATAL) ",
    "Zookeeper": r"\S+ \S+ - (?:ERROR|FATAL) ",
}


def text(paths):
    """Logs of text by their names: bytes, lines, and where lines tell of it in a column, errors."""
    known = {}
    for path in paths:
        with open(path, "rb") as file:
            whole = file.read()
        name = os.path.basename(path).partition("_")[0]
        lines = whole.decode("utf-8", "replace").splitlines()
        level = LEVELS.get(name)
        known[os.path.basename(path)] = {
            "bytes": len(whole),
            "lines": whole.count(b"\n") + (not whole.endswith(b"\n")),
            "events": sum(1 for line in lines if line.strip()),
            "errors": sum(1 for line in lines if re.match(level, line)) if level else None,
        }
    return known


def make(seed, directory):
    """Logs of several sessions each, a session's parts in more than one, with everything the rules are about."""
    random.seed(seed)
    components = ["routing", "memory", "planning", "reasoning", "validation", "own tool", None]
    kinds = ["step_complete"] * 8 + ["token_consumption"] * 6 + ["step_start", "step_error", "retry_attempt", "note"]
    start = datetime(2025, 12, 20, tzinfo=timezone.utc)
    for file in range(4):
        at = start + timedelta(days=9 * file, hours=random.randrange(24))
        with open(os.path.join(directory, f"made-{file}.jsonl"), "w", encoding="utf-8") as out:
            for _ in range(800):
                # Now and then the clock stands still, or runs backwards.
                at += timedelta(microseconds=int(random.choice([0, -5e5, 1e3, 1e6, 1e6, 7e6, 9e8]) * random.random()))
                kind = random.choice(kinds + ["session_start", "session_complete", "session_error"][: random.randrange(4)])
                event = {"session_id": f"lead-analysis-{random.randrange(5)}", "event_type": kind}
                if random.random() < 0.95:
                    zone = random.choice(["", "Z", "+00:00", "+05:45"])
                    local = at + timedelta(hours=5, minutes=45) if zone == "+05:45" else at
                    event["timestamp"] = local.strftime("%Y-%m-%dT%H:%M:%S.%f") + zone
                component = random.choice(components)
                if component is not None and not kind.startswith("session"):
                    event["component"] = component
                if random.random() < 0.9:
                    event["tokens"] = random.choice([0, 5, 50, 150, 450, random.randrange(20000)])
                metadata = {}
                if kind.startswith("step") or random.random() < 0.1:
                    metadata["latency_ms"] = random.choice([random.randrange(9000), random.randrange(9000000) / 1000])
                if random.random() < 0.4:
                    metadata["model"] = random.choice(["claude-opus-4-6", "claude-haiku-4-5"])
                if kind == "token_consumption" and random.random() < 0.3:
                    metadata["usage_id"] = f"u{random.randrange(60)}"
                if metadata:
                    event["metadata"] = metadata
                if "error" in kind:
                    event["message"] = f"it failed after {random.randrange(100)} ms"
                separators = random.choice([(",", ":"), (", ", ": ")])
                out.write(json.dumps(event, separators=separators) + "\n")


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    if what == "make":
        make(int(arguments[0]), arguments[1])
    elif what == "text":
        json.dump(text(arguments), sys.stdout)
    else:
        read = {"sigil": sigil, "claude": claude, "codex": codex, "higress": higress}[what]
        events = list(read(sorted(arguments)))
        json.dump(figures(events), sys.stdout)
