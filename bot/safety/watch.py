"""Keeps the numbers of ringing alarms for operators up to date."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy import Connection

from bot import metrics
from bot.records.database import Database, now
from bot.safety import alarms

log = logging.getLogger(__name__)
LOOK_SECONDS = 5.0


def look(connection: Connection) -> tuple[int, float, dict[str, int]]:
    """How many alarms ring, how many seconds the oldest has, and how many messages of them are stuck, by way."""
    rung = alarms.ringing(connection)
    oldest = max(((now() - row.opened_at).total_seconds() for row in rung), default=0.0)
    return len(rung), oldest, {way: count for way, (count, _) in alarms.stuck(connection).items()}


async def run(database: Database) -> None:
    """Look again and again, for ever."""
    while True:
        try:
            ringing, oldest, stuck = await database.read(look)
            metrics.alarms_ringing.set(ringing)
            metrics.alarm_oldest_seconds.set(oldest)
            for way in alarms.NAMES.values():
                metrics.alarms_stuck.labels(way).set(stuck.get(way, 0))
        except Exception:
            log.exception("alarms: could not look, trying again")
        await asyncio.sleep(LOOK_SECONDS)
