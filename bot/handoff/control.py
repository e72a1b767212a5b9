"""Who is in control of a conversation: the assistant, or a human who took over and may hand back."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, update

from bot import words
from bot.conversation import conversations, inbox
from bot.conversation.conversations import ASSISTANT, HUMAN
from bot.conversation.messages import Draft
from bot.conversation.tables import conversation
from bot.handoff import tickets
from bot.records import audit
from bot.records.statements import announce
from bot.safety import lock


class NotInControl(PermissionError):
    """Someone else, or the assistant, is in control of this conversation."""


def take_over(connection: Connection, conversation_id: str, staff_id: str, name: str) -> bool:
    """A coordinator takes the conversation: from now on the assistant is silent. False when it was theirs already.

    Raises:
        NotInControl: another coordinator has it.
    """
    talk = conversations.get(connection, conversation_id)
    if talk.control == HUMAN:
        if talk.assigned_to != staff_id:
            raise NotInControl(conversation_id)
        return False
    taken = connection.execute(
        update(conversation)
        .where(conversation.c.id == conversation_id, conversation.c.control == ASSISTANT)
        .values(control=HUMAN, assigned_to=staff_id)
    ).rowcount
    if not taken:
        raise NotInControl(conversation_id)
    tickets.take(connection, conversation_id, staff_id)
    lock.in_human_hands(connection, conversation_id, staff_id)
    text = words.text("taken_over", talk.locale, name=name)
    conversations.say(connection, conversation_id, [Draft(text, author="system", kind="handoff")])
    audit.record(connection, staff_id, "conversation.take_over", "conversation", conversation_id)
    announce(connection, tickets.QUEUE)
    return True


def reply(connection: Connection, conversation_id: str, staff_id: str, text: str) -> None:
    """A coordinator writes to the person. Raises NotInControl."""
    _require(connection, conversation_id, staff_id)
    conversations.say(connection, conversation_id, [Draft(text, author="coordinator")])
    tickets.replied(connection, conversation_id, staff_id)
    lock.human_spoke(connection, conversation_id)
    audit.record(connection, staff_id, "conversation.reply", "conversation", conversation_id)


def hand_back(connection: Connection, conversation_id: str, staff_id: str) -> None:
    """The assistant goes on where it was: asks the open question again, if there is one. Raises NotInControl."""
    talk = _require(connection, conversation_id, staff_id)
    connection.execute(
        update(conversation)
        .where(conversation.c.id == conversation_id)
        .values(control=ASSISTANT, assigned_to=None)
    )
    text = words.text("handed_back", talk.locale)
    conversations.say(connection, conversation_id, [Draft(text, author="system", kind="handoff")])
    # The turn that goes on is stored in the same commit; the sweep runs it (a lease of 0 s has run out already).
    event_id = f"{conversation_id}:handed-back:{uuid.uuid4()}"
    inbox.receive(
        connection, conversation_id, event_id, words.text("resume_command", talk.locale), 0, event=True
    )
    audit.record(connection, staff_id, "conversation.hand_back", "conversation", conversation_id)
    announce(connection, tickets.QUEUE)


def _require(connection: Connection, conversation_id: str, staff_id: str):  # type: ignore[no-untyped-def]
    talk = conversations.get(connection, conversation_id)
    if talk.control != HUMAN or talk.assigned_to != staff_id:
        raise NotInControl(conversation_id)
    return talk
