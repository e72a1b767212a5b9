"""Timers: rows that say what has to happen when. They outlive a crash, and each fires once.

A timer is taken away in the same transaction in which its handler does what it was set for.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update

from bot.conversation.tables import timer
from bot.records.database import Database, now
from bot.records.statements import locked

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
# A handler that failed is tried again after this; the other timers do not wait for it.
TRY_AGAIN = timedelta(seconds=20)


@dataclass(frozen=True)
class Timer:
    """A timer that is due: its kind, and the key that says what it is about."""

    id: str
    conversation_id: str | None
    kind: str
    key: str


# Does what the timer was set for, in the transaction that takes it away; may set another of the same kind and key.
Handler = Callable[[Connection, Timer], None]


def schedule(
    connection: Connection, kind: str, key: str, due_at: datetime, conversation_id: str | None = None
) -> None:
    """Set a timer; one of this kind and key that was set before is moved."""
    values: dict[str, Any] = {"due_at": due_at, "conversation_id": conversation_id}
    here = (timer.c.kind == kind) & (timer.c.key == key)
    if connection.execute(update(timer).where(here).values(**values)).rowcount:
        return
    connection.execute(
        insert(timer).values(id=str(uuid.uuid4()), kind=kind, key=key, created_at=now(), **values)
    )


def cancel(connection: Connection, kind: str, key: str) -> bool:
    """Take a timer away; False when there was none."""
    return bool(connection.execute(delete(timer).where(timer.c.kind == kind, timer.c.key == key)).rowcount)


def cancel_all(connection: Connection, conversation_id: str, besides: Collection[str] = ()) -> int:
    """Take away every timer of a conversation, but not those of the kinds in `besides`; how many there were."""
    gone = delete(timer).where(timer.c.conversation_id == conversation_id, timer.c.kind.not_in(list(besides)))
    return int(connection.execute(gone).rowcount)


def conversations() -> Select[Any]:
    """A query for the ids of conversations that have a timer."""
    return select(timer.c.conversation_id).where(timer.c.conversation_id.is_not(None))


def due(connection: Connection, kinds: Collection[str]) -> list[str]:
    """Ids of timers whose time has come, longest overdue first."""
    found = (
        select(timer.c.id)
        .where(timer.c.kind.in_(list(kinds)), timer.c.due_at <= now())
        .order_by(timer.c.due_at)
        .limit(50)
    )
    return list(connection.execute(found).scalars())


def fire(connection: Connection, timer_id: str, handlers: dict[str, Handler]) -> None:
    """Take one timer away and do what it was set for; nothing when another process was first or it was moved."""
    found = select(timer).where(timer.c.id == timer_id, timer.c.due_at <= now())
    row = connection.execute(locked(connection, found, skip=True)).one_or_none()
    if row is None:
        return
    connection.execute(delete(timer).where(timer.c.id == row.id))
    handlers[row.kind](connection, Timer(row.id, row.conversation_id, row.kind, row.key))


def postpone(connection: Connection, timer_id: str) -> None:
    """Its handler failed: later again."""
    connection.execute(update(timer).where(timer.c.id == timer_id).values(due_at=now() + TRY_AGAIN))


async def run(database: Database, handlers: dict[str, Handler]) -> None:
    """Fire what is due, for ever.

    Args:
        database: where the timers are.
        handlers: by kind; timers of other kinds wait.
    """
    while True:
        try:
            for timer_id in await database.read(due, tuple(handlers)):
                await _fire(database, timer_id, handlers)
        except Exception:
            log.exception("timers: could not look, trying again")
        await asyncio.sleep(LOOK_SECONDS)


async def _fire(database: Database, timer_id: str, handlers: dict[str, Handler]) -> None:
    try:
        await database.write(fire, timer_id, handlers)
    except Exception:
        log.exception("timers: timer %s failed, trying again later", timer_id)
        await database.write(postpone, timer_id)
