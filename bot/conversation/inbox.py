"""The durable inbox and the lease on a turn: nothing acknowledged is lost, nothing runs twice, order is kept.

A person's message enters with `turn = pending`. A worker takes the conversation's lease, runs the oldest pending
message, and commits replies, state and `done` in one transaction that also proves the lease is still its own.
A worker that died leaves a lease that runs out; the message is then taken by another.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, or_, select, update

from bot.conversation import conversations, messages, outbox
from bot.conversation.messages import Choice, Draft, Message
from bot.conversation.tables import conversation, message
from bot.handoff import tickets
from bot.records.crypto import get_keyring
from bot.records.database import now
from bot.records.statements import announce, insert_or_ignore, locked

PENDING, DONE, GIVEN_UP = "pending", "done", "given_up"
MOST_WAITING = 40


class LeaseLost(RuntimeError):
    """Another worker has taken this turn; whatever was prepared must be thrown away."""


class TooManyWaiting(RuntimeError):
    """A conversation has more unanswered messages than a person writes; the sender must slow down."""


@dataclass(frozen=True)
class Memory:
    """What is kept from turn to turn, sealed: the engine's own state and the choices last shown."""

    engine: dict[str, Any] | None = None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Work:
    """One message to answer, with the lease that allows it."""

    lease: str
    conversation: Row[Any]
    memory: Memory
    message_id: str
    seq: int
    author: str
    text: str
    attempts: int
    created_at: datetime

    @property
    def conversation_id(self) -> str:
        """The conversation this turn belongs to."""
        return str(self.conversation.id)


@dataclass(frozen=True)
class Received:
    """Outcome of a delivery: `new` is False when the channel had delivered it before."""

    conversation_id: str
    message_id: str
    seq: int
    new: bool
    work: Work | None = None


@dataclass
class Result:
    """What a turn decided: replies, memory, and changes to the conversation."""

    drafts: list[Draft] = field(default_factory=list)
    memory: Memory = Memory()
    locale: str = "en"
    tickets: list[tickets.TicketDraft] = field(default_factory=list)
    opted_out: bool | None = None


def _open_memory(row: Row[Any]) -> Memory:
    if row.state is None:
        return Memory()
    raw = get_keyring().open_json("conversation.state", row.id, row.state)
    return Memory(raw.get("engine"), tuple(raw.get("choices", ())))


def _seal_memory(conversation_id: str, memory: Memory) -> bytes:
    raw = {"engine": memory.engine, "choices": list(memory.choices)}
    return get_keyring().seal_json("conversation.state", conversation_id, raw)


def _work(row: Row[Any], pending: Row[Any], lease: str) -> Work:
    return Work(
        lease=lease,
        conversation=row,
        memory=_open_memory(row),
        message_id=pending.id,
        seq=pending.seq,
        author=pending.author,
        text=messages.open_body(pending.id, pending.body)["text"],
        attempts=pending.attempts,
        created_at=pending.created_at,
    )


def receive(
    connection: Connection,
    conversation_id: str,
    external_id: str,
    text: str,
    lease_seconds: float,
    token: str | None = None,
    event: bool = False,
) -> Received:
    """Store a message durably, once, and take the turn at once if nobody else holds the conversation.

    Args:
        external_id: the channel's own id of the message; the same id again changes nothing.
        token: the bearer token to check, for channels that have one.
        event: not a person's message but something of ours that needs a turn (control handed back); not shown.

    Raises:
        ConversationNotFound, WrongToken: nothing is stored.
        TooManyWaiting: nothing is stored.
    """
    found = select(conversation).where(conversation.c.id == conversation_id)
    known = conversations.is_id(conversation_id)
    row = connection.execute(locked(connection, found)).one_or_none() if known else None
    if row is None:
        raise conversations.ConversationNotFound(conversation_id)
    if token is not None:
        conversations.check_token(row, token)
    moment, message_id, seq = now(), str(uuid.uuid4()), row.last_seq + 1
    inserted = insert_or_ignore(
        connection,
        message,
        id=message_id,
        conversation_id=conversation_id,
        seq=seq,
        author="system" if event else "person",
        kind=messages.EVENT if event else "text",
        channel=row.channel,
        external_id=external_id,
        body=messages.seal_body(message_id, Draft(text)),
        locale=row.locale,
        turn=PENDING,
        attempts=0,
        created_at=moment,
    )
    if not inserted:
        known = connection.execute(
            select(message).where(message.c.channel == row.channel, message.c.external_id == external_id)
        ).one()
        return Received(conversation_id, known.id, known.seq, new=False)

    busy = row.lease_until is not None and row.lease_until > moment
    waiting = _pending(connection, conversation_id, MOST_WAITING + 1)
    # A text message cannot be asked to come again later: only the web chat is told to slow down.
    if token is not None and len(waiting) > MOST_WAITING:
        raise TooManyWaiting(conversation_id)
    first = waiting[0].id == message_id
    take = first and not busy and (row.retry_at is None or row.retry_at <= moment)
    lease = uuid.uuid4().hex
    values: dict[str, Any] = {"last_seq": seq, "updated_at": moment}
    if not event:
        values["last_person_at"] = moment
    if take:
        values |= {"lease_owner": lease, "lease_until": moment + timedelta(seconds=lease_seconds)}
    changed = connection.execute(
        update(conversation)
        .where(conversation.c.id == conversation_id)
        .values(**values)
        .returning(*conversation.c)
    ).one()
    announce(connection, conversation_id)
    work = _work(changed, waiting[0], lease) if take else None
    return Received(conversation_id, message_id, seq, True, work)


def _pending(connection: Connection, conversation_id: str, limit: int) -> list[Row[Any]]:
    return list(
        connection.execute(
            select(message)
            .where(message.c.turn == PENDING, message.c.conversation_id == conversation_id)
            .order_by(message.c.seq)
            .limit(limit)
        )
    )


def claim(connection: Connection, conversation_id: str, lease_seconds: float) -> Work | None:
    """Take the lease and the oldest pending message; None when there is nothing to do or another has it."""
    moment, lease = now(), uuid.uuid4().hex
    row = connection.execute(
        update(conversation)
        .where(
            conversation.c.id == conversation_id,
            or_(conversation.c.lease_until.is_(None), conversation.c.lease_until < moment),
            or_(conversation.c.retry_at.is_(None), conversation.c.retry_at <= moment),
            exists().where(message.c.turn == PENDING, message.c.conversation_id == conversation_id),
        )
        .values(lease_owner=lease, lease_until=moment + timedelta(seconds=lease_seconds))
        .returning(*conversation.c)
    ).one_or_none()
    if row is None:
        return None
    return _work(row, _pending(connection, conversation_id, 1)[0], lease)


def commit(
    connection: Connection, work: Work, result: Result, lease_seconds: float, outcome: str = DONE
) -> tuple[list[Message], Work | None]:
    """End a turn: replies, memory, tickets and "done" together; then the next pending message, if any.

    Raises:
        LeaseLost: the lease ran out and another worker has the conversation; nothing is written.
    """
    moment, row = now(), work.conversation
    values: dict[str, Any] = {
        "state": _seal_memory(row.id, result.memory),
        "last_seq": conversation.c.last_seq + len(result.drafts),
        "locale": result.locale,
        "held_since": None,
        "retry_at": None,
        "updated_at": moment,
    }
    if result.opted_out is not None:
        values["opted_out"] = result.opted_out
    changed = connection.execute(
        update(conversation)
        .where(conversation.c.id == row.id, conversation.c.lease_owner == work.lease)
        .values(**values)
        .returning(*conversation.c)
    ).one_or_none()
    if changed is None:
        raise LeaseLost(work.message_id)
    first = changed.last_seq - len(result.drafts) + 1
    written = messages.add(
        connection, row.id, row.channel, result.locale, first, result.drafts, work.message_id, moment
    )
    ended = update(message).where(message.c.id == work.message_id, message.c.turn == PENDING)
    if connection.execute(ended.values(turn=outcome)).rowcount != 1:
        raise LeaseLost(work.message_id)
    outbox.enqueue(connection, changed, written)
    for draft in result.tickets:
        tickets.open_ticket(connection, row.id, work.message_id, draft)
    following = _pending(connection, row.id, 1)
    next_work = None
    if following:
        lease_until = moment + timedelta(seconds=lease_seconds)
        _set_lease(connection, row.id, work.lease, lease_until)
        next_work = _work(changed, following[0], work.lease)
    else:
        _set_lease(connection, row.id, None, None)
    announce(connection, row.id)
    return written, next_work


def hold(
    connection: Connection, work: Work, drafts: list[Draft], ticket: tickets.TicketDraft, retry_seconds: float
) -> list[Message]:
    """The engine does not answer: tell the person once, open a ticket, keep the message for a later try.

    Raises:
        LeaseLost: another worker has the conversation; nothing is written.
    """
    moment, row = now(), work.conversation
    told_before = row.held_since is not None
    drafts = [] if told_before else drafts
    changed = connection.execute(
        update(conversation)
        .where(conversation.c.id == row.id, conversation.c.lease_owner == work.lease)
        .values(
            last_seq=conversation.c.last_seq + len(drafts),
            held_since=row.held_since or moment,
            retry_at=moment + timedelta(seconds=retry_seconds),
            lease_owner=None,
            lease_until=None,
            updated_at=moment,
        )
        .returning(*conversation.c)
    ).one_or_none()
    if changed is None:
        raise LeaseLost(work.message_id)
    connection.execute(
        update(message).where(message.c.id == work.message_id).values(attempts=message.c.attempts + 1)
    )
    first = changed.last_seq - len(drafts) + 1
    written = messages.add(connection, row.id, row.channel, row.locale, first, drafts, work.message_id)
    outbox.enqueue(connection, changed, written)
    if not told_before:
        tickets.open_ticket(connection, row.id, work.message_id, ticket)
    announce(connection, row.id)
    return written


def _set_lease(connection: Connection, conversation_id: str, owner: str | None, until: Any) -> None:
    connection.execute(
        update(conversation)
        .where(conversation.c.id == conversation_id)
        .values(lease_owner=owner, lease_until=until)
    )


def waiting(connection: Connection, limit: int = 200) -> list[str]:
    """Conversations with a pending message that nobody holds and whose time to try has come."""
    moment = now()
    found = (
        select(message.c.conversation_id)
        .join(conversation, conversation.c.id == message.c.conversation_id)
        .where(
            message.c.turn == PENDING,
            or_(conversation.c.lease_until.is_(None), conversation.c.lease_until < moment),
            or_(conversation.c.retry_at.is_(None), conversation.c.retry_at <= moment),
        )
        .distinct()
        .limit(limit)
    )
    return list(connection.execute(found).scalars())


def release_all(connection: Connection) -> None:
    """Forget every lease and delay: right only when no other service process can be running (SQLite)."""
    connection.execute(update(conversation).values(lease_owner=None, lease_until=None, retry_at=None))


def retry_now(connection: Connection) -> None:
    """The engine is back: every waiting turn may be tried at once."""
    connection.execute(update(conversation).where(conversation.c.retry_at.is_not(None)).values(retry_at=None))


def turn_of(connection: Connection, message_id: str) -> str:
    """`pending`, `done` or `given_up`."""
    return str(connection.execute(select(message.c.turn).where(message.c.id == message_id)).scalar_one())
