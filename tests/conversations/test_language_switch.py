"""Each message is answered in its language; what says nothing about a language changes nothing; a wish is kept."""

from __future__ import annotations

import pytest

from tests.conversations.steps import asked_at, go_to
from tests.support.phone import Phone
from tests.support.product import Person, Product

pytestmark = pytest.mark.any_database

SPANISH, ENGLISH = "¿qué hace la enfermera?", "what does the nurse do?"


def test_a_spanish_message_in_an_english_conversation_gets_spanish(person: Person) -> None:
    person.say("hello")
    assert "síntomas" in person.say(SPANISH)
    assert person.heard[-1]["locale"] == "es"
    assert "symptoms" in person.say(ENGLISH)
    assert person.heard[-1]["locale"] == "en"


def test_an_english_message_in_a_spanish_conversation_gets_english(persona: Person) -> None:
    persona.say("hola")
    assert "symptoms" in persona.say(ENGLISH)


def test_in_the_middle_of_the_sign_up_the_open_question_comes_in_the_new_language(person: Person) -> None:
    go_to(person, "zip")
    heard = person.say("¿cuánto cuesta esto? no tenemos mucho dinero")
    assert "Medicare" in heard
    assert asked_at("zip", "es") in heard


@pytest.mark.parametrize(
    "said", ["gracias", "ok", "no", "60614", "San Antonio", "Maria de la Cruz", "mi mama"]
)
def test_what_is_said_in_any_language_changes_none(product: Product, said: str) -> None:
    person = Person(product)
    person.say("what does the nurse do?")
    person.say(said)
    assert person.heard[-1]["locale"] == "en"


def test_a_spanish_name_in_an_english_sign_up_stays_english(product: Product, person: Person) -> None:
    go_to(person, "patient_name")
    assert "Did Juan Carlos de la Cruz sign" in person.say("Juan Carlos de la Cruz")
    assert product.enrollment_of(person.id)["answers"]["patient_name"] == "Juan Carlos de la Cruz"


@pytest.mark.parametrize("wish", ["en español por favor", "in Spanish please", "I want to speak in spanish"])
def test_a_wish_is_kept_whatever_is_written_after_it(person: Person, wish: str) -> None:
    assert "español" in person.say(wish)
    person.say(ENGLISH)
    assert person.heard[-1]["locale"] == "es"
    person.say("I want to sign up my mom")
    assert person.heard[-1]["locale"] == "es"


def test_a_wish_is_kept_until_there_is_another(person: Person) -> None:
    go_to(person, "zip")
    person.say("en español por favor")
    assert "English" in person.say("in English please")
    person.say(SPANISH)
    assert person.heard[-1]["locale"] == "en"


def test_picking_a_choice_changes_nothing(persona: Person) -> None:
    persona.say("hola")
    for choice in persona.choices():
        persona.say(choice)
        assert persona.heard[-1]["locale"] == "es"


def test_words_of_danger_are_answered_in_their_language(person: Person) -> None:
    person.say("hello")
    assert "oprima 2" in person.say("me quiero morir, ya no puedo más con esto")


def test_by_text_message_too(product: Product) -> None:
    phone = Phone(product)
    assert "computer helper" in phone.say("hello, what is this?")
    assert "sintomas" in phone.say("que hace la enfermera").replace("í", "i")
    assert "doctor" in phone.say("what does the doctor do for my mom")


def test_a_first_text_of_one_word_is_enough(product: Product) -> None:
    assert "asistente" in Phone(product).say("hola")
