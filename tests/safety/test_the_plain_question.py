""" "Are you having thoughts of ending your life?": yes, no, why, something else, and no answer at all."""

from __future__ import annotations

import pytest

from bot.safety import alarms
from tests.channels.sms.line import Line
from tests.support.serving import wait_until

WISH, DESEO = "I want this over", "ya no puedo más"


def locked(line: Line, phone: str) -> bool:
    return bool(line.talk(phone).safety_lock == "suicide")


def rings(line: Line, phone: str) -> bool:
    talk = line.talk(phone)
    with line.database.begin() as connection:
        return any(row.conversation_id == talk.id for row in alarms.ringing(connection))


@pytest.mark.parametrize(
    ("cry", "answer"),
    [
        (WISH, "yes"),
        (WISH, "I don't know"),
        (WISH, "sometimes"),
        (DESEO, "sí"),
        (DESEO, "no sé"),
        (WISH, "2"),
    ],
)
def test_yes_and_unsure_are_the_row_of_suicide(slow: Line, phone: str, cry: str, answer: str) -> None:
    assert "ending your life" in slow.say(phone, cry) or "quitarse la vida" in slow.log(phone)[-1]["text"]
    assert not rings(slow, phone)
    assert "988" in slow.say(phone, answer)
    assert locked(slow, phone)
    assert rings(slow, phone)
    assert {("safety_wish_to_die", "urgent"), ("safety_suicide", "emergency")} <= set(slow.tickets(phone))


@pytest.mark.parametrize(
    ("cry", "answer", "said"),
    [
        (WISH, "no", "nurse or social worker"),
        (WISH, "not really", "nurse or social worker"),
        (WISH, "nah just tired", "nurse or social worker"),
        (DESEO, "no, la verdad no", "trabajo social"),
        (WISH, "3", "nurse or social worker"),
    ],
)
def test_a_no_leaves_a_same_day_ticket_and_the_conversation_goes_on(
    slow: Line, phone: str, cry: str, answer: str, said: str
) -> None:
    slow.say(phone, cry)
    assert said in slow.say(phone, answer)
    assert slow.talk(phone).safety_lock is None
    assert not rings(slow, phone)
    assert slow.tickets(phone) == [("safety_wish_to_die", "urgent")]
    assert slow.say(phone, "who is on the team") == "You said: who is on the team"


@pytest.mark.parametrize(
    ("cry", "why", "reason"),
    [(WISH, "why do you ask?", "I ask because"), (DESEO, "¿por qué?", "Pregunto porque")],
)
def test_why_gets_a_plain_reason_and_the_question_once_more(
    slow: Line, phone: str, cry: str, why: str, reason: str
) -> None:
    slow.say(phone, cry)
    heard = slow.say(phone, why)
    assert reason in heard
    assert "ending your life" in heard or "quitarse la vida" in heard
    assert "988" in slow.say(phone, "yes" if cry == WISH else "sí")


def test_something_else_is_asked_once_more_and_then_counts_as_unsure(slow: Line, phone: str) -> None:
    slow.say(phone, WISH)
    assert "I don't want to pass over this" in slow.say(phone, "my daughter comes at 5")
    assert not locked(slow, phone)
    assert "988" in slow.say(phone, "she brings soup")
    assert locked(slow, phone)


def test_nothing_is_asked_of_the_engine_while_the_question_waits(slow: Line, phone: str) -> None:
    slow.say(phone, WISH)
    slow.say(phone, "60601")
    assert slow.engine.heard_from(slow.talk(phone).id) == []


def test_silence_counts_as_unsure(watched: Line, phone: str) -> None:
    watched.say(phone, WISH)
    wait_until(lambda: locked(watched, phone))
    assert "I have not heard from you" in watched.log(phone)[-1]["text"]
    assert rings(watched, phone)
    assert ("safety_suicide", "emergency") in watched.tickets(phone)


def test_an_answer_in_time_ends_the_waiting(watched: Line, phone: str) -> None:
    watched.say(phone, WISH)
    watched.say(phone, "no")
    heard = len(watched.log(phone))
    with pytest.raises(AssertionError, match="in vain"):
        wait_until(lambda: len(watched.log(phone)) > heard, seconds=5)
    assert watched.talk(phone).safety_lock is None


def test_a_clear_cry_while_the_question_waits_is_taken_at_its_word(slow: Line, phone: str) -> None:
    slow.say(phone, WISH)
    assert "911" in slow.say(phone, "my mother won't wake up")
    assert slow.talk(phone).safety_lock == "medical"
    assert slow.talk(phone).safety_question is None
