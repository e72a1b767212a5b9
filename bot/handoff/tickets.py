"""Tickets: every time a human is needed, with a log of what was done."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, case, insert, select, update

from bot.handoff.tables import ticket, ticket_event
from bot.records.crypto import get_keyring
from bot.records.database import now
from bot.records.statements import announce, insert_or_ignore

OPEN, RESOLVED = "open", "resolved"
EMERGENCY, URGENT, ROUTINE = "emergency", "urgent", "routine"
# Feed topic on which consoles listen for changes of the queue.
QUEUE = "queue"

URGENCY = {EMERGENCY: 0, URGENT: 1, ROUTINE: 2}
_by_urgency = case(URGENCY, value=ticket.c.urgency, else_=3)


@dataclass(frozen=True)
class TicketDraft:
    """Why a human is needed: a topic (`person`, `callback`, `enrollment`, `engine_down`, ...) and one line."""

    topic: str
    note: str
    urgency: str = ROUTINE


def open_ticket(connection: Connection, conversation_id: str, message_id: str, draft: TicketDraft) -> str:
    """Open a ticket; the same conversation, message and topic again gives the same ticket. Returns its id."""
    ticket_id, moment = str(uuid.uuid4()), now()
    opened = insert_or_ignore(
        connection,
        ticket,
        id=ticket_id,
        conversation_id=conversation_id,
        message_id=message_id,
        topic=draft.topic,
        urgency=draft.urgency,
        status=OPEN,
        note=get_keyring().seal("ticket.note", ticket_id, draft.note.encode()),
        opened_at=moment,
    )
    if not opened:
        known = select(ticket.c.id).where(
            ticket.c.conversation_id == conversation_id,
            ticket.c.message_id == message_id,
            ticket.c.topic == draft.topic,
        )
        return str(connection.execute(known).scalar_one())
    log(connection, ticket_id, "assistant", "opened")
    announce(connection, QUEUE)
    return ticket_id


def open_or_repeat(connection: Connection, conversation_id: str, message_id: str, draft: TicketDraft) -> str:
    """Open a ticket, or note "again" on one of this topic that is open in the conversation; returns its id.

    Fifty cries are one person in need: one line at the top of the board, not fifty. A more urgent one raises it.
    """
    known = [row for row in open_tickets(connection, conversation_id) if row.topic == draft.topic]
    if not known:
        return open_ticket(connection, conversation_id, message_id, draft)
    row = known[0]
    if row.message_id != message_id:
        log(connection, row.id, "assistant", "again")
    if URGENCY[draft.urgency] < URGENCY[row.urgency]:
        connection.execute(update(ticket).where(ticket.c.id == row.id).values(urgency=draft.urgency))
    announce(connection, QUEUE)
    return str(row.id)


def log(connection: Connection, ticket_id: str, actor: str, event: str) -> None:
    """Append to a ticket's history."""
    connection.execute(insert(ticket_event).values(ticket_id=ticket_id, at=now(), actor=actor, event=event))


def note_of(row: Row[Any]) -> str:
    """The opened note of a ticket row."""
    return get_keyring().open("ticket.note", row.id, row.note).decode()


def open_tickets(connection: Connection, conversation_id: str | None = None) -> list[Row[Any]]:
    """Open tickets, most urgent first, then longest waiting."""
    found = select(ticket).where(ticket.c.status == OPEN).order_by(_by_urgency, ticket.c.opened_at)
    if conversation_id:
        found = found.where(ticket.c.conversation_id == conversation_id)
    return list(connection.execute(found))


def of_conversation(connection: Connection, conversation_id: str) -> list[Row[Any]]:
    """Every ticket of a conversation, open and closed, oldest first."""
    found = select(ticket).where(ticket.c.conversation_id == conversation_id)
    return list(connection.execute(found.order_by(ticket.c.opened_at, ticket.c.id)))


def take(connection: Connection, conversation_id: str, staff_id: str) -> None:
    """A coordinator takes every open ticket of a conversation."""
    for row in open_tickets(connection, conversation_id):
        connection.execute(update(ticket).where(ticket.c.id == row.id).values(assigned_to=staff_id))
        log(connection, row.id, staff_id, "taken")
    announce(connection, QUEUE)


def replied(connection: Connection, conversation_id: str, staff_id: str) -> None:
    """A coordinator has written to the person: the first time ends the wait."""
    for row in open_tickets(connection, conversation_id):
        if row.first_reply_at is None:
            connection.execute(update(ticket).where(ticket.c.id == row.id).values(first_reply_at=now()))
            log(connection, row.id, staff_id, "replied")
    announce(connection, QUEUE)


def resolve(connection: Connection, ticket_id: str, staff_id: str) -> bool:
    """Close a ticket; False when it was not open (a closed ticket stays closed)."""
    closed = connection.execute(
        update(ticket)
        .where(ticket.c.id == ticket_id, ticket.c.status == OPEN)
        .values(status=RESOLVED, closed_at=now())
    ).rowcount
    if closed:
        log(connection, ticket_id, staff_id, "resolved")
        announce(connection, QUEUE)
    return bool(closed)
