"""Staff accounts: argon2id passwords, and a lock after repeated failures."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from bot.coordinator.tables import staff, staff_session
from bot.records import audit
from bot.records.database import now

COORDINATOR, SUPERVISOR = "coordinator", "supervisor"
ROLES = (COORDINATOR, SUPERVISOR)
SHORTEST_PASSWORD = 12
MOST_FAILURES = 5
LOCK = timedelta(minutes=15)

_hasher = PasswordHasher()


@lru_cache(maxsize=1)
def _nobody() -> str:
    """Verified against when the name is unknown, so that the answer takes as long as for a known one."""
    return _hasher.hash(secrets.token_urlsafe(16))


class AccountError(ValueError):
    """An account cannot be made; the message says why."""


def add(connection: Connection, username: str, password: str, role: str, display_name: str = "") -> str:
    """Make an account; returns its id. Raises AccountError."""
    username = username.strip().lower()
    if not username:
        raise AccountError("A user name is needed.")
    if role not in ROLES:
        raise AccountError(f"The role must be one of: {', '.join(ROLES)}.")
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError(f"The password needs at least {SHORTEST_PASSWORD} characters.")
    if connection.execute(select(staff.c.id).where(staff.c.username == username)).scalar():
        raise AccountError(f"There is already a user named {username}.")
    staff_id = str(uuid.uuid4())
    connection.execute(
        insert(staff).values(
            id=staff_id,
            username=username,
            display_name=display_name.strip() or username,
            password_hash=_hasher.hash(password),
            role=role,
            active=True,
            failed_sign_ins=0,
            created_at=now(),
        )
    )
    audit.record(connection, "command-line", "staff.add", "staff", staff_id, role)
    return staff_id


def ensure_first(connection: Connection) -> tuple[str, str] | None:
    """The first account (name, password) when there is none yet; the password is known only now."""
    if connection.execute(select(func.count()).select_from(staff)).scalar():
        return None
    password = "-".join(secrets.token_hex(3) for _ in range(3))
    add(connection, "coordinator", password, SUPERVISOR, "Coordinator")
    return "coordinator", password


def check(connection: Connection, username: str, password: str) -> Row[Any] | None:
    """The account a name and password open, or None; failures are counted and lock the account for a while.

    The caller commits either way, so that failures count.
    """
    row = connection.execute(select(staff).where(staff.c.username == username.strip().lower())).one_or_none()
    try:
        _hasher.verify(row.password_hash if row is not None else _nobody(), password)
        right = row is not None
    except (VerificationError, InvalidHashError):
        right = False
    if row is None:
        return None
    locked = row.locked_until is not None and row.locked_until > now()
    if right and row.active and not locked:
        connection.execute(
            update(staff).where(staff.c.id == row.id).values(failed_sign_ins=0, locked_until=None)
        )
        audit.record(connection, row.id, "staff.sign_in", "staff", row.id)
        return row
    failures = row.failed_sign_ins + 1
    connection.execute(
        update(staff)
        .where(staff.c.id == row.id)
        .values(
            failed_sign_ins=failures % MOST_FAILURES,
            locked_until=now() + LOCK if failures >= MOST_FAILURES else row.locked_until,
        )
    )
    audit.record(connection, row.id, "staff.sign_in_refused", "staff", row.id)
    return None


def get(connection: Connection, staff_id: str) -> Row[Any] | None:
    """One account, or None."""
    return connection.execute(select(staff).where(staff.c.id == staff_id)).one_or_none()


def close(connection: Connection, username: str) -> bool:
    """Close an account and its sessions; False when there is no such active account."""
    row = connection.execute(
        select(staff).where(staff.c.username == username.strip().lower(), staff.c.active)
    ).one_or_none()
    if row is None:
        return False
    connection.execute(update(staff).where(staff.c.id == row.id).values(active=False))
    connection.execute(delete(staff_session).where(staff_session.c.staff_id == row.id))
    audit.record(connection, "command-line", "staff.close", "staff", row.id)
    return True


def names(connection: Connection) -> dict[str, str]:
    """Display names of all staff by id, closed accounts too: the history names them."""
    return {row.id: row.display_name for row in connection.execute(select(staff.c.id, staff.c.display_name))}
