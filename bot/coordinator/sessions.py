"""Sign-in sessions of staff: an opaque cookie, kept hashed, that ends after silence (HIPAA 164.312(a)(2)(iii))."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, insert, select, update

from bot.coordinator import accounts
from bot.coordinator.tables import staff_session
from bot.records.database import now

COOKIE = "console_session"
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
# Writing "last seen" at every click would make every read a write.
TOUCH = timedelta(minutes=1)


@dataclass(frozen=True)
class Session:
    """Who is signed in, and the token their forms must carry."""

    staff_id: str
    name: str
    role: str
    csrf: str


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def sign_in(connection: Connection, username: str, password: str) -> str | None:
    """A new session's cookie, or None when name and password do not open an account."""
    account = accounts.check(connection, username, password)
    if account is None:
        return None
    cookie, moment = secrets.token_urlsafe(32), now()
    connection.execute(
        insert(staff_session).values(
            id_hash=_hash(cookie),
            staff_id=account.id,
            csrf=secrets.token_urlsafe(24),
            created_at=moment,
            last_seen_at=moment,
            expires_at=moment + LONGEST,
        )
    )
    return cookie


def find(connection: Connection, cookie: str) -> Session | None:
    """The live session of a cookie, or None when it ended."""
    row = connection.execute(
        select(staff_session).where(staff_session.c.id_hash == _hash(cookie))
    ).one_or_none()
    moment = now()
    if row is None or row.expires_at <= moment or row.last_seen_at + IDLE <= moment:
        return None
    account = accounts.get(connection, row.staff_id)
    if account is None or not account.active:
        return None
    return Session(account.id, account.display_name, account.role, row.csrf)


def touch(connection: Connection, cookie: str) -> None:
    """Someone is there: the idle time starts again."""
    moment = now()
    connection.execute(
        update(staff_session)
        .where(staff_session.c.id_hash == _hash(cookie), staff_session.c.last_seen_at < moment - TOUCH)
        .values(last_seen_at=moment)
    )


def sign_out(connection: Connection, cookie: str) -> None:
    """End a session."""
    connection.execute(delete(staff_session).where(staff_session.c.id_hash == _hash(cookie)))


def csrf_matches(session: Session, token: str) -> bool:
    """Whether a form came from a page of this session."""
    return hmac.compare_digest(session.csrf, token)
