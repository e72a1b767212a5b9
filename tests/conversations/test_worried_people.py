"""What went wrong in long unscripted conversations of tired, worried people, and was mended."""

from __future__ import annotations

import pytest

from tests.conversations.steps import asked_at, go_to
from tests.support.product import Person, Product

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(("locale", "said"), [("en", "no wait 60611"), ("es", "no espere es 60611")])
def test_no_wait_with_a_zip_at_the_next_question(product: Product, locale: str, said: str) -> None:
    person = Person(product, locale)
    go_to(person, "phone", locale)
    assert "60611" in person.say(said)
    assert product.enrollment_of(person.id)["answers"]["zip"] == "60611"


def test_my_name_at_what_matters_is_a_name(product: Product, person: Person) -> None:
    go_to(person, "matters_most")
    heard = person.say("I'm Theresa")
    assert asked_at("matters_most") in heard
    kept = product.enrollment_of(person.id)["answers"]
    assert kept["caller_name"] == "Theresa"
    assert "matters_most" not in kept


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "I don't want to talk about that right now"),
        ("es", "no quiero hablar de eso ahora"),
    ],
)
def test_not_wanting_to_talk_about_it_is_no_wish_of_theirs(product: Product, locale: str, said: str) -> None:
    person = Person(product, locale)
    go_to(person, "matters_most", locale)
    assert asked_at("needs", locale) in person.say(said)
    assert "matters_most" not in product.enrollment_of(person.id)["answers"]


def test_apunteme_is_no_name(product: Product, persona: Person) -> None:
    go_to(persona, "patient_name", "es")
    assert asked_at("patient_name", "es") in persona.say("bueno pues apúnteme")
    assert "patient_name" not in product.enrollment_of(persona.id)["answers"]


def test_a_bare_number_outside_the_sign_up_is_a_wish_to_be_called(persona: Person) -> None:
    persona.say("que me llamen por favor")
    persona.say("ay no puedo escribir mucho")
    assert "(312) 555-0154" in persona.say("312 555 0154")


def test_a_number_with_digits_missing_is_asked_again_and_no_other_number_is(person: Person) -> None:
    go_to(person, "phone")
    heard = person.say("call me at 555-0123")
    assert "Which number" not in heard
    assert "area code" in heard


def test_ok_after_an_answer_is_no_wish_for_more(person: Person) -> None:
    go_to(person, "zip")
    person.say("what does the nurse do?")
    heard = person.say("ok")
    assert len(heard) < 150
    assert asked_at("zip") in heard


@pytest.mark.parametrize(
    ("locale", "said", "first_word"),
    [
        ("en", "do I have to give up chemo?", "You can keep"),
        ("es", "¿tengo que dejar la quimio?", "Puede seguir"),
        ("en", "so this is not hospice, right?", "Palliative care is not hospice"),
        ("es", "¿es hospicio para dejarlo morir?", "Esto no es hospicio"),
    ],
)
def test_an_answer_is_right_however_the_question_is_turned(
    product: Product, locale: str, said: str, first_word: str
) -> None:
    """An article that began with "Yes" said yes to "do I have to stop chemo?"."""
    assert Person(product, locale).say(said).startswith(first_word)
