"""Two close readings: the person is asked, with both as choices; picking one works by title, by text by number."""

from __future__ import annotations

import itertools
import json

import pytest

from bot import readings
from bot.knowledge import articles
from tests.conversations.steps import asked_at, go_to
from tests.support.phone import Phone
from tests.support.product import ROOT, Person, Product

pytestmark = pytest.mark.any_database

WHICH = {"en": "Which one do you mean?", "es": "¿Cuál de estas cosas quiere decir?"}
# Two of these in one question ask for neither.
TOPICS = {
    "en": "visits doctor nurse pills night family hospital cost chemo kids food team".split(),
    "es": "visitas doctor enfermera pastillas noche familia hospital costo quimio niños comida equipo".split(),
}
_found: dict[str, str] = {}


def vague(product: Product, locale: str) -> str:
    """A question that the model of the day finds two readings for, close together."""
    if locale not in _found:
        person = Person(product, locale)
        for pair in itertools.combinations(TOPICS[locale], 2):
            said = {"en": "{} and {} how?", "es": "¿{} y {} cómo?"}[locale].format(*pair)
            if WHICH[locale] in person.say(said) and len(person.choices()) == 3:
                _found[locale] = said
                break
            # Being understood in between keeps "not understood twice" away.
            person.say({"en": "thanks", "es": "muchas gracias"}[locale])
    return _found[locale]


def unclear(product: Product, locale: str, question: str | None = None) -> tuple[Person, list[str]]:
    """Somebody who was asked which of two things they mean, and the choices they were given."""
    said = vague(product, locale)
    person = Person(product, locale)
    if question:
        go_to(person, question, locale)
    assert WHICH[locale] in person.say(said)
    return person, person.choices()


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("pick", [0, 1])
def test_both_readings_are_choices_and_picking_one_is_answered(
    product: Product, locale: str, pick: int
) -> None:
    person, choices = unclear(product, locale)
    assert len(choices) == 3
    wanted = readings.meaning(choices[pick])
    assert wanted is not None
    heard = person.say(choices[pick])
    if wanted.startswith("ask/") and wanted != "ask/program_contact":
        assert articles.get(wanted.removeprefix("ask/"), locale).short[:40] in heard


@pytest.mark.parametrize("locale", ["en", "es"])
def test_not_picking_is_no_loop(product: Product, locale: str) -> None:
    person, _ = unclear(product, locale)
    heard = person.say({"en": "blorp fnord", "es": "blorp fnord"}[locale])
    assert WHICH[locale] not in heard
    assert "(800) 555-0142" in heard


@pytest.mark.parametrize("locale", ["en", "es"])
def test_in_the_sign_up_the_question_waits_for_the_pick(product: Product, locale: str) -> None:
    person, choices = unclear(product, locale, "zip")
    assert asked_at("zip", locale) not in person.heard[-1]["text"]
    assert asked_at("zip", locale) in person.say(choices[0])
    assert asked_at("phone", locale) in person.say("60614")


def test_by_text_a_reading_is_picked_by_its_number(product: Product) -> None:
    phone = Phone(product)
    phone.say("hello")
    heard = phone.say(vague(product, "en"))
    assert "1" in heard
    assert "2" in heard
    answer = phone.say("2")
    assert "Which one" not in answer
    assert len(answer) > 60


def test_every_title_and_button_typed_lands_on_its_own_topic(product: Product) -> None:
    """What stands on a button is also what people type; none of it may be taken for something else."""
    titles = {
        article.title: f"ask/{article.id}" for locale in ("en", "es") for article in articles.all(locale)
    }
    for title, label in titles.items():
        assert readings.meaning(title) == label
    for locale in ("en", "es"):
        person = Person(product, locale)
        for article in articles.all(locale):
            if article.id == "program_contact":
                continue
            heard = person.say(article.title)
            assert article.short[:30].split("{")[0] in heard, article.title


def test_what_a_reading_is_called_is_no_answer_to_any_question() -> None:
    """Otherwise picking a reading would be taken for an answer, or an answer for a reading."""
    questionnaire = json.loads((ROOT / "data/questionnaires/intake.json").read_text(encoding="utf-8"))
    shown = {
        option["valueCoding"]["display"]
        for item in questionnaire["item"]
        for option in item.get("answerOption", ())
    }
    assert {text for text in shown if (readings.meaning(text) or "tell/").split("/")[0] != "tell"} == set()
