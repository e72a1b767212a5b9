"""STOP, START and HELP, before, amid and after a conversation."""

from __future__ import annotations

import pytest

from bot.conversation import conversations
from bot.conversation.messages import Draft
from tests.channels.sms.line import Line, mock
from tests.support.serving import wait_until


def test_stop_is_mirrored_without_an_answer_of_ours(line: Line, phone: str) -> None:
    line.say(phone, "hello")
    assert line.say(phone, "Stop") == ""
    assert line.talk(phone).opted_out
    assert line.tickets(phone) == [("opted_out", "routine")]


def test_cancel_amid_the_intake_is_an_opt_out_too(line: Line, phone: str) -> None:
    line.engine.replies["sign me up"] = [{"text": "What is your name?"}]
    line.say(phone, "sign me up")
    assert line.say(phone, "cancel") == ""
    assert line.talk(phone).opted_out
    assert line.engine.heard_from(line.talk(phone).id) == ["sign me up"]


@pytest.mark.parametrize("wish", ["please stop texting me", "no más mensajes"])
def test_a_wish_in_own_words_counts(line: Line, phone: str, wish: str) -> None:
    line.say(phone, "hello")
    assert line.say(phone, wish) == ""
    assert line.talk(phone).opted_out
    assert line.tickets(phone) == [("opted_out", "routine")]


def test_a_death_in_the_same_text_is_heard_too(line: Line, phone: str) -> None:
    line.say(phone, "hello")
    assert line.say(phone, "My dad died. Please stop texting me.") == ""
    assert line.talk(phone).opted_out
    assert sorted(line.tickets(phone)) == [("bereavement", "urgent"), ("opted_out", "routine")]


def test_who_opted_out_gets_no_text_but_a_call(line: Line, phone: str) -> None:
    line.say(phone, "STOP")
    assert line.say(phone, "are you there?") == ""
    assert ("opted_out", "urgent") in line.tickets(phone)


@pytest.mark.parametrize("word", ["START", "Unstop", "yes"])
def test_back_in_and_the_conversation_goes_on(line: Line, phone: str, word: str) -> None:
    line.say(phone, "hello")
    line.say(phone, "STOP")
    assert "You will get our texts again" in line.say(phone, word)
    assert not line.talk(phone).opted_out
    assert line.say(phone, "thanks") == "You said: thanks"


@pytest.mark.parametrize("word", ["START", "YES"])
def test_from_everybody_else_these_words_are_an_answer(line: Line, phone: str, word: str) -> None:
    line.say(phone, "hello")
    assert line.say(phone, word) == f"You said: {word}"


def test_help_has_all_that_it_must_carry(line: Line, phone: str) -> None:
    line.say(phone, "hello")
    said = line.say(phone, "HELP")
    for needed in ("(800) 555-0142", "911", "988", "rates", "STOP", "Nurse line"):
        assert needed in said
    assert line.say(phone, "go on") == "You said: go on"


def test_what_twilio_acted_on_counts(line: Line, phone: str) -> None:
    line.say(phone, "hello")
    assert line.say(phone, "BASTA", OptOutType="STOP") == ""
    assert line.talk(phone).opted_out
    line.say(phone, "VOLVER", OptOutType="START")
    assert not line.talk(phone).opted_out
    assert "STOP" in line.say(phone, "QUIEN", OptOutType="HELP")


def test_danger_in_the_same_text_as_an_opt_out_has_a_human_call(line: Line, phone: str) -> None:
    line.say(phone, "hello")
    line.say(phone, "Please stop texting me. I want to kill myself.")
    assert line.talk(phone).opted_out
    assert {("opted_out", "routine"), ("safety_suicide", "emergency")} <= set(line.tickets(phone))


def test_what_still_waits_is_not_sent_after_an_opt_out(twilio_line: Line, phone: str) -> None:
    twilio = mock(twilio_line)
    twilio_line.say(phone, "hello")
    wait_until(lambda: twilio.sent_to(phone))
    twilio_line.say(phone, "please stop texting me")
    talk = twilio_line.talk(phone)
    with twilio_line.database.begin() as connection:
        conversations.say(connection, talk.id, [Draft("See you on Monday.")])
    wait_until(lambda: twilio_line.parcels(phone)[-1][0].status == "failed")
    assert len(twilio.sent_to(phone)) == 1
    assert ("opted_out", "urgent") in twilio_line.tickets(phone)


def test_a_cry_from_someone_who_opted_out_goes_to_a_human_and_no_text_goes_out(
    twilio_line: Line, phone: str
) -> None:
    twilio_line.say(phone, "hello")
    twilio_line.say(phone, "please stop texting me")
    before = len(twilio_line.parcels(phone))
    assert twilio_line.say(phone, "I want to kill myself") == ""
    assert len(twilio_line.parcels(phone)) == before
    assert ("safety_suicide", "emergency") in twilio_line.tickets(phone)
