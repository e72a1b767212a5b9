"""One message, two things: facts are taken down and questions are answered, at the beginning and in the middle."""

from __future__ import annotations

import pytest

from tests.conversations.steps import asked_at, go_to
from tests.support.console import Coordinator
from tests.support.product import Person, Product

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("locale", "said", "answer"),
    [
        ("en", "I'm Ana, calling for my dad, and is this hospice?", "Hospice is for the last months"),
        ("en", "hi my name is Ana and I'm calling for my father. how much does it cost?", "Medicare"),
        ("es", "Soy Ana, llamo por mi papá, ¿esto es hospicio?", "hospicio"),
        ("es", "me llamo Ana y llamo por mi papá. ¿cuánto cuesta?", "Medicare"),
    ],
)
def test_a_first_message_with_facts_and_a_question(
    product: Product, locale: str, said: str, answer: str
) -> None:
    person = Person(product, locale)
    heard = person.say(said)
    assert answer in heard
    assert asked_at("patient_name", locale) in heard
    kept = product.enrollment_of(person.id)["answers"]
    assert kept["caller_name"] == "Ana"
    assert kept["for_whom"] == "other"
    assert kept["relation"] == "child"


@pytest.mark.parametrize(
    ("locale", "question", "said", "kept", "answer"),
    [
        ("en", "zip", "60614, but what does the nurse do?", "60614", "palliative care nurse"),
        ("en", "phone", "312-555-0188 and how much does it cost", "+13125550188", "Medicare"),
        ("en", "caller_name", "Ana Lopez, is this hospice?", "Ana Lopez", "Hospice is for"),
        ("es", "zip", "60614, ¿y qué hace la enfermera?", "60614", "enfermera"),
        ("es", "phone", "312-555-0188 y ¿cuánto cuesta?", "+13125550188", "Medicare"),
        ("es", "caller_name", "Ana López, ¿esto es hospicio?", "Ana López", "hospicio"),
    ],
)
def test_an_answer_with_a_question(
    product: Product, locale: str, question: str, said: str, kept: str, answer: str
) -> None:
    person = Person(product, locale)
    go_to(person, question, locale)
    assert answer in person.say(said)
    assert product.enrollment_of(person.id)["answers"][question] == kept


@pytest.mark.parametrize(
    ("locale", "said", "first", "second"),
    [
        ("en", "what does the nurse do and how much does it cost?", "palliative care nurse", "Medicare"),
        ("en", "Is this hospice? And do you come at night?", "Hospice is for", "nurse line"),
        ("es", "¿qué hace la enfermera y cuánto cuesta?", "enfermera", "Medicare"),
        ("es", "¿Esto es hospicio? ¿Y atienden de noche?", "hospicio", "línea de enfermería"),
    ],
)
def test_two_questions_are_both_answered(
    product: Product, locale: str, said: str, first: str, second: str
) -> None:
    person = Person(product, locale)
    heard = person.say(said)
    assert heard.index(first) < heard.rindex(second)
    assert len([message for message in person.heard[2:] if message["choices"]]) == 1


@pytest.mark.parametrize(
    ("locale", "said", "asked"),
    [
        ("en", "she fell twice and I don't know what to do can somebody call me", "Which number"),
        ("es", "se cayó dos veces y no sé qué hacer me pueden llamar", "qué número"),
    ],
)
def test_a_request_inside_a_story_is_heard(product: Product, locale: str, said: str, asked: str) -> None:
    person = Person(product, locale)
    assert asked in person.say(said)
    assert "(312) 555-0188" in person.say("312 555 0188")
    assert "Wants to be called" in Coordinator(product).page(f"/conversations/{person.id}")


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (
            "en",
            "that she is not in pain, she fell twice last week and I can't lift her. can somebody call me?",
        ),
        ("es", "que no tenga dolor, se cayó dos veces y no la puedo levantar. ¿me pueden llamar?"),
    ],
)
def test_what_matters_is_kept_and_the_request_in_it_is_heard(
    product: Product, locale: str, said: str
) -> None:
    person = Person(product, locale)
    go_to(person, "matters_most", locale)
    assert "(800) 555-0142" in person.say(said)
    assert product.enrollment_of(person.id)["answers"]["matters_most"] == said
