"""The table of answers tried: how much of it is read right, asked again, and taken wrongly without asking."""

from __future__ import annotations

import pytest

from tests.enrollment.answers.table import HELD, TUNED, WRONG, Verdict, kinds, rows, score, shown, verdicts

# How many rows each kind has at least, both languages together.
AT_LEAST = {"date-of-birth": 100, "name": 60, "time": 60, "phone": 60, "yes-no": 60, "scale": 60}
OTHERS = 30
# Wrong and not asked, of all rows of one language.
MOST_WRONG = 0.01


@pytest.fixture(scope="module")
def judged() -> list[Verdict]:
    return list(verdicts())


@pytest.mark.parametrize("kind", kinds())
def test_there_are_rows_enough_in_both_languages(kind: str) -> None:
    tried = rows(kind)
    assert len(tried) >= AT_LEAST.get(kind, OTHERS)
    assert {row.locale for row in tried} == {"en", "es"}
    assert len({(row.said, row.locale) for row in tried}) == len(tried)
    assert sum(row.held for row in tried) >= 10


@pytest.mark.parametrize("kind", kinds())
def test_no_tuned_answer_is_taken_wrongly(kind: str, judged: list[Verdict]) -> None:
    wrong = [v for v in judged if v.row.kind == kind and v.rows == TUNED and v.outcome == WRONG]
    assert [shown(v) for v in wrong] == []


@pytest.mark.parametrize("part", [TUNED, HELD])
def test_hardly_any_answer_is_wrong_and_unasked(part: str, judged: list[Verdict]) -> None:
    lines = [line for line in score(judged) if line.kind == "all" and line.rows == part]
    wrong = sum(line.counts[WRONG] for line in lines)
    assert wrong <= MOST_WRONG * sum(line.total for line in lines)
