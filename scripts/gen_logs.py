#!/usr/bin/env python3
"""Make logs of made-up sessions; the same arguments give the same bytes.

usage: gen_logs.py big MIB FILE     one log of at least MIB mebibytes, sessions of 3,002 events
       gen_logs.py store N DIR      N sessions of 42 events as DIR/sessions/ID/execution.jsonl
       gen_logs.py old N DIR        N sessions of 50 events, tokens.json and metrics.json, as they were ten days ago
"""

import json
import os
import random
import sys
import time
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

EPOCH = datetime(2026, 1, 11, 10, 15, 32, 123456)

# Component, tokens, latency in ms, message: each step of a session is the next of these.
STEPS = [
    ("routing", 50, 1200, "Intent classified as lead_analysis"),
    ("memory", 150, 1500, "Retrieved 5 relevant memories"),
    ("planning", 0, 100, "Plan created with 3 steps"),
    ("reasoning", 450, 2100, 'Analysis complete: the lead "Acme" is qualified; budget €40k'),
    ("contracts", 20, 90, "Contract checked"),
    ("validation", 0, 80, "Output validated"),
]


@cache
def quoted(message):
    return json.dumps(message)


def line(session, at, event_type, component, message, tokens, metadata):
    # Put together by hand: a gibibyte through json.dumps takes nearly twice as long.
    return (
        f'{{"timestamp":"{at.isoformat(timespec="microseconds")}","session_id":"{session}",'
        f'"event_type":"{event_type}","component":"{component}","message":{quoted(message)},'
        f'"tokens":{tokens},"metadata":{metadata}}}\n'
    )


def step_line(session, at, attempt, dice, latency_ms):
    """One step: of a hundred, one fails and one is tried again. The order of the throws is the format."""
    component, tokens, _, message = STEPS[attempt % len(STEPS)]
    throw = dice.random()
    if throw < 0.01:
        event_type, message = "step_error", f"{component} failed: connection reset"
    elif throw < 0.02:
        event_type, message = "retry_attempt", f"Retrying {component}"
    else:
        event_type = "step_complete"
    spent = int(tokens * dice.uniform(0.5, 3))
    metadata = (
        f'{{"latency_ms":{latency_ms},"intent":"lead_analysis",'
        f'"confidence":{round(dice.random(), 2)!r},"attempt":{attempt}}}'
    )
    return line(session, at, event_type, component, message, spent, metadata)


def session_lines(session, steps, seed, minute):
    """The lines of one session that starts `minute` minutes after EPOCH."""
    dice = random.Random(seed)
    at = EPOCH + timedelta(minutes=minute)
    yield line(
        session, at, "session_start", "orchestrator", "Starting pipeline for: Analyze Acme Corp", 0,
        '{"task":"Analyze Acme Corp","budget":256000}',
    )
    for attempt in range(steps):
        usual_ms = STEPS[attempt % len(STEPS)][2]
        latency_ms = int(usual_ms * dice.uniform(0.5, 2))
        at += timedelta(milliseconds=latency_ms, microseconds=dice.randrange(1000))
        yield step_line(session, at, attempt, dice, latency_ms)
    yield line(
        session, at, "session_complete", "orchestrator", "Pipeline completed successfully", 0,
        '{"total_latency_ms":5100,"steps_completed":5}',
    )


def write_big(mebibytes, path):
    wanted, written, number = mebibytes << 20, 0, 0
    with open(path, "w", encoding="ascii", newline="\n") as log:
        while written < wanted:
            session = f"lead-analysis-2026{number:05d}"
            number += 1
            text = "".join(session_lines(session, 3000, number, number))
            written += log.write(text)


def write_store(sessions, root, steps=40):
    for number in range(sessions):
        session = f"lead-analysis-{number:06d}"
        directory = Path(root, "sessions", session)
        directory.mkdir(parents=True, exist_ok=True)
        with open(directory / "execution.jsonl", "w", encoding="ascii", newline="\n") as log:
            log.writelines(session_lines(session, steps, number, number))


def write_old_store(sessions, root):
    """The store, with the files that stand beside a log, all as if nobody had written to them for ten days."""
    write_store(sessions, root, 48)
    then = time.time() - 10 * 24 * 3600
    components = {component: {"tokens_used": tokens, "operations": 7} for component, tokens, _, _ in STEPS}
    latencies = {component: {"count": 7, "mean_ms": ms, "p95_ms": 2 * ms} for component, _, ms, _ in STEPS}
    for directory in Path(root, "sessions").iterdir():
        of = {"session_id": directory.name, "timestamp": EPOCH.isoformat()}
        tokens = {**of, "total_budget": 256000, "total_used": 3410, "components": components}
        (directory / "tokens.json").write_text(json.dumps(tokens, indent=2))
        (directory / "metrics.json").write_text(json.dumps({**of, "latency": latencies}, indent=2))
        for path in [*directory.iterdir(), directory]:
            os.utime(path, (then, then))


def main(arguments):
    makers = {"big": write_big, "store": write_store, "old": write_old_store}
    if len(arguments) != 3 or arguments[0] not in makers or not arguments[1].isdecimal():
        sys.exit(__doc__.strip())
    makers[arguments[0]](int(arguments[1]), arguments[2])


if __name__ == "__main__":
    main(sys.argv[1:])
