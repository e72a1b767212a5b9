"""People put themselves right: with a name for it, with "sorry, I meant", at the read-back."""

from __future__ import annotations

import pytest

from tests.conversations.steps import asked_at, go_to
from tests.support.product import Person, Product

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "sorry I meant 60615"),
        ("en", "the zip is wrong, it's 60615"),
        ("en", "change my zip code to 60615"),
        ("es", "perdón, quise decir 60615"),
        ("es", "el código postal está mal, es 60615"),
    ],
)
def test_a_corrected_zip_is_kept_and_the_open_question_comes_back(
    product: Product, locale: str, said: str
) -> None:
    person = Person(product, locale)
    go_to(person, "phone", locale)
    heard = person.say(said)
    assert "60615" in heard
    assert asked_at("phone", locale) in heard
    assert product.enrollment_of(person.id)["answers"]["zip"] == "60615"


def test_a_name_is_put_right(product: Product, person: Person) -> None:
    go_to(person, "patient_name")
    heard = person.say("sorry I meant Anna Lopes")
    assert "Anna Lopes" in heard
    assert asked_at("patient_name") in heard
    assert product.enrollment_of(person.id)["answers"]["caller_name"] == "Anna Lopes"


def test_at_the_read_back_only_what_changed_is_read_again(product: Product, person: Person) -> None:
    go_to(person, "read_back")
    heard = person.say("no, the phone is 773-555-0199")
    assert "(773) 555-0199" in heard
    assert "Rosa Canaria Lopez" not in heard
    person.say("yes")
    record = product.enrollment_of(person.id)
    assert record["answers"]["phone"] == "+17735550199"
    assert record["state"] == "submitted"


def test_it_is_for_someone_else_after_all(product: Product, person: Person) -> None:
    person.say("I want to sign up")
    person.say("it's for me")
    person.say("Ana Lopez")
    heard = person.say("actually it's for my mother")
    assert "someone you care for" in heard
    answers = product.enrollment_of(person.id)["answers"]
    assert answers["for_whom"] == "other"
    assert answers["caller_name"] == "Ana Lopez"
    assert "patient_name" not in answers
