"""What went wrong in long unscripted conversations of tired, worried people, and was mended."""

from __future__ import annotations

import pytest

from tests.conversations.steps import ANSWERS, asked_at, go_to
from tests.support.intake_walk import MOST_TURNS, answer_to, open_question
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


def kept(product: Product, person: Person) -> dict[str, object]:
    return dict(product.enrollment_of(person.id)["answers"])


def test_asking_for_a_call_renames_nobody(product: Product, person: Person) -> None:
    go_to(person, "zip")
    before = kept(product, person)["caller_name"]
    assert "call you" in person.say("can somebody call me instead")
    assert kept(product, person)["caller_name"] == before


def test_a_name_said_without_is_and_a_no_that_is_no_name(product: Product, person: Person) -> None:
    go_to(person, "patient_name")
    assert "the name" in person.say("nah")
    person.say("my mama name Vernell Tillery")
    assert kept(product, person)["patient_name"] == "Vernell Tillery"


def test_the_name_of_the_one_who_is_ill_is_not_taken_for_the_writers(
    product: Product, person: Person
) -> None:
    person.say("hello I'm calling about my brother")
    heard = person.say("his name Otis Redmond")
    assert "Otis Redmond" in heard
    assert asked_at("caller_name") in heard
    person.say("Odessa Redmond")
    answers = kept(product, person)
    assert (answers["caller_name"], answers["patient_name"]) == ("Odessa Redmond", "Otis Redmond")


def test_a_name_in_two_goes_and_the_mothers_name_put_right(product: Product, persona: Person) -> None:
    persona.say("soy Yesenia y mi mama esta muy enferma")
    assert asked_at("patient_name", "es") in persona.say("Yesenia Carranza Portillo")
    persona.say("Rosa Portillo")
    assert "Teodora Portillo" in persona.say("mi mama se llama Teodora Portillo")
    answers = kept(product, persona)
    assert answers["caller_name"] == "Yesenia Carranza Portillo"
    assert answers["patient_name"] == "Teodora Portillo"


def test_no_paper_is_an_answer_and_no_wish_for_the_form(product: Product, persona: Person) -> None:
    go_to(persona, "authority", "es")
    assert "/form" not in persona.say("no no hay papel de eso")
    assert kept(product, persona)["authority"] == "none"


@pytest.mark.parametrize(
    ("locale", "said", "day"),
    [("en", "May 2, 1951", "May 2, 1951"), ("es", "el 3 de junio de 1949", "3 de junio de 1949")],
)
def test_a_birthday_at_another_question_is_kept(product: Product, locale: str, said: str, day: str) -> None:
    person = Person(product, locale)
    go_to(person, "patient_knows", locale)
    assert day in person.say(said)
    assert "date_of_birth" in kept(product, person)


def test_a_zip_is_not_what_matters_most(product: Product, person: Person) -> None:
    go_to(person, "matters_most")
    assert asked_at("matters_most") in person.say("60628")
    answers = kept(product, person)
    assert answers["zip"] == "60628"
    assert "matters_most" not in answers


@pytest.mark.parametrize(
    ("locale", "wait", "back"), [("en", "hold on a minute", "ok I'm back"), ("es", "espéreme tantito", "ya")]
)
def test_back_after_a_moment(product: Product, locale: str, wait: str, back: str) -> None:
    person = Person(product, locale)
    go_to(person, "zip", locale)
    assert asked_at("zip", locale) not in person.say(wait)
    assert asked_at("zip", locale) in person.say(back)


@pytest.mark.parametrize(
    ("locale", "said"), [("en", "stop asking me so much"), ("es", "ya no me pregunte tanto")]
)
def test_too_many_questions_is_not_what_matters_most(product: Product, locale: str, said: str) -> None:
    person = Person(product, locale)
    go_to(person, "matters_most", locale)
    person.say(said)
    assert "matters_most" not in kept(product, person)


@pytest.mark.parametrize(
    "said", ["no keep going", "i bathe him and feed him", "that he's at peace and out of pain"]
)
def test_nothing_of_this_is_danger(product: Product, person: Person, said: str) -> None:
    go_to(person, "matters_most")
    heard = person.say(said)
    assert "988" not in heard
    assert "ending your life" not in heard
    assert "hotline" not in heard
    assert "nurse line" not in heard


@pytest.mark.parametrize(
    ("locale", "said", "kind", "noted"),
    [
        ("en", "my husband has copd and heart failure and I'm wore out", ["heart_failure", "lung"], "COPD"),
        ("es", "mi mamá tiene cáncer del páncreas y no sé qué hacer", ["cancer"], "Cáncer"),
    ],
)
def test_an_illness_told_at_the_start_is_kept_and_not_asked_for(
    product: Product, locale: str, said: str, kind: list[str], noted: str
) -> None:
    person = Person(product, locale)
    assert noted in person.say(said)
    assert kept(product, person)["illness"] == kind
    assert "illness" not in asked_after_needs(person, locale)


def asked_after_needs(person: Person, locale: str) -> str:
    """The linkId of the question that follows the one about needs."""
    heard = person.say("hm")
    for _ in range(MOST_TURNS):
        here = open_question(heard)
        assert here is not None
        heard = person.say(answer_to(here, ANSWERS[locale], locale))
        if here == "needs":
            return str(open_question(heard))
    raise LookupError("needs")
