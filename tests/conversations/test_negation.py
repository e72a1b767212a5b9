"""A "no" with something after it, a "no" that is no answer, and a "no" that is one."""

from __future__ import annotations

import pytest

from tests.conversations.steps import asked_at, go_to
from tests.support.product import Person, Product

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "no, not for me, for my mom"),
        ("en", "it's not for me it's for my mother"),
        ("es", "no, no es para mí, es para mi mamá"),
        ("es", "para mí no, para mi mamá"),
    ],
)
def test_not_for_me_is_for_the_other(product: Product, locale: str, said: str) -> None:
    person = Person(product, locale)
    go_to(person, "for_whom", locale)
    person.say(said)
    answers = product.enrollment_of(person.id)["answers"]
    assert answers["for_whom"] == "other"
    assert answers["relation"] == "child"


@pytest.mark.parametrize(
    ("locale", "begin", "said"),
    [
        ("en", "I want to sign up", "no, not for me, for my mom"),
        ("es", "quiero inscribirme", "no, no es para mí, es para mi mamá"),
    ],
)
def test_taken_back_later_names_go_where_they_belong(
    product: Product, locale: str, begin: str, said: str
) -> None:
    person = Person(product, locale)
    person.say(begin)
    person.say({"en": "me", "es": "para mí"}[locale])
    person.say("Ana Lopez")
    person.say(said)
    answers = product.enrollment_of(person.id)["answers"]
    assert answers["for_whom"] == "other"
    assert answers["caller_name"] == "Ana Lopez"


def test_no_to_consent_is_a_no_and_nothing_is_kept(product: Product, person: Person) -> None:
    go_to(person, "consent")
    heard = person.say("no")
    assert "will not send anything" in heard
    record = product.enrollment_of(person.id)
    assert record["state"] == "withdrawn"
    assert record["answers"] == {}


def test_no_thanks_after_an_answer_is_left_at_that(person: Person) -> None:
    person.say("what does the nurse do?")
    heard = person.say("no thanks")
    assert "nurse" not in heard
    assert "(800) 555-0142" in heard


def test_not_hospice_is_a_question_about_hospice(person: Person) -> None:
    assert "Hospice is for the last months" in person.say("so this is not hospice right?")


def test_no_i_dont_have_one_passes_over_an_optional_question(person: Person) -> None:
    go_to(person, "zip")
    assert asked_at("phone") in person.say("I don't know it")
