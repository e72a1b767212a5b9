"""Clearing: a human has looked, the intake may go on where it stopped."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, update

from bot import words
from bot.conversation import conversations, inbox, timers
from bot.conversation.conversations import ASSISTANT
from bot.conversation.messages import Draft
from bot.conversation.tables import conversation
from bot.conversation.timers import Timer
from bot.handoff import tickets
from bot.records import audit
from bot.records.statements import announce
from bot.safety import alarms, detections
from bot.safety.stage import SILENCE

# The person wrote at a moment of need: that somebody has read it is worth a line. Of the others it would be noise.
WORTH_A_LINE = ("suicide", "medical", "overdose", "symptom")


class NotLocked(RuntimeError):
    """There is nothing to clear in this conversation."""


def clear(connection: Connection, conversation_id: str, staff_id: str, name: str) -> None:
    """A human has seen to it: the lock is off, the person is told kindly, and the interview goes on where it stopped.

    Raises:
        NotLocked: it is not locked.
        ConversationNotFound: no such conversation.
    """
    talk = conversations.get(connection, conversation_id)
    if not talk.safety_lock:
        raise NotLocked(conversation_id)
    connection.execute(
        update(conversation).where(conversation.c.id == conversation_id).values(safety_lock=None)
    )
    alarms.acknowledge_all(connection, conversation_id, staff_id)
    seen = detections.clear_all(connection, conversation_id, staff_id)
    detail = f"{talk.safety_lock}, {seen} detections"
    audit.record(connection, staff_id, "safety.clear", "conversation", conversation_id, detail)
    if not talk.opted_out:
        text = words.text("cleared", talk.locale, name=name)
        conversations.say(connection, conversation_id, [Draft(text, author="system", kind="handoff")])
    if talk.control == ASSISTANT and not talk.opted_out:
        # As when a coordinator hands back: the turn that asks the open question again is stored in the same commit.
        event_id = f"{conversation_id}:cleared:{uuid.uuid4()}"
        command = words.text("resume_command", talk.locale)
        inbox.receive(connection, conversation_id, event_id, command, 0, event=True)
    announce(connection, tickets.QUEUE)


def acknowledge(connection: Connection, alarm_id: str, staff_id: str, name: str) -> str:
    """Somebody reacts to an alarm; the person is told that they have been seen. Returns the conversation's id.

    Raises:
        NoAlarm: no such alarm.
    """
    row = alarms.acknowledge(connection, alarm_id, staff_id)
    if row is None:
        return ""
    talk = conversations.get(connection, row.conversation_id)
    if row.category in WORTH_A_LINE and not talk.opted_out and talk.control == ASSISTANT:
        text = words.text("acknowledged", talk.locale, name=name)
        conversations.say(connection, talk.id, [Draft(text, author="system", kind="handoff")])
    return str(row.conversation_id)


def in_human_hands(connection: Connection, conversation_id: str, staff_id: str) -> None:
    """A coordinator is with the person: alarms fall silent, and what the gate had asked is theirs to ask."""
    alarms.acknowledge_all(connection, conversation_id, staff_id)
    human_spoke(connection, conversation_id)


def human_spoke(connection: Connection, conversation_id: str) -> None:
    """What the person says next answers the human, not the gate."""
    detections.ask(connection, conversation_id, None)
    timers.cancel(connection, SILENCE, conversation_id)


def silent_too_long(connection: Connection, timer: Timer) -> None:
    """The timer's handler: the plain question had no answer; a turn of its own decides, in order with the others."""
    inbox.receive(connection, timer.key, f"{timer.key}:silence:{timer.id}", SILENCE, 0, event=True)
