"""The audit log: every read of a record by staff and every change, chained so that tampering shows.

HIPAA 164.312(b) asks for a record of activity, (c) for protection from improper alteration. Each entry's `chain`
is an HMAC over the entry and the chain value before it, with a key derived from the master key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, Row, String, Table, insert, select, text, update

from bot.records.crypto import get_keyring
from bot.records.database import Moment, metadata, now

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),  # staff id, "assistant", "system", "command-line"
    Column("action", String(48), nullable=False),  # e.g. conversation.read
    Column("object_type", String(32), nullable=False),
    Column("object_id", String(64), nullable=False),
    Column("detail", String(200), nullable=False),  # never what people said or who they are
    Column("chain", String(64), nullable=False),
    Index("ix_audit_object_id", "object_id"),
)

FIRST_LINK = "0" * 64
# Any constant does: it only has to be the same for all writers of this log.
POSTGRES_LOCK = 7_204_118


def _link(key: bytes, previous: str, at: datetime, *fields: str) -> str:
    entry = json.dumps([previous, at.isoformat(timespec="microseconds"), *fields])
    return hmac.new(key, entry.encode(), hashlib.sha256).hexdigest()


def _link_of(key: bytes, previous: str, row: Row[Any]) -> str:
    return _link(key, previous, row.at, row.actor, row.action, row.object_type, row.object_id, row.detail)


def take_turn(connection: Connection) -> None:
    """Become the only writer of this log until the transaction ends.

    `record` does it by itself. Who locks rows that another writer of this log locks after its entry calls this first,
    because two transactions that take the same two locks in different order wait for each other for ever.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POSTGRES_LOCK})


def record(
    connection: Connection, actor: str, action: str, object_type: str, object_id: str, detail: str = ""
) -> None:
    """Append one entry to the audit log, in the caller's transaction."""
    take_turn(connection)
    last = select(audit.c.chain).order_by(audit.c.id.desc()).limit(1)
    previous = connection.execute(last).scalar() or FIRST_LINK
    at = now()
    chain = _link(get_keyring().subkey("audit"), previous, at, actor, action, object_type, object_id, detail)
    connection.execute(
        insert(audit).values(
            at=at,
            actor=actor,
            action=action,
            object_type=object_type,
            object_id=object_id,
            detail=detail,
            chain=chain,
        )
    )


def verify(connection: Connection) -> int | None:
    """The id of the first entry that does not fit the chain, or None when the log is whole.

    An entry may be chained with an earlier key that this installation still has.
    """
    previous, keys = FIRST_LINK, get_keyring().subkeys("audit")
    for row in connection.execute(select(audit).order_by(audit.c.id)):
        if not any(hmac.compare_digest(_link_of(key, previous, row), row.chain) for key in keys):
            return int(row.id)
        previous = row.chain
    return None


def link_again(connection: Connection) -> None:
    """Chain the whole log with the current key, in the caller's transaction, who has verified it in the same one."""
    take_turn(connection)
    previous, key = FIRST_LINK, get_keyring().subkey("audit")
    for row in connection.execute(select(audit).order_by(audit.c.id)).all():
        previous = _link_of(key, previous, row)
        connection.execute(update(audit).where(audit.c.id == row.id).values(chain=previous))


def entries(connection: Connection, object_id: str | None, most: int) -> list[Row[Any]]:
    """The newest entries, oldest of them first; about one object or about all."""
    found = select(audit).order_by(audit.c.id.desc()).limit(most)
    if object_id:
        found = found.where(audit.c.object_id == object_id)
    return list(reversed(connection.execute(found).all()))
