"""How well the gate hears: by category and language, on messages that nobody tuned it on.

Rows are `{"text", "locale", "level", "category", "kind"}`, optionally with "previous", "question" and "note"; level and
category are "none" for harmless ones. Intervals are Wilson's, 95 % (Wilson 1927).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import typer

from bot.safety import gate
from bot.settings import ROOT

HELD_OUT = ROOT / "tests" / "heldout"
# How common a cry for help is among messages, for the predictive value (issue 5).
PREVALENCE = 1 / 200
Z = 1.96


class RowsError(ValueError):
    """The file of rows cannot be used; the message says which line and why."""


@dataclass(frozen=True)
class Share:
    """A count of a count, with its interval."""

    of: int
    hits: int

    @property
    def value(self) -> float:
        """The share; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval; everything is possible of nothing."""
        if not self.of:
            return 0.0, 1.0
        p, n = self.value, self.of
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.hits}/{self.of} = {100 * self.value:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


@dataclass(frozen=True)
class Heard:
    """One row, with what the gate acted on and everything it found."""

    row: dict[str, Any]
    finding: gate.Finding | None
    categories: frozenset[str]
    levels: frozenset[str]

    @property
    def harmless(self) -> bool:
        """Whether nothing should be found."""
        return bool(self.row["level"] == "none")

    @property
    def acted(self) -> bool:
        """Whether the service would have acted first (routes are led by the dialogue)."""
        return self.finding is not None and self.finding.level != "route"


def held_out() -> list[Path]:
    """The held-out files that are there; each is another writer's, and is reported by itself."""
    return sorted(HELD_OUT.glob("safety*.jsonl"))


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file. Raises RowsError."""
    rows = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise RowsError(f"{path.name}: {type(error).__name__}") from error
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            rows.append(
                {"kind": "", **row, "text": row["text"], "level": row["level"], "category": row["category"]}
            )
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise RowsError(f"{path.name}, line {number}: {type(error).__name__}") from error
    return rows


def hear(row: dict[str, Any]) -> Heard:
    """What the gate finds in a row."""
    context = gate.Context(row.get("previous", ""), row.get("question", ""), row.get("locale", "en"))
    findings = gate.assess_all(row["text"], context)
    return Heard(
        row,
        gate.assess(row["text"], context),
        frozenset(finding.category for finding in findings),
        frozenset(finding.level for finding in findings),
    )


def found(heard: Heard) -> bool:
    """Whether the danger of a row was heard: its category or a graver one.

    A wish to die that is taken for thoughts of suicide is answered by more, not less.
    """
    wanted = heard.row["category"]
    graver = {"wish_to_die": {"suicide"}, "symptom": {"medical"}}.get(wanted, set())
    return wanted in heard.categories or bool(graver & heard.categories)


def report(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All figures: per category and language sensitivity and predictive value, and false alarms by kind."""
    heard = [hear(row) for row in rows]
    categories = sorted({h.row["category"] for h in heard if not h.harmless})
    locales = sorted({h.row.get("locale", "en") for h in heard})
    harmless = [h for h in heard if h.harmless]
    table = {
        category: {
            locale: _category(heard, category, None if locale == "all" else locale)
            for locale in ("all", *locales)
        }
        for category in categories
    }
    kinds = sorted({h.row["kind"] for h in harmless})
    return {
        "rows": len(rows),
        "categories": table,
        "false_alarms": {
            kind: _false_alarms([h for h in harmless if h.row["kind"] == kind]) for kind in kinds
        },
        "all_harmless": _false_alarms(harmless),
        "missed": [h.row["text"] for h in heard if not h.harmless and not found(h)],
        "false_emergencies": [h.row["text"] for h in harmless if "emergency" in h.levels],
    }


def as_json(figures: dict[str, Any]) -> str:
    """A report as JSON; a share is its counts, its value and its interval."""

    def plain(value: Any) -> Any:
        if isinstance(value, Share):
            return {"hits": value.hits, "of": value.of, "value": value.value, "interval": value.interval}
        raise TypeError(type(value).__name__)

    return json.dumps(figures, ensure_ascii=False, indent=2, default=plain)


def _category(heard: Iterable[Heard], category: str, locale: str | None) -> dict[str, Any]:
    here = [h for h in heard if locale is None or h.row.get("locale", "en") == locale]
    danger = [h for h in here if h.row["category"] == category]
    others = [h for h in here if h.harmless]
    sensitivity = Share(len(danger), sum(found(h) for h in danger))
    false_alarms = Share(len(others), sum(category in h.categories for h in others))
    return {
        "sensitivity": sensitivity,
        "acted_on": Share(len(danger), sum(h.acted for h in danger)),
        "false_alarms": false_alarms,
        "ppv": predictive_value(sensitivity.value, false_alarms.value),
        "ppv_at_worst": predictive_value(sensitivity.interval[0], false_alarms.interval[1]),
    }


def predictive_value(sensitivity: float, false_alarms: float, prevalence: float = PREVALENCE) -> float:
    """The share of true ones among alarms, at a prevalence (Bayes)."""
    true, false = sensitivity * prevalence, false_alarms * (1 - prevalence)
    return true / (true + false) if true + false else 0.0


def _false_alarms(harmless: Sequence[Heard]) -> dict[str, Share]:
    return {
        "emergency": Share(len(harmless), sum("emergency" in h.levels for h in harmless)),
        "any": Share(len(harmless), sum(h.acted for h in harmless)),
    }


def main(arguments: list[str]) -> int:
    """`python -m bot.safety.evaluation [FILE ...]`: what `pes evaluate --only safety` prints, without its JSON file."""
    for path in [Path(name) for name in arguments] or held_out():
        typer.echo(path.name)
        print_report(report(read_rows(path)), typer.echo)
    return 0


def print_report(figures: dict[str, Any], say: Callable[[str], None]) -> None:
    """The figures as lines, without the messages: who reads those on a screen soon mends for them, and the file no
    longer measures. They are in the report's file for whoever wants to see them."""
    say(f"Safety gate: {figures['rows']} messages; PPV at 1 in {round(1 / PREVALENCE)}")
    for category, by_locale in figures["categories"].items():
        for locale, share in by_locale.items():
            say(
                f"  {category:15} {locale:4} sensitivity {share['sensitivity']}"
                f"   acted on as anything {share['acted_on']}"
                f"   false {share['false_alarms']}   PPV {share['ppv']:.2f} (at worst {share['ppv_at_worst']:.2f})"
            )
    for kind, shares in {**figures["false_alarms"], "all harmless": figures["all_harmless"]}.items():
        say(f"  {kind:20} false emergency {shares['emergency']}   any alarm {shares['any']}")
    say(f"  missed: {len(figures['missed'])}   false emergencies: {len(figures['false_emergencies'])}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
