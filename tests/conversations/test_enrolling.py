"""From hello to enrolled, as the person sees it and as the record holds it."""

from __future__ import annotations

import pytest

from tests.support.console import Coordinator
from tests.support.intake_walk import MOM_EN, Talks, open_question, walk
from tests.support.product import Person, Product

FOR_MOTHER = MOM_EN | {
    "patient_name": "Rosa Canaria Lopez",
    "matters_most": "To stay home with her dog and see the garden.",
    "needs": "body and practical",
    "zip": "60614",
    "phone": "312-555-0188",
    "best_time": "weekday mornings",
}
BEGINS = "I'd like to sign up my mom"
# Some of every kind of question: who, own words, choices, a number, a date, contact, consent.
SOME = (
    "caller_name",
    "authority",
    "matters_most",
    "needs",
    "sx_pain",
    "date_of_birth",
    "phone",
    "consent",
    "read_back",
)


def sign_up(person: Talks, until: str | None = None) -> list[str]:
    """Sign the mother up, as far as the question `until`; returns what was asked."""
    return walk(person, person.say(BEGINS), FOR_MOTHER, until=until)


def test_a_daughter_signs_her_mother_up(product: Product, person: Person) -> None:
    opening = "\n".join(message["text"] for message in person.heard)
    assert "not a person" in opening
    assert "911" in opening
    assert "(800) 555-0142" in opening
    asked = sign_up(person)
    assert "relation" not in asked, "it was said in the first message"
    record = product.enrollment_of(person.id)
    assert record["state"] == "submitted"
    assert record["completeness"] == 100
    assert record["authority"] == "agent"
    assert record["service_area"] == "in"
    kept = record["answers"]
    assert kept["for_whom"] == "other"
    assert kept["relation"] == "child"
    assert kept["caller_name"] == "Ana Lopez"
    assert kept["patient_name"] == "Rosa Canaria Lopez"
    assert kept["matters_most"] == "To stay home with her dog and see the garden."
    assert kept["needs"] == ["body", "practical"]
    assert kept["zip"] == "60614"
    assert kept["phone"] == "+13125550188"
    assert kept["best_time"] == "weekday mornings"
    assert kept["consent"] is True


def test_the_read_back_shows_what_was_heard_before_anything_is_sent(product: Product, person: Person) -> None:
    sign_up(person, until="read_back")
    summary = next(message for message in reversed(person.heard) if message["kind"] == "summary")
    for fact in ("Ana Lopez", "Rosa Canaria Lopez", "60614", "(312) 555-0188", "her dog"):
        assert fact in summary["text"]
    assert product.enrollment_of(person.id)["state"] == "started"


def test_the_coordinator_finds_the_enrollment_waiting(product: Product, person: Person) -> None:
    sign_up(person)
    nora = Coordinator(product)
    assert "Ana Lopez" in nora.page()
    page = nora.page(f"/conversations/{person.id}")
    for fact in ("Rosa Canaria Lopez", "(312) 555-0188", "submitted", "her dog"):
        assert fact in page


def test_consent_refused_sends_and_keeps_nothing(product: Product, person: Person) -> None:
    sign_up(person, until="consent")
    heard = person.say("no, I'd rather not")
    assert "(800) 555-0142" in heard
    record = product.enrollment_of(person.id)
    assert record["state"] == "withdrawn"
    assert record["answers"] == {}


@pytest.mark.parametrize("link_id", SOME)
def test_at_every_question_there_is_a_way_to_ask_skip_and_reach_a_person(
    person: Person, link_id: str
) -> None:
    """A question, why, back and a person, asked at each point; the intake is still there afterwards."""
    sign_up(person, until=link_id)
    assert "nurse" in person.say("what does the nurse do?").lower()
    assert person.say("why do you ask?").strip()
    heard = person.say("I want to talk to a person")
    assert "coordinator" in heard.lower()
    assert open_question(heard) == link_id
    walk(person, heard, FOR_MOTHER)
    assert "coordinator" in "\n".join(message["text"] for message in person.heard[-3:])


def test_after_the_sign_up_nothing_is_asked_again(person: Person) -> None:
    sign_up(person)
    heard = person.say("thank you so much")
    assert "zip" not in heard.lower()
    assert "doctor" in person.say("what does the doctor do?").lower()
