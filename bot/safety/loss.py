"""A death was reported: everything that was scheduled for this person stops at once, on every channel."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update

from bot.conversation import conversations, outbox, timers
from bot.conversation.tables import conversation, message
from bot.conversation.tables import outbox as parcels
from bot.enrollment import record
from bot.handoff import tickets
from bot.handoff.tables import ticket
from bot.records import audit
from bot.records.crypto import get_keyring
from bot.safety import alarms

# Calls that would reach a family in mourning: "welcome", "you asked for a call", "you wanted a change".
CALLS = ("callback", "enrollment", "change", "copy")
PHONE = "phone"


def stop_everything(connection: Connection, conversation_id: str) -> None:
    """Take back what would still go out to this person: texts we began, timers, calls promised."""
    for other in {conversation_id, *_same_person(connection, conversation_id)}:
        dropped = outbox.drop(connection, _ours_to_start(connection, other))
        stopped = timers.cancel_all(connection, other, besides=(alarms.STEP,))
        closed = _close_calls(connection, other)
        detail = f"{dropped} texts, {stopped} timers, {closed} calls"
        audit.record(connection, "assistant", "loss.stop", "conversation", other, detail)
    connection.execute(
        update(conversation).where(conversation.c.id == conversation_id).values(safety_question=None)
    )


def _ours_to_start(connection: Connection, conversation_id: str) -> list[str]:
    """Texts that wait and answer nothing the person wrote; what a coordinator wrote is theirs to take back."""
    found = (
        select(parcels.c.id)
        .join(message, message.c.id == parcels.c.message_id)
        .where(
            parcels.c.conversation_id == conversation_id,
            parcels.c.kind == "sms",
            parcels.c.status == outbox.WAITING,
            message.c.in_reply_to.is_(None),
            message.c.author != "coordinator",
        )
    )
    return list(connection.execute(found).scalars())


def _close_calls(connection: Connection, conversation_id: str) -> int:
    closed = 0
    for row in tickets.open_tickets(connection, conversation_id):
        if row.topic in CALLS:
            closed += tickets.resolve(connection, row.id, "assistant")
    return closed


def _same_person(connection: Connection, conversation_id: str) -> set[str]:
    """Other conversations with the same phone number for which something is scheduled."""
    here = _phones(connection, conversations.get(connection, conversation_id))
    if not here:
        return set()
    waiting = select(parcels.c.conversation_id).where(parcels.c.status == outbox.WAITING)
    promised = select(ticket.c.conversation_id).where(
        ticket.c.status == tickets.OPEN, ticket.c.topic.in_(CALLS)
    )
    timed = timers.conversations()
    scheduled = connection.execute(
        select(conversation).where(
            conversation.c.id != conversation_id,
            conversation.c.id.in_(waiting) | conversation.c.id.in_(promised) | conversation.c.id.in_(timed),
        )
    ).all()
    return {row.id for row in scheduled if here & _phones(connection, row)}


def _phones(connection: Connection, talk: Any) -> set[str]:
    """Keyed hashes of the numbers a conversation is known by: the one that texts, the one in the record."""
    found = {talk.address_hash} if talk.address_hash else set()
    for item in record.of_conversation(connection, talk.id):
        kept = item.answers.get(PHONE)
        if kept and kept.get("value"):
            found.add(get_keyring().lookup("phone", str(kept["value"])))
    return found
