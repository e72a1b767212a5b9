"""Each row of the safety table in both languages: what the person sees, what the console shows, what is locked."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.conversations.safety_talk import (
    BY_CATEGORY,
    LOCALES,
    ROWS,
    Row,
    eventually,
    panel,
    seen,
    urls,
)
from tests.support.console import Coordinator
from tests.support.product import Person, Product


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.category)
def test_a_row_is_answered_shown_and_audited(product: Product, row: Row, locale: str) -> None:
    person = Person(product, locale)
    answer = person.say(row.message(locale))
    assert row.said(locale) in answer
    assert set(row.urls) <= set(urls(person))
    shown = panel(product, person)
    assert row.ticket in shown
    assert f'class="badge {row.urgency}"' in shown
    assert row.message(locale) in shown
    assert ("The intake is locked" in shown) is row.locks
    assert "safety.detect" in product.pes("audit", "list", "--object", person.id)
    assert "whole" in product.pes("audit", "verify")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.category)
def test_after_every_row_the_person_may_go_on_talking(product: Product, row: Row, locale: str) -> None:
    person = Person(product, locale)
    person.say(row.message(locale))
    for more in ("ok", "I am here", "are you there?"):
        assert person.say(more).strip()


@pytest.mark.parametrize("row", [row for row in ROWS if row.rings], ids=lambda row: row.category)
def test_what_rings_stands_at_the_top_of_the_board_until_acknowledged(product: Product, row: Row) -> None:
    person = Person(product)
    person.say(row.en)
    nora = Coordinator(product)
    board = seen(nora, "")
    assert f"/console/conversations/{person.id}" in board.partition("Alarms nobody has acknowledged")[2]
    nora.conversation(person.id, "take-over")
    alarms = seen(nora, "").partition("Alarms nobody has acknowledged")[2].partition('class="rows"')[0]
    assert f"/console/conversations/{person.id}" not in alarms
    assert "alarm.acknowledge" in product.pes("audit", "list", "--object", person.id)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("row", [row for row in ROWS if row.locks], ids=lambda row: row.category)
def test_a_lock_takes_no_answer_and_is_cleared_by_a_human(product: Product, row: Row, locale: str) -> None:
    person = Person(product, locale)
    person.say("I want to sign up" if locale == "en" else "quiero inscribirme")
    question = person.say("me" if locale == "en" else "yo")
    person.say(row.message(locale))
    heard = [person.say("Lena Ortiz") for _ in range(6)]
    assert all(one != other for one, other in pairwise(heard))
    assert all(question not in one for one in heard)
    assert "patient_name" not in product.enrollment_of(person.id)["answers"]
    nora = Coordinator(product)
    assert nora.conversation(person.id, "clear").status_code == 200
    last = question.splitlines()[-1][-12:]
    eventually(lambda: last in person.log()[-1]["text"])
    told = [message["text"] for message in person.log() if message["author"] == "system"]
    assert "Nora" in told[-1]
    person.say("Lena Ortiz")
    assert product.enrollment_of(person.id)["answers"]["patient_name"] == "Lena Ortiz"
    assert "safety.clear" in product.pes("audit", "list", "--object", person.id)
    assert nora.conversation(person.id, "clear").status_code == 409


def test_a_simple_question_is_answered_while_locked(product: Product, person: Person) -> None:
    person.say("I want to kill myself")
    assert "team" in person.say("Who is on the team?").lower()
    assert "The intake is locked" in panel(product, person)


def test_the_same_cry_many_times_is_one_ticket_and_never_the_same_answer_twice(
    product: Product, person: Person
) -> None:
    heard = [person.say("I want to kill myself") for _ in range(12)]
    assert all("988" in answer for answer in heard)
    assert all(one != other for one, other in pairwise(heard))
    board = seen(Coordinator(product), "?folder=waiting")
    row = board.partition('class="rows"')[2].partition(person.id)[2].partition("</li>")[0]
    assert row.count("SAFETY: thoughts of suicide") == 1


def test_a_cry_in_spanish_inside_an_english_chat_is_answered_in_spanish(person: Person) -> None:
    person.say("I want to sign up")
    assert "envíe AYUDA al 988" in person.say("es que quiero morirme")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.category)
def test_danger_speaks_also_while_a_human_is_in_control(product: Product, row: Row) -> None:
    person = Person(product)
    person.say("I need to talk to a real person please")
    nora = Coordinator(product)
    nora.conversation(person.id, "take-over")
    answer = person.say(row.en)
    # What is no danger is for the human who is there; both are on the record.
    assert (row.said_en in answer) is (row.rings or row.category == "wish_to_die")
    assert row.ticket in panel(product, person)


def test_a_death_ends_the_interview_and_what_was_promised(product: Product, person: Person) -> None:
    person.say("I want to sign up my husband")
    person.say("please call me at 312-555-0199")
    assert "Wants to be called" in panel(product, person)
    assert "sorry for your loss" in person.say("my husband died this morning")
    shown = panel(product, person)
    assert "A death was reported" in shown
    assert "Wants to be called" not in shown
    for more in ("thank you", "ok"):
        assert "name" not in person.say(more)
    assert "loss.stop" in product.pes("audit", "list", "--object", person.id)


@pytest.mark.parametrize(("locale", "yes", "no"), [("en", "yes", "no"), ("es", "sí", "no")])
def test_abuse_asks_whether_it_is_safe_and_stays_out_of_every_summary(
    product: Product, locale: str, yes: str, no: str
) -> None:
    person = Person(product, locale)
    cry = BY_CATEGORY["abuse"].message(locale)
    person.say("I want to sign up" if locale == "en" else "quiero inscribirme")
    person.say("me" if locale == "en" else "yo")
    person.say("Lena Ortiz")
    person.say(cry)
    details = "call my neighbor at noon"
    person.say(yes)
    person.say(details)
    review = person.say("what have I told you?" if locale == "en" else "¿qué le he dicho?")
    assert cry not in review
    assert details not in review
    kept = str(product.enrollment_of(person.id)["answers"])
    assert cry not in kept
    assert details not in kept
    assert panel(product, person).count('<span class="badge">private</span>') >= 4
    other = Person(product, locale)
    other.say(cry)
    assert "(800) 555-0142" in other.say(no)


def test_a_question_for_a_clinician_is_kept_word_for_word(product: Product, person: Person) -> None:
    asked = "Be honest with me, how long does she have?"
    person.say(asked)
    assert panel(product, person).count(asked) >= 2
