"""The outbox: what must leave (text messages today), written in the same commit as the reply it carries.

A row is claimed with a lease, handed to the sender of its kind without any transaction open, and marked by the
outcome. A sender that dies leaves a lease that runs out; senders therefore look a message up before sending again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from bot.conversation.messages import Message
from bot.conversation.tables import outbox
from bot.records.crypto import get_keyring
from bot.records.database import Database, now
from bot.records.statements import insert_or_ignore, locked

log = logging.getLogger(__name__)

WAITING, SENDING, SENT, DELIVERED, FAILED = "waiting", "sending", "sent", "delivered", "failed"
# Not wanted any more before it left.
DROPPED = "dropped"
# A person reads texts one after the other; what goes to staff and machines need not wait for one another.
# The newest state of a record must be the last that a health record server hears of it.
IN_ORDER = ("sms", "fhir")
LEASE = timedelta(seconds=60)
RETRY_SECONDS = (5, 30, 120, 600, 1800, 3600)
IDLE_SECONDS = 1.0
MOST_AT_ONCE = 10
# Codes of tries that may have reached the provider although no answer came back.
TIMEOUT, CONNECTION, EXCEPTION = "timeout", "connection", "exception"


class NotNow(Exception):
    """The sender could not deliver for now; try again later.

    Args:
        code: the provider's error code, for the record and the metrics.
        most_attempts: give up after this many tries in all.
        longest_pause: seconds, when it is too urgent for the usual pauses.
    """

    def __init__(
        self, code: str, most_attempts: int = len(RETRY_SECONDS), longest_pause: float | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.most_attempts = most_attempts
        self.longest_pause = longest_pause


class Never(Exception):
    """The sender will never be able to deliver this; a human must reach the person another way."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unwanted(Exception):
    """What was to be sent is not wanted any more; nobody needs to be told."""


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

    moment = now()
    _hurry(connection, str(conversation.id), moment)
    rows = []
    for number, text in enumerate(rendering.as_texts(written)):
        parcel_id = str(uuid.uuid4())
        # A microsecond apart: `claim` keeps the order of parts by their time.
        made_at = moment + timedelta(microseconds=number)
        rows.append(
            {
                "id": parcel_id,
                "conversation_id": conversation.id,
                "message_id": text.message_id,
                "kind": "sms",
                "payload": get_keyring().seal_json("outbox.payload", parcel_id, {"body": text.body}),
                "status": WAITING,
                "attempts": 0,
                "due_at": moment,
                "created_at": made_at,
                "updated_at": moment,
            }
        )
    if rows:
        connection.execute(insert(outbox), rows)


def _hurry(connection: Connection, conversation_id: str, moment: datetime) -> None:
    """A reply must not wait behind the retry pause of an older text: that one is tried now."""
    connection.execute(
        update(outbox)
        .where(
            outbox.c.conversation_id == conversation_id,
            outbox.c.kind == "sms",
            outbox.c.status == WAITING,
            outbox.c.due_at > moment,
        )
        .values(due_at=moment)
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
            outbox.c.kind.in_(IN_ORDER),
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


def put(connection: Connection, conversation_id: str, kind: str, key: str, payload: dict[str, Any]) -> bool:
    """Queue something that is no reply to the person (an alarm).

    Args:
        key: what it is, as a UUID; the same kind and key again queues nothing.
    """
    parcel_id, moment = str(uuid.uuid4()), now()
    return insert_or_ignore(
        connection,
        outbox,
        id=parcel_id,
        conversation_id=conversation_id,
        message_id=key,
        kind=kind,
        payload=get_keyring().seal_json("outbox.payload", parcel_id, payload),
        status=WAITING,
        attempts=0,
        due_at=moment,
        created_at=moment,
        updated_at=moment,
    )


def drop(connection: Connection, parcel_ids: Collection[str]) -> int:
    """Give up what has not left yet, because it is not wanted any more; how many there were."""
    gone = (
        update(outbox)
        .where(outbox.c.id.in_(list(parcel_ids)), outbox.c.status == WAITING)
        .values(status=DROPPED, updated_at=now())
    )
    return int(connection.execute(gone).rowcount) if parcel_ids else 0


def _pause(attempts: int, longest: float | None = None) -> timedelta:
    """How long to wait after so many tries: longer each time."""
    seconds = RETRY_SECONDS[min(attempts, len(RETRY_SECONDS)) - 1]
    return timedelta(seconds=seconds if longest is None else min(seconds, longest))


def _mark(connection: Connection, parcel: Parcel, **values: Any) -> bool:
    """Record the outcome of this very try; False when a later try or the provider's own report was first."""
    marked = connection.execute(
        update(outbox)
        .where(outbox.c.id == parcel.id, outbox.c.status == SENDING, outbox.c.attempts == parcel.attempts)
        .values(lease_until=None, updated_at=now(), **values)
    )
    return marked.rowcount == 1


def mark_sent(connection: Connection, parcel: Parcel, provider_id: str) -> None:
    """The provider has accepted it."""
    _mark(connection, parcel, status=SENT, provider_id=provider_id, error_code=None)


def mark_retry(connection: Connection, parcel: Parcel, code: str, longest: float | None = None) -> None:
    """Not now: wait longer each time, but not longer than `longest` seconds."""
    pause = _pause(parcel.attempts, longest)
    _mark(connection, parcel, status=WAITING, error_code=code, due_at=now() + pause)


def mark_dropped(connection: Connection, parcel: Parcel) -> None:
    """It is not wanted any more."""
    _mark(connection, parcel, status=DROPPED)


def mark_failed(connection: Connection, parcel: Parcel, code: str, on_failure: OnFailure) -> None:
    """Given up: the record says so and a human is told, in one transaction."""
    if _mark(connection, parcel, status=FAILED, error_code=code):
        on_failure(connection, parcel, code)


def provider_ids(connection: Connection, conversation_id: str) -> set[str]:
    """What the provider calls the parcels of a conversation that it has accepted."""
    found = select(outbox.c.provider_id).where(
        outbox.c.conversation_id == conversation_id, outbox.c.provider_id.is_not(None)
    )
    return set(connection.execute(found).scalars())


def accepted(connection: Connection, provider_id: str) -> Row[Any] | None:
    """The row a provider has accepted under this id, locked."""
    found = select(outbox).where(outbox.c.provider_id == provider_id)
    return connection.execute(locked(connection, found)).first()


def unanswered(connection: Connection, parcel_id: str, attempt: int) -> Row[Any] | None:
    """The row of a try whose answer we have not had, locked: the provider may report to us before it answers us."""
    no_answer = or_(
        outbox.c.status == SENDING,
        and_(outbox.c.status == WAITING, outbox.c.error_code.in_((TIMEOUT, CONNECTION, EXCEPTION))),
    )
    found = select(outbox).where(outbox.c.id == parcel_id, outbox.c.attempts == attempt, no_answer)
    return connection.execute(locked(connection, found)).one_or_none()


def parcel_of(row: Row[Any]) -> Parcel:
    """A row as what it sends."""
    payload = get_keyring().open_json("outbox.payload", row.id, row.payload)
    return Parcel(
        row.id, row.conversation_id, row.message_id, row.kind, payload, row.attempts, row.created_at
    )


def report(
    connection: Connection, parcel_id: str, status: str, provider_id: str, code: str | None = None
) -> None:
    """Record what the provider says has become of a parcel it accepted: SENT, DELIVERED or FAILED."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == parcel_id)
        .values(status=status, provider_id=provider_id, error_code=code, lease_until=None, updated_at=now())
    )


def send_again(connection: Connection, parcel: Parcel, code: str) -> None:
    """An accepted parcel did not arrive and deserves another try, after the usual pause."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == parcel.id)
        .values(
            status=WAITING,
            # The report of the lost try may come twice: it must not find this row again.
            provider_id=None,
            error_code=code,
            lease_until=None,
            due_at=now() + _pause(parcel.attempts),
            updated_at=now(),
        )
    )


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
        self._sending: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Something new is waiting, or there is room to send more."""
        self._wake.set()

    async def run(self) -> None:
        """Send for ever; with no sender there is nothing to do and parcels wait."""
        if not self._senders:
            return
        while True:
            self._wake.clear()
            try:
                await self._send_what_is_due()
            except Exception:
                log.exception("outbox: could not claim, trying again")
                await asyncio.sleep(IDLE_SECONDS)
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), IDLE_SECONDS)

    async def _send_what_is_due(self) -> None:
        room = MOST_AT_ONCE - len(self._sending)
        if room <= 0:
            return
        for parcel in await self._database.write(claim, tuple(self._senders), room):
            # Each for itself: one slow answer of the provider must not hold up everybody's texts.
            task = asyncio.create_task(self._send(parcel))
            self._sending.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if not task.cancelled() and task.exception() is not None:
            # The lease runs out, and the parcel is tried again.
            log.error("outbox: could not record an outcome", exc_info=task.exception())
        self.wake()

    async def _send(self, parcel: Parcel) -> None:
        try:
            provider_id = await self._senders[parcel.kind](parcel)
        except Unwanted:
            await self._database.write(mark_dropped, parcel)
        except Never as refusal:
            await self._database.write(mark_failed, parcel, refusal.code, self._on_failure)
        except NotNow as delay:
            await self._later(parcel, delay.code, delay.most_attempts, delay.longest_pause)
        except Exception:
            log.exception("outbox: sender of %s failed on parcel %s", parcel.kind, parcel.id)
            await self._later(parcel, EXCEPTION, len(RETRY_SECONDS))
        else:
            await self._database.write(mark_sent, parcel, provider_id)

    async def _later(
        self, parcel: Parcel, code: str, most_attempts: int, longest: float | None = None
    ) -> None:
        if parcel.attempts >= most_attempts:
            await self._database.write(mark_failed, parcel, code, self._on_failure)
            return
        await self._database.write(mark_retry, parcel, code, longest)
