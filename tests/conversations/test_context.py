"""What refers to the answer before it, and the small things people say: each gets a human reply, in both languages."""

from __future__ import annotations

import pytest

from bot.knowledge import articles
from tests.support.product import Person, Product

pytestmark = pytest.mark.any_database


def short(topic: str, locale: str) -> str:
    """The beginning of an article's first answer, before any fact in braces."""
    return articles.get(topic, locale).short.split("{")[0][:50]


@pytest.mark.parametrize(
    ("locale", "first", "then", "topic"),
    [
        ("en", "who is on the team?", "what about the nurse?", "role_nurse"),
        ("en", "what does the nurse do?", "how often?", "how_often"),
        ("en", "what does the nurse do?", "what does that cost?", "cost_insurance"),
        ("en", "what does the nurse do?", "and the doctor?", "role_physician"),
        ("es", "¿quién está en el equipo?", "¿y la enfermera?", "role_nurse"),
        ("es", "¿qué hace la enfermera?", "¿cada cuánto?", "how_often"),
        ("es", "¿qué hace la enfermera?", "¿cuánto cuesta eso?", "cost_insurance"),
        ("es", "¿qué hace la enfermera?", "¿y el doctor?", "role_physician"),
    ],
)
def test_a_question_after_an_answer(product: Product, locale: str, first: str, then: str, topic: str) -> None:
    person = Person(product, locale)
    person.say(first)
    assert short(topic, locale) in person.say(then)


@pytest.mark.parametrize(
    ("locale", "first", "then"),
    [
        ("en", "what does the social worker do?", "and her?"),
        ("en", "what does the social worker do?", "tell me more about that"),
        ("es", "¿qué hace la trabajadora social?", "¿y ella?"),
        ("es", "¿qué hace la trabajadora social?", "dígame más de eso"),
    ],
)
def test_and_her_is_who_was_just_spoken_of(product: Product, locale: str, first: str, then: str) -> None:
    person = Person(product, locale)
    person.say(first)
    assert articles.get("role_social_worker", locale).more[:50] in person.say(then)


@pytest.mark.parametrize(
    ("locale", "said", "wanted"),
    [
        ("en", "thank you so much", "welcome"),
        ("en", "hello", "computer helper"),
        ("en", "tell me a joke", "joke"),
        ("en", "you are useless, I hate this", "sorry"),
        ("en", "are you real?", "computer helper"),
        ("en", "ok", "do next"),
        ("en", "I'm so scared", "a lot to carry"),
        ("es", "muchas gracias", "gusto"),
        ("es", "hola", "asistente automático"),
        ("es", "cuénteme un chiste", "chistes"),
        ("es", "esto no sirve, estoy harta", "lo siento"),
        ("es", "¿es usted una persona real?", "no una persona"),
        ("es", "ok", "hacer ahora"),
        ("es", "tengo mucho miedo", "mucho lo que lleva"),
    ],
)
def test_the_small_things(product: Product, locale: str, said: str, wanted: str) -> None:
    assert wanted in Person(product, locale).say(said)
