"""Not understood once: what we can do, and a person. Twice: the phone line and a coordinator. Never a loop."""

from __future__ import annotations

import pytest

from tests.support.console import Coordinator
from tests.support.product import Person, Product

pytestmark = pytest.mark.any_database

NONSENSE = {
    "en": (
        "what's the capital of France",
        "who won the game last night",
        "play some music",
        "set an alarm for 6",
    ),
    "es": (
        "cuál es la capital de Francia",
        "quién ganó el partido anoche",
        "pon música",
        "pon una alarma a las 6",
    ),
}


@pytest.mark.parametrize("locale", ["en", "es"])
def test_once_twice_and_then_some(product: Product, locale: str) -> None:
    person = Person(product, locale)
    first, second, *rest = NONSENSE[locale]
    heard = person.say(first)
    person_choice = {"en": "Talk to a person", "es": "Hablar con una persona"}[locale]
    assert person_choice in person.choices()
    assert {"en": "palliative care", "es": "cuidados paliativos"}[locale] in heard
    assert person.id not in Coordinator(product).page()
    before = heard
    heard = person.say(second)
    assert heard != before
    assert "(800) 555-0142" in heard
    assert {"en": "coordinator", "es": "coordinador"}[locale] in heard
    assert any(link["url"].startswith("tel:") for link in person.heard[-1]["links"])
    assert person_choice in person.choices()
    assert person.id in Coordinator(product).page()
    for said in rest:
        before, heard = heard, person.say(said)
        assert heard != before
        assert "(800) 555-0142" in heard


def test_being_understood_again_begins_anew(person: Person) -> None:
    person.say(NONSENSE["en"][0])
    assert "nurse" in person.say("what does the nurse do?")
    assert "I told a coordinator" not in person.say(NONSENSE["en"][1])
