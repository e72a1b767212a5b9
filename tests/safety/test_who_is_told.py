"""`data/program.yml` says who is told and which lines are named; a mistake in it is named before anyone needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.program import ProgramError, load
from bot.settings import ROOT

EXAMPLE = ROOT / "data" / "program.yml"


def changed(folder: Path, **sections: Any) -> Path:
    raw = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")) | sections
    path = folder / "program.yml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return path


def test_the_example_names_the_lines_in_both_languages() -> None:
    program = load(EXAMPLE)
    assert program.safety_facts("en")["crisis_how"] == "call or text 988"
    assert "oprima 2" in program.safety_facts("es")["crisis_how"]
    assert program.safety_facts("en")["dv_hotline"] == "(800) 799-7233"
    assert [step.after_minutes for step in program.alarm_steps] == [0, 5]


def test_a_program_that_names_no_lines_has_the_national_ones(tmp_path: Path) -> None:
    program = load(changed(tmp_path, emergency={"emergency_number": "911"}, alarms=None, safety=None))
    assert program.safety_facts("es")["poison_help"] == "(800) 222-1222"
    assert program.alarm_steps == ()
    assert program.answer_minutes == 10


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ({"after_minutes": "soon"}, "not a number of minutes"),
        ({"after_minutes": -1}, "not a number of minutes"),
        ({"email": ["nora"]}, "not an e-mail address"),
        ({"sms": ["12"]}, "not a phone number"),
        ({"pager": ["1"]}, "pager is not known"),
        ("email", "is not like"),
    ],
)
def test_a_mistake_in_a_step_is_named(tmp_path: Path, step: Any, reason: str) -> None:
    with pytest.raises(ProgramError, match=reason):
        load(changed(tmp_path, alarms={"steps": [step]}))


def test_steps_out_of_order_and_a_missing_language_are_named(tmp_path: Path) -> None:
    steps = [{"after_minutes": 5, "webhook": True}, {"after_minutes": 0, "webhook": True}]
    with pytest.raises(ProgramError, match="step 2: comes before"):
        load(changed(tmp_path, alarms={"steps": steps}))
    with pytest.raises(ProgramError, match="crisis_how: has no text in es"):
        load(changed(tmp_path, emergency={"crisis_how": {"en": "call 988"}}))
