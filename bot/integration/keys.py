"""API keys of other systems: shown once, kept as a hash, removable; a removed one stays named in the audit log."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.integration.tables import api_key
from bot.records import audit
from bot.records.database import now

PREFIX = "pes_"
_NAME = re.compile(r"[\w.@ -]{1,64}")


class KeyRefused(ValueError):
    """A key cannot be made; the message says why."""


@dataclass(frozen=True)
class ApiKey:
    """A key in force. `actor` is how the audit log names it."""

    id: str
    name: str

    @property
    def actor(self) -> str:
        """The key in the audit log."""
        return f"api:{self.id}"


def _hash(key: str) -> str:
    # 256 random bits need no slow hash: nobody can go through them.
    return hashlib.sha256(key.encode()).hexdigest()


def add(connection: Connection, name: str) -> str:
    """Make a key for a system; the key is known only now. Raises KeyRefused."""
    name = name.strip()
    if not _NAME.fullmatch(name):
        raise KeyRefused("The name needs 1 to 64 letters, digits, spaces or . - _ @")
    if _in_force(connection, name) is not None:
        raise KeyRefused(f"There is already a key named {name}. Remove it first.")
    key_id, key = str(uuid.uuid4()), PREFIX + secrets.token_urlsafe(32)
    connection.execute(insert(api_key).values(id=key_id, name=name, key_hash=_hash(key), created_at=now()))
    audit.record(connection, "command-line", "apikey.add", "api_key", key_id, name)
    return key


def remove(connection: Connection, name: str) -> bool:
    """Take a key out of force; False when there is none of that name."""
    row = _in_force(connection, name.strip())
    if row is None:
        return False
    connection.execute(update(api_key).where(api_key.c.id == row.id).values(removed_at=now()))
    audit.record(connection, "command-line", "apikey.remove", "api_key", row.id, row.name)
    return True


def in_force(connection: Connection) -> list[Row[Any]]:
    """Every key in force, by name."""
    found = select(api_key).where(api_key.c.removed_at.is_(None)).order_by(api_key.c.name)
    return list(connection.execute(found))


def find(connection: Connection, key: str) -> ApiKey | None:
    """The key that somebody shows, if it is in force."""
    found = select(api_key).where(api_key.c.key_hash == _hash(key), api_key.c.removed_at.is_(None))
    row = connection.execute(found).one_or_none()
    return ApiKey(row.id, row.name) if row is not None else None


def used(connection: Connection, key: ApiKey) -> None:
    """Note that a key was used now, so that one nobody uses can be found and removed."""
    connection.execute(update(api_key).where(api_key.c.id == key.id).values(last_used_at=now()))


def _in_force(connection: Connection, name: str) -> Row[Any] | None:
    found = select(api_key).where(api_key.c.name == name, api_key.c.removed_at.is_(None))
    return connection.execute(found).one_or_none()
