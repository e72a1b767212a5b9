"""What was measured, where, and how it reads."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.client import Load
from benchmarks.script import EARLY, late
from bot.settings import ROOT
from bot.supervisor import ENGINE_PYTHON

SHOWN_FAILURES = 20


@dataclass
class Level:
    """One system at one number of talkers; latencies in milliseconds."""

    turns: int
    turns_per_second: float
    p50: float
    p95: float

    @classmethod
    def of(cls, load: Load) -> Level:
        """Summed up from a load."""
        rate = len(load.turns) / load.seconds if load.seconds else 0.0
        return cls(len(load.turns), rate, percentile(load.turns, 50), percentile(load.turns, 95))


@dataclass
class Figures:
    """All that was measured of one system: seconds, MB, and milliseconds (medians of `early` and `late` turns)."""

    training: float = 0.0
    examples: str = ""
    start: float = 0.0
    memory: float = 0.0
    levels: dict[int, Level] = field(default_factory=dict)
    early: float = 0.0
    late: float = 0.0
    failures: list[str] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """How much slower a late turn of a long conversation is than an early one."""
        return self.late / self.early if self.early else 0.0

    def note_long(self, load: Load, turns: int) -> None:
        """Take the medians from a long conversation that came to its end."""
        if len(load.turns) == turns:
            self.early, self.late = (
                statistics.median(load.turns[turn - 1] for turn in window) for window in (EARLY, late(turns))
            )


def percentile(values: list[float], share: int) -> float:
    """The value that `share` % of the values do not exceed (nearest rank); 0 for none."""
    if not values:
        return 0.0
    return sorted(values)[max(0, -(-len(values) * share // 100) - 1)]


def surroundings() -> dict[str, str]:
    """Where it was measured."""
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _output("git", "describe", "--always", "--dirty"),
        "system": platform.platform(),
        "processor": _processor(),
        "CPUs": str(os.cpu_count()),
        "load before the run": f"{os.getloadavg()[0]:.1f}",
        "service": f"Python {platform.python_version()}, "
        + ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("fastapi", "rasa-sdk")),
        "engine and stock": _output(
            str(ENGINE_PYTHON),
            "-c",
            "import platform; from importlib.metadata import version as v;"
            "print('Python', platform.python_version() + ',', 'rasa', v('rasa') + ',', 'rasa-sdk', v('rasa-sdk'))",
        ),
    }


def _output(*command: str) -> str:
    return subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False
    ).stdout.strip()


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    names = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    return next(
        (line.partition(":")[2].strip() for line in names if line.startswith("model name")), "unknown"
    )


Row = tuple[str, Callable[[Figures], float], str]


def _rows(levels: Iterable[int], turns: int) -> list[Row]:
    """Name, value and format of each line of the table."""
    window = late(turns)
    return [
        ("training, s", lambda of: of.training, ".1f"),
        ("start, s", lambda of: of.start, ".1f"),
        ("memory after the load, MB", lambda of: of.memory, ".0f"),
        *(row for talkers in levels for row in _level_rows(talkers)),
        (f"turns {EARLY.start}-{EARLY.stop - 1} of one conversation, median ms", lambda of: of.early, ".1f"),
        (f"turns {window.start}-{window.stop - 1} of it, median ms", lambda of: of.late, ".1f"),
        ("late over early", lambda of: of.growth, ".2f"),
    ]


def _level_rows(talkers: int) -> list[Row]:
    who = f"{talkers} talker{'s' if talkers > 1 else ''}"
    return [
        (f"{who}: turns/s", lambda of: of.levels[talkers].turns_per_second, ".1f"),
        (f"{who}: p50, ms", lambda of: of.levels[talkers].p50, ".1f"),
        (f"{who}: p95, ms", lambda of: of.levels[talkers].p95, ".1f"),
    ]


def markdown(figures: dict[str, Figures], turns: int, where: dict[str, str]) -> str:
    """The table: one line a measure, one column a system, and ours over stock's where both ran."""
    names = list(figures)
    head = ["", *names, *(["ours / stock"] if len(names) > 1 else [])]
    lines = [f"| {' | '.join(head)} |", "|---" + "|---:" * (len(head) - 1) + "|"]
    for title, value, form in _rows(next(iter(figures.values())).levels, turns):
        values = [value(figures[name]) for name in names]
        cells = [format(number, form) for number in values]
        if len(values) > 1:
            cells.append(f"{values[0] / values[1]:.2f}" if values[1] else "-")
        lines.append(f"| {' | '.join([title, *cells])} |")
    told = [f"- {name}: {value}" for name, value in where.items()]
    told += [f"- {name} trained on {of.examples}" for name, of in figures.items()]
    failed = Counter(f"{name}: {failure}" for name, of in figures.items() for failure in of.failures)
    listed = [f"- {times} x {failure}" for failure, times in failed.most_common(SHOWN_FAILURES)]
    return "\n".join([*lines, "", *told, "", f"{failed.total()} failures", *listed])


def write(figures: dict[str, Figures], where: dict[str, str], options: dict[str, Any]) -> Path:
    """Keep everything as JSON in results/; returns the file."""
    folder = ROOT / "results"
    folder.mkdir(exist_ok=True)
    path = folder / f"benchmark-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    systems = {name: asdict(of) | {"growth": of.growth} for name, of in figures.items()}
    path.write_text(
        json.dumps({"where": where, "options": options, "systems": systems}, indent=2) + "\n", "utf-8"
    )
    return path
