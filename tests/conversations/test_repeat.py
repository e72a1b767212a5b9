""" "Say that again", "simpler please", "what did you ask me?": they work at a question and at rest."""

from __future__ import annotations

import pytest

from tests.conversations.steps import asked_at, go_to
from tests.support.product import Person, Product

pytestmark = pytest.mark.any_database

AGAIN = {"en": "say that again please", "es": "repita por favor"}
SIMPLER = {"en": "simpler please", "es": "más sencillo por favor"}
ASKED = {"en": "what did you ask me?", "es": "¿qué me preguntó?"}
NURSE = {"en": "what does the nurse do?", "es": "¿qué hace la enfermera?"}


@pytest.mark.parametrize("locale", ["en", "es"])
def test_an_answer_is_said_again(product: Product, locale: str) -> None:
    person = Person(product, locale)
    answer = person.say(NURSE[locale])
    assert answer in person.say(AGAIN[locale])


@pytest.mark.parametrize("locale", ["en", "es"])
def test_an_answer_is_said_in_fewer_words_and_then_a_person_is_offered(product: Product, locale: str) -> None:
    person = Person(product, locale)
    answer = person.say(NURSE[locale])
    simple = person.say(SIMPLER[locale])
    assert len(simple) < len(answer)
    assert "enferm" in simple or "nurse" in simple
    assert "(800) 555-0142" in person.say(SIMPLER[locale])
    assert {"en": "number", "es": "número"}[locale] in person.say(
        {"en": "yes please", "es": "sí por favor"}[locale]
    )


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("wish", [AGAIN, ASKED])
def test_the_open_question_is_asked_again_in_other_words(
    product: Product, wish: dict[str, str], locale: str
) -> None:
    person = Person(product, locale)
    go_to(person, "zip", locale)
    before = person.heard[-1]["text"]
    heard = person.say(wish[locale])
    assert asked_at("zip", locale) in heard
    assert before not in heard


@pytest.mark.parametrize("locale", ["en", "es"])
def test_in_the_sign_up_say_that_again_means_what_was_explained(product: Product, locale: str) -> None:
    person = Person(product, locale)
    go_to(person, "zip", locale)
    explained = person.say(NURSE[locale]).splitlines()[0]
    heard = person.say(AGAIN[locale])
    assert explained in heard
    assert asked_at("zip", locale) in heard


def test_a_sign_up_left_for_later_is_remembered(person: Person) -> None:
    go_to(person, "zip")
    person.say("I'll do this later")
    assert asked_at("zip") in person.say("what did you ask me?")


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize(
    "said",
    [
        {"en": "what does the nurse do?", "es": "¿qué hace la enfermera?"},
        {"en": "talk to a person", "es": "hablar con una persona"},
        {"en": "what is your phone number", "es": "¿cuál es su teléfono?"},
        {"en": "help", "es": "ayuda"},
        {"en": "hello", "es": "hola"},
        {"en": "thanks", "es": "gracias"},
        {"en": "ok", "es": "ok"},
        {"en": "tell me a joke", "es": "cuénteme un chiste"},
        {"en": "I'm so scared", "es": "tengo mucho miedo"},
        {"en": "this is useless", "es": "esto no sirve para nada"},
        {"en": "no", "es": "no"},
        {"en": "I don't know", "es": "no sé"},
        {"en": "are you real?", "es": "¿es usted una persona real?"},
        {"en": "I want to complain", "es": "quiero poner una queja"},
        {"en": "purple monkey dishwasher", "es": "mono lavaplatos morado"},
        {"en": "call me", "es": "llámenme"},
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_saying_the_same_three_times_never_brings_the_same_sentence_twice_in_a_row(
    product: Product, said: dict[str, str], locale: str, inside: bool
) -> None:
    person = Person(product, locale)
    if inside:
        go_to(person, "phone", locale)
    before: set[str] = set()
    for _ in range(3):
        now = set(person.say(said[locale]).splitlines())
        assert now
        assert not now & before
        before = now
