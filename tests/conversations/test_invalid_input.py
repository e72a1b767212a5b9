"""Answers that cannot be right: asked back kindly, once; then on, with a note for the coordinator."""

from __future__ import annotations

import pytest

from tests.conversations.steps import ANSWERS, asked_at, go_to
from tests.support.product import Person, Product

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("zip", "6061"),
        ("zip", "606144"),
        ("phone", "555-0188"),
        ("phone", "312-555-01888"),
        ("caller_name", "12345"),
        ("caller_name", "ana@example.com"),
        ("for_whom", "banana"),
        ("consent", "purple"),
        ("needs", "qwrtp"),
        ("matters_most", "👍"),
    ],
)
def test_it_is_not_kept_and_the_question_stays(
    product: Product, question: str, said: str, locale: str
) -> None:
    person = Person(product, locale)
    go_to(person, question, locale)
    before = person.heard[-1]["text"]
    heard = person.say(said)
    assert heard.strip()
    assert person.heard[-1]["text"] != before
    found = [item for item in product.enrollments() if item["conversation_id"] == person.id]
    assert all(question not in item["answers"] for item in found)
    answer = ANSWERS[locale][question]
    person.say(answer)
    assert question in product.enrollment_of(person.id)["answers"]


def test_the_second_time_we_go_on_and_the_coordinator_is_told(product: Product, person: Person) -> None:
    go_to(person, "zip")
    person.say("it's the one by the river")
    heard = person.say("you know the one")
    assert asked_at("phone") in heard
    assert "zip" not in product.enrollment_of(person.id)["answers"]


def test_a_phone_number_at_the_question_for_a_zip_is_kept_as_what_it_is(
    product: Product, person: Person
) -> None:
    go_to(person, "zip")
    heard = person.say("312-555-0188")
    assert asked_at("zip") in heard
    assert product.enrollment_of(person.id)["answers"]["phone"] == "+13125550188"


def test_a_name_and_a_number_at_the_wrong_question_find_their_places(
    product: Product, person: Person
) -> None:
    go_to(person, "caller_name")
    person.say("I'm Ana Lopez and my number is 312-555-0188")
    kept = product.enrollment_of(person.id)["answers"]
    assert kept["caller_name"] == "Ana Lopez"
    assert kept["phone"] == "+13125550188"
