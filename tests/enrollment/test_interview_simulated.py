"""What a run of simulated people showed to go wrong, each as it was said (`python -m benchmarks people`)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.enrollment.bare import is_bare_answer
from bot.enrollment.catalog import get_catalog
from bot.enrollment.interview import hear
from bot.enrollment.position import Answers, Aside, Position, Utterance
from bot.safety.gate import Context, assess
from bot.words import LOCALES
from tests.enrollment.talk import FOR_MOM, at, on_to

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("link_id", "said", "value"),
    [
        ("authority", "no lo sé", "not_sure"),
        ("authority", "quién sabe", "not_sure"),
        ("needs", "sobre todo el dolor", ["body"]),
        ("wishes_written", "nothing written", "no"),
        ("wishes_written", "there is a POLST", "yes"),
        ("patient_knows", "no puede entenderlo", "cannot"),
        ("daily_help", "in bed almost all day", "bed"),
        ("plan", "I don't have any", "none"),
        ("cg_nights", "ok I guess", "so_so"),
        ("sx_pain", "not at all", 0),
        ("caller_name", "Ana Peña, mucho gusto", "Ana Peña"),
        ("interpreter", "no, that's ok", False),
        ("consent_share", "cómo n", True),
    ],
)
def test_it_is_read_for_what_it_says(link_id: str, said: str, value: object) -> None:
    item = get_catalog().item(link_id)
    assert item is not None
    reading = item.read(said)
    assert getattr(reading, "value", reading) == value
    assert getattr(reading, "sure", False)


@pytest.mark.parametrize(
    ("link_id", "said", "value"),
    [
        ("needs", "body and midn", ["body", "mind"]),
        ("social_needs", "rides and fod", ["rides", "food"]),
        ("spokesperson", "no estoy sguro", "not_sure"),
        ("illness", "cámcer de pulmón", ["cancer"]),
        ("plan", "not sute", "not_sure"),
        ("patient_knows", "not eyt", "no"),
    ],
)
def test_what_was_misspelled_is_asked_back_whole(link_id: str, said: str, value: object) -> None:
    item = get_catalog().item(link_id)
    assert item is not None
    reading = item.read(said)
    assert getattr(reading, "value", reading) == value
    assert not getattr(reading, "sure", True)


@pytest.mark.parametrize(
    ("link_id", "said"),
    [
        ("needs", "breathing"),
        ("needs", "la respiración"),
        ("needs", "sobre todo el dolor"),
        ("illness", "COPD, on oxygen"),
        ("daily_help", "no se levanta de la cama"),
        ("sx_pain", "no pain"),
        ("lives_with", "un asilo"),
        ("lives_with", "by himself"),
        ("caller_name", "soy Esperanza Hernández"),
        ("patient_name", "Hi, I'm Siobhan Smith"),
    ],
)
def test_the_bare_name_of_a_complaint_is_no_emergency_where_we_asked_for_it(link_id: str, said: str) -> None:
    assert is_bare_answer(link_id, said)
    assert assess(said, Context(question=link_id)) is None


@pytest.mark.parametrize(
    "said",
    [
        "trouble breathing right now",
        "can't breathe",
        "she is not breathing",
        "no puede respirar",
        "chest pain now",
    ],
)
def test_what_says_more_than_that_is_one_also_there(said: str) -> None:
    assert not is_bare_answer("needs", said)
    found = assess(said, Context(question="needs"))
    assert found is not None
    assert found.category in ("medical", "symptom")


def test_words_of_despair_are_heard_also_in_a_bare_answer() -> None:
    found = assess("I want to die", Context(question="needs"))
    assert found is not None
    assert found.category in ("suicide", "wish_to_die")


def test_a_no_in_other_words_is_not_taken_for_the_value() -> None:
    talk = at("illness")
    talk.locale = "es"
    talk.tell("lupus y otra cosa rara", "por ahora no")
    assert talk.position.pending is None
    assert talk.open == "illness"


def test_a_refusal_is_no_answer_about_authority() -> None:
    talk = at("authority", FOR_MOM)
    talk.locale = "es"
    talk.say("no quiero contestar eso")
    assert "authority" not in talk.answers
    assert "authority" in talk.position.skipped


def test_let_them_call_me_answers_how_to_stay_in_touch() -> None:
    talk = at("contact_by")
    talk.locale = "es"
    talk.say("que me llamen", "request/callback")
    assert talk.answers["contact_by"] == "call"


@pytest.mark.parametrize("said", ["almost, but the zip should be 60622", "the zip code is 60622"])
def test_an_answers_name_with_another_value_puts_it_right_at_the_read_back(said: str) -> None:
    talk = at("read_back")
    talk.say(said)
    assert talk.answers["zip"] == "60622"
    assert talk.open == "read_back"


def test_a_name_that_was_not_given_is_not_taken_from_somebody_else() -> None:
    talk = at("patient_name", FOR_MOM).tell("skip", "skip")
    on_to(talk, "consent_family", FOR_MOM)
    talk.say("only my sister Eva")
    assert talk.answers["consent_family"] == "only my sister Eva"
    assert "patient_name" not in talk.answers
    assert talk.answers["relation"] == "child"


def test_an_answer_that_sounds_like_a_correction_is_an_answer() -> None:
    talk = at("date_of_birth")
    talk.say("it's May 9, 1949", "nav/change")
    assert talk.answers["date_of_birth"] == "1949-05-09"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("intent", ["request/form", "request/human", "tell/for_me", "out_of_scope"])
def test_every_button_is_an_answer_whatever_else_it_resembles(locale: str, intent: str) -> None:
    for asked in get_catalog().all():
        for item in asked.items:
            for option in item.options:
                answers: Answers = {} if item.link_id == "for_whom" else {"for_whom": "other"}
                position = Position(answers=answers, open=item.link_id, asked=[item.link_id])
                said = Utterance(option.display[locale], intent=intent, confidence=1.0, locale=locale, at=NOW)
                heard = hear(asked, position, said)
                if item.link_id in {one.link_id for one in asked.walk(answers)}:
                    kept = heard.recorded.get(item.link_id)
                    assert kept in (option.code, [option.code]), (item.link_id, option.display[locale])
                    assert not any(isinstance(said, Aside) for said in heard.say), option.display[locale]


@pytest.mark.parametrize(
    ("link_id", "said", "value", "sure"),
    [
        ("patient_knows", "sure", "yes", True),
        ("spokesperson", "I think so", "yes", False),
        ("spokesperson", "creo que sí", "yes", True),
        ("spokesperson", "my daughter", "yes", True),
        ("spokesperson", "I guess not", "no", True),
        ("wishes_written", "nope, nothing like that", "no", True),
        ("daily_help", "me las arreglo", "on_own", True),
        ("daily_help", "help with bathing and dressing", "some", True),
    ],
)
def test_a_yes_in_any_form_answers_a_choice_of_yes_and_no(
    link_id: str, said: str, value: str, sure: bool
) -> None:
    item = get_catalog().item(link_id)
    assert item is not None
    reading = item.read(said)
    assert (getattr(reading, "value", reading), getattr(reading, "sure", None)) == (value, sure)
