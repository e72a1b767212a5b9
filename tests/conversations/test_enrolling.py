"""From hello to enrolled, as the person sees it and as the record holds it."""

from __future__ import annotations

import pytest

from tests.support.console import Coordinator
from tests.support.product import Person, Product

FOR_MOTHER = (
    ("I'd like to sign up my mom", "your own name"),
    ("Ana Lopez", "name of the person"),
    ("Rosa Canaria Lopez", "matters most"),
    ("To stay home with her dog and see the garden.", "support"),
    ("body and practical", "zip"),
    ("60614", "phone"),
    ("312-555-0188", "time"),
    ("weekday mornings", "keep"),
    ("yes", "right"),
    ("yes", "coordinator"),
)


def sign_up(person: Person) -> None:
    for said, expected in FOR_MOTHER:
        heard = person.say(said)
        assert expected in heard, f"after {said!r}: {heard!r}"


def test_a_daughter_signs_her_mother_up(product: Product, person: Person) -> None:
    opening = "\n".join(message["text"] for message in person.heard)
    assert "not a person" in opening
    assert "911" in opening
    assert "(800) 555-0142" in opening
    sign_up(person)
    record = product.enrollment_of(person.id)
    assert record["state"] == "submitted"
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
    for said, _ in FOR_MOTHER[:-1]:
        person.say(said)
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
    for said, _ in FOR_MOTHER[:-2]:
        person.say(said)
    heard = person.say("no, I'd rather not")
    assert "(800) 555-0142" in heard
    record = product.enrollment_of(person.id)
    assert record["state"] == "withdrawn"
    assert record["answers"] == {}


@pytest.mark.parametrize("turns", range(len(FOR_MOTHER)))
def test_at_every_question_there_is_a_way_to_ask_skip_and_reach_a_person(person: Person, turns: int) -> None:
    """A question, why, back and a person, asked at each point; the intake is still there afterwards."""
    for said, _ in FOR_MOTHER[:turns]:
        person.say(said)
    assert "nurse" in person.say("what does the nurse do?").lower()
    assert person.say("why do you ask?").strip()
    assert "coordinator" in person.say("I want to talk to a person").lower()
    rest = FOR_MOTHER[turns:]
    for said, _ in rest:
        person.say(said)
    assert "coordinator" in "\n".join(message["text"] for message in person.heard[-3:])


def test_after_the_sign_up_nothing_is_asked_again(person: Person) -> None:
    sign_up(person)
    heard = person.say("thank you so much")
    assert "zip" not in heard.lower()
    assert "doctor" in person.say("what does the doctor do?").lower()
