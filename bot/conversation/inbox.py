"""The durable inbox and the lease on a turn: nothing acknowledged is lost, nothing runs twice, order is kept.

A person's message enters with `turn = pending`. A worker takes the conversation's lease, runs the oldest pending
message, and commits replies, state and `done` in one transaction that also proves the lease is still its own.
A worker that died leaves a lease that runs out; the message is then taken by another.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Connection, Row, bindparam, exists, func, or_, select, update

from bot.conversation import conversations, messages, outbox
from bot.conversation.messages import Choice, Draft, Message
from bot.conversation.tables import conversation, message
from bot.handoff import tickets
from bot.records.crypto import get_keyring
from bot.records.database import now
from bot.records.statements import announce, insert_or_ignore

PENDING, DONE, GIVEN_UP = "pending", "done", "given_up"
MOST_WAITING = 40


# The statements of every turn, built once: building them takes longer than running them.
_ONE = select(conversation).where(conversation.c.id == bindparam("wanted"))
_ONE_LOCKED = (
    _ONE.with_for_update()
)  # SQLite leaves the lock out: its writing transaction excludes all others
_WAITING = (
    select(message)
    .where(message.c.turn == PENDING, message.c.conversation_id == bindparam("wanted"))
    .order_by(message.c.seq)
)
_FIRST = _WAITING.limit(1)
_COUNT = select(func.count()).where(
    message.c.turn == PENDING, message.c.conversation_id == bindparam("wanted")
)
_RECEIVED = (
    update(conversation)
    .where(conversation.c.id == bindparam("wanted"))
    .values(
        last_seq=bindparam("seq"),
        updated_at=bindparam("moment"),
        last_person_at=bindparam("person_at"),
        lease_owner=bindparam("owner"),
        lease_until=bindparam("until"),
    )
)
_ENDED = (
    update(conversation)
    .where(conversation.c.id == bindparam("wanted"), conversation.c.lease_owner == bindparam("lease"))
    .values(
        state=bindparam("memory"),
        last_seq=conversation.c.last_seq + bindparam("count"),
        locale=bindparam("language"),
        # None leaves it: a status report of Twilio may have changed it while the turn ran.
        opted_out=func.coalesce(bindparam("out", type_=Boolean), conversation.c.opted_out),
        held_since=bindparam("held"),
        retry_at=bindparam("retry"),
        lease_owner=None,
        lease_until=None,
        updated_at=bindparam("moment"),
    )
    .returning(conversation.c.last_seq)
)
_TURN_OVER = (
    update(message)
    .where(message.c.id == bindparam("wanted"), message.c.turn == PENDING)
    .values(turn=bindparam("outcome"), private=bindparam("hidden"))
)


class LeaseLost(RuntimeError):
    """Another worker has taken this turn; whatever was prepared must be thrown away."""


class TooManyWaiting(RuntimeError):
    """A conversation has more unanswered messages than a person writes; the sender must slow down."""


@dataclass(frozen=True)
class Memory:
    """What is kept from turn to turn, sealed.

    `engine`: the engine's own state. `choices`: those last shown. `danger`: the safety gate answered the last message.
    `heard`, `heard_at`: the person's last message and when (ISO 8601), for a cry split over two. `said`: how often the
    gate has said what, so that it does not repeat itself. `loss`: a death the engine has yet to be told of.
    `held`: fields of the plain form in which the gate heard danger, while its question waits for the answer.
    """

    engine: dict[str, Any] | None = None
    choices: tuple[Choice, ...] = ()
    danger: bool = False
    heard: str = ""
    heard_at: str = ""
    said: dict[str, int] = field(default_factory=dict)
    loss: bool = False
    held: dict[str, str] = field(default_factory=dict)


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
    # A part of the plain form, by linkId; None for everything else.
    fields: dict[str, str] | None = None

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
    # The person's message is kept out of every view but the coordinators'.
    private: bool = False
    # Done in the commit of the turn, in order.
    effects: list[Callable[[Connection], None]] = field(default_factory=list)


def open_memory(row: Row[Any]) -> Memory:
    """What a conversation's row keeps from turn to turn."""
    if row.state is None:
        return Memory()
    raw = get_keyring().open_json("conversation.state", row.id, row.state)
    return Memory(
        engine=raw.get("engine"),
        choices=tuple(raw.get("choices", ())),
        danger=bool(raw.get("danger")),
        heard=str(raw.get("heard", "")),
        heard_at=str(raw.get("heard_at", "")),
        said=dict(raw.get("said", {})),
        loss=bool(raw.get("loss")),
        held=dict(raw.get("held", {})),
    )


def _seal_memory(conversation_id: str, memory: Memory) -> bytes:
    return get_keyring().seal_json("conversation.state", conversation_id, vars(memory))


def _work(row: Row[Any], pending: Row[Any], lease: str) -> Work:
    body = messages.open_body(pending.id, pending.body)
    return Work(
        lease=lease,
        conversation=row,
        memory=open_memory(row),
        message_id=pending.id,
        seq=pending.seq,
        author=pending.author,
        text=body["text"],
        attempts=pending.attempts,
        created_at=pending.created_at,
        fields=body.get("fields"),
    )


def receive(
    connection: Connection,
    conversation_id: str,
    external_id: str,
    text: str,
    lease_seconds: float,
    token: str | None = None,
    event: bool = False,
    fields: dict[str, str] | None = None,
) -> Received:
    """Store a message durably, once, and take the turn at once if nobody else holds the conversation.

    Args:
        external_id: the channel's own id of the message; the same id again changes nothing.
        token: the bearer token to check, for channels that have one.
        event: not a person's message but something of ours that needs a turn (control handed back); not shown.
        fields: a part of the plain form, by linkId; `text` then holds the same words.

    Raises:
        ConversationNotFound, WrongToken: nothing is stored.
        TooManyWaiting: nothing is stored.
    """
    row = None
    if conversations.is_id(conversation_id):
        row = connection.execute(_ONE_LOCKED, {"wanted": conversation_id}).one_or_none()
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
        body=messages.seal_body(message_id, Draft(text, fields=fields)),
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

    # A text message cannot be asked to come again later: only the web chat is told to slow down.
    if token is not None and _waiting_count(connection, conversation_id) > MOST_WAITING:
        raise TooManyWaiting(conversation_id)
    busy = row.lease_until is not None and row.lease_until > moment
    may_try = row.retry_at is None or row.retry_at <= moment
    first = None if busy or not may_try else _first(connection, conversation_id)
    take = first is not None and first.id == message_id
    lease = uuid.uuid4().hex
    connection.execute(
        _RECEIVED,
        {
            "wanted": conversation_id,
            "seq": seq,
            "moment": moment,
            "person_at": row.last_person_at if event else moment,
            "owner": lease if take else row.lease_owner,
            "until": moment + timedelta(seconds=lease_seconds) if take else row.lease_until,
        },
    )
    announce(connection, conversation_id)
    work = _work(row, first, lease) if first is not None and take else None
    return Received(conversation_id, message_id, seq, True, work)


def _first(connection: Connection, conversation_id: str) -> Row[Any] | None:
    return connection.execute(_FIRST, {"wanted": conversation_id}).one_or_none()


def _waiting_count(connection: Connection, conversation_id: str) -> int:
    return int(connection.execute(_COUNT, {"wanted": conversation_id}).scalar_one())


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
    first = _first(connection, conversation_id)
    return _work(row, first, lease) if first is not None else None


def commit(
    connection: Connection,
    work: Work,
    result: Result,
    lease_seconds: float,
    outcome: str = DONE,
    ahead: bool = False,
) -> tuple[list[Message], Work | None]:
    """End a turn: replies, memory, tickets and "done" together; then the next pending message, if any.

    Args:
        ahead: the turn ran ahead of messages that wait for the engine: they go on waiting.

    Raises:
        LeaseLost: the lease ran out and another worker has the conversation; nothing is written.
    """
    moment, row = now(), work.conversation
    last_seq = connection.execute(
        _ENDED,
        {
            "wanted": row.id,
            "lease": work.lease,
            "memory": _seal_memory(row.id, result.memory),
            "count": len(result.drafts),
            "language": result.locale,
            "out": result.opted_out,
            "held": row.held_since if ahead else None,
            "retry": row.retry_at if ahead else None,
            "moment": moment,
        },
    ).scalar_one_or_none()
    if last_seq is None:
        raise LeaseLost(work.message_id)
    first = last_seq - len(result.drafts) + 1
    written = messages.add(
        connection, row.id, row.channel, result.locale, first, result.drafts, work.message_id, moment
    )
    over = {"wanted": work.message_id, "outcome": outcome, "hidden": result.private}
    if connection.execute(_TURN_OVER, over).rowcount != 1:
        raise LeaseLost(work.message_id)
    outbox.enqueue(connection, row, written)
    for draft in result.tickets:
        tickets.open_ticket(connection, row.id, work.message_id, draft)
    for effect in result.effects:
        effect(connection)
    announce(connection, row.id)
    following = None if ahead else _first(connection, row.id)
    if following is None:
        return written, None
    _set_lease(connection, row.id, work.lease, moment + timedelta(seconds=lease_seconds))
    return written, _work(_fresh(connection, row.id), following, work.lease)


def texts_behind(connection: Connection, conversation_id: str, seq: int) -> list[str]:
    """What waits in a conversation behind the message with this sequence number, oldest first."""
    rows = connection.execute(_WAITING, {"wanted": conversation_id})
    return [messages.open_body(row.id, row.body)["text"] for row in rows if row.seq > seq]


def claim_ahead(connection: Connection, conversation_id: str, lease_seconds: float) -> list[Work]:
    """The messages behind one that waits for the engine, with the lease; empty when somebody else has it.

    A cry for help must not wait behind an ordinary message.
    """
    moment, lease = now(), uuid.uuid4().hex
    row = connection.execute(
        update(conversation)
        .where(
            conversation.c.id == conversation_id,
            conversation.c.retry_at.is_not(None),
            or_(conversation.c.lease_until.is_(None), conversation.c.lease_until < moment),
        )
        .values(lease_owner=lease, lease_until=moment + timedelta(seconds=lease_seconds))
        .returning(*conversation.c)
    ).one_or_none()
    if row is None:
        return []
    waiting_here = connection.execute(_WAITING, {"wanted": conversation_id}).all()
    return [_work(row, pending, lease) for pending in waiting_here]


def release(connection: Connection, work: Work) -> None:
    """Give a lease back without having ended the turn."""
    connection.execute(
        update(conversation)
        .where(conversation.c.id == work.conversation_id, conversation.c.lease_owner == work.lease)
        .values(lease_owner=None, lease_until=None)
    )


def _fresh(connection: Connection, conversation_id: str) -> Row[Any]:
    return connection.execute(_ONE, {"wanted": conversation_id}).one()


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
