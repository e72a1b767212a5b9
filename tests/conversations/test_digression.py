"""A question in the middle of the sign-up, at every question of it: answered, and then back to where we were."""

from __future__ import annotations

import pytest

from tests.conversations.steps import ASKED, asked_at, go_to
from tests.support.product import Person, Product

pytestmark = pytest.mark.any_database

ASIDES = {
    "en": ("What does the nurse do?", "palliative care nurse", "Back to your sign-up"),
    "es": ("¿Qué hace la enfermera?", "enfermera", "Sigamos con su inscripción"),
}


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("question", list(ASKED["en"]))
def test_a_question_is_answered_and_ours_comes_back_worded_as_a_return(
    product: Product, question: str, locale: str
) -> None:
    person = Person(product, locale)
    before = go_to(person, question, locale)
    aside, answer, back = ASIDES[locale]
    heard = person.say(aside)
    assert answer in heard
    returned = person.heard[-1]["text"]
    assert returned.startswith(back)
    assert returned not in before
    assert heard.index(answer) < heard.index(returned)


@pytest.mark.parametrize("locale", ["en", "es"])
def test_two_digressions_in_a_row_never_put_the_same_sentence_twice(product: Product, locale: str) -> None:
    person = Person(product, locale)
    go_to(person, "phone", locale)
    asides = {
        "en": ("what does the nurse do?", "is this hospice?", "can I keep my doctor?"),
        "es": ("¿qué hace la enfermera?", "¿esto es hospicio?", "¿puedo seguir con mi doctor?"),
    }
    before: set[str] = set()
    for aside in asides[locale]:
        heard = person.say(aside)
        assert asked_at("phone", locale) in heard
        now = set(heard.splitlines())
        assert not now & before
        before = now


def test_nothing_of_a_digression_is_kept_as_an_answer(product: Product, person: Person) -> None:
    go_to(person, "matters_most")
    person.say("how much does this cost?")
    assert "matters_most" not in product.enrollment_of(person.id)["answers"]
    person.say("to see her garden again")
    assert product.enrollment_of(person.id)["answers"]["matters_most"] == "to see her garden again"


def test_a_wish_for_a_person_in_the_middle_is_granted_and_the_sign_up_stays(person: Person) -> None:
    go_to(person, "zip")
    heard = person.say("can I talk to a real person")
    assert "coordinator" in heard
    assert asked_at("zip") in heard
    assert asked_at("phone") in person.say("60614")
