"""The table of answers tried: rows of `said`, `locale` and what is expected of the parser.

`expect` is the value, "confirm: value" (asked back in words), "ask again", or "refuse:reason". A third of the rows is
`held`: written with the others, before the parsers, and looked at by score only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.enrollment.answers import About, NotRead, Option, Read, read
from bot.enrollment.questionnaire import get_questionnaire

FOLDER = Path(__file__).parent
TUNED, HELD = "tuned", "held out"
RIGHT, ASKED, WRONG = "right", "asked", "wrong"
ZONE = ZoneInfo("America/Chicago")
# A Monday, ten in the morning: what "tomorrow" and "I'm 81" are said on.
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)

LIVES_WITH = (
    Option("alone", {"en": "Lives alone", "es": "Vive a solas"}, ("alone", "by myself", "solo", "sola")),
    Option(
        "partner",
        {"en": "Husband, wife or partner", "es": "Esposo, esposa o pareja"},
        ("husband", "wife", "partner", "esposo", "esposa", "pareja"),
    ),
    Option(
        "family",
        {"en": "Other family", "es": "Otra familia"},
        ("family", "kids", "daughter", "son", "familia", "hijos", "hija", "hijo"),
    ),
    Option(
        "others",
        {"en": "Other people", "es": "Otras personas"},
        ("roommates", "friends", "roommate", "amigos", "friend"),
    ),
    Option(
        "facility",
        {"en": "Care home", "es": "Residencia"},
        ("facility", "nursing home", "assisted living", "memory care", "asilo", "hogar de ancianos"),
    ),
)


@dataclass(frozen=True)
class Row:
    """One answer tried."""

    kind: str
    said: str
    locale: str
    expect: Any
    held: bool


@dataclass(frozen=True)
class Verdict:
    """What came of a row."""

    row: Row
    outcome: str
    got: Read | NotRead

    @property
    def rows(self) -> str:
        """Which part of the table it is in."""
        return HELD if self.row.held else TUNED


@dataclass(frozen=True)
class Line:
    """One line of the table: counts of a kind in a language, in one part of the rows."""

    kind: str
    locale: str
    rows: str
    total: int
    counts: dict[str, int]

    def share(self, outcome: str) -> float:
        """The share of an outcome, 0 to 1."""
        return self.counts[outcome] / self.total if self.total else 0.0


def kinds() -> list[str]:
    """The kinds of answer there are rows for."""
    return sorted(file.stem for file in FOLDER.glob("*.jsonl"))


def rows(kind: str) -> list[Row]:
    """The rows of a kind."""
    lines = (FOLDER / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Row(kind, raw["said"], raw["locale"], raw["expect"], raw.get("held", False))
        for raw in map(json.loads, lines)
    ]


@lru_cache
def options(kind: str) -> tuple[Option, ...]:
    """The choices a kind is tried with."""
    asked = get_questionnaire()
    given = {"choices": "needs", "relation": "relation"}.get(kind)
    if given:
        return asked.item(given).options
    return LIVES_WITH if kind == "choice" else ()


def verdict(row: Row) -> Verdict:
    """Read a row and judge it. Wrong: a value taken without asking that is not what was meant."""
    got = read(row.kind, row.said, options(row.kind), About(row.locale, NOW, ZONE))
    return Verdict(row, _outcome(row.expect, got), got)


def _outcome(expect: Any, got: Read | NotRead) -> str:
    directive = expect if isinstance(expect, str) else ""
    if isinstance(got, NotRead):
        wanted = directive == "ask again" or directive == f"refuse:{got.reason}"
        return RIGHT if wanted else ASKED
    value = reached(got)
    if not got.sure:
        return RIGHT if directive == f"confirm: {written(value)}" else ASKED
    return RIGHT if value == expect and type(value) is type(expect) else WRONG


def written(value: Any) -> str:
    """A value as it stands after "confirm: "."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def reached(got: Read) -> Any:
    """What is compared: the windows of a time to call, the value of everything else."""
    return got.detail.get("pattern", got.value)


def verdicts() -> Iterator[Verdict]:
    """Every row, judged."""
    for kind in kinds():
        for row in rows(kind):
            yield verdict(row)


def score(judged: list[Verdict]) -> list[Line]:
    """The table: by kind and language, then all together, tuned and held-out rows apart."""
    lines = []
    for kind in (*sorted({v.row.kind for v in judged}), "all"):
        for locale in ("en", "es"):
            for part in (TUNED, HELD):
                here = [
                    v
                    for v in judged
                    if v.row.kind in (kind, *(kinds() if kind == "all" else ()))
                    and v.row.locale == locale
                    and v.rows == part
                ]
                counts = {
                    outcome: sum(v.outcome == outcome for v in here) for outcome in (RIGHT, ASKED, WRONG)
                }
                lines.append(Line(kind, locale, part, len(here), counts))
    return lines


def shown(judged: Verdict) -> str:
    """A verdict in one line, for whoever tunes."""
    row, got = judged.row, judged.got
    came = got.reason if isinstance(got, NotRead) else f"{'' if got.sure else 'confirm: '}{reached(got)}"
    return f"{judged.outcome:6} {row.kind} {row.locale} | {row.said} | want {row.expect} | got {came}"
