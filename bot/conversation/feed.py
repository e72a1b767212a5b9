"""Live updates: wakes whoever waits for news of a conversation or of the queue.

The message log is the truth; a wake-up only says "look". In one process it is an event; between processes
it is PostgreSQL's LISTEN/NOTIFY.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bot.records.database import Database

log = logging.getLogger(__name__)
RECONNECT_SECONDS = 2.0


class Feed:
    """Topics (a conversation id, or "queue") and who listens to them."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def subscribe(self, topic: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever there is news of `topic`; clear it before looking."""
        event = asyncio.Event()
        listeners = self._listeners.setdefault(topic, set())
        listeners.add(event)
        try:
            yield event
        finally:
            listeners.discard(event)
            if not listeners:
                self._listeners.pop(topic, None)

    def notify(self, topic: str) -> None:
        """There is news of `topic`."""
        for event in self._listeners.get(topic, ()):
            event.set()

    def notify_all(self) -> None:
        """News may have been missed: everybody looks."""
        for topic in list(self._listeners):
            self.notify(topic)

    async def follow_postgres(self, database: Database) -> None:
        """Pass on other processes' announcements, for ever; returns at once on SQLite."""
        if database.is_sqlite:
            return
        dsn = database.url.replace("postgresql+psycopg://", "postgresql://")
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
                    await connection.execute("LISTEN palliative_intake")
                    self.notify_all()
                    async for notice in connection.notifies():
                        self.notify(notice.payload)
            except (psycopg.Error, OSError):
                log.warning("feed: lost the database's announcements, connecting again")
                await asyncio.sleep(RECONNECT_SECONDS)
