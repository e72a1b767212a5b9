"""A death was reported: whatever was scheduled for this person stops, in every conversation of theirs."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import Connection, select

from bot.conversation import conversations, timers
from bot.conversation.messages import Draft
from bot.conversation.tables import outbox, timer
from bot.enrollment import record
from bot.handoff import tickets
from bot.handoff.tickets import TicketDraft
from bot.records.database import now
from tests.channels.sms.line import Line

DEATH = "my husband died this morning"


def on_the_web(connection: Connection, phone: str) -> str:
    """A web conversation whose record has this number, with a call promised and a reminder set."""
    opened = conversations.open_web(connection, "en", [])
    value = {"value": phone, "label": {"en": phone, "es": phone}}
    record.save_answers(connection, opened.conversation_id, "intake", str(uuid.uuid4()), {"phone": value})
    schedule(connection, opened.conversation_id)
    return opened.conversation_id


def schedule(connection: Connection, conversation_id: str) -> None:
    """A call and a reminder."""
    tickets.open_ticket(connection, conversation_id, str(uuid.uuid4()), TicketDraft("callback", "call"))
    timers.schedule(connection, "reminder", conversation_id, now() + timedelta(days=1), conversation_id)


def planned(line: Line, conversation_id: str) -> tuple[list[str], int]:
    """Topics of open tickets, and the number of timers."""
    with line.database.begin() as connection:
        opened = [row.topic for row in tickets.open_tickets(connection, conversation_id)]
        set_ = connection.execute(select(timer).where(timer.c.conversation_id == conversation_id)).all()
    return opened, len(set_)


def test_calls_reminders_and_texts_stop_on_every_channel(slow: Line, phone: str) -> None:
    slow.say(phone, "hello")
    talk = slow.talk(phone)
    with slow.database.begin() as connection:
        schedule(connection, talk.id)
        reminder = conversations.say(connection, talk.id, [Draft("A reminder.", author="system")])[0]["id"]
        reply = conversations.say(connection, talk.id, [Draft("From Nora.", author="coordinator")])[0]["id"]
        same, other = on_the_web(connection, phone), on_the_web(connection, "+13125550001")
    assert "sorry for your loss" in slow.say(phone, DEATH)
    assert planned(slow, talk.id) == (["bereavement"], 0)
    assert planned(slow, same) == ([], 0)
    # The reminder, and the watch over a sign-up that falls silent.
    assert planned(slow, other) == (["callback"], 2)
    with slow.database.begin() as connection:
        found = connection.execute(select(outbox.c.message_id, outbox.c.status)).all()
    status = {row.message_id: row.status for row in found}
    assert (status[reminder], status[reply]) == ("dropped", "waiting")


def test_the_engine_is_told_to_end_the_interview_with_the_persons_words_beside(
    slow: Line, phone: str
) -> None:
    slow.say(phone, "hello")
    slow.say(phone, DEATH)
    told = [turn for turn in slow.engine.heard if turn["conversation_id"] == slow.talk(phone).id][-1]
    assert told["text"] == "my husband died"
    assert told["metadata"]["said"] == DEATH
