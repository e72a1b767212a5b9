"""Who of the team does what until when: rules as data, and a mistake in them named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.enrollment.answers import AnswerValue
from bot.enrollment.catalog import get_catalog
from bot.enrollment.routing import Facts, RoutingError, age_of, due_at, load, tasks_for
from bot.program import get_program
from bot.settings import ROOT

# A Friday, 3 pm in Chicago; the program is closed on Sunday.
FRIDAY = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)


def rules_for(answers: dict[str, AnswerValue], record: str = "intake", **facts: Any) -> set[str]:
    drafts = tasks_for(record, Facts(answers, **facts), get_program(), FRIDAY)
    return {draft.rule for draft in drafts}


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ({}, set()),
        ({"needs": ["practical"]}, {"practical_needs"}),
        ({"social_needs": ["none"]}, set()),
        ({"social_needs": ["food", "lonely"]}, {"practical_needs"}),
        ({"needs": ["mind", "spirit"]}, {"emotional_needs", "spiritual_needs"}),
        ({"sx_pain": "7"}, {"symptoms"}),
        ({"sx_pain": "6", "sx_breath": "6"}, set()),
        ({"sx_breath": 9}, {"symptoms"}),
        ({"sx_pain": "a lot"}, set()),
        ({"help_now": True}, {"symptoms"}),
        ({"help_now": False, "help_spirit": True}, {"spiritual_needs"}),
        ({"date_of_birth": "2015-03-04"}, {"pediatric"}),
        ({"date_of_birth": "1952-03-04"}, set()),
        ({"date_of_birth": "March 4, 1952"}, set()),
    ],
)
def test_needs_go_to_the_right_people(answers: dict[str, AnswerValue], wanted: set[str]) -> None:
    assert rules_for(answers) == wanted | {"welcome_call"}


def test_what_is_known_beside_the_answers_counts_too() -> None:
    assert "check_area" in rules_for({}, service_area="out")
    assert "check_area" not in rules_for({}, service_area="unknown")
    assert "check_duplicate" in rules_for({}, probable_duplicate=True)


def test_another_questionnaire_has_rules_of_its_own() -> None:
    assert rules_for({"cg_worn_out": "8", "cg_help": ["break"]}, "caregiver") == {
        "caregiver_worn_out",
        "caregiver_help",
    }


def test_business_days_end_at_closing_time_and_skip_closed_days_and_holidays() -> None:
    program = get_program()
    local = [due_at(("business_days", n), program, FRIDAY).astimezone(program.timezone) for n in (1, 2, 3)]
    assert [f"{moment:%a %H:%M}" for moment in local] == ["Sat 13:00", "Mon 18:00", "Tue 18:00"]
    before_thanksgiving = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
    due = due_at(("business_days", 1), program, before_thanksgiving).astimezone(program.timezone)
    assert due.date() == date(2026, 11, 27)
    assert due_at(("minutes", 60), program, FRIDAY) == FRIDAY.replace(hour=22)


def test_age() -> None:
    assert age_of("2008-11-21", date(2026, 11, 20)) == 17
    assert age_of("2008-11-20", date(2026, 11, 20)) == 18
    assert age_of("around 1950", date(2026, 11, 20)) is None
    assert age_of(None, date(2026, 11, 20)) is None


RULE: dict[str, Any] = {
    "id": "a",
    "for": "intake",
    "role": "nurse",
    "title": "Call",
    "due": {"minutes": 60},
    "when": {"any": [{"question": "needs", "has": "body"}]},
}
BROKEN: dict[str, tuple[Any, str]] = {
    "no id": (RULE | {"id": ""}, "has no id"),
    "no title": (RULE | {"title": ""}, "a: title: is missing"),
    "no role": (RULE | {"role": None}, "a: role: is missing"),
    "unknown role": (RULE | {"role": "dentist"}, 'unknown role "dentist"'),
    "unknown questionnaire": (RULE | {"for": "dental"}, 'no questionnaire "dental"'),
    "a time that is none": (RULE | {"due": {"weeks": 2}}, "a: due: must be like"),
    "no time": (RULE | {"due": {"minutes": 0}}, "a: due: must be like"),
    "neither any nor all": (RULE | {"when": {"some": []}}, "needs any: or all:"),
    "a condition that is none": (RULE | {"when": {"any": ["needs"]}}, "is not a condition"),
    "an unknown condition": (RULE | {"when": {"all": [{"moon": "full"}]}}, "unknown condition"),
    "an unknown question": (
        RULE | {"when": {"any": [{"question": "shoes", "is": True}]}},
        'no question "shoes"',
    ),
    "an unknown choice": (
        RULE | {"when": {"any": [{"question": "needs", "has": "gold"}]}},
        'needs has no choice "gold"',
    ),
    "no test": (RULE | {"when": {"any": [{"question": "needs"}]}}, "needs one of"),
}


@pytest.mark.parametrize(("rule", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_mistake_is_named(tmp_path: Path, rule: Any, reason: str) -> None:
    path = tmp_path / "routing.yml"
    path.write_text(yaml.safe_dump({"rules": [rule]}), encoding="utf-8")
    with pytest.raises(RoutingError) as caught:
        load(path, get_catalog())
    assert reason in str(caught.value)


def test_a_rule_twice_and_a_missing_file_are_named(tmp_path: Path) -> None:
    path = tmp_path / "routing.yml"
    path.write_text(yaml.safe_dump({"rules": [RULE, RULE]}), encoding="utf-8")
    with pytest.raises(RoutingError, match="a: is there twice"):
        load(path, get_catalog())
    with pytest.raises(RoutingError, match="missing"):
        load(tmp_path / "none.yml", get_catalog())


def test_the_shipped_rules_can_be_followed() -> None:
    roles = {rule.role for rule in load(ROOT / "data" / "routing.yml", get_catalog())}
    assert roles == {"coordinator", "nurse", "social_worker", "chaplain", "pediatrics"}
