"""The outbox: what must leave (text messages today), written in the same commit as the reply it carries.

A row is claimed with a lease, handed to the sender of its kind without any transaction open, and marked by the
outcome. A sender that dies leaves a lease that runs out; senders therefore look a message up before sending again.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from bot.conversation.messages import Message
from bot.conversation.tables import outbox
from bot.records.crypto import get_keyring
from bot.records.database import Database, now
from bot.records.statements import locked

log = logging.getLogger(__name__)

WAITING, SENDING, SENT, DELIVERED, FAILED = "waiting", "sending", "sent", "delivered", "failed"
LEASE = timedelta(seconds=60)
RETRY_SECONDS = (5, 30, 120, 600, 1800, 3600)
IDLE_SECONDS = 1.0


class NotNow(Exception):
    """The sender could not deliver for now; try again later.

    Args:
        code: the provider's error code, for the record and the metrics.
        most_attempts: give up after this many tries in all.
    """

    def __init__(self, code: str, most_attempts: int = len(RETRY_SECONDS)) -> None:
        super().__init__(code)
        self.code = code
        self.most_attempts = most_attempts


class Never(Exception):
    """The sender will never be able to deliver this; a human must reach the person another way."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Parcel:
    """One thing to send: `payload` is what its kind needs, e.g. {"body": "..."} for a text."""

    id: str
    conversation_id: str
    message_id: str
    kind: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime


# Returns the provider's id of what was sent; raises NotNow or Never.
Sender = Callable[[Parcel], Awaitable[str]]
# Called in the transaction that gives a parcel up, to tell a human.
OnFailure = Callable[[Connection, Parcel, str], None]


def enqueue(connection: Connection, conversation: Row[Any], written: list[Message]) -> None:
    """Queue the messages just written for the way out their conversation needs; web chat reads the log itself."""
    if conversation.channel != "sms" or not written:
        return
    from bot.channels.sms import rendering  # the channel knows how its texts look

    body = rendering.as_text(written)
    parcel_id, moment = str(uuid.uuid4()), now()
    connection.execute(
        insert(outbox).values(
            id=parcel_id,
            conversation_id=conversation.id,
            message_id=written[0]["id"],
            kind="sms",
            payload=get_keyring().seal_json("outbox.payload", parcel_id, {"body": body}),
            status=WAITING,
            attempts=0,
            due_at=moment,
            created_at=moment,
            updated_at=moment,
        )
    )


def claim(connection: Connection, kinds: tuple[str, ...], limit: int = 10) -> list[Parcel]:
    """Take due parcels, oldest first; only the oldest unsent one of each conversation, so texts keep their order."""
    moment = now()
    ready = or_(
        and_(outbox.c.status == WAITING, outbox.c.due_at <= moment),
        and_(outbox.c.status == SENDING, outbox.c.lease_until < moment),
    )
    older = outbox.alias("older")
    blocked = (
        select(older.c.id)
        .where(
            older.c.conversation_id == outbox.c.conversation_id,
            older.c.kind == outbox.c.kind,
            older.c.status.in_((WAITING, SENDING)),
            or_(
                older.c.created_at < outbox.c.created_at,
                and_(older.c.created_at == outbox.c.created_at, older.c.id < outbox.c.id),
            ),
        )
        .exists()
    )
    found = (
        select(outbox)
        .where(ready, outbox.c.kind.in_(kinds), ~blocked)
        .order_by(outbox.c.created_at)
        .limit(limit)
    )
    parcels = []
    for row in connection.execute(locked(connection, found, skip=True)).all():
        connection.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(status=SENDING, attempts=row.attempts + 1, lease_until=moment + LEASE, updated_at=moment)
        )
        parcels.append(
            Parcel(
                row.id,
                row.conversation_id,
                row.message_id,
                row.kind,
                get_keyring().open_json("outbox.payload", row.id, row.payload),
                row.attempts + 1,
                row.created_at,
            )
        )
    return parcels


def _mark(connection: Connection, parcel_id: str, **values: Any) -> None:
    connection.execute(
        update(outbox)
        .where(outbox.c.id == parcel_id, outbox.c.status == SENDING)
        .values(lease_until=None, updated_at=now(), **values)
    )


def mark_sent(connection: Connection, parcel: Parcel, provider_id: str) -> None:
    """The provider has accepted it."""
    _mark(connection, parcel.id, status=SENT, provider_id=provider_id)


def mark_retry(connection: Connection, parcel: Parcel, code: str) -> None:
    """Not now: wait longer each time."""
    seconds = RETRY_SECONDS[min(parcel.attempts, len(RETRY_SECONDS)) - 1]
    _mark(connection, parcel.id, status=WAITING, error_code=code, due_at=now() + timedelta(seconds=seconds))


def mark_failed(connection: Connection, parcel: Parcel, code: str, on_failure: OnFailure) -> None:
    """Given up: the record says so and a human is told, in one transaction."""
    _mark(connection, parcel.id, status=FAILED, error_code=code)
    on_failure(connection, parcel, code)


class Dispatcher:
    """Sends what is due, kind by kind, until cancelled.

    Args:
        database: where the outbox is.
        senders: one sender for each kind that can leave now; parcels of other kinds wait.
        on_failure: told when a parcel is given up.
    """

    def __init__(self, database: Database, senders: dict[str, Sender], on_failure: OnFailure) -> None:
        self._database = database
        self._senders = senders
        self._on_failure = on_failure
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something new is waiting."""
        self._wake.set()

    async def run(self) -> None:
        """Send for ever; with no sender there is nothing to do and parcels wait."""
        if not self._senders:
            return
        while True:
            try:
                parcels = await self._database.write(claim, tuple(self._senders))
            except Exception:
                log.exception("outbox: could not claim, trying again")
                await asyncio.sleep(IDLE_SECONDS)
                continue
            if parcels:
                await asyncio.gather(*(self._send(parcel) for parcel in parcels))
                continue
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), IDLE_SECONDS)
            except TimeoutError:
                continue

    async def _send(self, parcel: Parcel) -> None:
        try:
            provider_id = await self._senders[parcel.kind](parcel)
        except Never as refusal:
            await self._database.write(mark_failed, parcel, refusal.code, self._on_failure)
        except NotNow as delay:
            await self._later(parcel, delay.code, delay.most_attempts)
        except Exception:
            log.exception("outbox: sender of %s failed on parcel %s", parcel.kind, parcel.id)
            await self._later(parcel, "exception", len(RETRY_SECONDS))
        else:
            await self._database.write(mark_sent, parcel, provider_id)

    async def _later(self, parcel: Parcel, code: str, most_attempts: int) -> None:
        if parcel.attempts >= most_attempts:
            await self._database.write(mark_failed, parcel, code, self._on_failure)
            return
        await self._database.write(mark_retry, parcel, code)
