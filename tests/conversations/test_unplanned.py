"""What nobody planned for, as people wrote it in trials; each went wrong once."""

from __future__ import annotations

from tests.conversations.test_enrolling import sign_up
from tests.support.console import Coordinator
from tests.support.product import Person, Product, eventually


def test_a_story_of_illness_opens_the_sign_up_and_is_no_complaint(person: Person) -> None:
    heard = person.say("my dad has been really sick with cancer and the hospital said to call you guys")
    assert "sorry you are going through this" in heard
    assert "your own name" in heard


def test_una_mama_muy_enferma_is_not_a_question_about_nurses(persona: Person) -> None:
    heard = persona.say("hola mi mama esta muy enferma y nose que hacer")
    assert "enfermera" not in heard
    assert "cómo se llama" in heard


def test_no_english_gets_spanish(person: Person) -> None:
    person.say("I want to sign up my dad")
    heard = person.say("no english, mi papa no habla ingles")
    assert "español" in heard
    assert "¿" in heard


def test_what_is_said_after_words_of_danger_is_not_kept_as_a_wish(product: Product, person: Person) -> None:
    sign_up(person, until="matters_most")
    assert "988" in person.say("I want to die")
    heard = person.say("sorry I am just so tired, go on")
    assert "988" in heard
    assert "matters most" not in heard
    assert "matters_most" not in product.enrollment_of(person.id)["answers"]
    Coordinator(product).conversation(person.id, "clear")
    assert eventually(lambda: "matters most" in person.log()[-1]["text"])
    person.say("to sit in her garden")
    assert product.enrollment_of(person.id)["answers"]["matters_most"] == "to sit in her garden"


def test_a_no_to_consent_can_be_taken_back(product: Product, person: Person) -> None:
    sign_up(person, until="consent")
    person.say("no")
    assert product.enrollment_of(person.id)["state"] == "withdrawn"
    assert "May we" in person.say("actually yes") or "may we" in person.heard[-1]["text"]
    person.say("yes")
    person.say("yes")
    record = product.enrollment_of(person.id)
    assert record["state"] == "submitted"
    assert record["answers"]["zip"] == "60614"


def test_stop_asking_leaves_the_questions(person: Person) -> None:
    person.say("I want to sign up")
    assert "name" not in person.say("stop asking me stuff").lower().replace("go on with my sign-up", "")
