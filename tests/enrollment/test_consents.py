"""Whom an answer to "who else may we talk to?" allows; in doubt nobody."""

from __future__ import annotations

import pytest

from bot.enrollment.consents import names_somebody
from tests.enrollment.talk import FOR_MOM, at


@pytest.mark.parametrize(
    "said",
    [
        "no", "nah", "no, nobody", "no one else", "just me", "not really", "I'd rather not", "don't tell my sister",
        "I don't want my kids to know", "no I don't want anybody knowing my business", "nomás conmigo",
        "con nadie más por favor", "no quiero que sepa nadie", "no le digan a mi hermana",
    ],
)  # fmt: skip
def test_nobody(said: str) -> None:
    assert not names_somebody(said)


@pytest.mark.parametrize(
    "said",
    [
        "my wife", "only my sister Ana", "no, only my sister Ana", "nobody but Luis", "Eva and Tom", "solo mi esposa",
        "my daughter Rosa, but don't call my son", "mi hija Rocío", "yes, my brother",
    ],
)  # fmt: skip
def test_somebody(said: str) -> None:
    assert names_somebody(said)


@pytest.mark.parametrize("said", ["no", "no thanks", "nah", "not really"])
@pytest.mark.parametrize("asked", ["faith_culture", "doctor", "main_helper"])
def test_a_no_is_an_answer_where_there_may_be_none(asked: str, said: str) -> None:
    talk = at(asked, FOR_MOM)
    talk.say(said, "deny")
    assert talk.position.open != asked
    assert asked not in talk.position.answers


def test_a_no_is_not_what_matters_most() -> None:
    talk = at("matters_most", FOR_MOM)
    talk.say("nah", "deny")
    assert talk.position.open == "matters_most"
    assert "matters_most" not in talk.position.answers
