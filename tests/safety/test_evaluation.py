"""The safety report counts what it should, and says how sure it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.safety import evaluation
from bot.safety.evaluation import RowsError, Share, predictive_value

ROWS = [
    {
        "text": "I want to kill myself",
        "locale": "en",
        "level": "emergency",
        "category": "suicide",
        "kind": "cry",
    },
    {"text": "me quiero morir", "locale": "es", "level": "emergency", "category": "suicide", "kind": "cry"},
    {"text": "zzz zzz", "locale": "en", "level": "emergency", "category": "suicide", "kind": "cry"},
    {"text": "my phone is dying", "locale": "en", "level": "none", "category": "none", "kind": "idiom"},
    {
        "text": "I want to kill myself",
        "locale": "en",
        "level": "none",
        "category": "none",
        "kind": "ordinary",
    },
]


def test_it_counts_by_category_language_and_kind() -> None:
    figures = evaluation.report(ROWS)
    suicide = figures["categories"]["suicide"]
    assert (suicide["all"]["sensitivity"].hits, suicide["all"]["sensitivity"].of) == (2, 3)
    assert (suicide["es"]["sensitivity"].hits, suicide["es"]["sensitivity"].of) == (1, 1)
    assert figures["missed"] == ["zzz zzz"]
    assert figures["false_alarms"]["ordinary"]["emergency"] == Share(1, 1)
    assert figures["false_alarms"]["idiom"]["emergency"] == Share(1, 0)


def test_it_prints_counts_and_intervals() -> None:
    lines: list[str] = []
    evaluation.print_report(evaluation.report(ROWS), lines.append)
    assert any("suicide" in line and "2/3" in line and "[" in line for line in lines)


def test_wilsons_interval() -> None:
    # Wilson 1927, as in Newcombe 1998, table I: 81 of 263.
    low, high = Share(263, 81).interval
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert Share(0, 0).interval == (0.0, 1.0)


def test_the_predictive_value_follows_bayes() -> None:
    assert predictive_value(1.0, 0.0) == 1.0
    assert predictive_value(1.0, 0.01) == pytest.approx(0.3344, abs=1e-4)
    assert predictive_value(0.0, 0.0) == 0.0


def test_a_broken_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "a", "level": "none", "category": "none"}\n{"text": "b"}\n', encoding="utf-8")
    with pytest.raises(RowsError, match="line 2"):
        evaluation.read_rows(path)
