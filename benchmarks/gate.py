"""What the safety gate costs a message: `python -m benchmarks gate`.

Milliseconds per message, by kind of message, and their ratio to a turn; every message is new to the gate's memory.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

from benchmarks.report import percentile
from bot.safety import gate, judging
from bot.settings import ROOT

DEVELOPMENT = ROOT / "tests" / "safety" / "development.jsonl"
# Median turn with one talker on two cores (docs/benchmarks.md); `--turn` takes the one of your machine.
TURN_MS = 22.0
LONGEST = 2000


def messages(path: Path = DEVELOPMENT) -> dict[str, list[str]]:
    """Messages by kind: what people write to the program, and the longest that they may."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    every = [row["text"] for row in rows]
    short = [text for text in every if len(text) <= 160]
    long = [" ".join(every[start : start + 60])[:LONGEST] for start in range(0, len(every) - 60, 15)]
    return {"short": short, "longest": long}


def measure(texts: list[str]) -> list[float]:
    """Milliseconds of processor time for each text: what other work on the machine takes is not counted."""
    taken = []
    for text in texts:
        started = time.process_time()
        gate.assess(text)
        taken.append((time.process_time() - started) * 1000)
    return taken


def main(arguments: list[str]) -> int:
    """Measure and print; 1 when the gate has no classifier, for then it is another gate."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks gate", description=__doc__)
    parser.add_argument("--turn", type=float, default=TURN_MS, help="median milliseconds of a turn")
    turn = parser.parse_args(arguments).turn
    gate.check_patterns()
    if judging.get_classifier() is None:
        print("The safety classifier is missing: run `pes train`.")
        return 1
    print(f"| messages | median, ms | p95, ms | median / turn of {turn:.0f} ms |\n|---|---:|---:|---:|")
    for kind, texts in messages().items():
        taken = measure(texts)
        median = statistics.median(taken)
        print(
            f"| {kind} ({len(taken)}) | {median:.2f} | {percentile(taken, 95):.2f} | {100 * median / turn:.1f} % |"
        )
    return 0
