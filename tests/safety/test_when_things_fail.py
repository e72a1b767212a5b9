"""The safety answer goes out with the engine down, the words broken, nobody to text, and behind a waiting message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.safety import alarms, gate, responses
from tests.channels.sms.line import Line, OpenLine
from tests.support.serving import wait_until

CRY = "I want to kill myself"
PATIENCE = "0.5"


@pytest.fixture(params=["sqlite", "postgresql"])
def lonely(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Line]:
    """A line whose engine does not answer."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").new_database()
    with OpenLine(tmp_path, url, None, PES_ENGINE_PATIENCE=PATIENCE) as line:
        line.stop_engine()
        yield line


@pytest.fixture(params=["sqlite", "postgresql"])
def patient(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Line]:
    """The same, but it waits long for the engine to come back."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").new_database()
    with OpenLine(tmp_path, url, None, PES_ENGINE_PATIENCE="600") as line:
        line.stop_engine()
        yield line


def test_with_the_engine_down_danger_is_answered(lonely: Line, phone: str) -> None:
    assert "988" in lonely.say(phone, CRY)
    assert ("safety_suicide", "emergency") in lonely.tickets(phone)
    heard = lonely.say(phone, "I am still here")
    assert "988" in heard


def test_a_cry_does_not_wait_behind_a_message_that_waits_for_the_engine(lonely: Line, phone: str) -> None:
    lonely.text(phone, "hello")
    wait_until(lambda: ("engine_down", "urgent") in lonely.tickets(phone))
    assert "988" in lonely.say(phone, CRY)
    assert lonely.talk(phone).safety_lock == "suicide"


def test_a_cry_ends_the_waiting_for_the_engine(patient: Line, phone: str) -> None:
    patient.text(phone, "hello")
    assert "988" in patient.say(phone, CRY)


def test_a_question_for_a_nurse_is_answered_without_the_engine(lonely: Line, phone: str) -> None:
    assert "nurse or doctor" in lonely.say(phone, "how long does she have?")
    assert ("safety_medical_advice", "routine") in lonely.tickets(phone)


def test_the_answer_to_the_plain_question_needs_no_engine(lonely: Line, phone: str) -> None:
    lonely.say(phone, "I want this over")
    assert "social worker" in lonely.say(phone, "no")


def test_a_death_is_met_without_the_engine(lonely: Line, phone: str) -> None:
    assert "sorry for your loss" in lonely.say(phone, "my husband died this morning")


def test_a_gate_that_raises_gives_the_static_help_and_a_human(
    slow: Line, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(gate, "assess", broken)
    heard = slow.say(phone, "hello there")
    assert "911" in heard
    assert "988" in heard
    assert ("safety_check_failed", "emergency") in slow.tickets(phone)
    assert slow.talk(phone).safety_lock is None


def test_an_answer_that_cannot_be_made_gives_the_static_help_and_a_human(
    slow: Line, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = responses.row_for

    def broken(finding: gate.Finding) -> responses.Row:
        if finding.category == "suicide":
            raise RuntimeError("broken on purpose")
        return real(finding)

    monkeypatch.setattr(responses, "row_for", broken)
    heard = slow.say(phone, CRY)
    assert "988" in heard
    assert ("safety_check_failed", "emergency") in slow.tickets(phone)


@pytest.mark.parametrize("cry", [CRY, "her pain is out of control", "I want this over", "my son hits me"])
def test_who_opted_out_gets_no_text_and_a_human_is_told(slow: Line, phone: str, cry: str) -> None:
    slow.say(phone, "hello")
    slow.say(phone, "please stop texting me")
    sent = len(slow.parcels(phone))
    assert slow.say(phone, cry) == ""
    assert len(slow.parcels(phone)) == sent
    assert any(topic.startswith("safety_") for topic, _ in slow.tickets(phone))


def test_a_cry_in_the_same_text_as_stop_rings_and_locks(slow: Line, phone: str) -> None:
    slow.say(phone, "hello")
    assert slow.say(phone, "Please stop texting me. I want to kill myself.") == ""
    assert slow.talk(phone).safety_lock == "suicide"
    talk = slow.talk(phone)
    with slow.database.begin() as connection:
        assert talk.id in [row.conversation_id for row in alarms.ringing(connection)]


def test_abuse_by_text_names_nothing(slow: Line, phone: str) -> None:
    heard = slow.say(phone, "my son hits me")
    for word in ("abuse", "hotline", "hit", "799"):
        assert word not in heard
    assert slow.say(phone, "yes").startswith("Thank you. How and when")


def test_texts_of_the_gate_are_plain_letters_with_numbers_written_out(slow: Line, phone: str) -> None:
    for cry in (CRY, "I gave her two patches by mistake", "my son hits me"):
        heard = slow.say(phone, cry)
        assert heard.isascii()
