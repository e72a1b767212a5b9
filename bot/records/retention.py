"""What nobody agreed to keep is erased: by `pes purge`, and by a timer of the service once an hour.

Until somebody consents to store, what they say belongs to the conversation only. When it has been left for
`PES_HELD_DAYS`, it is erased whole: messages, answers, tickets. It stays while somebody of the team still has something
to do about it (an open ticket, or a coordinator in the conversation); a number that opted out of texts stays known
as such, and nothing else about it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.conversation import conversations, timers
from bot.enrollment import record
from bot.handoff import tickets
from bot.records import audit
from bot.records.database import now
from bot.settings import get_settings

# One timer for the whole service; it sets itself again.
LOOK = "retention_look"
KEY = "all"


def purge(connection: Connection, days: float) -> int:
    """Erase conversations without consent to store that were left `days` ago or longer; how many."""
    gone = 0
    for conversation_id in conversations.left_before(connection, now() - timedelta(days=days)):
        if record.consented_to_store(connection, conversation_id):
            continue
        if tickets.open_tickets(connection, conversation_id):
            continue
        conversations.erase(connection, conversation_id)
        audit.record(connection, "system", "conversation.erased", "conversation", conversation_id)
        gone += 1
    return gone


def look(connection: Connection, _due: timers.Timer) -> None:
    """The timer's handler: erase what must go, and look again later."""
    purge(connection, get_settings().held_days)
    timers.schedule(connection, LOOK, KEY, _next())


def plan(connection: Connection) -> None:
    """At start: the first look is soon, however long the service was away."""
    timers.schedule(connection, LOOK, KEY, now())


def _next() -> datetime:
    return now() + timedelta(hours=get_settings().purge_every_hours)
